"""PDF by Typst, in this process, from templates of our own and data that stays data."""

import json
from pathlib import Path

import msgspec
import typst

_TEMPLATES = Path(__file__).parent / "pdf"


def render_pdf(template: str, data: object) -> bytes:
    """Typeset a document.

    Args:
        template: The name of a file in ``core/pdf``, without ``.typ``. It reads its data with
            ``json(bytes(sys.inputs.data))``: text in it is text, never markup.
        data: What msgspec can write as JSON: dataclasses, lists, text, numbers, instants.

    Returns:
        PDF 1.7 with tagged text.
    """
    text = json.dumps(msgspec.to_builtins(data, str_keys=True), ensure_ascii=False)
    return bytes(
        typst.compile(
            str(_TEMPLATES / f"{template}.typ"),
            root=str(_TEMPLATES),
            font_paths=[],
            ignore_system_fonts=True,
            sys_inputs={"data": text},
        )
    )
