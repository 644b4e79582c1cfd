"""Category schemes: what a category's number or word in a hash set means, as data.

Schemes ship in ``polit/data/category-schemes``; a force keeps its own in ``category-schemes`` of
the data folder. A number without a configured meaning stays a number and says so: no table is ever
guessed, and no scheme is turned into another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from polit.base.canonical import canonical_json
from polit.base.errors import UsageError
from polit.base.settings import data_folder
from polit.model.matching import CategoryRef

UNCATEGORISED = "uncategorised"
_SHIPPED = Path(__file__).parent.parent / "data" / "category-schemes"
_TEMPLATE = "template.json"
_MAX_BYTES = 1 << 20
_MAX_WORDS = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_GAPS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class SchemeCode:
    """A category.

    Args:
        code: What records keep.
        label: What people read.
        counts_for_charge: Whether totals for a charge count it.
        alerts: Whether people are told at once when it is met.
        settles: Whether nobody need look at a file that a trusted set puts here.
        names: Other words for it in files, beside its code and label.
    """

    code: str
    label: str
    counts_for_charge: bool
    alerts: bool
    settles: bool
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """The categories of one scheme in one version.

    Args:
        scheme: Its name.
        version: Its version; a scheme that changes gets another one.
        title: What people choose it by.
        jurisdiction: Where it holds.
        notice: What to know before it is used.
        codes: Its categories, in its own order.
        numbers: What a number in a file means: decimal digits to a code.
        codes_of: The scheme, as ``scheme/version``, whose categories these are: its own, or the
            one that a table of numbers refers to.
        sha256: The digest of its meaning, lower-case hex.
    """

    scheme: str
    version: str
    title: str
    jurisdiction: str
    notice: str
    codes: tuple[SchemeCode, ...]
    numbers: dict[str, str]
    codes_of: str
    sha256: str

    @property
    def text(self) -> str:
        """Its name as ``scheme/version``."""
        return f"{self.scheme}/{self.version}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a record's category says.

    Args:
        asserted: ``scheme/version/code``, ``number:N`` for a number without a configured meaning,
            ``words:…`` for words without one, or ``uncategorised``.
        alerts: Whether people are told at once.
        settles: Whether nobody need look because of it.
    """

    asserted: str
    alerts: bool = False
    settles: bool = False


class _Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    label: str
    counts_for_charge: bool
    alerts: bool
    settles: bool
    names: tuple[str, ...] = ()
    comment: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scheme: str
    version: int
    title: str
    jurisdiction: str
    notice: str
    codes: tuple[_Code, ...] = ()
    codes_of: str = ""
    numbers: dict[str, str] = {}
    comment: str = ""


def schemes_list(folder: Path | None = None) -> tuple[Scheme, ...]:
    """Return all schemes, the shipped ones and the force's own, by name and version.

    Args:
        folder: The force's own schemes; ``category-schemes`` of the data folder when left out.

    Raises:
        UsageError: A file is no scheme, or two have the same name and version.
    """
    own = data_folder() / "category-schemes" if folder is None else folder
    files = [(path, _file(path)) for each in (_SHIPPED, own) for path in _paths(each)]
    whole = {_text(file): _codes(path, file) for path, file in files if not file.codes_of}
    found: dict[str, Scheme] = {}
    for path, file in files:
        if _text(file) in found:
            raise UsageError(f"{path}: there is a scheme {_text(file)} already: raise its version")
        found[_text(file)] = _scheme(path, file, whole)
    return tuple(found[text] for text in sorted(found))


def scheme_get(text: str, folder: Path | None = None) -> Scheme:
    """Return a scheme by its name, as ``scheme/version``.

    Raises:
        UsageError: There is none; the message names those there are.
    """
    listed = schemes_list(folder)
    for scheme in listed:
        if scheme.text == text:
            return scheme
    names = ", ".join(scheme.text for scheme in listed)
    raise UsageError(f"there is no category scheme {text!r}: there are {names}")


def meaning(scheme: Scheme | None, number: int | None, text: str) -> Meaning:
    """Tell what a record's category says.

    Args:
        scheme: The set's scheme, if it has one.
        number: The category's number as given.
        text: The category's words as given.
    """
    words = text.strip()
    if number is None and not words:
        return Meaning(UNCATEGORISED)
    code = _code_meant(scheme, number, words) if scheme else None
    if scheme is None or code is None:
        return Meaning(f"words:{words[:_MAX_WORDS]}" if number is None else f"number:{number}")
    if code.code == UNCATEGORISED:
        return Meaning(UNCATEGORISED)
    name, _, version = scheme.codes_of.partition("/")
    return Meaning(CategoryRef(name, version, code.code).text, code.alerts, code.settles)


def _code_meant(scheme: Scheme, number: int | None, words: str) -> SchemeCode | None:
    """Return the category that a number means, and without a number, that words mean."""
    if number is not None:
        wanted = scheme.numbers.get(str(number))
        return next((code for code in scheme.codes if code.code == wanted), None)
    plain = _plain(words)
    for code in scheme.codes:
        if plain in map(_plain, (code.code, code.label, *code.names)):
            return code
    return None


def _plain(words: str) -> str:
    return _GAPS.sub(" ", words.strip()).casefold()


def _paths(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.glob("*.json")) if path.name != _TEMPLATE)


def _file(path: Path) -> _File:
    if path.stat().st_size > _MAX_BYTES:
        raise UsageError(f"{path}: larger than {_MAX_BYTES} bytes: no category scheme")
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageError(f"{path}: no category scheme: {error}") from error


def _text(file: _File) -> str:
    return f"{file.scheme}/{file.version}"


def _codes(path: Path, file: _File) -> tuple[SchemeCode, ...]:
    named = [each for code in file.codes for each in set(map(_plain, (code.code, *code.names)))]
    if not file.codes or len(set(named)) < len(named):
        raise UsageError(f"{path}: it has no categories, or one word means two of them")
    for code in file.codes:
        _check_name(path, code.code)
    return tuple(
        SchemeCode(
            code.code, code.label, code.counts_for_charge, code.alerts, code.settles, code.names
        )
        for code in file.codes
    )


def _scheme(path: Path, file: _File, whole: dict[str, tuple[SchemeCode, ...]]) -> Scheme:
    _check_name(path, file.scheme)
    if file.codes_of and file.codes:
        raise UsageError(f"{path}: state either codes or codes_of")
    codes_of = file.codes_of or _text(file)
    if codes_of not in whole:
        raise UsageError(f"{path}: codes_of names {codes_of!r}, and there is no such scheme")
    codes = whole[codes_of]
    known = {code.code for code in codes}
    for number, code in file.numbers.items():
        if code not in known or str(_whole_number(number)) != number:
            raise UsageError(f"{path}: numbers gives {number!r} the meaning {code!r}: not a code")
    stated = {
        "codes": [[code.code, code.alerts, code.settles, sorted(code.names)] for code in codes],
        "codes_of": codes_of,
        "numbers": file.numbers,
    }
    return Scheme(
        file.scheme, str(file.version), file.title, file.jurisdiction, file.notice,
        codes, dict(file.numbers), codes_of, sha256(canonical_json(stated)).hexdigest(),
    )  # fmt: skip


def _check_name(path: Path, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{path}: {name!r} is no name: use letters, digits and hyphens")


def _whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
