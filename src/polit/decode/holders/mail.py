"""Mail: attachments and pictures of a message, a mailbox, or a page saved as a web archive.

Steps: ``attachment:<name>``, or ``part:<number or address>`` where a part has no name;
``message:<number>`` for a mail inside a mail, which is a holder of its own; before these, in a
mailbox, ``mail:<number>``. Texts of a message are its own content, no entries.
"""

import encodings
import importlib
import mmap
import pkgutil
import re
from collections.abc import Iterator

from polit.decode.found import Found, Part, Steps, Unopened
from polit.decode.holders._mime import MailPart, content_of, parts_of, uuencoded_in

ORDER = 60
NAME = "mail"
MIMES = frozenset({"message/rfc822", "application/mbox"})

_FIRST_LINE = re.compile(rb"From [^\r\n]*\r?\n[!-9;-~]+:")
_REPORTS = frozenset({
    "message/delivery-status", "message/disposition-notification", "message/feedback-report",
})  # fmt: skip
_ELSEWHERE = frozenset({"mbcs", "oem"})  # of Windows alone


def takes(untrusted: mmap.mmap) -> bool:
    """Mail is text, which was told from its headers: take it."""
    return len(untrusted) > 0


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give attachments and pictures, mail by mail."""
    if untrusted[:5] != b"From ":
        yield from _mail(untrusted, 0, len(untrusted), ())
        return
    for number, (start, end) in enumerate(_mails(untrusted), start=1):
        yield from _mail(untrusted, start, end, (("mail", b"%d" % number),))


def samples() -> Iterator[bytes]:
    """Load every text encoding, then a mailbox with a part of each kind."""
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in _ELSEWHERE:
            importlib.import_module(f"encodings.{module.name}")
    yield _SAMPLE
    yield _SAMPLE.partition(b"\n")[2]


_SAMPLE = b"""From a@example.org Thu Jan  1 00:00:00 1970
From: a@example.org
Content-Type: multipart/mixed; boundary=x

--x

text
begin 644 a.gif
#86)C
`
end
--x
Content-Type: image/png; name="=?iso-8859-1?q?=E4?="
Content-Transfer-Encoding: base64

iVBO!Rw0KGgo
--x
Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%A4
Content-Type: application/octet-stream
Content-Transfer-Encoding: quoted-printable

=41
--x
Content-Type: message/rfc822

Subject: =?unknown?b?YQ==?=

text
--x--
"""


def _mails(untrusted: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Give where each mail of a mailbox lies. Source: RFC 4155; mboxrd and mboxcl read alike."""
    start, at = 0, 0
    while (at := untrusted.find(b"\nFrom ", at)) >= 0:
        if _FIRST_LINE.match(untrusted, at + 1, at + 1025):
            yield _after_first_line(untrusted, start), at
            start = at + 1
        at += 1
    yield _after_first_line(untrusted, start), len(untrusted)


def _after_first_line(untrusted: mmap.mmap, start: int) -> int:
    end = untrusted.find(b"\n", start)
    return end + 1 if end >= 0 else len(untrusted)


def _mail(untrusted: mmap.mmap, start: int, end: int, above: Steps) -> Iterator[Part]:
    for part in parts_of(untrusted, start, end):
        if isinstance(part, Unopened):
            yield part
            continue
        content = content_of(untrusted, part)
        if _is_text(part):
            for name, data in uuencoded_in(content):
                yield Found((*above, ("attachment", name)), data, name, is_attached=True)
        elif part.mime == "message/rfc822":
            steps = (*above, ("message", part.number.encode()))
            yield Found(steps, content, part.name, part.mime, is_attached=True)
        else:
            # What its sender calls it says nothing: its bytes do.
            steps = (*above, _step(part))
            yield Found(steps, content, _name(part), is_attached=_was_attached(part))


def _is_text(part: MailPart) -> bool:
    is_body = part.mime.startswith(("text/", "multipart/")) or part.mime in _REPORTS
    return is_body and not part.name and not part.is_attachment


def _was_attached(part: MailPart) -> bool:
    """Tell whether a person put it there; of a web archive the browser put all that has no name."""
    return bool(part.name) or part.is_attachment or not part.location


def _step(part: MailPart) -> tuple[str, bytes]:
    if part.name:
        return "attachment", part.name
    return "part", part.location or part.number.encode()


def _name(part: MailPart) -> bytes:
    return part.name or part.location.partition(b"?")[0].rpartition(b"/")[2]
