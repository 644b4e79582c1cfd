"""``python -m tools.docs_detection``: put the figures of detection into the page, and draw them.

The tables and the drawing are of two proofs, ``detection`` and ``quality``; the words between are
the page's own.
"""

import json
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

PROOF, QUALITY = Path("docs/proof/detection.json"), Path("docs/proof/quality.json")
PAGE = Path("docs/explanation/detection.md")
OUT = Path("docs/explanation/detection.svg")

_ROW_PX, _LABEL_PX, _BAR_PX = 20, 190, 520
_WIDTH_PX = _LABEL_PX + _BAR_PX + 70
_FOUND, _SECOND, _TURNED, _NONE = "#1d70b8", "#b45309", "#6f42a5", "#e5e6e7"

Rows = dict[str, dict[str, Any]]


def figures_read() -> dict[str, Any]:
    """Return the figures of the proofs, the flat pictures among those that are not the same."""
    figures, flat = (
        json.loads(path.read_text(encoding="utf-8"))["figures"] for path in (PROOF, QUALITY)
    )
    return {**figures, "unrelated": {**figures["unrelated"], **flat}}


def page(text: str, figures: dict[str, Any]) -> str:
    """Return the page with today's figures between its marks.

    Raises:
        KeyError: The page has a mark without figures.
    """
    made = {
        "pictures": _pictures(figures),
        "copies": _copies(figures),
        "lists": _lists(figures),
        "small": _small(figures["small"]),
        "published": _published(figures["published"]),
        "examined": _examined(figures),
        "unrelated": _unrelated(figures["unrelated"]),
        "distances": _distances(figures["unrelated"]),
        "bursts": _bursts(figures["bursts"]),
    }
    return re.sub(
        r"(<!-- (\w+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}\n{made[found[2]]}\n\n{found[3]}",
        text,
        flags=re.DOTALL,
    )


def picture(figures: dict[str, Any]) -> str:
    """Return the drawing: for each way of making a copy, how many of 100 are found."""
    rows: Rows = figures["photographs"]
    height = (len(rows) + 2) * _ROW_PX + 16
    bars = [
        _bar(number * _ROW_PX + 2 * _ROW_PX, made, row)
        for number, (made, row) in enumerate(rows.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH_PX} {height}" role="img" '
        'aria-labelledby="t" font-family="sans-serif" font-size="12">\n'
        '<title id="t">Copies found within 31 bits, of 100, by how they were made</title>\n'
        f'<rect width="{_WIDTH_PX}" height="{height}" fill="#fff"/>\n{_legend()}\n'
        + "\n".join(bars)
        + "\n</svg>\n"
    )


def _legend() -> str:
    parts, left = [], _LABEL_PX
    told = (
        (_FOUND, "found by all pixels"), (_SECOND, "by the second fingerprint alone"),
        (_TURNED, "with turns asked for"), (_NONE, "not found"),
    )  # fmt: skip
    for colour, words in told:
        parts.append(f'<rect x="{left}" y="10" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + 16}" y="20" fill="#0b0c0c">{words}</text>')
        left += 34 + 6 * len(words)
    return "\n".join(parts)


def _bar(top: int, made: str, row: dict[str, Any]) -> str:
    of = max(1, int(row["of"]))
    first = row["polit"] - row["only_second"]
    turned = max(0, row["turned"] - row["polit"])
    parts = [f'<text x="{_LABEL_PX - 8}" y="{top + 12}" text-anchor="end">{escape(made)}</text>']
    left = float(_LABEL_PX)
    shares = ((first, _FOUND), (row["only_second"], _SECOND), (turned, _TURNED))
    rest = of - sum(count for count, _ in shares)
    for count, colour in (*shares, (rest, _NONE)):
        width = _BAR_PX * count / of
        if count:
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="15" fill="{colour}"/>'
            )
        left += width
    told = _percent(row["polit"] + turned, of)
    parts.append(f'<text x="{_LABEL_PX + _BAR_PX + 8}" y="{top + 12}">{told}</text>')
    return "".join(parts)


