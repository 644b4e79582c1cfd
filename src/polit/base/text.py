"""Names from evidence as text: exact bytes in, a form that cannot mislead out."""

import unicodedata

_PLAIN = frozenset(range(0x20, 0x7F))


def name_text(raw_name: bytes) -> str:
    r"""Return one name as text; bytes that are not UTF-8, and ``/``, stand as ``\xNN``."""
    try:
        text = raw_name.decode("utf-8")
    except UnicodeDecodeError:
        text = raw_name.decode("utf-8", errors="backslashreplace")
    return text.replace("/", "\\x2f") if "/" in text else text


def visible(text: str) -> str:
    r"""Return text for a terminal or page: controls, bidi and zero-width marks as ``\u{NN}``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        if ord(char) in _PLAIN or unicodedata.category(char)[0] not in {"C", "Z"}
        else f"\\u{{{ord(char):x}}}"
        for char in text
    )
