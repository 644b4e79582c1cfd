"""What may touch a video: one demuxer by its type, few decoders, no second file."""

import io
from pathlib import Path

import av
import pytest
from av.codec import Codec
from made_videos import KINDS, decoded, made

from polit.decode import _video_source as source
from polit.decode.decodable import VIDEOS
from polit.decode.refusal import Refused

SCRIPTS = {
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile %s\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
    b'profiles="urn:mpeg:dash:profile:isoff-main:2011" type="static">'
    b"<Period><BaseURL>%s</BaseURL></Period></MPD>",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n#%s\n",
}


class Spy:
    """Stands where a demuxer asks for a second file, and refuses."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, url: str, *_: object) -> object:
        self.asked.append(url)
        raise PermissionError(url)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    monkeypatch.setattr(source, "_refuse_second_file", spy)
    return spy


@pytest.mark.parametrize("mime", sorted(VIDEOS))
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_playlist_is_never_followed_whatever_its_name(
    mime: str, script: str, spy: Spy, tmp_path: Path
) -> None:
    target = tmp_path / "target.mp4"
    target.write_bytes(made(frames=3))
    with pytest.raises(Refused) as refused:
        decoded(SCRIPTS[script] % bytes(target), mime)
    assert refused.value.code in ("undecodable", "truncated")
    assert spy.asked == []


class Playlist(io.BytesIO):
    """A playlist under the name by which FFmpeg would take it for one."""

    name = "list.m3u8"


def test_without_our_restrictions_a_playlist_would_be_followed() -> None:
    spy = Spy()
    with pytest.raises(PermissionError):
        av.open(Playlist(SCRIPTS["hls"] % b"/tmp/target.ts"), io_open=spy)
    assert spy.asked == ["/tmp/target.ts"]


@pytest.mark.parametrize("script", ["hls", "concat", "dash"])
def test_the_list_of_demuxers_holds_even_where_one_is_named(script: str) -> None:
    content = SCRIPTS[script] % b"/tmp/target.mp4"
    with pytest.raises(av.FFmpegError):
        av.open(io.BytesIO(content), format=script, container_options=source._CONTAINER_OPTIONS)


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return kind and content of each box; all of them are small."""
    found, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found


def box(kind: bytes, data: bytes) -> bytes:
    """Return a box."""
    return (len(data) + 8).to_bytes(4, "big") + kind + data


PATH_TO = (b"moov", b"trak", b"mdia", b"minf", b"dinf")


def with_reference(data: bytes, reference: bytes) -> bytes:
    """Replace the data reference of every track of a film whose index stands at its end."""
    made_anew = b""
    for kind, content in boxes(data):
        if kind in PATH_TO:
            made_anew += box(kind, with_reference(content, reference))
        elif kind == b"dref":
            made_anew += box(kind, bytes(4) + (1).to_bytes(4, "big") + box(b"alis", reference))
        else:
            made_anew += box(kind, content)
    return made_anew


def alias(path: bytes) -> bytes:
    """Return an alias record that names an absolute path (Inside Macintosh: Files, aliases)."""
    volume, name = b"disk", path.rsplit(b"/", 1)[-1]
    fixed = bytes(4) + bytes(10) + bytes([len(volume)]) + volume.ljust(27, b"\0") + bytes(12)
    fixed += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    fixed += (1).to_bytes(2, "big") + (1).to_bytes(2, "big") + bytes(16)
    text = path.replace(b"/", b":")
    text += b"\0" * (len(text) % 2)
    path_record = (2).to_bytes(2, "big") + len(text).to_bytes(2, "big") + text
    return (fixed + path_record + b"\xff\xff\0\0").ljust(200, b"\0")


@pytest.fixture
def film_elsewhere(tmp_path: Path) -> bytes:
    target = tmp_path / "elsewhere.mov"
    target.write_bytes(made(frames=3))
    return with_reference(made(frames=3), alias(bytes(target)))


def test_a_film_whose_samples_lie_elsewhere_shows_nothing(film_elsewhere: bytes, spy: Spy) -> None:
    with pytest.raises(Refused) as refused:
        decoded(film_elsewhere, "video/quicktime")
    assert refused.value.code == "undecodable"
    assert spy.asked == []


