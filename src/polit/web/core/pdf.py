"""PDF by Typst, in this process, from templates of our own and data that stays data.

The documents are PDF/UA-1: tagged, with a title and a language. Typst refuses to make one in which
a character has no glyph in any font at hand; such characters stand as their code points instead,
never as boxes. Fonts are those inside Typst, and the system's where it has some.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import typst

from polit.base.text import visible
from polit.web.core.marked import mark_text

_TEMPLATES = Path(__file__).parent / "pdf"
_STANDARD: Final = "ua-1"
_PROBE = b"""#set document(title: "probe")
#set text(lang: "en", font: "Libertinus Serif")
#sys.inputs.text
"""
_MARKED = """#set page(foreground: pdf.artifact(place(
  center + bottom, dy: -9mm, text(size: 8pt, fill: rgb("#b10e1e"), sys.inputs.mark)
)))
"""
"""A document of a synthetic record says so at the foot of each page. It is an artifact, as feet of
pages are: on a page that begins within a table it would be a part of the table otherwise, which
PDF/UA forbids."""
_MOST_PROBES = 200
"""A page of a script without a font costs some seconds otherwise; what is left is taken for one
without glyphs."""

_glyphs: dict[str, bool] = {}


def render_pdf(template: str, data: object) -> bytes:
    r"""Typeset a document.

    Args:
        template: The name of a file in ``core/pdf``, without ``.typ``. It reads its data with
            ``json(bytes(sys.inputs.data))``: text in it is text, never markup.
        data: What msgspec can write as JSON: dataclasses, lists, text, numbers, instants. Control
            and bidirectional characters and those without a glyph stand as ``\u{NN}``; line
            breaks are kept.

    Returns:
        PDF/UA-1.
    """
    plain = msgspec.to_builtins(data, str_keys=True)
    _learn_glyphs({char for text in _texts(plain) for char in text})
    try:
        return _compiled(template, _shown(plain))
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    # A glyph that exists by itself may be missing in the shape that its neighbours ask for.
    return _compiled(template, _shown(plain, ascii_only=True))


def _compiled(template: str, data: object) -> bytes:
    text, mark = json.dumps(data, ensure_ascii=False), mark_text()
    source = (_MARKED if mark else "") + f'#include "/{template}.typ"'
    made = typst.Compiler(root=str(_TEMPLATES), font_paths=_fonts()).compile(
        source.encode(),
        format="pdf",
        sys_inputs={"data": text, "mark": mark},
        pdf_standards=_STANDARD,
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def _texts(data: object) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _texts(value)


def _shown(data: object, *, ascii_only: bool = False) -> object:
    if isinstance(data, str):
        lines = data.replace("\r\n", "\n")
        return "".join(_shown_char(char, ascii_only=ascii_only) for char in lines)
    if isinstance(data, dict):
        return {key: _shown(value, ascii_only=ascii_only) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_shown(value, ascii_only=ascii_only) for value in data]
    return data


def _shown_char(char: str, *, ascii_only: bool = False) -> str:
    if char == "\n" or " " <= char <= "~":
        return char
    escaped = visible(char)
    if escaped != char:
        return escaped
    if ascii_only or not _glyphs.get(char, False):
        return f"\\u{{{ord(char):x}}}"
    return char


def _learn_glyphs(chars: Iterable[str]) -> None:
    """Ask Typst which characters it can show, for those not asked of before."""
    asked = set(chars) - _glyphs.keys()
    unknown = sorted(char for char in asked if char > "~" and visible(char) == char)
    waiting = [unknown[start : start + 64] for start in range(0, len(unknown), 64)]
    for _probe in range(_MOST_PROBES):
        if not waiting:
            return
        group = waiting.pop()
        if _can_show(group):
            _glyphs.update(dict.fromkeys(group, True))
        elif len(group) == 1:
            _glyphs[group[0]] = False
        else:
            waiting += [group[: len(group) // 2], group[len(group) // 2 :]]


def _can_show(chars: list[str]) -> bool:
    try:
        typst.Compiler(font_paths=_fonts()).compile(
            _PROBE, format="pdf", sys_inputs={"text": " ".join(chars)}, pdf_standards=_STANDARD
        )
    except typst.TypstError:
        return False
    return True
