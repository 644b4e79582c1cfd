"""The folder that a walker may read: nothing in it may change, nothing beside it is seen."""

import os
from collections.abc import Callable

from polit.sandbox.worker.attacks.scene import Attack, Scene


def _folder_read(scene: Scene) -> str:
    descriptor = os.open("kept", os.O_RDONLY, dir_fd=scene.fds[-1])
    return f"{len(os.read(descriptor, 100))} bytes"


def _folder_open_to(flags: int) -> Callable[[Scene], str]:
    def attack(scene: Scene) -> str:
        return f"descriptor {os.open('kept', flags, 0o600, dir_fd=scene.fds[-1])}"

    return attack


def _folder_delete(scene: Scene) -> str:
    os.unlink("kept", dir_fd=scene.fds[-1])
    return "a deleted file"


def _folder_rename(scene: Scene) -> str:
    os.rename("kept", "taken", src_dir_fd=scene.fds[-1], dst_dir_fd=scene.fds[-1])
    return "a renamed file"


def _folder_touch(scene: Scene) -> str:
    os.utime("kept", (0, 0), dir_fd=scene.fds[-1])
    return "other times"


def _folder_leave(scene: Scene) -> str:
    descriptor = os.open("../..", os.O_RDONLY, dir_fd=scene.fds[-1])
    return f"{len(os.listdir(descriptor))} names"  # noqa: PTH208 - beneath a descriptor


def _folder_follow_link(scene: Scene) -> str:
    return f"descriptor {os.open('link', os.O_RDONLY, dir_fd=scene.fds[-1])}"


ATTACKS: dict[str, Attack] = {
    "folder_read": _folder_read,
    "folder_write": _folder_open_to(os.O_WRONLY),
    "folder_write_too": _folder_open_to(os.O_RDWR),
    "folder_truncate": _folder_open_to(os.O_RDONLY | os.O_TRUNC),
    "folder_create": _folder_open_to(os.O_RDONLY | os.O_CREAT),
    "folder_delete": _folder_delete,
    "folder_rename": _folder_rename,
    "folder_touch": _folder_touch,
    "folder_leave": _folder_leave,
    "folder_follow_link": _folder_follow_link,
}
