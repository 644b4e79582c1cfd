"""What a server of a review would answer, made up: any number of items, tiles that are drawn.

For tests and the benchmark of the grid, which ask nothing of a database. Pictures are stripes.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import numpy as np
from PIL import Image

_TILE_PX = 24
_JSON = {"changes", "seen", "decide", "undo", "redo", "facets", "progress", "item"}
_KINDS = 256
_VIDEO, _STACK, _ALERT, _NEAR, _NO_TILE, _FIRST, _FLAGGED, _PROVISIONAL = (1 << n for n in range(8))


@dataclass(slots=True)
class FakeReview:
    """A review of some thousand, or a million, items.

    Args:
        count: How many.
        asked: What was asked for, as (method, last part of the address, body).
        refuses: Code and words with which decisions are refused; nothing takes them.
        is_away: Whether nothing is answered.
    """

    count: int
    asked: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    refuses: tuple[str, str] | None = None
    is_away: bool = False
    revision: int = 1
    changed: list[list[int]] = field(default_factory=list)
    exposures: int = 0

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, str, bytes] | None:
        """Return status, media type and bytes; ``None`` for what is not of this review."""
        parts = urlsplit(url)
        name = parts.path.rpartition("/review/")[2].strip("/")
        if name.startswith("items/"):
            name = "item"
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        told = json.loads(body) if body else {}
        made = self._answers(query, told).get((method, name))
        if made is None:
            return None
        self.asked.append((method, name, told))
        if name == "decide" and self.refuses is not None:
            code, message = self.refuses
            return 409, "application/json", json.dumps({"error": code, "message": message}).encode()
        is_json = name in _JSON
        return 200, "application/json" if is_json else "application/octet-stream", made()

    def _answers(
        self, query: dict[str, str], told: dict[str, object]
    ) -> dict[tuple[str, str], Callable[[], bytes]]:
        return {
            ("GET", "order"): self._order,
            ("GET", "tiles"): lambda: _tiles([int(each) for each in query["places"].split(",")]),
            ("GET", "changes"): self._changes,
            ("GET", "facets"): lambda: b'{"camera":[{"value":"1","label":"A camera","items":5}]}',
            ("GET", "progress"): lambda: b'{"text":"5 of 10","is_agreed":true}',
            ("GET", "item"): lambda: b"{}",
            ("POST", "unveil"): lambda: self._unveil(told),
            ("POST", "seen"): lambda: b"{}",
            ("POST", "decide"): lambda: self._decide(told),
            ("POST", "undo"): lambda: self._decide({"places": [1], "code": ""}),
            ("POST", "redo"): lambda: self._decide({"places": [], "code": ""}),
        }

    def asked_of(self, name: str) -> list[dict[str, object]]:
        """Return the bodies of what was asked of one address."""
        return [body for _, each, body in self.asked if each == name]

    def _order(self) -> bytes:
        header = json.dumps(
            {"count": self.count, "revision": 1, "media_files": self.count}
        ).encode()
        places = np.arange(1, self.count + 1, dtype="<u4")
        stack = np.where(places % 7 == 0, places % 40 + 2, 1).astype("<u4")
        states = np.zeros(self.count, np.uint8)
        states[4::11] = 2
        states[5::17] = 3
        grades = np.where(states > 0, places % 3 + 1, 0).astype(np.uint8)
        marks = np.where(stack > 1, _STACK, 0).astype(np.uint8)
        for step, mark in ((5, _VIDEO), (23, _ALERT), (13, _NEAR), (31, _NO_TILE), (19, _FIRST),
                           (29, _FLAGGED), (37, _PROVISIONAL)):  # fmt: skip
            marks[step - 1 :: step] |= mark
        padding = bytes(-(4 + len(header)) % 4)
        arrays = b"".join(each.tobytes() for each in (places, stack, states, grades, marks))
        return struct.pack("<I", len(header)) + header + padding + arrays

    def _changes(self) -> bytes:
        return json.dumps({"revision": self.revision, "items": self.changed}).encode()

    def _unveil(self, told: dict[str, object]) -> bytes:
        places = told["places"]
        assert isinstance(places, list)
        pictures = [_webp(place % _KINDS, 160, is_wide=place % 2 == 0) for place in places]
        parts = [
            {"place": place, "media_type": "image/webp", "bytes": len(data), "width_px": 160,
             "height_px": 120, "at_ms": None, "error": ""}
            for place, data in zip(places, pictures, strict=True)
        ]  # fmt: skip
        exposures = [str(UUID(int=self.exposures + n)) for n in range(len(places))]
        self.exposures += len(places)
        header = json.dumps({"exposures": exposures, "parts": parts}).encode()
        padding = bytes(-(4 + len(header)) % 4)
        return struct.pack("<I", len(header)) + header + padding + b"".join(pictures)

    def _decide(self, told: dict[str, object]) -> bytes:
        self.revision += 1
        places = told["places"]
        assert isinstance(places, list)
        code = told.get("code")
        state, grade = (4, 0) if told.get("unsure") else (1, 1) if code else (0, 0)
        items = [[place, state, grade, 0] for place in places]
        batch = str(UUID(int=self.revision))
        return json.dumps({"revision": self.revision, "decision": batch, "items": items}).encode()


def _json(told: dict[str, object]) -> bytes:
    return json.dumps(told).encode()


def _tiles(places: list[int]) -> bytes:
    pictures = [b"" if place % 31 == 0 else _webp(place % _KINDS, _TILE_PX, is_wide=place % 2 == 0)
                for place in places]  # fmt: skip
    heads = b"".join(
        struct.pack("<II", place, len(data)) for place, data in zip(places, pictures, strict=True)
    )
    return struct.pack("<I", len(places)) + heads + b"".join(pictures)


@lru_cache(maxsize=2 * _KINDS)
def _webp(kind: int, side_px: int, *, is_wide: bool) -> bytes:
    rng = np.random.default_rng(kind)
    small = rng.integers(40, 220, (3, 4), dtype=np.uint8)
    size = (side_px, side_px * 3 // 4) if is_wide else (side_px * 3 // 4, side_px)
    picture = Image.fromarray(small, "L").resize(size, Image.Resampling.BICUBIC)
    kept = BytesIO()
    picture.save(kept, "WEBP", quality=60)
    return kept.getvalue()
