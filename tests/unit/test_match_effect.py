"""The report of effect: each file in exactly one place, alerts never hidden."""

import random

import pytest

from polit.match.effect import Effect, effect_of
from polit.match.matcher import Verdict
from polit.match.stacks import Stackable
from polit.model.media import PerceptualHash

SEED = 20_261_126


def picture(name: str, value: bytes = b"", occurrences: int = 1) -> Stackable:
    """Return a picture with a fingerprint, or one that was not decoded."""
    hashes = (PerceptualHash("pdq", "full", value, 90),) if value else ()
    return Stackable(
        name.encode().ljust(32, b"-"), 9, 100, 100, hashes, occurrences, is_decoded=bool(value)
    )


def places(effect: Effect) -> tuple[int, ...]:
    """Return the places that files are counted in."""
    return (
        effect.known_good, effect.categorised, effect.exact_copies, effect.near_copies,
        effect.alerts_to_view, effect.others_to_view,
    )  # fmt: skip


def test_each_file_is_counted_in_one_place() -> None:
    draw = random.Random(SEED)
    alike = draw.randbytes(32)
    media = [
        picture("good", draw.randbytes(32), 5),
        picture("graded", draw.randbytes(32), 3),
        picture("one", alike, 2),
        picture("two", alike, 1),
        picture("other", draw.randbytes(32), 4),
    ]
    verdicts = {
        media[0].sha256: Verdict(False, False, "known_good"),
        media[1].sha256: Verdict(False, False, "categorised"),
    }

    effect = effect_of(media, verdicts).effect

    assert places(effect) == (5, 3, 1 + 3, 1, 0, 2)
    assert effect.accounted == effect.media_files == 15
    assert effect.views_per_1000 == 134


def test_what_alerts_is_viewed_by_itself() -> None:
    alike = random.Random(SEED).randbytes(32)
    media = [picture("a", alike), picture("b", alike), picture("c", alike), picture("d", alike, 2)]
    verdicts = {
        media[0].sha256: Verdict(True, True, ""),
        media[3].sha256: Verdict(False, True, ""),
    }

    report = effect_of(media, verdicts)

    assert places(report.effect) == (0, 0, 1, 1, 2, 1)
    assert (report.effect.alerts_exact, report.effect.alerts_near) == (1, 1)
    stacked = {member.sha256 for stack in report.stacks for member in stack.members}
    assert stacked == {media[1].sha256, media[2].sha256}


def test_an_alert_that_is_categorised_is_settled_and_still_told() -> None:
    media = [picture("a", random.Random(SEED).randbytes(32), 2)]

    effect = effect_of(media, {media[0].sha256: Verdict(True, False, "categorised")}).effect

    assert places(effect) == (0, 2, 0, 0, 0, 0)
    assert effect.alerts_exact == 1


def test_what_was_not_decoded_is_left_to_view() -> None:
    effect = effect_of([picture("broken"), picture("worse", b"", 3)], {}, unread=2).effect

    assert places(effect) == (0, 0, 2, 0, 0, 4)
    assert effect.not_decoded == 4
    assert effect.accounted == effect.media_files == 6


def test_nothing_needs_no_views() -> None:
    effect = effect_of([], {}).effect

    assert (effect.media_files, effect.left_to_view, effect.views_per_1000) == (0, 0, 0)


@pytest.mark.parametrize("threshold_bits", [0, 31])
def test_the_places_add_up_whatever_is_there(threshold_bits: int) -> None:
    draw = random.Random(SEED + threshold_bits)
    for _ in range(50):
        values = [draw.randbytes(32) for _ in range(4)]
        media = [
            picture(str(n), draw.choice([b"", *values]), draw.randrange(1, 4)) for n in range(30)
        ]
        verdicts = {
            one.sha256: Verdict(
                draw.random() < 0.2, draw.random() < 0.2,
                draw.choice(["", "", "known_good", "categorised"]),
            )
            for one in media if draw.random() < 0.5
        }  # fmt: skip
        unread = draw.randrange(3)

        effect = effect_of(
            iter(media), verdicts, unread=unread, threshold_bits=threshold_bits
        ).effect

        files = sum(one.occurrences for one in media) + unread
        assert sum(places(effect)) == effect.accounted == effect.media_files == files
        assert effect.left_to_view <= effect.media_files
