"""The page of formats, from the decoders, the drivers of evidence and the readers of hash sets."""

from collections.abc import Iterable
from types import ModuleType

from polit.base.plugins import modules_of
from polit.decode import holders, stills
from polit.decode._video_source import DECODERS, DEMUXERS
from polit.decode.decodable import HOLDERS, STILLS, VIDEOS
from polit.decode.floors import FLOORS
from polit.evidence import containers, filesystems, layers, volumes
from polit.match import formats as hash_sets

_LEAD = """# Formats

What this version opens and decodes. A content's type is told by its bytes, never by its name. What
is not here is hashed and identified all the same, and counted under *not examined* where it may
hold pictures. A decoder below its [version floor](version-floors.md) stays off.
"""

_ALLOWED = """Demuxers: {}.

Decoders: {}.

No other one runs. Audio is never decoded.
"""

_HASH_SETS = """A hash set's format is told by its content too; `--format` decides where two look
alike, as SHA-256 and PDQ do in few lines. Any of the texts may be packed with gzip, begin with a
mark of its byte order, or be UTF-16. A malformed line or record is refused with its place, and the
rest goes on.
"""


def formats_page() -> str:
    """Return the page of everything that is read, outermost first."""
    sections = [
        _section("Images and folders", "name | what", _named(containers)),
        _section("Partition tables", "name | what", _named(volumes)),
        _section("Volumes inside volumes", "name | what", _named(layers)),
        _section("File systems", "name | what", _named(filesystems)),
        _section("Pictures", "type | how | libraries with a floor", _stills()),
        _section("Videos", "type | libraries with a floor", _videos()),
        _ALLOWED.format(_words(sorted(DEMUXERS)), _words(sorted(DECODERS))),
        _section("What holds pictures", "type | readers, in the order of asking", _holders()),
        _section("Readers", "name | what", _named(holders)),
        _HASH_SETS,
        _section("Formats of hash sets", "`--format` | what", _named(hash_sets)),
    ]
    return "\n".join([_LEAD, *sections])


def _section(title: str, heads: str, rows: Iterable[str]) -> str:
    rule = "|".join(" --- " for _ in heads.split("|"))
    return f"## {title}\n\n| {heads} |\n|{rule}|\n" + "\n".join(rows) + "\n"


def _named(package: ModuleType) -> list[str]:
    return [f"| `{module.NAME}` | {_told(module)} |" for module in modules_of(package)]


def _told(module: ModuleType) -> str:
    """Return the first sentence of a module's docstring, as a cell."""
    line = (module.__doc__ or "").strip().splitlines()[0]
    return line.partition(". ")[0].removesuffix(".").replace("*", "\\*").replace("|", "\\|")


def _stills() -> list[str]:
    told = {mime: _told(module) for module in modules_of(stills) for mime in module.TYPES}
    return [f"| `{mime}` | {told[mime]} | {_floors_of(mime)} |" for mime in sorted(STILLS)]


def _videos() -> list[str]:
    return [f"| `{mime}` | {_floors_of(mime)} |" for mime in sorted(VIDEOS)]


def _floors_of(mime: str) -> str:
    return ", ".join(floor.library for floor in FLOORS if mime in floor.types)


def _holders() -> list[str]:
    """Return the types of holders: documents, and pictures that hold others."""
    readers = modules_of(holders)
    mimes = HOLDERS | {mime for module in readers for mime in module.MIMES}
    return [f"| `{mime}` | {_words(m.NAME for m in readers if mime in m.MIMES)} |"
            for mime in sorted(mimes)]  # fmt: skip


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
