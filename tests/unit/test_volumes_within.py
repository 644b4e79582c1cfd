"""Volumes inside volumes without end: a map that holds itself is left, and told."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from polit.examine.plan import read_plan
from polit.examine.volumes import Volumes
from polit.model.evidence import VolumeFacts
from polit.package.volume_rows import LayerRow, VolumeRow
from polit.sandbox import walking_messages as say

if TYPE_CHECKING:
    from polit.package.write import Ledger

_FACTS = VolumeFacts(1, "lvm", "logical volume a/b", 0, 1 << 20, allocated=True)


@dataclass
class Rows:
    """As much of a ledger as opening volumes asks for."""

    kept: list[VolumeRow]
    closed: list[str] = field(default_factory=list)

    def volumes(self) -> list[VolumeRow]:
        return list(self.kept)

    def close_volume(self, volume_id: int, *, reason: str, problem: object) -> None:
        del volume_id, problem
        self.closed.append(reason)

    def open_volume(
        self, volume_id: int, facts: object, folders: object, *, layer: LayerRow
    ) -> None:
        del facts, folders
        for inner, locator in layer.volumes:
            row = replace(self.kept[0], facts=inner, locator=locator, parent_id=volume_id)
            self.kept.append(replace(row, volume_id=len(self.kept) + 1))

    def add_problem(self, problem: object) -> None:
        del problem


def test_volumes_that_hold_themselves_end() -> None:
    rows = Rows([VolumeRow(1, _FACTS, "volume:1@0", "pending", "", None)])

    def ask(request: say.Request) -> say.Reply:
        assert isinstance(request, say.OpenVolume)
        inner = [(replace(_FACTS, number=number), "") for number in range(1, 41)]
        layer = say.LayerOpened("lvm", "", inner, [])
        return say.VolumeOpened(request.volume_id, None, b"", "", layer=layer)

    plan = read_plan(None)
    Volumes(cast("Ledger", rows), plan, ask=ask, restart=lambda: None).open_all()
    assert len(rows.kept) < 100_000
    assert any("inside others" in reason for reason in rows.closed)
