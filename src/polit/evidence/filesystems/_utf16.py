"""Names that are stored in UTF-16, given in UTF-8 without loss."""

import codecs

# Looked up with this module: the sandbox can load no codec any more.
_DECODE = codecs.getdecoder("utf-16-be")


def utf8_of(untrusted_utf16_be: bytes) -> bytes:
    """Return a big-endian UTF-16 name in UTF-8; halves of pairs pass, an odd last byte does not."""
    even = untrusted_utf16_be[: len(untrusted_utf16_be) // 2 * 2]
    return _DECODE(even, "surrogatepass")[0].encode("utf-8", "surrogatepass")
