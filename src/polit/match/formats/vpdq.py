"""vPDQ features as text: frame, quality, hash, timestamp a line, one known video a file.

Frame numbers that fall begin the next video. A line of ``#`` and words, or of words alone, names
the video that follows it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._hashes import unhexed
from polit.match.formats._line_records import shown_name
from polit.match.formats._lines import Mark, blocks_of, mark_of, overlong
from polit.match.formats._source import head_of, open_source
from polit.match.reading import ReadBatch, ReadStart, Rejected, SourceFrame, SourceRecord

ORDER = 40
NAME = "vpdq"
TITLE = "vPDQ features of videos"

MAX_FRAMES = 200_000
"""Two days and more at a frame a second; a known video of more is refused."""
_BATCH_FRAMES = 50_000
_LINE = re.compile(
    rb"\s*([0-9]{1,9})\s*,\s*([0-9]{1,3})\s*,\s*([0-9A-Fa-f]{64})\s*,\s*([0-9]{1,9})(?:\.([0-9]{1,12}))?\s*"
)
_HEADER = re.compile(rb"\s*frame[a-z_ ]*,\s*quality\s*,.*", re.IGNORECASE)
_MAX_QUALITY = 100
_MAX_NAME_BYTES = 1000
_MAX_REFUSED = 10_000


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether at least half of the lines with commas among the first are features."""
    lines = [line for line in head.split(b"\n")[:1000] if b"," in line]
    features = sum(1 for line in lines if _LINE.fullmatch(line))
    return features > 0 and 2 * features >= len(lines)


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the videos from a position on; a video is one record.

    Raises:
        HashSetUnreadable: The first lines are no features, or the file is damaged.
    """
    if not detect(head_of(path), path.name):
        raise HashSetUnreadable("line 1 and those behind it are no frame,quality,hash,timestamp")
    return _batches(path, mark_of(start))


class _Videos:
    """Gathers frames into videos, and videos into batches."""

    def __init__(self, mark: Mark) -> None:
        self._name = ""
        self._frames: list[SourceFrame] = []
        self._last = -1
        self._too_long = False
        self._first_line = 0
        self._begin = mark
        self._held: list[Rejected] = []
        self._records: list[SourceRecord] = []
        self._rejected: list[Rejected] = []
        self._given = 0

    @property
    def is_full(self) -> bool:
        """Whether what was gathered fills a batch."""
        return self._given >= _BATCH_FRAMES

    def taken(self) -> ReadBatch:
        """Return what was gathered, up to where the open video begins."""
        batch = ReadBatch(self._records, self._rejected, self._begin.text)
        self._records, self._rejected, self._given = [], [], 0
        return batch

    def line(self, line: bytes, at: Mark) -> None:
        """Take one line, which begins at a place."""
        found = _LINE.fullmatch(line)
        if found is None:
            self._other_line(line, at)
        elif int(found[2]) > _MAX_QUALITY:
            self.refuse("the quality is no number from 0 to 100", _behind(line, at))
        else:
            self._feature(found, at)

    def _feature(self, found: re.Match[bytes], at: Mark) -> None:
        number = int(found[1])
        if number <= self._last:
            self.close(at)
        if self._last < 0:
            self._first_line = at.line + 1
        self._last = number
        self._too_long = self._too_long or len(self._frames) >= MAX_FRAMES
        if not self._too_long:
            at_ms = int(found[4]) * 1000 + int((found[5] or b"0").ljust(3, b"0")[:3])
            self._frames.append(SourceFrame(unhexed(found[3]), int(found[2]), at_ms))

    def _other_line(self, line: bytes, at: Mark) -> None:
        words = line.strip()
        if not words or _HEADER.fullmatch(words):
            return
        if (b"," in words and not words.startswith(b"#")) or b"\0" in words:
            self.refuse("no frame,quality,hash,timestamp", _behind(line, at))
            return
        self.close(at)
        self._name = shown_name(words.lstrip(b"#").strip()[:_MAX_NAME_BYTES])

    def refuse(self, reason: str, after: Mark) -> None:
        """Leave out the line before a place; it is told once the open video ends.

        A read can go on at the beginning of a video alone, so what is told must lie before it.
        """
        if len(self._held) >= _MAX_REFUSED:
            raise HashSetUnreadable(
                f"line {after.line}: more than {_MAX_REFUSED} malformed lines in one video"
            )
        self._held.append(Rejected(f"line {after.line}", reason))
        self._given += 1
        if self._last < 0 and not self._name:
            self.close(after)

    def close(self, at: Mark) -> None:
        """End the video that is being gathered; the next begins at a place."""
        self._rejected += self._held
        if self._too_long:
            self._rejected.append(
                Rejected(f"line {self._first_line}", f"a video of more than {MAX_FRAMES} frames")
            )
        elif self._frames:
            named = (("name", self._name),) if self._name else ()
            self._records.append(SourceRecord(frames=tuple(self._frames), fields=named))
            self._given += len(self._frames)
        self._name, self._frames, self._last, self._too_long = "", [], -1, False
        self._held = []
        self._begin = at


def _behind(line: bytes, at: Mark) -> Mark:
    return Mark(at.offset + len(line) + 1, at.line + 1)


def _batches(path: Path, mark: Mark) -> Iterator[ReadBatch]:
    videos = _Videos(mark)
    with open_source(path) as source:
        source.skip(mark.offset)
        for block in blocks_of(source, mark):
            if block.is_overlong:
                videos.refuse(overlong(block).reason, block.after)
            for at, line in block.marked_lines():
                videos.line(line, at)
                if videos.is_full:
                    yield videos.taken()
            mark = block.after
    videos.close(mark)
    yield videos.taken()
