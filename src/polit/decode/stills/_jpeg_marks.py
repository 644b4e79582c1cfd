"""The segments of a JPEG before its first scan: size, coding, and the blocks it carries.

Source: ITU-T T.81, annex B; EXIF 3.0, 4.7.2; XMP part 3, 1.1.3; CIPA DC-007 (multi-picture).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from polit.decode.picture import Untrusted
from polit.decode.refusal import Refused

_FRAME_MARKS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE_MARKS = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_LOSSLESS_MARKS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_MARKS_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_START_OF_SCAN, _END, _APP1, _APP2 = 0xDA, 0xD9, 0xE1, 0xE2
_MAX_SEGMENTS = 4096
_EXIF, _XMP, _MULTI = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"MPF\0"


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What stands before the first scan.

    Args:
        mark: The frame's kind, 0xC0 to 0xCF.
        precision_bits: Bits of a sample.
        size: Width and height in pixels; a height of 0 is told later, by DNL.
        samplings: Horizontal and vertical sampling of each component.
        scan_components: How many of them the first scan carries.
        data_at: Where its coded data begins.
        exif: The TIFF structure of the first EXIF block.
        xmp: The XMP packet.
        has_pictures: It says that more pictures follow it (MPF).
    """

    mark: int
    precision_bits: int
    size: tuple[int, int]
    samplings: tuple[tuple[int, int], ...]
    scan_components: int
    data_at: int
    exif: bytes
    xmp: bytes
    has_pictures: bool

    @property
    def is_lossless(self) -> bool:
        """Whether it is coded without loss."""
        return self.mark in _LOSSLESS_MARKS

    @property
    def coefficient_bytes(self) -> float:
        """What a decoder keeps for each pixel until the last scan, beside the pixels."""
        whole_scans = self.scan_components == len(self.samplings)
        if self.mark not in _PROGRESSIVE_MARKS and whole_scans:
            return 0.0
        across = max(horizontal for horizontal, _ in self.samplings)
        down = max(vertical for _, vertical in self.samplings)
        parts = sum(horizontal * vertical for horizontal, vertical in self.samplings)
        return 2.0 * parts / (across * down)


def read_header(untrusted: Untrusted) -> JpegHeader:
    """Read the segments up to the first scan.

    Raises:
        Refused: There is no frame or no scan: cut before it, or no JPEG.
    """
    frame: tuple[int, bytes] | None = None
    blocks = {_EXIF: b"", _XMP: b"", _MULTI: b""}
    for mark, start, end in segments(untrusted):
        if mark == _START_OF_SCAN:
            if frame is None:
                raise Refused("undecodable", "a JPEG without a frame")
            return _header(frame, untrusted[start], end, blocks)
        if mark in _FRAME_MARKS and frame is None:
            frame = (mark, bytes(untrusted[start:end]))
        elif mark in (_APP1, _APP2):
            for sign, block in blocks.items():
                if not block and untrusted[start : start + len(sign)] == sign:
                    blocks[sign] = bytes(untrusted[start + len(sign) : end])
    raise Refused("truncated", "no scan")


def segments(untrusted: Untrusted) -> Iterator[tuple[int, int, int]]:
    """Yield mark, start and end of each segment that lies whole in the item.

    Raises:
        Refused: It is no JPEG, it ends without a scan, or it has too many segments.
    """
    if untrusted[:2] != b"\xff\xd8":
        raise Refused("undecodable", "no JPEG header")
    at = 2
    for _ in range(_MAX_SEGMENTS):
        at = untrusted.find(b"\xff", at)
        if at < 0 or at + 4 > len(untrusted):
            return
        mark = untrusted[at + 1]
        if mark == _END:
            raise Refused("undecodable", "a JPEG without a scan")
        if mark in (0x00, 0xFF) or mark in _MARKS_WITHOUT_LENGTH:
            at += 1 if mark == 0xFF else 2
            continue
        length = int.from_bytes(untrusted[at + 2 : at + 4], "big")
        if at + 2 + length > len(untrusted):
            return
        if length > 2:
            yield mark, at + 4, at + 2 + length
        at += 2 + length
    raise Refused("undecodable", f"more than {_MAX_SEGMENTS} segments before a scan")


def _header(
    frame: tuple[int, bytes], scan_components: int, data_at: int, blocks: dict[bytes, bytes]
) -> JpegHeader:
    mark, body = frame
    if len(body) < 6 or len(body) < 6 + 3 * body[5] or body[5] == 0:
        raise Refused("undecodable", "a frame header that is too short")
    sampling_bytes = [body[7 + 3 * number] for number in range(body[5])]
    if any(byte >> 4 == 0 or byte & 15 == 0 for byte in sampling_bytes):
        raise Refused("undecodable", "a component without samples")
    return JpegHeader(
        mark=mark,
        precision_bits=body[0],
        size=(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")),
        samplings=tuple((byte >> 4, byte & 15) for byte in sampling_bytes),
        scan_components=scan_components,
        data_at=data_at,
        exif=blocks[_EXIF],
        xmp=blocks[_XMP],
        has_pictures=bool(blocks[_MULTI]),
    )
