"""One record of VICS media: its keys, its category, and what else it says.

Only ``Category`` is a verdict; ``IsPrecategorized`` and the like are kept as they stand. A record's
own MD5 names it: the MD5 in its files, EXIF rows and alternative hashes refers back to it and is no
key of its own. Miniatures are pictures and PhotoDNA is nobody's to publish: both are left out, and
that they were there is kept. Source: FORMATS, from public importers and exporters; the
specification itself is shared under agreement only.
"""

import json
from collections.abc import Iterator

import msgspec

from polit.match.formats._hashes import DIGITS, SIZES, UNSTATED, unhexed
from polit.match.formats._table_rows import category_of
from polit.match.reading import UNKNOWN_QUALITY, SourceRecord

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]

_FLAGS = frozenset(
    {"VictimIdentified", "OffenderIdentified", "IsDistributed", "IsPrecategorized",
     "IsSuspected", "SelfGenerated"}
)  # fmt: skip
_LEFT_OUT = frozenset({"PhotoDNA", "Miniature"})
_OWN = frozenset({"MD5", "SHA1", "SHA256", "Category", "AlternativeHashes"})
_KNOWN = _FLAGS | _LEFT_OUT | _OWN | frozenset(
    {"MediaID", "MediaSize", "Name", "Comments", "Tags", "Series", "PrecategorizationSource",
     "DateUpdated", "MimeType", "RelativeFilePath", "MediaFiles", "Exifs", "MediaMetadata",
     "Segments", "Repositories"}
)  # fmt: skip
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})
_MAX_FIELD = 1 << 14
_MAX_ALTERNATIVES = 64


class BadMedia(ValueError):
    """A record is refused; its text is the reason."""


def unknown_keys(media: dict[str, Json]) -> Iterator[str]:
    """Yield the keys that no public description names; links of the protocol are none."""
    return (key for key in media if key not in _KNOWN and "odata." not in key)


def records_of(media: dict[str, Json]) -> list[SourceRecord]:
    """Return a record's records: one, and one more for each further fingerprint it states.

    Raises:
        BadMedia: A digest is malformed or contradicted, or there is none.
    """
    keys, pdqs, fields = _alternatives(media.get("AlternativeHashes"))
    for name, kind in (("MD5", "md5"), ("SHA1", "sha1"), ("SHA256", "sha256")):
        stated = _digest(kind, name, media.get(name))
        if stated and keys.get(kind, stated) != stated:
            raise BadMedia(f"{name} and the alternative hash of its name differ")
        keys[kind] = stated or keys.get(kind, b"")
    if not any(keys.values()) and not pdqs:
        raise BadMedia("no hash")
    number, category = _category(media.get("Category"))
    rest = (*_fields(media), *fields)
    first = SourceRecord(
        keys["md5"],
        keys["sha1"],
        keys["sha256"],
        pdqs[0] if pdqs else b"",
        UNKNOWN_QUALITY,
        (),
        number,
        category,
        rest,
    )
    more = [
        SourceRecord(pdq=pdq, number=number, category=category, fields=rest) for pdq in pdqs[1:]
    ]
    return [first, *more]


def _digest(kind: str, name: str, untrusted: Json) -> bytes:
    if untrusted is None or (
        isinstance(untrusted, str) and untrusted.strip().casefold() in UNSTATED
    ):
        return b""
    value = unhexed(untrusted.strip()) if isinstance(untrusted, str) else b""
    if len(value) != SIZES[kind]:
        raise BadMedia(f"{name} is not {2 * SIZES[kind]} digits in hex")
    return value


def _category(untrusted: Json) -> tuple[int | None, str]:
    if untrusted is None:
        return None, ""
    if isinstance(untrusted, dict | list):
        raise BadMedia("Category is neither a number nor words")
    return category_of(str(untrusted))


def _alternatives(
    untrusted: Json,
) -> tuple[dict[str, bytes], list[bytes], list[tuple[str, str]]]:
    """Return digests, fingerprints, and what is neither, of the alternative hashes."""
    keys: dict[str, bytes] = {}
    pdqs: list[bytes] = []
    fields: list[tuple[str, str]] = []
    for entry in untrusted[:_MAX_ALTERNATIVES] if isinstance(untrusted, list) else []:
        if not isinstance(entry, dict):
            continue
        name, stated = entry.get("HashName"), entry.get("HashValue")
        if not isinstance(name, str) or not isinstance(stated, str) or not stated:
            continue
        kind = name.lower().replace("-", "").replace("_", "")
        value = unhexed(stated.strip())
        if kind == "pdq" and len(value) == SIZES["pdq"]:
            pdqs += [value] if value not in pdqs else []
        elif kind in DIGITS.values() and len(value) == SIZES[kind]:
            if keys.setdefault(kind, value) != value:
                raise BadMedia(f"two alternative hashes {kind} differ")
        else:
            shown = "stated" if "photodna" in kind else _cut(stated)
            fields.append((f"AlternativeHashes {_cut(_shown(name))}", _shown(shown)))
    return keys, pdqs, fields


def _fields(media: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for key, untrusted in media.items():
        if untrusted is None or untrusted in ("", []) or key in _OWN:
            continue
        if key in _FLAGS:
            yield key, _flag(untrusted)
        elif key in _KNOWN:
            yield key, "stated" if key in _LEFT_OUT else _text(key, untrusted)
        elif "odata." not in key:
            yield _cut(_shown(key)), _text(key, untrusted)


def _flag(untrusted: Json) -> str:
    """Return a flag in one spelling where it is one, else as it stands."""
    if isinstance(untrusted, bool):
        return "true" if untrusted else "false"
    text = _text("", untrusted)
    plain = text.strip().lower()
    return "true" if plain in _TRUE else "false" if plain in _FALSE else text


def _text(key: str, untrusted: Json) -> str:
    if isinstance(untrusted, str):
        return _cut(_shown(untrusted))
    if isinstance(untrusted, int):
        return str(untrusted).lower()
    if key == "Series" and isinstance(untrusted, dict):
        named = [each for each in untrusted.values() if isinstance(each, str) and each]
        if len(named) == 1:
            return _cut(_shown(named[0]))
    try:
        return _cut(msgspec.json.encode(untrusted).decode())
    except UnicodeEncodeError:
        return _cut(_shown(json.dumps(untrusted, ensure_ascii=False)))


def _shown(text: str) -> str:
    """Return text that can be written: halves of a surrogate pair are written out."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_FIELD else text[:_MAX_FIELD] + "…"
