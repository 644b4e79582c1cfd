"""Lists of hashes in every format, with any number of rows, the same for the same seed.

``python -m hash_lists KIND ROWS PATH [SEED]`` (with ``tests`` on the path) writes one. Rows are
made up and of no file; a fingerprint has half of its bits set, as real ones have. Nothing is kept
in memory, so ten million rows are no matter.
"""

import hashlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FRAMES = 10
"""A made video has so many, one a second."""


@dataclass(frozen=True, slots=True)
class MadeRow:
    """What a row of every kind of list is made of."""

    number: int
    md5: bytes
    sha1: bytes
    sha256: bytes
    pdq: bytes
    category: int

    @property
    def name(self) -> str:
        return f"file{self.number}.bin"


def made_row(number: int, seed: int = 0) -> MadeRow:
    """Return a row, by its number from 0."""
    bits = hashlib.blake2b(b"%d:%d" % (seed, number)).digest()
    pdq = bits[:16] + bytes(byte ^ 0xFF for byte in bits[:16])
    return MadeRow(number, bits[:16], bits[16:36], bits[32:64], pdq, number % 4)


def made_rows(rows: int, seed: int = 0) -> Iterator[MadeRow]:
    for number in range(rows):
        yield made_row(number, seed)


def write_list(path: Path, kind: str, rows: int, seed: int = 0) -> Path:
    """Write a list of one of ``KINDS``.

    Returns:
        The path.
    """
    if kind in DATABASES:
        DATABASES[kind](path, made_rows(rows, seed))
        return path
    head, line, tail = TEXTS[kind]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        for made in made_rows(rows, seed):
            file.write(line(made))
        file.write(tail)
    return path


def _vics_media(made: MadeRow) -> str:
    comma = "," if made.number else ""
    return (
        f'{comma}\n  {{"MediaID": {made.number + 1}, "Category": {made.category}, '
        f'"MD5": "{made.md5.hex().upper()}", "SHA1": "{made.sha1.hex().upper()}", '
        f'"MediaSize": "{made.number}", "DateUpdated": "2026-01-01T00:00:00.0000Z"}}'
    )


def _vics_case_media(made: MadeRow) -> str:
    comma = "," if made.number else ""
    md5 = made.md5.hex().upper()
    return (
        f'{comma}\n    {{"MediaID": {made.number + 1}, "Category": null, "MD5": "{md5}", '
        f'"SHA1": "{made.sha1.hex().upper()}", "MediaSize": {made.number}, '
        f'"IsDistributed": false, "Series": null, "Tags": "", "MediaFiles": [{{"MD5": "{md5}", '
        f'"FileName": "{made.name}", "FilePath": "/DCIM/{made.name}", "Unallocated": false}}], '
        f'"Exifs": [{{"MD5": "{md5}", "PropertyName": "Make", "PropertyValue": "TestCam"}}], '
        f'"AlternativeHashes": [{{"MD5": "{md5}", "HashName": "SHA256", '
        f'"HashValue": "{made.sha256.hex()}"}}]}}'
    )


def _frames(made: MadeRow) -> str:
    values = [hashlib.sha256(made.pdq + bytes([frame])).hexdigest() for frame in range(FRAMES)]
    return "".join(f"{frame},100,{value},{frame}.000\n" for frame, value in enumerate(values))


