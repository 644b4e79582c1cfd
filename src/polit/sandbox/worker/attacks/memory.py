"""Memory: executable, writable where it must not be, and too much of it."""

import ctypes
import errno
import mmap
import os
import sys

from polit.sandbox.worker.attacks.scene import Attack, Scene

_libc = ctypes.CDLL(None, use_errno=True)


def _executable_memory(_: Scene) -> str:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    return "memory to write and execute"


def _make_executable(_: Scene) -> str:
    return _protect(-1, mmap.PROT_READ | mmap.PROT_EXEC)


def _make_item_writable(scene: Scene) -> str:
    return _protect(scene.item, mmap.PROT_READ | mmap.PROT_WRITE)


def _protect(descriptor: int, protection: int) -> str:
    flags = mmap.MAP_SHARED | (mmap.MAP_ANONYMOUS if descriptor < 0 else 0)
    _libc.mmap.restype = ctypes.c_void_p
    size = ctypes.c_size_t(mmap.PAGESIZE)
    address = _libc.mmap(None, size, mmap.PROT_READ, flags, descriptor, ctypes.c_long(0))
    if _libc.mprotect(ctypes.c_void_p(address), size, protection) < 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    return f"protection {protection}"


def _write_item(scene: Scene) -> str:
    try:
        return f"{os.write(scene.item, b'changed')} bytes written"
    except OSError as error:
        # EBADF is the kernel's word for a descriptor that was not opened for writing.
        raise PermissionError(errno.EPERM, "write") from error


def _map_item_writable(scene: Scene) -> str:
    mmap.mmap(scene.item, scene.request.size_bytes, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    return "the item, writable"


def _shrink_output(scene: Scene) -> str:
    os.ftruncate(scene.fds[0], 0)
    return "output memory of no size"


def _grab_memory(_: Scene) -> str:
    return f"{len(bytearray(64 << 30))} bytes"


def _grow_memory(_: Scene) -> str:
    held: list[mmap.mmap] = []
    while len(held) < 1024:
        try:
            held.append(mmap.mmap(-1, 64 << 20))
        except OSError as error:
            if error.errno == errno.ENOMEM and held:
                raise MemoryError from error  # some, and then no more: the limit
            raise
    return f"{len(held) * 64} MiB"


def _overflow_stack(_: Scene) -> str:
    """Recurse in C, where each step takes stack: compare two deep nests."""
    sys.setrecursionlimit(1 << 30)
    one: list[object] = []
    other: list[object] = []
    for _step in range(200_000):
        one, other = [one], [other]
    return f"{one == other}"


ATTACKS: dict[str, Attack] = {
    "executable_memory": _executable_memory,
    "make_executable": _make_executable,
    "make_item_writable": _make_item_writable,
    "write_item": _write_item,
    "map_item_writable": _map_item_writable,
    "shrink_output": _shrink_output,
    "grab_memory": _grab_memory,
    "grow_memory": _grow_memory,
    "overflow_stack": _overflow_stack,
}
