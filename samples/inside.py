"""What the sample hides inside other things: a letter, a mail, a cut photograph, a video."""

import io
import zipfile
from email.message import EmailMessage

import av
import numpy as np
import pillow_heif
from PIL import Image

_FIXED = (2024, 5, 1, 12, 0, 0)
_FRAMES_A_SECOND = 15
_THUMBNAIL = (160, 120)


def letter(picture: bytes) -> bytes:
    """Return a Word document with one picture."""
    out = io.BytesIO()
    parts = {
        "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/"
        b"content-types'/>",
        "word/document.xml": b"<w:document xmlns:w='urn:w'>A picture of our trip.</w:document>",
        "word/media/image1.jpeg": picture,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name, _FIXED), data)
    return out.getvalue()


def mail(picture: bytes) -> bytes:
    """Return a mail with one picture attached."""
    message = EmailMessage()
    message["From"], message["To"] = "sam@example.invalid", "kim@example.invalid"
    message["Subject"], message["Date"] = "the boats", "Wed, 01 May 2024 12:00:00 +0000"
    message.set_content("Here they are.\n")
    message.add_attachment(picture, maintype="image", subtype="jpeg", filename="boats.jpg")
    message.set_boundary("=-sample")
    return message.as_bytes()


def cut_photograph(photograph: bytes) -> tuple[bytes, bytes]:
    """Return the left third of a photograph as a JPEG, and the thumbnail of all of it inside."""
    with Image.open(io.BytesIO(photograph), formats=("JPEG",)) as opened:
        whole = opened.convert("RGB")
    small = io.BytesIO()
    whole.resize(_THUMBNAIL, Image.Resampling.BOX).save(small, "JPEG", quality=80)
    thumbnail = small.getvalue()
    out = io.BytesIO()
    left = whole.crop((0, 0, whole.width // 3, whole.height))
    left.save(out, "JPEG", quality=88, exif=_exif_with(thumbnail))
    return out.getvalue(), thumbnail


def _exif_with(thumbnail: bytes) -> bytes:
    """Return an EXIF block whose second directory holds a JPEG (TIFF 6.0, section 2)."""
    first, second = 8, 14
    place = second + 2 + 2 * 12 + 4
    entries = ((0x0201, place), (0x0202, len(thumbnail)))
    directory = b"".join(
        tag.to_bytes(2, "little") + b"\x04\0\x01\0\0\0" + value.to_bytes(4, "little")
        for tag, value in entries
    )
    head = b"II*\0" + first.to_bytes(4, "little") + b"\0\0" + second.to_bytes(4, "little")
    return b"Exif\0\0" + head + b"\x02\0" + directory + b"\0\0\0\0" + thumbnail


def heic(photograph: bytes) -> bytes:
    """Return a photograph as a phone would keep it."""
    with Image.open(io.BytesIO(photograph), formats=("JPEG",)) as opened:
        opened.draft("RGB", (1024, 768))
        small = opened.convert("RGB").resize((1024, 768), Image.Resampling.BOX)
    out = io.BytesIO()
    pillow_heif.from_pillow(small).save(out, quality=60)
    return out.getvalue()


def video(photograph: bytes, seconds: int) -> bytes:
    """Return a pan over a photograph."""
    with Image.open(io.BytesIO(photograph), formats=("JPEG",)) as opened:
        opened.draft("RGB", (640, 480))
        whole = np.asarray(opened.convert("RGB").resize((640, 240), Image.Resampling.BOX))
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.thread_count, stream.gop_size = 1, _FRAMES_A_SECOND
        frames = seconds * _FRAMES_A_SECOND
        for number in range(frames):
            left = 320 * number // frames
            view = np.ascontiguousarray(whole[:, left : left + 320])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(view, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
