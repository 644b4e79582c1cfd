"""``python -m tools.docs_stacks``: draw why stacks are stars and not chains.

The points are pictures, and nearness on the page stands for nearness of fingerprints. Both
halves show the same points; the right one is stacked by the rule that polit follows.
"""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

OUT = Path("docs/explanation/stacks.svg")
_RADIUS = 62.0
_WIDTH, _HEIGHT = 400, 300
_COLOURS = ("#1d70b8", "#b45309", "#00703c", "#6f42a5")


@dataclass(frozen=True, slots=True)
class Dot:
    """A picture: where it stands, and how large its copy is; the larger the better."""

    x: float
    y: float
    size: int


DOTS = (
    Dot(60, 80, 9), Dot(92, 108, 6), Dot(40, 112, 5), Dot(118, 140, 5), Dot(150, 168, 9),
    Dot(176, 146, 6), Dot(192, 190, 5), Dot(222, 200, 4), Dot(250, 206, 8), Dot(282, 186, 5),
    Dot(296, 226, 6), Dot(330, 76, 8), Dot(300, 60, 5),
)  # fmt: skip


def apart(one: Dot, other: Dot) -> float:
    """Return how far two dots stand apart."""
    return math.hypot(one.x - other.x, one.y - other.y)


def starred(dots: tuple[Dot, ...]) -> dict[Dot, Dot]:
    """Return each dot's leader, by the rule of stacks."""
    leaders: list[Dot] = []
    for dot in sorted(dots, key=lambda dot: (-dot.size, dot.x)):
        if all(apart(dot, leader) > _RADIUS for leader in leaders):
            leaders.append(dot)
    return {dot: min(leaders, key=lambda leader: apart(dot, leader)) for dot in dots}


def chained(dots: tuple[Dot, ...]) -> list[tuple[Dot, Dot]]:
    """Return each pair that is near enough, which is what a chain goes along."""
    pairs = [(one, other) for number, one in enumerate(dots) for other in dots[number + 1 :]]
    return [(one, other) for one, other in pairs if apart(one, other) <= _RADIUS]


def picture() -> str:
    """Return the drawing as SVG."""
    leaders = starred(DOTS)
    order = [dot for dot in DOTS if leaders[dot] == dot]
    parts = [_line(one, other, "#505a5f") for one, other in chained(DOTS)]
    parts += [_dot(dot, "#505a5f") for dot in DOTS]
    left = _half(0, "a chain: near pairs joined, one heap of unlike pictures", parts)
    parts = [
        f'<circle cx="{leader.x}" cy="{leader.y}" r="{_RADIUS:g}" fill="none" '
        f'stroke="{_COLOURS[number % len(_COLOURS)]}" stroke-dasharray="4 4"/>'
        for number, leader in enumerate(order)
    ]
    for dot in DOTS:
        colour = _COLOURS[order.index(leaders[dot]) % len(_COLOURS)]
        parts += [_line(dot, leaders[dot], colour), _dot(dot, colour)]
    right = _half(_WIDTH, "stars: each within the threshold of its leader", parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDTH} {_HEIGHT}" '
        'role="img" aria-labelledby="t" font-family="sans-serif" font-size="14">\n'
        '<title id="t">The same pictures as one chain, and as stars around the best copies'
        f'</title>\n<rect width="{2 * _WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
        f"{left}\n{right}\n</svg>\n"
    )


def _half(left: int, told: str, parts: list[str]) -> str:
    inside = "\n".join(parts)
    return (
        f'<g transform="translate({left} 0)">\n'
        f'<text x="20" y="{_HEIGHT - 14}" fill="#0b0c0c">{told}</text>\n{inside}\n</g>'
    )


def _dot(dot: Dot, colour: str) -> str:
    return f'<circle cx="{dot.x}" cy="{dot.y}" r="{dot.size}" fill="{colour}"/>'


def _line(one: Dot, other: Dot, colour: str) -> str:
    return f'<path d="M{one.x} {one.y}L{other.x} {other.y}" stroke="{colour}" stroke-width="2"/>'


if __name__ == "__main__":
    OUT.write_text(picture(), encoding="utf-8")
    sys.exit(0)
