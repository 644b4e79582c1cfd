"""Mutated documents, mails and caches through the real sandbox: none is lost, none breaks it."""

import random
from collections import Counter
from pathlib import Path

import holder_files as made
from holder_examples import examples
from holder_files import picture
from sandbox_holders import open_sandboxed
from sandbox_pictures import mutated

from polit.package.account import _UNOPENED
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import ItemLimits

NAME = "holders"
FULL_COUNT = 5_000
_SOUND_EVERY = 250
_REFUSALS = frozenset({"encrypted"})


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Open ``count`` damaged holders; after each 250 a sound one must give its picture."""
    del scratch
    chance = random.Random(20_261_126)
    originals = examples()
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits(base_s=60.0))
    ended: Counter[str] = Counter()
    members = 0
    for number in range(count):
        name, original = chance.choice(originals)
        result = open_sandboxed(decoder, mutated(original.content, chance), original.mime)
        if isinstance(result, DecodeFailure):
            assert result.code in _REFUSALS, (number, name, result)
            ended[result.code] += 1
        else:
            assert set(result.unopened) <= _UNOPENED.keys(), (number, name, result.unopened)
            ended["damage told" if result.unopened else "opened"] += 1
            members += len(result.members)
        if number % _SOUND_EVERY == 0:
            _check_sound(decoder)
    decoder.close()
    zygote.close()
    assert ended.total() == count
    return {"ended": dict(sorted(ended.items())), "members": members, "lost": 0, "crashes": 0}


def _check_sound(decoder: Decoder) -> None:
    sound = made.docx({"word/media/a.jpg": picture(1)})
    result = open_sandboxed(decoder, sound, made.WORD)
    assert not isinstance(result, DecodeFailure), result
    assert [each.data for each in result.members] == [picture(1)]
