"""Keep libheif from starting a thread for each picture: a locked-down decoder may have none.

libheif asks libde265 for at least one worker thread, and offers no setting for none; libde265
itself decodes in the calling thread when it is not asked. So libheif's call of
``de265_start_worker_threads`` is led to a function that starts none: the address through which
the loaded library makes it is replaced, once, before the lockdown. Sources: System V ABI,
"Dynamic Linking" (ELF64); ``dlinfo(3)``.
"""

import ctypes
import mmap
import os
import re
from pathlib import Path

_CALL = b"de265_start_worker_threads"
_RTLD_DI_LINKMAP = 2
_STRTAB, _SYMTAB, _PLTRELSZ, _JMPREL = 5, 6, 2, 23
_RELA_BYTES, _SYMBOL_BYTES = 24, 24
_READ_WRITE = 3


class _LinkMap(ctypes.Structure):
    _fields_ = (
        ("address", ctypes.c_uint64),
        ("name", ctypes.c_char_p),
        ("dynamic", ctypes.c_uint64),
    )


def _start_none(decoder: int | None, threads: int) -> int:
    """Answer as libde265 does when all went well."""
    del decoder, threads
    return 0


# Kept for good: libheif calls it as long as the process lives.
_CALLED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)(_start_none)


def start_no_threads() -> bool:
    """Lead the call away in the libheif that is loaded; tell whether it was found."""
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    found = re.search(r"(/.*/libheif[^/\n]*)$", maps, re.MULTILINE)
    slot = _slot_of_call(found[1]) if found else 0
    if not slot:
        return False
    page = slot & -mmap.PAGESIZE
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(mmap.PAGESIZE), _READ_WRITE) != 0:
        return False
    address = ctypes.cast(_CALLED, ctypes.c_void_p).value
    ctypes.c_uint64.from_address(slot).value = address or 0
    return True


def _slot_of_call(path: str) -> int:
    """Return where the library keeps the address of the function it calls; 0 for not found."""
    link = ctypes.POINTER(_LinkMap)()
    libc = ctypes.CDLL(None)
    libc.dlopen.restype = ctypes.c_void_p
    handle = libc.dlopen(os.fsencode(path), os.RTLD_NOW | os.RTLD_NOLOAD)
    if libc.dlinfo(ctypes.c_void_p(handle), _RTLD_DI_LINKMAP, ctypes.byref(link)) != 0:
        return 0
    base = int(link.contents.address)
    told = _dynamic(link.contents.dynamic)
    places = {tag: told[tag] + (base if told[tag] < base else 0)
              for tag in (_STRTAB, _SYMTAB, _JMPREL) if tag in told}  # fmt: skip
    if len(places) < 3:
        return 0
    for at in range(places[_JMPREL], places[_JMPREL] + told.get(_PLTRELSZ, 0), _RELA_BYTES):
        offset, info = _word(at), _word(at + 8)
        symbol = places[_SYMTAB] + _SYMBOL_BYTES * (info >> 32)
        name_at = places[_STRTAB] + ctypes.c_uint32.from_address(symbol).value
        if ctypes.string_at(name_at) == _CALL:
            return base + offset
    return 0


def _dynamic(at: int) -> dict[int, int]:
    """Return the entries of a dynamic section by their tag."""
    told: dict[int, int] = {}
    while tag := _word(at):
        told[tag] = _word(at + 8)
        at += 16
    return told


def _word(at: int) -> int:
    return int(ctypes.c_uint64.from_address(at).value)