def test_without_our_restrictions_the_other_file_would_be_asked_for(film_elsewhere: bytes) -> None:
    spy = Spy()
    free = {"enable_drefs": "1", "use_absolute_path": "1"}
    with (
        pytest.raises((OSError, av.FFmpegError)),
        av.open(
            io.BytesIO(film_elsewhere), "r", format="mov", io_open=spy, container_options=free
        ) as opened,
    ):
        list(opened.demux())
    assert any("elsewhere.mov" in url for url in spy.asked)


def test_every_type_that_is_handed_over_has_its_demuxer() -> None:
    assert set(source._DEMUXERS) == VIDEOS
    assert not source.DEMUXERS & {"hls", "concat", "dash", "sdp", "rtsp", "lavfi", "image2"}


def test_only_video_is_on_the_list_of_decoders() -> None:
    assert {Codec(name, "r").type for name in source.DECODERS} == {"video"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.container != "mpeg1video"])
def test_a_wrong_type_never_changes_the_demuxer(kind: object, spy: Spy) -> None:
    wrong = "video/x-flv" if getattr(kind, "container", "") != "flv" else "video/x-matroska"
    with pytest.raises(Refused):
        decoded(made(kind, frames=3), wrong)  # type: ignore[arg-type] # parametrized
    assert spy.asked == []


@pytest.mark.parametrize(
    ("content", "mime", "code", "words"),
    [
        (b"\0", "video/mp4", "truncated", "moov"),
        (b"RIFF\xff\xff\xff\xffAVI ", "video/x-msvideo", "undecodable", "avi"),
        (b"\x1aE\xdf\xa3", "video/webm", "undecodable", "matroska"),
        (b"OggS", "video/ogg", "undecodable", "ogg"),
        (b"", "video/mp4", "truncated", "moov"),
        (b"x", "image/gif", "undecodable", "no decoder for image/gif"),
        (made(sound="aac", frames=0), "video/mp4", "undecodable", ""),
    ],
)
def test_what_is_no_video_is_refused_with_words(
    content: bytes, mime: str, code: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        decoded(content, mime)
    assert refused.value.code == code
    assert words in refused.value.detail


def test_a_recording_that_was_never_finished_says_so() -> None:
    content = made()
    with pytest.raises(Refused) as refused:
        decoded(content[: content.index(b"moov") + 20])
    assert refused.value.code == "truncated"
    assert "moov" in refused.value.detail


def test_a_codec_that_is_not_allowed_is_named() -> None:
    content = made(next(kind for kind in KINDS if kind.codec == "mjpeg")).replace(b"jpeg", b"png ")
    with pytest.raises(Refused) as refused:
        decoded(content, "video/quicktime")
    assert (refused.value.code, refused.value.detail) == (
        "undecodable",
        "no decoder allowed for png",
    )


def test_a_frame_that_needs_more_memory_is_asked_for() -> None:
    large = made(KINDS[2].__class__("mp4", "mpeg4", "video/mp4", size=(4096, 2160)), frames=1)
    with pytest.raises(Refused) as refused:
        decoded(large, memory_bytes=256 << 20)
    assert refused.value.code == "needs_memory"
    assert 256 << 20 < refused.value.needed_bytes < 1 << 30
    assert decoded(large, memory_bytes=refused.value.needed_bytes).width_px == 4096


@pytest.mark.parametrize(
    ("claimed", "code"), [((70_000, 100), "too_large"), ((40_000, 40_000), "undecodable")]
)
def test_a_huge_frame_is_refused_from_the_header(claimed: tuple[int, int], code: str) -> None:
    kind = next(kind for kind in KINDS if kind.codec == "wmv2")
    size, huge = (
        width.to_bytes(4, "little") + height.to_bytes(4, "little")
        for width, height in (kind.size, claimed)
    )
    content = made(kind, frames=1)
    assert size in content
    with pytest.raises(Refused) as refused:
        decoded(content.replace(size, huge), kind.mime)
    assert refused.value.code == code
