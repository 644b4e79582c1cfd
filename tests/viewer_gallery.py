"""A gallery for the tests of its views: no server behind it, drawn landscapes, every ask kept."""

import io
import json
import struct
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from browser_site import Site
from PIL import ImageDraw
from playwright.sync_api import Page, Request, Route
from still_pictures import scene

CATEGORIES = [
    {"code": "A", "label": "Category A", "key": "1", "tone": "red"},
    {"code": "B", "label": "Category B", "key": "2", "tone": "blue"},
    {"code": "N", "label": "Not relevant", "key": "9", "tone": "grey"},
]
URLS = {
    name: f"/made/{name}"
    for name in ("order", "tiles", "figures", "timeline", "folders", "unveil", "split")
}
CONFIG = {
    "case_id": "0",
    "urls": URLS | {"item": "/made/items/0"},
    "csrf": "token",
    "categories": CATEGORIES,
    "flags": [],
    "scope": {"exhibit": "", "queue": "pending"},
    "session": {"id": "s1"},
    "keys": {"open": ["Enter"], "reveal": ["v"], "undo": ["Ctrl+z"], "select": ["Space"]},
}
_CONTEXT = (Path(__file__).parent / "viewer_gallery.js").read_text(encoding="utf-8")


def picture(seed: int, size: tuple[int, int], *, is_grey: bool, mark: str = "") -> bytes:
    """Return a drawn landscape with a shape of its own, as WebP."""
    image = scene(size)
    draw = ImageDraw.Draw(image)
    step = max(4, size[0] // 12)
    left = (seed * step) % max(1, size[0] - 3 * step)
    draw.ellipse((left, size[1] // 3, left + 2 * step, size[1] // 3 + 2 * step), fill="crimson")
    draw.text((4, 4), mark or f"drawn {seed}", fill="white")
    shown = image.convert("L").convert("RGB") if is_grey else image
    stream = io.BytesIO()
    shown.save(stream, "WEBP", quality=70)
    return stream.getvalue()


def tone(length_ms: int) -> bytes:
    """Return a silent WAV of 8 kHz."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(16 * length_ms))
    return stream.getvalue()


def packed(header: dict[str, Any], *bodies: bytes) -> bytes:
    """Return a length, a header as JSON, padding to four bytes, and what follows."""
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + bytes(-(4 + len(text)) % 4) + b"".join(bodies)


def _places(query: dict[str, list[str]]) -> list[int]:
    return [int(each) for each in query["places"][0].split(",")]


@dataclass
class Gallery:
    """What a page of views is answered.

    Args:
        page: The page.
        members: Places of the opened stack, with the distance of each.
        facts: What is said of items, by place.
        figures: The same of figures.
        broken: What goes wrong: ``cut``, ``refused``, ``parts``, ``size``; nothing while empty.
        asked: Every request to the made addresses, as name and query.
    """

    page: Page
    members: dict[int, int] = field(default_factory=dict)
    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    figures: dict[int, dict[str, Any]] = field(default_factory=dict)
    folders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    months: list[list[Any]] = field(default_factory=list)
    broken: str = ""
    length_ms: int = 6_000
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def start(self, site: Site, config: dict[str, Any] | None = None) -> None:
        """Open the page and give the views a context."""
        self.page.route("**/made/**", self._answer)
        self.page.goto(f"{site.address}/viewers/")
        self.page.evaluate(_CONTEXT, CONFIG | (config or {}))

    def show(self, name: str, *places: int) -> None:
        """Open a view."""
        self.page.evaluate("([name, items]) => window.show(name, items)", [name, list(places)])
        self.page.wait_for_function(
            "() => document.getElementById('viewer').contains(document.activeElement)"
        )

    def unveiled(self) -> list[dict[str, Any]]:
        """Return what was asked of the one door, in order."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "() => window.calls.filter(([name]) => name === 'unveil').map(([, request]) => request)"
        )
        return found

    def calls(self, name: str) -> list[list[Any]]:
        """Return what the views did with their context."""
        found: list[list[Any]] = self.page.evaluate(
            "(name) => window.calls.filter(([each]) => each === name).map((call) => call.slice(1))",
            name,
        )
        return found

    def _answer(self, route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        name = parts.path.split("/")[2]
        query = parse_qs(parts.query)
        self.asked.append((name, query))
        if name == "items":
            place = int(parts.path.rsplit("/", 1)[1])
            route.fulfill(json=self.facts.get(place, {"names": [f"drawn {place}.jpg"]}))
        elif name == "figures":
            route.fulfill(json={"figures": [self._figures(each) for each in _places(query)]})
        elif name in ("timeline", "folders"):
            key = (query.get("parent") or query.get("package") or [""])[0]
            told = (
                {"unit": "month", "counts": self.months, "unknown": 2}
                if name == "timeline"
                else {"folders": self.folders.get(key, [])}
            )
            route.fulfill(json=told)
        elif name == "split":
            route.fulfill(json={"revision": 2, "items": []})
        elif self.broken == "refused":
            route.fulfill(json={"error": "on_break", "message": "a break"})
        else:
            made = {"tiles": self._tiles, "order": self._order, "unveil": self._unveil}[name](
                query, request
            )
            route.fulfill(body=made[: len(made) // 2] if self.broken == "cut" else made)

    def _figures(self, place: int) -> dict[str, Any]:
        known = {"place": place, "distance": self.members.get(place), "duration_ms": self.length_ms}
        return known | self.figures.get(place, {})

    def _tiles(self, query: dict[str, list[str]], _request: Request) -> bytes:
        places = _places(query)
        tiles = [picture(place, (24, 18), is_grey=True) for place in places]
        heads = b"".join(
            struct.pack("<II", *pair) for pair in zip(places, map(len, tiles), strict=True)
        )
        return struct.pack("<I", len(places)) + heads + b"".join(tiles)

    def _order(self, _query: dict[str, list[str]], _request: Request) -> bytes:
        places, count = list(self.members), len(self.members)
        header = {
            "count": count,
            "revision": 1,
            "media_files": 9,
        }
        longs = struct.pack(f"<{2 * count}I", *places, *[1] * count)
        return packed(header, longs, bytes(3 * count))

    def _unveil(self, _query: dict[str, list[str]], request: Request) -> bytes:
        asked = json.loads(request.post_data or "{}")
        bodies: list[bytes] = []
        parts: list[dict[str, Any]] = []
        for place, at_ms in self._wanted(asked):
            data, fact = self._part(asked, place, at_ms)
            bodies.append(data)
            parts.append(fact)
        return packed({"exposures": ["e"], "parts": parts}, *bodies)

    def _part(
        self, asked: dict[str, Any], place: int, at_ms: int | None
    ) -> tuple[bytes, dict[str, Any]]:
        is_sound, rung = asked["what"] == "sound", str(asked["rung"])
        size = (160, 120) if rung.endswith("160") else (640, 480)
        mark = f"drawn {place}" + ("" if at_ms is None else f" at {at_ms}")
        seed = place + (at_ms or 0) // 200
        data = tone(2_000) if is_sound else picture(seed, size, is_grey="grey" in rung, mark=mark)
        data = {"parts": b"", "size": b"RIFF????"}.get(self.broken, data)
        return data, {
            "place": place, "media_type": "audio/wav" if is_sound else "image/webp",
            "bytes": len(data), "width_px": size[0], "height_px": size[1], "at_ms": at_ms,
            "of_width_px": 9_000, "of_height_px": 6_750, "error": "" if data else "E4711 <b>no</b>",
        }  # fmt: skip

    def _wanted(self, asked: dict[str, Any]) -> list[tuple[int, int | None]]:
        places, what = asked["places"], asked["what"]
        if what == "story":
            return [(places[0], 250 * number) for number in range(20)]
        if what == "frames":
            times = [
                asked["from_ms"] + asked["step_ms"] * number for number in range(asked["count"])
            ]
            return [(places[0], at_ms) for at_ms in times if at_ms < self.length_ms]
        return [(place, None) for place in places]
