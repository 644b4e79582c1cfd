"""Passes a file on to the broker while it is received: nothing of it is kept or read here."""

from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from polit.base.errors import BrokerGone, BrokerRefused
from polit.base.ids import new_uuid
from polit.broker.client import UploadStatus
from polit.web.hashsets.rules import SentFile

_PIECE_BYTES = 8 << 20
_LONGEST_NAME = 255
_SALT = "polit.hashsets.sent"
_KEPT_S = 12 * 3600
"""Shorter than the broker keeps it."""


class Receiver(Protocol):
    """What is asked of the broker."""

    def upload_begin(self, upload_id: str, *, file_name: str) -> UploadStatus:
        """Begin to send a file."""

    def upload_part(self, upload_id: str, data: bytes, *, offset_bytes: int) -> UploadStatus:
        """Send a piece."""

    def upload_end(self, upload_id: str) -> UploadStatus:
        """Say that all of it has arrived."""

    def upload_discard(self, upload_id: str) -> None:
        """Remove what was sent."""


class PassedOn(UploadedFile):  # type: ignore[type-arg]  # generic for the checker alone
    """A file of a form whose bytes are at the broker."""

    def __init__(self, sent: SentFile) -> None:
        """Take what is known of it."""
        super().__init__(file=None, name=sent.name, size=sent.size_bytes)
        self.sent = sent


class BrokerUpload(FileUploadHandler):
    """Sends the one file of a form to the broker; on leaving, removes what nobody kept.

    A trouble on the way ends the sending, not the form: the rest of it is read, and the trouble
    is told beside the field.
    """

    chunk_size = 1 << 20

    def __init__(self, receiver: Receiver, *, field: str) -> None:
        """Take who receives it, and the name of the field."""
        super().__init__()
        self._receiver, self._field = receiver, field
        self._upload_id = ""
        self._pending = bytearray()
        self._sent_bytes = 0
        self._is_kept = False
        self.trouble = ""

    def __enter__(self) -> "BrokerUpload":
        """Receive within a block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was sent unless it is kept, also where the sender broke off."""
        if self._upload_id and not self._is_kept:
            with suppress(BrokerGone, BrokerRefused):  # then it goes after a day
                self._receiver.upload_discard(self._upload_id)

    def keep(self) -> None:
        """Leave at the broker what was sent."""
        self._is_kept = True

    def new_file(self, *args: Any, **options: Any) -> None:
        """Take the first file of the field; any other is passed over."""
        super().new_file(*args, **options)
        if self.field_name != self._field or self._upload_id or self.trouble:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Send on what was received, in larger pieces."""
        del start
        self._pending += raw_data
        if len(self._pending) >= _PIECE_BYTES:
            self._send()

    def file_complete(self, file_size: int) -> PassedOn | None:
        """Return the file once all of it is at the broker; ``None`` where it is not taken."""
        if not file_size:
            self.trouble = self.trouble or "it is empty"
            return None
        try:
            self._send()
            ended = self._receiver.upload_end(self._upload_id)
        except (BrokerGone, BrokerRefused, SkipFile) as error:
            self.trouble = self.trouble or str(error)
            return None
        name = str(self.file_name or "")[:_LONGEST_NAME]
        return PassedOn(SentFile(self._upload_id, name, ended.received_bytes, ended.sha256))

    def _send(self) -> None:
        try:
            if not self._upload_id:
                upload_id = new_uuid()
                name = str(self.file_name or "")[:_LONGEST_NAME]
                self._receiver.upload_begin(upload_id, file_name=name)
                self._upload_id = upload_id
            if self._pending:
                self._receiver.upload_part(
                    self._upload_id, bytes(self._pending), offset_bytes=self._sent_bytes
                )
        except (BrokerGone, BrokerRefused) as error:
            self.trouble = str(error)
            self._pending.clear()
            raise SkipFile from error
        self._sent_bytes += len(self._pending)
        self._pending.clear()


def sent_token(sent: SentFile, *, by: str) -> str:
    """Return what a form keeps of a file that was sent already: of use to its sender alone."""
    values = [sent.upload_id, sent.name, sent.size_bytes, sent.sha256]
    return signing.dumps([by, *values], salt=_SALT)


def sent_from(token: str, *, by: str) -> SentFile | None:
    """Return the file that a form kept, ``None`` where the token is not this person's or old."""
    try:
        owner, upload_id, name, size_bytes, sha256 = signing.loads(
            token, salt=_SALT, max_age=_KEPT_S
        )
    except (signing.BadSignature, ValueError):
        return None
    return SentFile(upload_id, name, size_bytes, sha256) if owner == by else None
