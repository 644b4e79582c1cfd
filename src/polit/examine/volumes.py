"""The volumes of a source, and the volumes inside them: found, opened, or left with a reason."""

from collections.abc import Callable
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.examine.plan import Plan
from polit.examine.rank import FIRST, RANKS
from polit.model.evidence import Address
from polit.package.rows import FolderRow, ProblemRow
from polit.package.volume_rows import LayerRow, VolumeRow
from polit.package.write import Ledger
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

Answer = say.Reply | WalkerLost

_DEEPEST = 8
"""So many layers may lie in each other; real ones are three (encryption, logical volumes)."""
_INNER_AT_MOST = 2000
"""So many volumes inside others are opened: a logical volume may hold the one that holds it."""


@dataclass(slots=True)
class OpenedVolume:
    """A volume whose names are walked."""

    volume_id: int
    locator: str
    filesystem: str


class Volumes:
    """What is open, and where everything lies."""

    def __init__(
        self,
        ledger: Ledger,
        plan: Plan,
        *,
        ask: Callable[[say.Request], Answer],
        restart: Callable[[], None],
    ) -> None:
        """Begin with none.

        Args:
            ledger: The rows of the run.
            plan: What is done and left out.
            ask: Sends a request to the walker and waits for its answer.
            restart: Replaces a lost walker.
        """
        self._ledger, self._plan, self._ask, self._restart = ledger, plan, ask, restart
        self.open: dict[int, OpenedVolume] = {}
        self.placed: dict[int, say.PlacedVolume] = {}
        self._depths: dict[int, int] = {}
        self._inner_count = 0

    def find(self) -> say.VolumesFound:
        """Find the volumes of the source.

        Raises:
            SourceUnreadable: The source cannot be opened at all.
        """
        reply = self._ask(say.FindVolumes())
        if isinstance(reply, WalkerLost):
            raise SourceUnreadable(
                f"the source cannot be opened: its reader failed ({reply.code}: {reply.detail})"
            )
        if isinstance(reply, say.WalkRefused):
            raise SourceUnreadable(f"the source cannot be opened: {reply.detail}")
        if not isinstance(reply, say.VolumesFound):
            raise SourceUnreadable("the source cannot be opened: its reader gave no volumes")
        self._ledger.add_volumes(
            [(volume, f"volume:{volume.number}@{volume.offset_bytes}") for volume in reply.volumes]
        )
        self.note_problems("source", "container", reply.problems)
        self.note_problems("source", "partitions", reply.table_problems)
        self.note_problems(
            "source",
            "acquisition",
            [("acquisition_error", f"sector {first}, {count} sectors")
             for first, count in reply.unread_sectors],
        )  # fmt: skip
        return reply

    def note_problems(self, locator: str, stage: str, problems: list[tuple[str, str]]) -> None:
        """Note what is wrong with the source or a volume, once."""
        for code, detail in problems:
            self._ledger.add_problem(ProblemRow(locator, None, stage, code, detail))

    def open_all(self) -> None:
        """Open every volume, and those that are found inside."""
        seen: set[int] = set()
        while waiting := [row for row in self._ledger.volumes() if row.volume_id not in seen]:
            for row in waiting:
                seen.add(row.volume_id)
                self.placed[row.volume_id] = say.PlacedVolume(
                    row.facts, row.parent_id, row.opened_by
                )
                above = 0 if row.parent_id is None else self._depths[row.parent_id]
                self._depths[row.volume_id] = above + 1
                if row.state != "not_examined":
                    self._open(row)

    def _open(self, row: VolumeRow) -> None:
        if row.state != "pending" and not row.filesystem:
            return  # nothing but a layer: the walker opens it again when it needs it
        reason = self._left_closed(row)
        if reason:
            self._ledger.close_volume(row.volume_id, reason=reason, problem=None)
            return
        reply = self._ask(say.OpenVolume(row.volume_id, self.placed[row.volume_id]))
        if not isinstance(reply, say.VolumeOpened) or not (reply.facts or reply.layer):
            self._leave(row, reply)
            return
        if reply.layer is not None:
            self.placed[row.volume_id] = say.PlacedVolume(
                row.facts, row.parent_id, reply.layer.opened_by
            )
        if reply.facts is not None:
            kind = reply.facts.kind
            self.open[row.volume_id] = OpenedVolume(row.volume_id, row.locator, kind)
        if row.state == "pending":
            layer = _layer_row(row, reply.layer) if reply.layer else None
            folders = self._roots(row.volume_id, reply) if reply.facts else []
            self._ledger.open_volume(row.volume_id, reply.facts, folders, layer=layer)
            self._note_layer(row, reply)

    def _left_closed(self, row: VolumeRow) -> str:
        """Return why a volume is not opened, empty where it is."""
        if self._depths[row.volume_id] > _DEEPEST:
            return f"below {_DEEPEST} other layers"
        if row.facts.scheme == "shadow" and not self._plan.shadow_copies:
            return "shadow copy, not asked for"
        self._inner_count += row.parent_id is not None
        if self._inner_count > _INNER_AT_MOST:
            return f"over {_INNER_AT_MOST} volumes lie inside others: the map of them is a lie"
        return ""

    def _note_layer(self, row: VolumeRow, reply: say.VolumeOpened) -> None:
        self.note_problems(row.locator, "mount", reply.problems)
        if reply.layer is None:
            return
        self.note_problems(row.locator, "mount", reply.layer.problems)
        locked = {facts.number: why for facts, why in reply.layer.volumes if why}
        for inner in self._ledger.volumes():
            if inner.parent_id == row.volume_id and inner.facts.number in locked:
                self._lock(inner, locked[inner.facts.number], "")

    def _lock(self, row: VolumeRow, why: str, name: str) -> None:
        encrypted = f"encrypted ({name})" if name else "encrypted"
        self._ledger.close_volume(
            row.volume_id,
            reason=f"{encrypted}, and no given key opens it",
            problem=ProblemRow(row.locator, None, "mount", "locked", why),
        )

    def _roots(self, volume_id: int, reply: say.VolumeOpened) -> list[FolderRow]:
        root = FolderRow(0, volume_id, None, b"", Address(reply.root), "root", False, FIRST)
        orphans = FolderRow(
            0, volume_id, None, b"$OrphanFiles", Address(b"orphans"), "orphans", True, RANKS[-1]
        )
        is_folder = reply.facts is not None and reply.facts.kind == "folder"
        return [root, orphans] if self._plan.orphans and not is_folder else [root]

    def _leave(self, row: VolumeRow, reply: Answer) -> None:
        problem = None
        if isinstance(reply, say.VolumeOpened):
            if reply.locked:
                self._lock(row, reply.locked, reply.unopened)
                return
            reason = f"its file system is not read by this version: {reply.unopened or 'unknown'}"
        else:
            code, detail = trouble(reply)
            reason = f"its file system could not be opened ({code})"
            problem = ProblemRow(row.locator, None, "mount", code, detail)
        self._ledger.close_volume(row.volume_id, reason=reason, problem=problem)
        if isinstance(reply, WalkerLost):
            self._restart()


def trouble(reply: Answer) -> tuple[str, str]:
    """Return code and detail of an answer that is not what was asked for."""
    if isinstance(reply, (WalkerLost, say.WalkRefused)):
        return reply.code, reply.detail
    return "protocol", f"unexpected {type(reply).__name__}"


def _layer_row(row: VolumeRow, layer: say.LayerOpened) -> LayerRow:
    inner = [(facts, f"{row.locator};{layer.name}:{facts.number}") for facts, _ in layer.volumes]
    return LayerRow(layer.name, layer.opened_by, tuple(inner))
