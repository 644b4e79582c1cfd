"""Uploads: files that people send through the record, in pieces."""

from polit.broker.protocol import Code, Nothing
from polit.broker.server.operation import Parts, Reply, Terms, operation
from polit.broker.server.room import Room
from polit.broker.set_protocol import (
    UPLOAD_PART_BYTES,
    UploadBegin,
    UploadPart,
    UploadQuestion,
)

ORDER = 80


def begin(room: Room, body: UploadBegin, parts: Parts) -> Reply:
    """Begin an upload, or tell how much of it has arrived."""
    del parts
    return Reply(room.uploads.begin(body.upload_id, body.file_name))


def part(room: Room, body: UploadPart, parts: Parts) -> Reply:
    """Take a piece."""
    (data,) = parts
    return Reply(room.uploads.part(body.upload_id, body.offset_bytes, data))


def end(room: Room, body: UploadQuestion, parts: Parts) -> Reply:
    """Tell the digest of all that has arrived."""
    del parts
    return Reply(room.uploads.end(body.upload_id))


def discard(room: Room, body: UploadQuestion, parts: Parts) -> Reply:
    """Remove an upload."""
    del parts
    room.uploads.discard(body.upload_id)
    return Reply(Nothing())


OPERATIONS = (
    operation(
        Terms(
            "upload.begin",
            "Begin to send a file; of one that was begun, how much of it has arrived.",
            codes=(Code.NO_ROOM, Code.FAILED),
        ),
        UploadBegin,
        begin,
    ),
    operation(
        Terms(
            "upload.part",
            "A piece of a file, at most 16 MiB, put behind what has arrived.",
            codes=(Code.NO_UPLOAD, Code.WRONG_OFFSET, Code.NO_ROOM),
            parts_bytes=(UPLOAD_PART_BYTES,),
        ),
        UploadPart,
        part,
    ),
    operation(
        Terms(
            "upload.end",
            "All of it has arrived: its size and SHA-256.",
            codes=(Code.NO_UPLOAD, Code.NO_ROOM),
        ),
        UploadQuestion,
        end,
    ),
    operation(Terms("upload.discard", "Remove what was sent."), UploadQuestion, discard),
)
