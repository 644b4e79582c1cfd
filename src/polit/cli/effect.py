"""How the report of effect is told: as an object, and as text with bars."""

from polit.match.effect import PER, Effect

_BAR = 40


def effect_object(effect: Effect) -> dict[str, object]:
    """Return the counts as the object that ``show --json`` has as ``effect``."""
    return {
        "media_files": effect.media_files,
        "settled_known_good": effect.known_good,
        "settled_categorised": effect.categorised,
        "exact_copies": effect.exact_copies,
        "near_copies": effect.near_copies,
        "left_to_view": effect.left_to_view,
        "left_alerts": effect.alerts_to_view,
        "left_not_decoded": effect.not_decoded,
        "alerts_exact": effect.alerts_exact,
        "alerts_near": effect.alerts_near,
        "views_per_1000_before": PER if effect.media_files else 0,
        "views_per_1000_after": effect.views_per_1000,
    }


def effect_text(effect: Effect) -> str:
    """Return the counts as lines with bars; they add up to the first line."""
    rows = [
        ("pictures and videos", effect.media_files),
        ("- known to be harmless", effect.known_good),
        ("- categorised before", effect.categorised),
        ("- exact copies", effect.exact_copies),
        ("- near copies", effect.near_copies),
        ("= left to view", effect.left_to_view),
    ]
    lines = ["\nEffect"]
    lines += [f"  {name:<22} {count:>9}  {_bar(count, effect.media_files)}".rstrip()
              for name, count in rows]  # fmt: skip
    if effect.media_files:
        lines.append(f"  views per 1,000 files: {PER:,} before, {effect.views_per_1000:,} after")
    if effect.near_copies:
        lines.append("  near copies are other files like one that is left: grouped, not settled")
    if effect.not_decoded:
        lines.append(f"  of those left, {effect.not_decoded} not decoded")
    if effect.alerts_exact or effect.alerts_near:
        lines.append(
            f"  ALERTS: {effect.alerts_exact} contents by their digests,"
            f" {effect.alerts_near} by fingerprints alone;"
            f" {effect.alerts_to_view} of them are left to view, first"
        )
    return "\n".join(lines)


def _bar(count: int, whole: int) -> str:
    """Return a bar; what is there at all shows at least one mark."""
    return "#" * min(_BAR, -(-_BAR * count // whole)) if whole else ""
