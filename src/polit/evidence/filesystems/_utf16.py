"""Names that are stored in UTF-16, given in UTF-8 without loss."""


def utf8_of(untrusted_utf16_be: bytes) -> bytes:
    """Return a big-endian UTF-16 name in UTF-8; halves of pairs pass, an odd last byte does not."""
    even = untrusted_utf16_be[: len(untrusted_utf16_be) // 2 * 2]
    return even.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")
