"""Reaching down: calls that gain power, or widen what the kernel exposes."""

import os

from polit.sandbox.worker.attacks.scene import Attack, Scene, call

_PERSONALITY_RWX = 0x0400000
_CLONE_NEWUSER = 0x10000000


def _become_root(_: Scene) -> str:
    if os.geteuid() == 0:  # the walker of a folder on the host: a user without root's powers
        return call("mount", b"none", b"", b"tmpfs", 0, None)
    return call("setuid", 0)


def _mount(_: Scene) -> str:
    return call("mount", b"none", b"", b"tmpfs", 0, None)


def _new_user_namespace(_: Scene) -> str:
    return call("unshare", _CLONE_NEWUSER)


def _io_uring(_: Scene) -> str:
    return call("io_uring_setup", 8, None)


def _bpf(_: Scene) -> str:
    return call("bpf", 0, None, 0)


def _keyring(_: Scene) -> str:
    return call("keyctl", 0, -3, 0)


def _userfaultfd(_: Scene) -> str:
    return call("userfaultfd", 1)


def _perf_events(_: Scene) -> str:
    return call("perf_event_open", None, 0, -1, -1, 0)


def _load_module(_: Scene) -> str:
    return call("init_module", None, 0, b"")


def _executable_by_default(_: Scene) -> str:
    return call("personality", _PERSONALITY_RWX)


ATTACKS: dict[str, Attack] = {
    "become_root": _become_root,
    "mount": _mount,
    "new_user_namespace": _new_user_namespace,
    "io_uring": _io_uring,
    "bpf": _bpf,
    "keyring": _keyring,
    "userfaultfd": _userfaultfd,
    "perf_events": _perf_events,
    "load_module": _load_module,
    "executable_by_default": _executable_by_default,
}