_ICSE_HEADER = (
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;"
    "Series name;Number of submissions;File Available;Media Type;Baseline\n"
)
_VICS_HASHSET_HEAD = (
    '{"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/'
    'Default/$metadata#Media",\n "value": ['
)
_VICS_CASE_HEAD = (
    '{"odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Cases",\n'
    ' "value": [{"CaseID": "{00000000-0000-4000-8000-000000000001}", '
    '"CaseNumber": "OP-MADE-1", "TotalMediaFiles": "7", "Media": ['
)
Line = Callable[[MadeRow], str]
TEXTS: dict[str, tuple[str, Line, str]] = {
    "plain-md5": ("", lambda made: f"{made.md5.hex()}\n", ""),
    "plain-sha1": ("", lambda made: f"{made.sha1.hex()}\n", ""),
    "plain-sha256": ("", lambda made: f"{made.sha256.hex()}\n", ""),
    "md5sum": ("", lambda made: f"{made.md5.hex()}  ./{made.name}\n", ""),
    "sha256sum-bsd": ("", lambda made: f"SHA256 ({made.name}) = {made.sha256.hex()}\n", ""),
    "hashdeep": (
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /\n##\n",
        lambda made: f"{made.number},{made.md5.hex()},{made.sha256.hex()},./{made.name}\n",
        "",
    ),
    "csv": (
        "md5,sha1,sha256,category,series,comment\n",
        lambda made: (
            f"{made.md5.hex()},{made.sha1.hex()},{made.sha256.hex()},{made.category},"
            f"made,row {made.number}\n"
        ),
        "",
    ),
    "icse": (
        _ICSE_HEADER,
        lambda made: (
            f"{made.md5.hex().upper()};{made.sha1.hex().upper()};;{made.number};0;0;0;"
            "made;1;0;image;0\n"
        ),
        "",
    ),
    "nsrl-csv": (
        '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n',
        lambda made: (
            f'"{made.sha1.hex().upper()}","{made.md5.hex().upper()}","00000000","{made.name}",'
            f'{made.number},1,"WIN",""\n'
        ),
        "",
    ),
    "nsrl-sql": (
        "",
        lambda made: (
            f"INSERT INTO FILE VALUES ('{made.sha256.hex().upper()}','{made.sha1.hex().upper()}',"
            f"'{made.md5.hex().upper()}','00000000','{made.name}',{made.number},1);\n"
        ),
        "",
    ),
    "pdq": ("", lambda made: f"{made.pdq.hex()}\n", ""),
    "pdq-csv": (
        "hash,quality,name\n",
        lambda made: f"{made.pdq.hex()},{made.number % 101},{made.name}\n",
        "",
    ),
    "vpdq": ("", _frames, ""),
    "vics-hashset": (
        _VICS_HASHSET_HEAD,
        _vics_media,
        "\n ]\n}\n",
    ),
    "vics-case": (
        _VICS_CASE_HEAD,
        _vics_case_media,
        '\n  ], "SourceApplicationName": "made"}]\n}\n',
    ),
}


def _write_rds3(path: Path, rows: Iterator[MadeRow]) -> None:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL, "
        "crc32 VARCHAR NOT NULL, file_name VARCHAR NOT NULL, file_size INTEGER NOT NULL, "
        "package_id INTEGER NOT NULL, "
        "PRIMARY KEY (sha256, sha1, md5, file_name, file_size, package_id))"
    )
    connection.execute("CREATE VIEW DISTINCT_HASH AS SELECT DISTINCT sha256, sha1, md5 FROM FILE")
    connection.execute("CREATE TABLE VERSION (version VARCHAR, release_date TIMESTAMP)")
    connection.execute("INSERT INTO VERSION VALUES ('made', '2026-01-01')")
    connection.executemany(
        "INSERT INTO FILE VALUES (?, ?, ?, '00000000', ?, ?, 1)",
        (
            (
                made.sha256.hex().upper(), made.sha1.hex().upper(), made.md5.hex().upper(),
                made.name, made.number,
            )
            for made in rows
        ),
    )  # fmt: skip
    connection.commit()
    connection.close()


def _write_kdb(path: Path, rows: Iterator[MadeRow]) -> None:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, "
        "md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32))"
    )
    connection.executemany(
        "INSERT INTO hashes (md5, sha1, sha2_256) VALUES (?, ?, ?)",
        ((made.md5, None, made.sha256) for made in rows),
    )
    connection.commit()
    connection.close()


DATABASES: dict[str, Callable[[Path, Iterator[MadeRow]], None]] = {
    "nsrl-sqlite": _write_rds3,
    "kdb": _write_kdb,
}
KINDS = (*TEXTS, *DATABASES)

if __name__ == "__main__":
    write_list(
        Path(sys.argv[3]), sys.argv[1], int(sys.argv[2]), int(sys.argv[4]) if sys.argv[4:] else 0
    )
