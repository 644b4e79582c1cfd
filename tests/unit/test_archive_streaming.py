"""Archives give each member once, in order, with the digest of what was put in, within limits."""

import binascii
import bz2
import calendar
import gzip
import hashlib
import io
import random
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from made_archives import run_tool, tarred, zipped
from streamed_archives import LIMITS, Streamed, stream

from polit.decode import identify
from polit.model.archives import ARCHIVES

ITEMS = [
    ("a.jpg", b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(3000)),
    ("ü.txt", b"text\n" * 40),
]
MAKERS = {
    "made.7z": ("7z a", "sevenzip"),
    "made.zip": ("7z a -tzip", "zip"),
    "made.tar": ("bsdtar -cf", "tar"),
    "made.tgz": ("bsdtar -czf", "tar"),
    "made.tar.xz": ("bsdtar -cJf", "tar"),
    "made.tar.bz2": ("bsdtar -cjf", "tar"),
    "made.tar.zst": ("bsdtar --zstd -cf", "tar"),
    "made.tar.lz4": ("bsdtar --lz4 -cf", "tar"),
    "made.cpio": ("bsdtar --format newc -cf", "cpio"),
    "made.ar": ("bsdtar --format ar -cf", "ar"),
    "made.xar": ("bsdtar --format xar -cf", "xar"),
    "made.iso": ("bsdtar --format iso9660 -cf", "iso"),
    "made.cab": ("gcab -c", "cab"),
}


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def streamed(content: bytes, **options: object) -> Streamed:
    """Stream, and check that everything is accounted for."""
    found = stream(content, **options)  # type: ignore[arg-type]
    found.check(options.get("limits", LIMITS))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("made", MAKERS)
def test_every_kind_gives_what_was_put_in(made: str, tmp_path: Path) -> None:
    words, step = MAKERS[made]
    found = streamed(run_tool(tmp_path, words, made, ITEMS))
    assert found.contents() == {f";{step}:{name}": sha256(content) for name, content in ITEMS}
    assert found.codes() == set()


def test_what_is_nested_is_met_in_the_same_pass_and_ends_before_what_follows() -> None:
    inner = tarred([("x/1", b"one"), ("x/2", b"two")], "w:gz")
    found = streamed(zipped([("i.tgz", inner), ("s.gz", gzip.compress(b"three")), ("t", b"end")]))
    assert found.contents() == {
        ";zip:i.tgz": sha256(inner), ";zip:i.tgz;tar:x/1": sha256(b"one"),
        ";zip:i.tgz;tar:x/2": sha256(b"two"), ";zip:s.gz": sha256(gzip.compress(b"three")),
        ";zip:s.gz;gzip:s": sha256(b"three"), ";zip:t": sha256(b"end"),
    }  # fmt: skip
    assert [len(place) // 4 for place in sorted(found.found)] == [1, 2, 2, 1, 2, 1]


def test_names_are_data_and_links_are_told() -> None:
    names = ["/abs", "../../up", "C:\\x", "n\x01", "con", "dup", "dup", "b\u202egpj", "l" * 5000]
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo("link")
            link.type, link.linkname = kind, "/etc/passwd"
            archive.addfile(link)
    found = streamed(room.getvalue())
    told = [one.raw_name.decode() for _, one in sorted(found.found.items())]
    assert told == [*names, "link", "link"]
    links = [one for one in found.found.values() if one.entry_type == "link"]
    assert [one.link_target for one in links] == [b"/etc/passwd"] * 2


def test_a_time_is_what_the_clock_showed_wherever_the_host_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    (one,) = streamed(zipped([("a", b"a")])).found.values()
    assert one.times.modified_ns == calendar.timegm((2020, 2, 2, 2, 2, 2)) * 10**9
    assert (one.times.accessed_ns, one.times.changed_ns) == (None, None)


def test_passwords_open_a_zip_and_the_number_of_the_one_is_told(tmp_path: Path) -> None:
    for method, made in (("ZipCrypto", "z.zip"), ("AES256", "a.zip")):
        locked = run_tool(tmp_path, f"7z a -tzip -mem={method} -psecret", made, ITEMS)
        closed = streamed(locked)
        assert (closed.codes(), closed.contents()) == ({"encrypted"}, {})
        assert [one.size_bytes for one in closed.found.values()] == [3004, 200]
        assert streamed(locked, secrets=(b"other", b"x")).codes() == {"encrypted"}
        opened = streamed(locked, secrets=(b"other", b"secret"))
        assert set(opened.contents().values()) == {sha256(content) for _, content in ITEMS}
        assert {one.record for one in opened.found.values()} == {"password-2"}


def test_what_cannot_be_decrypted_is_told(tmp_path: Path) -> None:
    members = run_tool(tmp_path, "7z a -psecret", "m.7z", ITEMS)
    assert streamed(members, secrets=(b"secret",)).codes() == {"cannot_decrypt"}
    names = run_tool(tmp_path, "7z a -mhe=on -psecret", "n.7z", ITEMS)
    assert streamed(names, secrets=(b"secret",)).codes() == {"cannot_decrypt"}


def nested(levels: int, wide: int, content: bytes) -> bytes:
    archive = zipped([("0", content)])
    for _ in range(levels):
        archive = zipped([(f"{number}.zip", archive) for number in range(wide)])
    return archive


def lying_tar() -> bytes:
    whole = bytearray(tarred([("a", b"hello"), ("lie", b"hello")]))
    head = whole[1024:1536]
    head[124:136], head[148:156] = b"77777777777\0", b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(whole[:1024] + head + b"hello")


SMALL = msgspec.structs.replace(LIMITS, out_bytes=90 << 20, members=300)
HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "deep": (lambda: nested(12, 1, b"end"), {"too_deep"}),
    "many": (lambda: zipped((str(n), b"") for n in range(400)), {"too_many"}),
    "wide": (lambda: nested(5, 4, b"\0" * (8 << 20)), {"expands_too_much"}),
    "gzip zeros": (lambda: gzip.compress(b"\0" * (100 << 20)), {"expands_too_much"}),
    "bzip2 zeros": (lambda: bz2.compress(b"\0" * (100 << 20)), {"expands_too_much"}),
    "gzip in gzip": (lambda: repack(10), {"too_deep"}),
    "lying": (lying_tar, {"truncated"}),
    "cut": (lambda: zipped([("a", bytes(900))])[:-60], set()),
    "nothing": (lambda: zipped([]), set()),
}  # fmt: skip


