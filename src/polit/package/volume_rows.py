"""The volumes of a package as the ledger writes and reads them."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from polit.model.evidence import FileSystemFacts, VolumeFacts

_INSERT_SQL = (
    "INSERT INTO volumes (number, scheme, description, offset_bytes, size_bytes, allocated,"
    " locator, parent_id, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """One volume as the ledger keeps it.

    Args:
        volume_id: Its number in the package.
        facts: What and where it is.
        locator: Its place.
        state: ``pending``, ``opened``, ``walked`` or ``not_examined``.
        filesystem: The kind of its file system, empty where it has none or is not opened.
        parent_id: The volume that it lies in, ``None`` for one of the source itself.
        opened_by: Which kind of key opened its layer, empty where none did.
    """

    volume_id: int
    facts: VolumeFacts
    locator: str
    state: str
    filesystem: str
    parent_id: int | None
    opened_by: str = ""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A layer in a volume, and the volumes that it holds.

    Args:
        name: Which layer.
        opened_by: Which kind of key opened it; may be empty.
        volumes: ``(facts, locator)`` of each.
    """

    name: str
    opened_by: str
    volumes: tuple[tuple[VolumeFacts, str], ...]


def add_volumes(
    connection: sqlite3.Connection,
    volumes: Iterable[tuple[VolumeFacts, str]],
    *,
    parent_id: int | None = None,
) -> None:
    """Write volumes with their locators."""
    connection.executemany(
        _INSERT_SQL,
        [
            (v.number, v.scheme, v.description, v.offset_bytes, v.size_bytes, v.allocated,
             locator, parent_id, "pending" if v.allocated else "not_examined",
             None if v.allocated else "no volume covers it")
            for v, locator in volumes
        ],
    )  # fmt: skip


def read_volumes(connection: sqlite3.Connection) -> list[VolumeRow]:
    """Return the volumes in the order in which they were found."""
    rows = connection.execute(
        "SELECT volume_id, number, scheme, description, offset_bytes, size_bytes, allocated,"
        " locator, state, filesystem, parent_id, opened_by FROM volumes ORDER BY volume_id"
    )
    found = []
    for number, *told, allocated, locator, state, filesystem, parent_id, opened_by in rows:
        facts = VolumeFacts(told[0], told[1], told[2], told[3], told[4], bool(allocated))
        kind, key = filesystem or "", opened_by or ""
        found.append(VolumeRow(number, facts, locator, state, kind, parent_id, key))
    return found


def note_filesystem(connection: sqlite3.Connection, volume_id: int, facts: FileSystemFacts) -> None:
    """Note a volume's file system; the volume is open from here on."""
    times = facts.time_facts
    connection.execute(
        "UPDATE volumes SET state = 'opened', filesystem = ?, block_size_bytes = ?,"
        " unallocated_bytes = ?, time_basis = ?, time_resolution = ?, time_source = ?"
        " WHERE volume_id = ?",
        (
            facts.kind,
            facts.block_size_bytes,
            facts.unallocated_bytes,
            times.basis.value,
            json.dumps(dict(times.resolution_ns), sort_keys=True),
            times.source,
            volume_id,
        ),
    )


def add_layer(connection: sqlite3.Connection, volume_id: int, layer: LayerRow) -> None:
    """Note a volume's layer, and write the volumes that it holds."""
    connection.execute(
        "UPDATE volumes SET layer = ?, opened_by = ? WHERE volume_id = ?",
        (layer.name, layer.opened_by or None, volume_id),
    )
    add_volumes(connection, layer.volumes, parent_id=volume_id)


def close_volume(connection: sqlite3.Connection, volume_id: int, *, reason: str) -> None:
    """Note that a volume is not examined, and why."""
    connection.execute(
        "UPDATE volumes SET state = 'not_examined', reason = ? WHERE volume_id = ?",
        (reason, volume_id),
    )