def _percent(part: int, of: int) -> str:
    """Return a share, never rounded up to all or down to none."""
    if not of:
        return "-"
    tenths = 1000 * part // of if part < of else 1000
    return f"{tenths // 10}.{tenths % 10} %" if part in range(1, of) else f"{tenths // 10} %"


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _pictures(figures: dict[str, Any]) -> str:
    rows: list[tuple[object, ...]] = [
        (origin, each["photographs"], each["licences"])
        for origin, each in figures["origins"].items()
    ]
    return _table(("from", "photographs", "licences"), rows)


def _copies(figures: dict[str, Any]) -> str:
    head = ("copy", "of", "polit", "full alone", "512 px alone", "only by the second",
            "with turns", "median bits", "flat")  # fmt: skip
    rows: list[tuple[object, ...]] = [
        (made, row["of"], f"{row['polit']} ({_percent(row['polit'], row['of'])})",
         row["full_in_full"], row["nearest512_in_nearest512"], row["beyond_full_in_full"],
         row["turned"], row["median_bits"], row["low_quality"])
        for made, row in figures["photographs"].items()
    ]  # fmt: skip
    return _table(head, rows)


def _lists(figures: dict[str, Any]) -> str:
    head = ("copy", "of", "list of all pixels: full alone", "512 px alone", "polit",
            "list of 512 px: full alone", "512 px alone", "polit")  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for group in ("photographs", "in_full_size"):
        for made, row in figures[group].items():
            if made == "pictures":
                continue
            counts = [
                row[f"{asks}_in_{maker}"]
                for maker in ("full", "nearest512")
                for asks in ("full", "nearest512", "polit")
            ]
            if min(counts) < max(counts):
                name = made if group == "photographs" else f"{made}, of large originals"
                rows.append((name, row["of"], *counts))
    return _table(head, rows)


def _small(small: Rows) -> str:
    rows: list[tuple[object, ...]] = [
        (made, row["of"], row["polit"], row["low_quality"]) for made, row in small.items()
    ]
    return _table(("copy of a small picture", "of", "polit", "flat"), rows)


def _published(published: Rows) -> str:
    rows: list[tuple[object, ...]] = [
        (made, row["bits"], "yes" if row["found"] else "no",
         "yes" if row["found_with_turns"] else "no")
        for made, row in published.items()
    ]  # fmt: skip
    return _table(("published copy", "bits", "found", "with turns"), rows)


def _unrelated(unrelated: Rows) -> str:
    rows: list[tuple[object, ...]] = [
        (kind, row["pictures"], row["of_low_quality"], f"{row['pairs']:,}", row["within_31"],
         f"{row['pairs_of_quality']:,}", row["within_31_of_quality"],
         "-" if row["nearest_of_quality"] is None else row["nearest_of_quality"])
        for kind, row in unrelated.items()
    ]  # fmt: skip
    head = ("pictures that are not the same", "pictures", "flat", "pairs", "within 31",
            "pairs of quality 50", "within 31", "nearest, bits")  # fmt: skip
    return _table(head, rows)


def _examined(figures: dict[str, Any]) -> str:
    told, same = figures["examined"], figures["same_as_references"]["pictures"]
    return (
        f"{told['files']} copies of {told['photographs']} photographs went through `polit examine`"
        f": {told['found']} resemble their original by the same {told['matches']} matches as "
        f"without it. The references' own code gave the same fingerprints of {same} copies."
    )


def _distances(unrelated: Rows) -> str:
    kinds = {kind: row["by_bits_of_quality"] for kind, row in unrelated.items()}
    shown = {kind: bits for kind, bits in kinds.items() if any(bits.values())}
    ranges = [each for each in next(iter(kinds.values())) if any(b[each] for b in shown.values())]
    rows: list[tuple[object, ...]] = [
        (each, *(f"{bits[each]:,}" for bits in shown.values())) for each in ranges
    ]
    return _table(("bits", *shown), rows)


def _bursts(bursts: Rows) -> str:
    rows: list[tuple[object, ...]] = [
        (moved, row["of"], row["within_31"], _percent(row["within_31"], row["of"]))
        for moved, row in bursts.items()
    ]
    return _table(("camera moved by", "pairs", "within 31", "share"), rows)


def main() -> int:
    """Write the page and the drawing anew."""
    figures = figures_read()
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")
    OUT.write_text(picture(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
