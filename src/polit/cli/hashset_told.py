"""How ``polit hashset`` tells of sets: objects, texts, and the line of progress."""

import sys
from types import TracebackType

import msgspec

from polit.base.clock import monotonic_s
from polit.base.counts import tell_counts
from polit.base.errors import HashSetDamaged
from polit.cli.output import human_bytes, say, table
from polit.match.hashsets import SetVerified, StoredSet
from polit.match.importing import ImportProgress
from polit.match.set_document import ImportReport
from polit.match.set_meaning import CategoryMeaning, warnings_of
from polit.match.switches import Change

_TERMINAL_S = 0.2
_PIPE_S = 10.0
_SHOWN_REJECTED = 10
_SHOWN_CATEGORIES = 20


def set_object(stored: StoredSet) -> dict[str, object]:
    """Return what ``--json`` says of a set."""
    document = stored.document
    facts: dict[str, object] = msgspec.to_builtins(stored.facts)
    return facts | {
        "enabled": stored.is_enabled,
        "scheme_sha256": document.scheme_sha256,
        "file_name": document.file_name,
        "file_size_bytes": document.file_size_bytes,
        "imported_at": document.imported_at,
        "imported_by": document.imported_by,
        "tool": document.tool,
        "report": msgspec.to_builtins(document.report),
        **_meaning_object(stored),
        "changes": msgspec.to_builtins(stored.changes),
    }


def _meaning_object(stored: StoredSet) -> dict[str, object]:
    try:
        categories = stored.categories()
    except HashSetDamaged as error:
        return {"categories": None, "warnings": [str(error)]}
    return {
        "categories": [
            {
                "number": each.category.number, "text": each.category.text,
                "records": each.records, **msgspec.to_builtins(each.means),
            }
            for each in categories
        ],
        "warnings": list(warnings_of(stored.document, categories)),
    }  # fmt: skip


def set_text(stored: StoredSet) -> str:
    """Return a set for people."""
    document, facts = stored.document, stored.facts
    rows = [
        ("name", facts.name),
        ("digest", stored.sha256),
        ("in use", "yes" if stored.is_enabled else "no, switched off"),
        ("a match means", facts.status.value),
        ("category scheme", facts.scheme or "none"),
        ("provider", facts.provider or "not stated"),
        ("jurisdiction", facts.jurisdiction or "not stated"),
        ("version", facts.version or "not stated"),
        ("file", f"{document.file_name}, {human_bytes(document.file_size_bytes)}, {facts.format}"),
        ("file's SHA-256", facts.file_sha256),
        ("imported", f"{document.imported_at} by {document.imported_by}"),
        ("records", f"{facts.records:,}"),
        ("keys", ", ".join(f"{count:,} {name}" for name, count in sorted(facts.keys.items()))),
    ]
    return table(rows + _report_rows(document.report) + _meaning_rows(stored))


def imported_text(stored: StoredSet, *, was_there: bool) -> str:
    """Return what an import came to."""
    if was_there:
        return (
            f"{stored.facts.name} {stored.sha256[:12]}: the same file was imported the same way "
            f"at {stored.document.imported_at}; nothing is changed"
        )
    rows = [("imported", f"{stored.facts.name} {stored.sha256}")]
    return table(rows + _report_rows(stored.document.report) + _meaning_rows(stored))


def change_line(change: Change) -> str:
    """Return an act on a set as a line."""
    why = f": {change.reason}" if change.reason else ""
    return f"{change.at}  {change.act:<7}  {change.by}{why}"


def verified_text(verified: SetVerified) -> str:
    """Return what verifying a set came to."""
    head = (
        f"{'holds' if verified.holds else 'FAILS'}  {verified.sha256[:12]}  {verified.name}: "
        f"{verified.parts} parts, {verified.keys:,} keys"
    )
    return "\n".join([head, *(f"  {finding}" for finding in verified.findings)])


def _report_rows(report: ImportReport) -> list[tuple[str, str]]:
    rows = [
        ("read", f"{report.read:,} records"),
        ("kept", f"{report.kept:,}"),
        ("refused", f"{sum(report.rejected.values()):,}"),
    ]
    rows += [("", f"{count:,}  {reason}") for reason, count in report.rejected.items()]
    rows += [
        ("first refused" if not at else "", f"{each.place}: {each.reason}")
        for at, each in enumerate(report.first_rejected[:_SHOWN_REJECTED])
    ]
    repeated = {name: count for name, count in report.duplicates.items() if count}
    if repeated:
        said = ", ".join(f"{count:,} {name}" for name, count in sorted(repeated.items()))
        rows.append(("keys repeated", said))
    if report.unknown_keys:
        rows.append(("unknown names", ", ".join(report.unknown_keys)))
    return rows + [(f"file says {name}", value) for name, value in report.header]


def _meaning_rows(stored: StoredSet) -> list[tuple[str, str]]:
    """Return what each category does, and what to look at before relying on the set."""
    try:
        categories = stored.categories()
    except HashSetDamaged as error:
        return [("LOOK AT", str(error))]
    shown = [_category_text(each) for each in categories[:_SHOWN_CATEGORIES]]
    if len(categories) > len(shown):
        shown.append(f"{len(categories) - len(shown):,} further categories: see --json")
    warnings = warnings_of(stored.document, categories)
    return [("" if at else "matches mean", text) for at, text in enumerate(shown)] + [
        ("LOOK AT", each) for each in warnings
    ]


def _category_text(each: CategoryMeaning) -> str:
    number, text = each.category.number, each.category.text
    if number is not None:
        stated = f"of category {number}"
    else:
        stated = f"of category {text!r}" if text else "without a category"
    alerts = "alerts" if each.means.alerts else "does not alert"
    settles = "settles" if each.means.settles else "does not settle"
    return f"{each.records:,} records {stated}: {each.means.asserted}, {alerts}, {settles}"


class ImportLine:
    """Shows how far an import is, on stderr; never a name."""

    def __init__(self, file_bytes: int) -> None:
        """Begin with the size of the file, 0 where it is several; nothing is shown yet."""
        self._file_bytes = file_bytes
        self._is_terminal = sys.stderr.isatty()
        self._shown_at = self._began_at = self._stage_at = monotonic_s()
        self._stage, self._stage_rows = "", 0

    def __enter__(self) -> "ImportLine":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal line clean."""
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def watch(self, progress: ImportProgress) -> None:
        """Take how far it is."""
        tell_counts(progress.stage, progress.rows)
        now = monotonic_s()
        if progress.stage != self._stage:
            # What an earlier try had read already does not count for the rate.
            self._stage, self._stage_at, self._stage_rows = progress.stage, now, progress.rows
        if now - self._shown_at < (_TERMINAL_S if self._is_terminal else _PIPE_S):
            return
        self._shown_at = now
        text = f"{progress.stage}: {self._done(progress, now)}, {now - self._began_at:.0f} s"
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        else:
            say(text)

    def _done(self, progress: ImportProgress, now: float) -> str:
        if not progress.rows:
            return human_bytes(progress.kept_bytes)
        rate = (progress.rows - self._stage_rows) / max(now - self._stage_at, 0.001)
        source = f" of a file of {human_bytes(self._file_bytes)}" if self._file_bytes else ""
        return (
            f"{progress.rows:,} records, {rate:,.0f} a second, "
            f"{human_bytes(progress.kept_bytes)} kept{source}"
        )
