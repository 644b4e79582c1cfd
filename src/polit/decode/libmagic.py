"""libmagic as bundled by pylibmagic, through ctypes: the last resort for unknown bytes.

Neither python-magic nor pylibmagic is imported: they look for the library by running a
compiler or ldconfig, and replace ``ctypes.CDLL``. Source: ``libmagic(3)``.
"""

import ctypes
import importlib.util
import re
from pathlib import Path

from polit.base.errors import SandboxError

UNKNOWN = "application/octet-stream"

# Not looked for: what lies inside compressed data (it would have to be decompressed), token
# and encoding names of text, CSV and JSON, which polit decides before. The type stays the same.
_MIME_TYPE = 0x10
_NO_CHECK = 0x1000 | 0x80000 | 0x400000  # compress, csv, json
_TYPE = re.compile(r"^[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,126}$")


class Libmagic:
    """An open libmagic with its database loaded; not safe for threads."""

    def __init__(self) -> None:
        """Load the library and its database.

        Raises:
            SandboxError: The library or its database cannot be loaded.
        """
        folder = _folder()
        library = ctypes.CDLL(str(folder / "libmagic.so.1"))
        library.magic_open.restype = ctypes.c_void_p
        library.magic_open.argtypes = [ctypes.c_int]
        library.magic_load.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        library.magic_buffer.restype = ctypes.c_char_p
        library.magic_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        self._buffer = library.magic_buffer
        self._cookie = library.magic_open(_MIME_TYPE | _NO_CHECK)
        database = str(folder / "magic.mgc").encode()
        if not self._cookie or library.magic_load(self._cookie, database) != 0:
            raise SandboxError(f"libmagic does not load its database {database!r}: reinstall it")
        self.version = str(library.magic_version())

    def mime(self, untrusted_head: bytes) -> str:
        """Return the media type of bytes, ``application/octet-stream`` where it knows none."""
        answer = self._buffer(self._cookie, untrusted_head, len(untrusted_head))
        text = answer.decode("ascii", "replace").lower() if answer else UNKNOWN
        return text if _TYPE.match(text) else UNKNOWN


def _folder() -> Path:
    spec = importlib.util.find_spec("pylibmagic")
    if spec is None or spec.origin is None:
        raise SandboxError("pylibmagic is not installed: run ./dev deps")
    return Path(spec.origin).parent
