"""Reaching out: files, the network, other processes."""

import errno
import os
import socket
import threading

from polit.sandbox.facts import OUTPUT_BYTES
from polit.sandbox.worker.attacks.scene import Attack, Scene, call

_PTRACE_ATTACH = 16
_AF_VSOCK = 40


def _read_file(_: Scene) -> str:
    with open("/etc/passwd", "rb") as stream:  # noqa: PTH123 - the plain way in
        return f"{len(stream.read())} bytes"


def _write_file(scene: Scene) -> str:
    os.close(os.open(f"{scene.targets.folder}/made", os.O_WRONLY | os.O_CREAT, 0o600))
    return "a new file"


def _stat_file(_: Scene) -> str:
    return f"{os.stat('/etc/shadow').st_size} bytes"  # noqa: PTH116


def _list_folder(_: Scene) -> str:
    return f"{len(os.listdir('/'))} names"  # noqa: PTH208


def _delete_file(scene: Scene) -> str:
    os.unlink(f"{scene.targets.folder}/kept")  # noqa: PTH108
    return "a deleted file"


def _own_memory(_: Scene) -> str:
    return f"descriptor {os.open('/proc/self/mem', os.O_RDWR)}"


def _reopen_item(scene: Scene) -> str:
    return f"descriptor {os.open(f'/proc/self/fd/{scene.item}', os.O_RDWR)}"


def _file_handle(_: Scene) -> str:
    return call("open_by_handle_at", -100, b"\0" * 16, 0)


def _other_descriptors(scene: Scene) -> str:
    """Try every number that a descriptor of the zygote or of a sibling might have."""
    own = {0, 1, 2, scene.channel.fileno(), scene.item, *scene.fds}
    for number in range(512):
        if number not in own:
            try:
                size_bytes = os.lseek(number, 0, os.SEEK_END)
            except OSError as error:
                if error.errno == errno.EBADF:
                    continue
                return f"descriptor {number}"
            if size_bytes != OUTPUT_BYTES:  # Python's own copy of what it has mapped
                return f"descriptor {number}"
    raise PermissionError(errno.EPERM, "none")


def _null_devices(_: Scene) -> str:
    """Standard output must lead nowhere: what is written must be gone."""
    if os.write(2, b"x") and os.read(0, 1) == b"":
        raise PermissionError(errno.EPERM, "the null device")
    return "a stream"


def _connect(family: int, kind: int, address: tuple[str, int] | str) -> str:
    with socket.socket(family, kind) as client:
        client.connect(address)
    return "a connection"


def _tcp(scene: Scene) -> str:
    return _connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", scene.targets.tcp_port))


def _udp(_: Scene) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        return f"{client.sendto(b'x', ('127.0.0.1', 9))} bytes sent"


def _abstract_socket(scene: Scene) -> str:
    return _connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + scene.targets.abstract_name)


def _netlink(_: Scene) -> str:
    return f"socket {socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).fileno()}"


def _vsock(_: Scene) -> str:
    return f"socket {socket.socket(_AF_VSOCK, socket.SOCK_STREAM).fileno()}"


def _fork(_: Scene) -> str:
    if os.fork() == 0:
        os._exit(0)
    return "a child"


def _execute(_: Scene) -> str:
    os.execv("/bin/true", ["true"])  # noqa: S606 - "exit 0" would tell that it ran


def _thread(_: Scene) -> str:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return "a thread"


def _signal_parent(_: Scene) -> str:
    os.kill(os.getppid(), 0)
    return "the right to signal the parent"


def _signal_sibling(scene: Scene) -> str:
    os.kill(scene.targets.sibling_pid, 0)
    return "the right to signal a sibling"


def _trace_parent(scene: Scene) -> str:
    return call("ptrace", _PTRACE_ATTACH, scene.targets.parent_pid, 0, 0)


def _read_parent(scene: Scene) -> str:
    return call("process_vm_readv", scene.targets.parent_pid, None, 0, None, 0, 0)


def _take_descriptor(scene: Scene) -> str:
    return call("pidfd_open", scene.targets.sibling_pid, 0)


ATTACKS: dict[str, Attack] = {
    "read_file": _read_file,
    "write_file": _write_file,
    "stat_file": _stat_file,
    "list_folder": _list_folder,
    "delete_file": _delete_file,
    "own_memory": _own_memory,
    "reopen_item": _reopen_item,
    "file_handle": _file_handle,
    "other_descriptors": _other_descriptors,
    "null_devices": _null_devices,
    "tcp": _tcp,
    "udp": _udp,
    "abstract_socket": _abstract_socket,
    "netlink": _netlink,
    "vsock": _vsock,
    "fork": _fork,
    "execute": _execute,
    "thread": _thread,
    "signal_parent": _signal_parent,
    "signal_sibling": _signal_sibling,
    "trace_parent": _trace_parent,
    "read_parent": _read_parent,
    "take_descriptor": _take_descriptor,
}
