"""The store of hash sets as the record sees it: told, switched, and changed by errands.

What reads a file that somebody sent is an errand, a process that can open that file and the store
alone. What is read here was written by polit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polit.base.errors import BrokerRefused, HashSetDamaged, HashSetUnknown
from polit.broker.errand_protocol import ErrandStatus
from polit.broker.errand_talk import ErrandOrder
from polit.broker.protocol import (
    Code,
)
from polit.broker.server.errands import Errands
from polit.broker.server.evidence import EvidenceRoots
from polit.broker.server.log import log
from polit.broker.server.settings import BrokerSettings
from polit.broker.server.uploads import Uploads
from polit.broker.set_protocol import (
    MAX_TOLD,
    CategoryMet,
    FormatChoice,
    ImportChoices,
    IncomingItem,
    RejectedRecord,
    SchemeChoice,
    SetAct,
    SetActOrder,
    SetChange,
    SetImportOrder,
    SetReport,
    SetUpdateOrder,
    SetVerifyOrder,
    StoredSetDetail,
    StoredSetFacts,
)
from polit.match.detecting import formats_list
from polit.match.hashsets import HashSets, StoredSet
from polit.match.schemes import schemes_list
from polit.match.set_meaning import CategoryMeaning, warnings_of

_LONGEST_TEXT = 1_000
_INCOMING = "incoming"


class SetKeeper:
    """The hash sets of an installation, for the broker's operations."""

    def __init__(
        self, settings: BrokerSettings, *, incoming: EvidenceRoots, uploads: Uploads,
        errands: Errands,
    ) -> None:  # fmt: skip
        """Take where things are."""
        self._settings, self._incoming = settings, incoming
        self._uploads, self._errands = uploads, errands
        self._sets = HashSets(settings.hashsets)

    def choices(self) -> ImportChoices:
        """Return what an import can be made of."""
        items = self._incoming.listed(_INCOMING)
        return ImportChoices(
            formats=tuple(FormatChoice(each.NAME, each.TITLE) for each in formats_list()),
            schemes=tuple(
                SchemeChoice(each.text, each.title, each.jurisdiction, each.notice)
                for each in schemes_list()
            ),
            incoming=tuple(
                IncomingItem(f"{_INCOMING}/{each.name}", each.kind == "folder", each.size_bytes)
                for each in items
            ),
        )

    def listed(self) -> tuple[StoredSetFacts, ...]:
        """Return every set, ordered by name and digest.

        Raises:
            BrokerRefused: ``damaged``: one of them is not what was sealed.
        """
        # The record asks every minute: the moment to clear what nobody imported for a day.
        self._uploads.sweep()
        with self._told_as_damaged():
            return tuple(map(_facts, self._sets.listed()))

    def shown(self, sha256: str) -> StoredSetDetail:
        """Return all that is known of a set but its records.

        Raises:
            BrokerRefused: ``no_set`` or ``damaged``.
        """
        with self._told_as_damaged():
            return self._shown(self._get(sha256))

    def _shown(self, stored: StoredSet) -> StoredSetDetail:
        report = stored.document.report
        categories = stored.categories()
        return StoredSetDetail(
            facts=_facts(stored),
            tool=stored.document.tool,
            report=SetReport(
                read=report.read,
                kept=report.kept,
                rejected=report.rejected,
                first_rejected=tuple(
                    RejectedRecord(_cut(each.place), _cut(each.reason))
                    for each in report.first_rejected[:MAX_TOLD]
                ),
                unknown_keys=tuple(map(_cut, report.unknown_keys[:MAX_TOLD])),
                duplicates={name: count for name, count in report.duplicates.items() if count},
                header=tuple((_cut(name), _cut(text)) for name, text in report.header[:MAX_TOLD]),
                warnings=tuple(map(_cut, warnings_of(stored.document, categories))),
            ),
            categories=tuple(map(_category, categories[:MAX_TOLD])),
            changes=tuple(
                SetChange(each.at, each.by, each.act.value, each.reason) for each in stored.changes
            ),
        )

    def switch(self, order: SetActOrder) -> None:
        """Do something to a set; what was done already is not done again.

        Raises:
            BrokerRefused: ``no_set``, but for a set that is to be removed and is gone; or
                ``damaged``: what is damaged can only be removed, and nothing else before that.
        """
        with self._told_as_damaged():
            if order.act is SetAct.REMOVE:
                self._remove(order)
            else:
                self._switch(order, self._get(order.sha256))
        log("hashset.switched", act=order.act.value)

    def _remove(self, order: SetActOrder) -> None:
        if self._sets.holds(order.sha256):
            self._sets.remove(order.sha256, by=order.by, reason=order.reason)
        else:
            self._sets.clear_removed()  # a kill may have left the folder

    def _switch(self, order: SetActOrder, stored: StoredSet) -> None:
        if order.act is SetAct.DISABLE and stored.is_enabled:
            self._sets.disable(order.sha256, by=order.by, reason=order.reason)
        elif order.act is SetAct.ENABLE and not stored.is_enabled:
            self._sets.enable(order.sha256, by=order.by, reason=order.reason)

    def take_in(self, order: SetImportOrder) -> ErrandStatus:
        """Order the import of an upload, or of a file in ``incoming``.

        Raises:
            BrokerRefused: ``no_upload``, ``no_evidence`` or ``order_differs``.
        """
        known = self._errands.known(order.errand_id)
        if known is not None:
            return known  # done perhaps, and its upload gone
        if order.upload_id:
            path = self._uploads.path_of(order.upload_id)
        else:
            path = self._incoming.path_of(order.place)
        command = (
            "hashset", "import", str(path), f"--name={order.name}", f"--format={order.format}",
            f"--status={order.status}", f"--scheme={order.scheme}",
            f"--provider={order.provider}", f"--jurisdiction={order.jurisdiction}",
            f"--version={order.version}", f"--by={order.imported_by}", "--json",
        )  # fmt: skip
        return self._order(order.errand_id, command, path, upload_id=order.upload_id)

    def update(self, order: SetUpdateOrder) -> ErrandStatus:
        """Order that a signed update in ``incoming`` is taken in.

        Raises:
            BrokerRefused: ``no_evidence`` or ``order_differs``.
        """
        known = self._errands.known(order.errand_id)
        if known is not None:
            return known
        path = self._incoming.path_of(order.place)
        command = ("hashset", "update", str(path), f"--by={order.imported_by}", "--json")
        return self._order(order.errand_id, command, path)

    def verify(self, order: SetVerifyOrder) -> ErrandStatus:
        """Order that the parts of a set are digested anew.

        Raises:
            BrokerRefused: ``no_set`` or ``order_differs``.
        """
        command = ("hashset", "verify", order.sha256, "--json")
        return self._order(order.errand_id, command)

    def _order(self, errand_id: str, command: tuple[str, ...], *reads: Path, upload_id: str = ""
    ) -> ErrandStatus:  # fmt: skip
        own = (self._settings.data / "category-schemes", self._settings.data / "providers")
        store = self._settings.hashsets
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._errands.order(
            ErrandOrder(
                errand_id=errand_id,
                command=command,
                reads=tuple(map(str, (*own, *reads))),
                writes=(str(store),),
                upload_id=upload_id,
            )
        )

    def _get(self, sha256: str) -> StoredSet:
        try:
            return self._sets.get(sha256)
        except HashSetUnknown as error:
            raise _no_set() from error

    @contextmanager
    def _told_as_damaged(self) -> Iterator[None]:
        try:
            yield
        except HashSetDamaged as error:
            message = str(error).replace(str(self._settings.hashsets), "the store of hash sets")
            raise BrokerRefused(Code.DAMAGED, message) from error


def _no_set() -> BrokerRefused:
    return BrokerRefused(Code.NO_SET, "the store has no such hash set any more")


def _facts(stored: StoredSet) -> StoredSetFacts:
    document = stored.document
    return StoredSetFacts(
        sha256=stored.sha256, name=document.name, status=document.status.value,
        scheme=document.scheme, provider=document.provider, jurisdiction=document.jurisdiction,
        version=document.version, format=document.format, file_name=document.file_name,
        file_sha256=document.file_sha256, file_size_bytes=document.file_size_bytes,
        records=document.records, keys=dict(document.keys), imported_at=document.imported_at,
        imported_by=document.imported_by, is_enabled=stored.is_enabled,
    )  # fmt: skip


def _category(met: CategoryMeaning) -> CategoryMet:
    stated, means = met.category, met.means
    return CategoryMet(
        stated.number, _cut(stated.text), _cut(means.asserted), means.alerts, means.settles
    )


def _cut(untrusted_text: str) -> str:
    return untrusted_text[:_LONGEST_TEXT]
