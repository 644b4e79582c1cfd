"""Text by an exact check, and the kinds of text that show themselves cheaply."""

import codecs
import re

import msgspec

# What a text never holds; ESC is let through, as in logs of terminals.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF16_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_LOOKED_AT_BYTES = 4096

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|title|script|table|div|meta|iframe)"
    rb"[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(rb"<svg[\s>]")
_JSON_BEGINS = re.compile(rb'\{\s*(?:"|\})|\[\s*(?:[\[{"\]]|-?\d|true|false|null)')
_HEADER_LINE = re.compile(rb"^[A-Za-z][A-Za-z0-9-]*: ?\S", re.MULTILINE)
_MAIL_HEADER = re.compile(
    rb"^(?:Received|Message-ID|MIME-Version|Return-Path|Delivered-To|From|Subject): ?",
    re.MULTILINE | re.IGNORECASE,
)
_SEPARATORS = ((b",", "text/csv"), (b";", "text/csv"), (b"\t", "text/tab-separated-values"))
_CSV_LINES, _CSV_SEPARATORS = 3, 2


def text_type(untrusted_head: bytes, *, is_whole: bool) -> str | None:
    """Return the media type of a text, or ``None`` when the bytes are not one.

    Args:
        untrusted_head: The first bytes of the content.
        is_whole: They are all of it: otherwise the last character may be cut.
    """
    text = _as_utf8(untrusted_head, is_whole=is_whole)
    return None if text is None else _kind_of_text(text, is_whole=is_whole)


def _as_utf8(head: bytes, *, is_whole: bool) -> bytes | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _from_utf16(head, is_whole=is_whole)
    if _CONTROLS.search(head):
        return None
    if not head.isascii():
        try:
            codecs.utf_8_decode(head, "strict", is_whole)
        except UnicodeDecodeError:
            return None
    return head.removeprefix(codecs.BOM_UTF8)


def _from_utf16(head: bytes, *, is_whole: bool) -> bytes | None:
    try:
        text, _ = codecs.utf_16_decode(head, "strict", is_whole)
    except UnicodeDecodeError:
        return None
    return None if _UTF16_CONTROLS.search(text) else text.encode()


def _kind_of_text(text: bytes, *, is_whole: bool) -> str:
    start = text[:_LOOKED_AT_BYTES].lstrip()
    first = start[:1]
    if first == b"<":
        return _markup(start)
    if first in (b"{", b"["):
        return _json(text, start, is_whole=is_whole)
    return _by_first_line(start) or _by_lines(text[:_LOOKED_AT_BYTES])


def _markup(start: bytes) -> str:
    lower = start[:5].lower()
    if lower == b"<?xml":
        if _SVG.search(start):
            return "image/svg+xml"
        return "application/xhtml+xml" if b"<html" in start else "application/xml"
    if lower == b"<?php":
        return "text/x-php"
    if _SVG.match(start):
        return "image/svg+xml"
    return "text/html" if _HTML.match(start) else "text/plain"


def _json(text: bytes, start: bytes, *, is_whole: bool) -> str:
    if start.startswith(b"{\\rtf"):
        return "application/rtf"
    if not _JSON_BEGINS.match(start):
        return "text/plain"
    if not is_whole:
        return "application/json"
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return "text/plain"
    return "application/json"


def _by_first_line(start: bytes) -> str | None:
    upper = start[:16].upper()
    for mark, mime in (
        (b"BEGIN:VCARD", "text/vcard"),
        (b"BEGIN:VCALENDAR", "text/calendar"),
        (b"%!PS", "application/postscript"),
        (b"WEBVTT", "text/vtt"),
        (b"/* XPM */", "image/x-xpixmap"),
    ):
        if upper.startswith(mark):
            return mime
    if start.startswith(b"#!/"):
        return "text/x-shellscript" if b"sh" in start.partition(b"\n")[0] else "text/x-script"
    if start.startswith(b"From ") and _MAIL_HEADER.search(start):
        return "application/mbox"
    return None


def _by_lines(text: bytes) -> str:
    header = text.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    if (
        _HEADER_LINE.match(text)
        and len(_MAIL_HEADER.findall(header)) >= 2
        and len(_HEADER_LINE.findall(header)) >= 3
    ):
        return "message/rfc822"
    lines = text.split(b"\n")[:-1][:8]
    if len(lines) >= _CSV_LINES:
        for separator, mime in _SEPARATORS:
            counts = {line.count(separator) for line in lines}
            if len(counts) == 1 and counts.pop() >= _CSV_SEPARATORS:
                return mime
    return "text/plain"
