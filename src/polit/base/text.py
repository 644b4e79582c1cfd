"""Text from evidence and people: exact bytes in, a form that cannot mislead out."""

import unicodedata

_PLAIN = frozenset(range(0x20, 0x7F))
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing, such as the fillers of Hangul.

Source: Unicode 16, Default_Ignorable_Code_Point; and the Braille pattern without dots.
"""


def name_text(raw_name: bytes) -> str:
    r"""Return one name as text; bytes that are not UTF-8, and ``/``, stand as ``\xNN``."""
    try:
        text = raw_name.decode("utf-8")
    except UnicodeDecodeError:
        text = raw_name.decode("utf-8", errors="backslashreplace")
    return text.replace("/", "\\x2f") if "/" in text else text


def visible(text: str) -> str:
    r"""Return text for a terminal or page: controls, bidi marks, the unseen as ``\u{NN}``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        if ord(char) in _PLAIN
        or (unicodedata.category(char)[0] not in {"C", "Z"} and char not in _UNSEEN)
        else f"\\u{{{ord(char):x}}}"
        for char in text
    )


def says_something(text: str) -> bool:
    """Tell whether text has a letter or a figure that can be seen; blanks come in many forms."""
    return any(sign.isalnum() and sign not in _UNSEEN for sign in text)