def repack(times: int) -> bytes:
    content = b"hello"
    for _ in range(times):
        content = gzip.compress(content)
    return content


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_ends_within_the_limits_and_says_why(kind: str) -> None:
    make, codes = HOSTILE[kind]
    found = streamed(make(), limits=SMALL)
    assert codes <= found.codes() if codes else True
    assert sum(one.result.size_bytes for one in found.read.values()) <= SMALL.out_bytes


def test_a_part_of_several_files_is_named(tmp_path: Path) -> None:
    whole = run_tool(tmp_path, "7z a", "v.7z", ITEMS)
    assert streamed(whole[:2000], name=b"v.7z.001").codes() == {"missing_volume"}


def test_flipped_bits_cost_no_account(tmp_path: Path) -> None:
    # Not of a CAB: libarchive 3.6.2 crashes on some, which in the walker costs one member.
    rng = random.Random(36)
    small = [
        zipped([("a", b"hello" * 50), ("b.zip", zipped([("c", b"inside")]))]),
        tarred([("a", b"hello" * 50), ("b", b"x")], "w:gz"),
        *(run_tool(tmp_path, MAKERS[made][0], made, ITEMS)
          for made in ("made.7z", "made.xar", "made.cpio")),
    ]  # fmt: skip
    for content in small:
        mime = identify.identify(content[:65536], size_bytes=len(content)).mime
        for _ in range(60):
            flipped = bytearray(content)
            for _ in range(rng.randint(1, 4)):
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            streamed(bytes(flipped), mime=mime, limits=SMALL)


def truth_of(content: bytes) -> set[bytes]:
    """Return the digests that Python's own readers give, where they read it."""
    found = set()
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for one in archive.infolist():
                    if not one.is_dir() and one.external_attr >> 28 != 0xA:  # a link
                        found.add(sha256(archive.read(one)))
        else:
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                files = [one for one in archive if one.isreg()]
                found = {sha256(archive.extractfile(one).read()) for one in files}  # type: ignore[union-attr]
    except Exception:  # noqa: BLE001 - the corpora are malformed, and Python reads less than we do
        return set()
    return found


def decoded(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".uu":
        return content
    lines = content[content.index(b"begin ") :].splitlines()[1:]
    parts = []
    for line in lines:
        if line.strip() == b"end":
            break
        parts.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3 + 1]))
    return b"".join(parts)


def test_the_corpora_of_other_readers_are_accounted_and_agree(corpora: Path) -> None:
    opened = judged = 0
    for owner in ("libarchive+libarchive", "markokr+rarfile", "miurahr+py7zr"):
        for path in sorted(corpora.joinpath(owner).rglob("*")):
            content = decoded(path) if path.is_file() else b""
            head = content[: identify.HEAD_BYTES]
            mime = identify.identify(head, size_bytes=len(content)).mime if content else ""
            if mime in ARCHIVES:
                found = streamed(content, name=path.stem.encode())
                # Python takes a link's target for a content.
                truth = set() if "link" in path.name else truth_of(content)
                assert truth <= set(found.contents().values()), path.name
                opened, judged = opened + 1, judged + bool(truth)
    assert opened > 300
    assert judged > 30
