"""What a broker tells of a hash set, and a broker that tells it."""

from dataclasses import dataclass, field
from hashlib import sha256

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import (
    Code,
    ErrandState,
    ErrandStatus,
    ImportChoices,
    SetActOrder,
    SetImportOrder,
    SetUpdateOrder,
    SetVerifyOrder,
    StoreAct,
    StoredSetDetail,
    StoredSetFacts,
    UploadStatus,
)
from polit.broker.set_protocol import (
    CategoryMet,
    FormatChoice,
    IncomingItem,
    RejectedRecord,
    SchemeChoice,
    SetChange,
    SetReport,
)


def told_set(**changes: object) -> StoredSetFacts:
    """Return what the broker tells of a set; its digest follows from its name."""
    values: dict[str, object] = {
        "name": "Known files", "status": "known-good", "scheme": "", "provider": "A. Provider",
        "jurisdiction": "GB", "version": "2026-11", "format": "plain", "file_name": "list.txt",
        "file_sha256": "0" * 64, "file_size_bytes": 2_600, "records": 40,
        "keys": {"sha256": 40}, "imported_at": "2026-11-26T10:00:00Z", "imported_by": "a.example",
        "is_enabled": True, **changes,
    }  # fmt: skip
    digest = sha256(str(values["name"]).encode()).hexdigest()
    return StoredSetFacts(**({"sha256": digest} | values))  # type: ignore[arg-type]


def told_detail(facts: StoredSetFacts, **changes: object) -> StoredSetDetail:
    """Return what the broker tells of a set when it is looked at."""
    values: dict[str, object] = {
        "facts": facts,
        "tool": "polit 0.1.0",
        "report": SetReport(
            41, 40, {"no digest": 1}, (RejectedRecord("line 41", "no digest"),), ("Extra",),
            {"sha256": 2}, (("version", "7"),), ("1 records state a category that means nothing",),
        ),
        "categories": (
            CategoryMet(1, "", "uk-2014/1/A", alerts=True, settles=False),
            CategoryMet(9, "", "number:9", alerts=False, settles=False),
        ),
        "changes": (SetChange("2026-11-26T10:00:00Z", "a.example", "import", ""),),
        **changes,
    }  # fmt: skip
    return StoredSetDetail(**values)  # type: ignore[arg-type]


@dataclass(slots=True)
class ToldBroker:
    """A broker with a store of sets and errands, as far as the record asks.

    Args:
        sets: The sets by digest.
        uploads: What was sent, by upload.
        ended: The digests of uploads that arrived whole.
        errands: Where errands stand.
        asked: What was asked, in order.
        is_gone: Whether it does not answer.
        refuses: The code by which everything is refused, empty for none.
    """

    sets: dict[str, StoredSetFacts] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    errands: dict[str, ErrandStatus] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)
    is_gone: bool = False
    refuses: str = ""

    def upload_begin(self, upload_id: str, *, file_name: str) -> UploadStatus:
        self._ask(("begin", file_name))
        self.uploads[upload_id] = b""
        return UploadStatus(upload_id, 0)

    def upload_part(self, upload_id: str, data: bytes, *, offset_bytes: int) -> UploadStatus:
        self._ask(("part", len(data)))
        assert offset_bytes == len(self.uploads[upload_id])
        self.uploads[upload_id] += data
        return UploadStatus(upload_id, len(self.uploads[upload_id]))

    def upload_end(self, upload_id: str) -> UploadStatus:
        self._ask(("end",))
        data = self.uploads[upload_id]
        self.ended[upload_id] = sha256(data).hexdigest()
        return UploadStatus(upload_id, len(data), self.ended[upload_id])

    def upload_discard(self, upload_id: str) -> None:
        self._ask(("discard",))
        self.uploads.pop(upload_id, None)

    def hashset_choices(self) -> ImportChoices:
        self._ask(("choices",))
        return ImportChoices(
            (FormatChoice("plain", "Plain list"),),
            (SchemeChoice("uk-2014/1", "England and Wales, 2014", "GB", ""),),
            (IncomingItem("incoming/a.txt", False, 9), IncomingItem("incoming/u", True, 0)),
        )

    def hashset_list(self) -> tuple[StoredSetFacts, ...]:
        self._ask(("list",))
        return tuple(self.sets.values())

    def hashset_show(self, sha256: str) -> StoredSetDetail:
        self._ask(("show", sha256))
        return told_detail(self._set(sha256))

    def hashset_switch(self, order: SetActOrder) -> None:
        self._ask(order)
        facts = self._set(order.sha256)
        if order.act is StoreAct.REMOVE:
            del self.sets[order.sha256]
        else:
            self.put(facts, is_enabled=order.act is StoreAct.ENABLE)

    def hashset_import(self, order: SetImportOrder) -> ErrandStatus:
        return self._order(order, order.errand_id)

    def hashset_update(self, order: SetUpdateOrder) -> ErrandStatus:
        return self._order(order, order.errand_id)

    def hashset_verify(self, order: SetVerifyOrder) -> ErrandStatus:
        return self._order(order, order.errand_id)

    def errand_status(self, errand_id: str) -> ErrandStatus:
        self._ask(("status", errand_id))
        if errand_id not in self.errands:
            raise BrokerRefused(Code.NO_ERRAND, "no such errand")
        return self.errands[errand_id]

    def errand_cancel(self, errand_id: str) -> ErrandStatus:
        status = self.errand_status(errand_id)
        if not status.state.has_ended:
            self.errands[errand_id] = ErrandStatus(errand_id, ErrandState.CANCELLED)
        return self.errands[errand_id]

    def put(self, facts: StoredSetFacts, *, is_enabled: bool = True) -> None:
        """Have a set in the store."""
        values = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
        self.sets[facts.sha256] = StoredSetFacts(**values | {"is_enabled": is_enabled})

    def _order(self, order: object, errand_id: str) -> ErrandStatus:
        self._ask(order)
        return self.errands.setdefault(errand_id, ErrandStatus(errand_id, ErrandState.QUEUED))

    def _set(self, digest: str) -> StoredSetFacts:
        if digest not in self.sets:
            raise BrokerRefused(Code.NO_SET, "no such set")
        return self.sets[digest]

    def _ask(self, what: object) -> None:
        if self.is_gone:
            raise BrokerGone("the broker does not answer")
        if self.refuses:
            raise BrokerRefused(self.refuses, "refused")
        self.asked.append(what)
