"""Holders, good and bad, through a real decoder: nothing is imported late, nothing is lost."""

import random
from collections.abc import Iterator

import holder_files as made
import pytest
from holder_examples import EMF, examples
from holder_files import picture
from sandbox_holders import OpenedHolder, open_sandboxed
from sandbox_pictures import mutated

from polit.base.clock import monotonic_s
from polit.base.errors import SandboxError
from polit.model.media import MediaKind
from polit.package.account import _UNOPENED
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits

A, B = picture(1), picture(2, "PNG")


@pytest.fixture
def decoder(zygote: Zygote) -> Iterator[Decoder]:
    decoder = Decoder(zygote, ItemLimits(base_s=60.0))
    yield decoder
    decoder.close()


def opened(decoder: Decoder, content: bytes, mime: str) -> OpenedHolder:
    result = open_sandboxed(decoder, content, mime)
    assert isinstance(result, OpenedHolder), result
    return result


def test_every_example_gives_the_same_as_outside(decoder: Decoder) -> None:
    for name, example in examples():
        there = opened(decoder, example.content, example.mime)
        found = {each.member.steps: each.data for each in there.members}
        assert found == dict(example.expected), name
        assert there.unopened == [], name


def test_what_comes_next_is_told_for_each(decoder: Decoder) -> None:
    content = made.docx({
        "word/media/a.jpg": A, "word/media/b.xyz": b"\0\1\2\3",
        "word/embeddings/c.docx": made.docx({}), "word/media/d.emf": EMF,
        "word/x.zip": b"PK\5\6" + bytes(18),
    })  # fmt: skip
    result = opened(decoder, content, made.WORD)
    told = {each.member.name: each.member for each in result.members}
    assert {name: member.follow for name, member in told.items()} == {
        b"a.jpg": "decode", b"b.xyz": "", b"c.docx": "open", b"d.emf": "",
    }  # fmt: skip
    assert told[b"a.jpg"].extension_agrees is True
    assert told[b"d.emf"].kind is MediaKind.STILL
    assert result.unopened == ["nested_archive"]


def test_many_members_come_in_parts(decoder: Decoder) -> None:
    content = made.zipped(
        {"word/document.xml": b"<x/>"}
        | {f"word/media/{number:05}.png": B + bytes(number % 7) for number in range(3_000)}
    )
    result = opened(decoder, content, made.WORD)
    assert [each.member.name for each in result.members] == [
        b"%05d.png" % number for number in range(3_000)
    ]
    assert result.batches > 10
    assert all(each.data.startswith(B) for each in result.members)


def test_large_members_come_in_parts(decoder: Decoder) -> None:
    large = random.Random(4).randbytes(20 << 20)
    members = {f"word/media/{number}.bin": large[number:] for number in range(4)}
    result = opened(decoder, made.docx(members, stored=True), made.WORD)
    assert [each.data for each in result.members] == list(members.values())
    assert result.batches == 4


def test_many_long_names_fit_the_list(decoder: Decoder) -> None:
    members = {f"word/media/{number:05}{'x' * 2000}": b"\0\1" for number in range(600)}
    result = opened(decoder, made.docx(members), made.WORD)
    assert len(result.members) == 600


def test_names_in_every_charset_are_read(decoder: Decoder) -> None:
    """A charset that is not loaded yet would be looked for in files."""
    for charset in ("koi8-r", "shift_jis", "gb18030", "big5", "utf-7", "no-such", "hex", "idna"):
        content = (
            b"From: a@example.org\r\nTo: b\r\nSubject: c\r\nContent-Type: image/jpeg\r\n"
            b"Content-Disposition: attachment; filename*=%b''a.jpg\r\n\r\n" % charset.encode() + A
        )
        (found,) = opened(decoder, content, made.MAIL).members
        assert found.member.name == b"a.jpg"
        assert found.data == A


def test_encrypted_pdfs_are_told_and_those_with_an_empty_password_read(decoder: Decoder) -> None:
    jpeg = b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    content = made.paged({10: {"Im": 51}}, {51: made.image(jpeg, A)})
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        refused = open_sandboxed(decoder, made.locked_pdf(content, "secret", algorithm), made.PDF)
        assert isinstance(refused, DecodeFailure)
        assert refused.code == "encrypted"
        (found,) = opened(decoder, made.locked_pdf(content, "", algorithm), made.PDF).members
        assert found.data == A


@pytest.mark.parametrize(
    ("action", "code"), [("segv", "crash"), ("exit", "crash"), ("hang", "timeout")]
)
def test_a_planted_fault_costs_one_holder(
    monkeypatch: pytest.MonkeyPatch, action: str, code: str
) -> None:
    monkeypatch.setenv("POLIT_FAULTS", f"decoder.member@3:{action}")
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits(base_s=1.0, per_mib_s=0.0, wall_factor=10.0))
    members = {f"word/media/{number}.jpg": picture(number) for number in range(5)}
    failure = open_sandboxed(decoder, made.docx(members), made.WORD)
    assert isinstance(failure, DecodeFailure)
    assert failure.code == code
    two = made.docx({name: members[name] for name in list(members)[:2]})
    assert len(opened(decoder, two, made.WORD).members) == 2
    decoder.close()
    zygote.close()


def test_nothing_follows_where_nothing_is_open(decoder: Decoder) -> None:
    with pytest.raises(SandboxError, match="no open holder waits"):
        decoder.go_on(now_s=monotonic_s())


def test_damaged_holders_cost_one_item_each(decoder: Decoder) -> None:
    chance = random.Random(20_261_126)
    originals = [example for _, example in examples()]
    for _ in range(150):
        original = chance.choice(originals)
        result = open_sandboxed(decoder, mutated(original.content, chance), original.mime)
        if isinstance(result, DecodeFailure):
            assert result.code == "encrypted", result
        else:
            assert set(result.unopened) <= _UNOPENED.keys()
    (found,) = opened(decoder, made.docx({"word/media/a.jpg": A}), made.WORD).members
    assert found.data == A


@pytest.mark.parametrize("stored", [True, False])
def test_a_video_of_the_longest_kind_comes_out_of_a_presentation(
    decoder: Decoder, stored: bool
) -> None:
    video = b"\0\0\0\x18ftypmp42" + random.Random(1).randbytes(251 << 20)
    content = made.docx({"ppt/media/1.mp4": video, "ppt/media/2.jpg": A}, stored=stored)
    result = opened(decoder, content, made.WORD)
    assert [len(each.data) for each in result.members] == [len(video), len(A)]
