"""The summary of a sealed package, for programs and for people. It prints no names of files."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from polit.base.text import visible
from polit.cli.output import human_bytes, table
from polit.examine.matching import Alerts
from polit.examine.originals import OriginalsCount
from polit.model.manifest import Manifest
from polit.model.matching import HashSetFacts
from polit.model.outcome import NotExamined


def path_text(path: Path) -> str:
    """Return a path of this machine as text; bytes that are not UTF-8 stand escaped."""
    return os.fsencode(path).decode(errors="backslashreplace")


def summary_object(
    package: Path, manifest: Manifest, originals: OriginalsCount | None
) -> dict[str, object]:
    """Return the summary as the object that ``examine --json`` ends with."""
    return {
        "case": manifest.case,
        "exhibit": manifest.exhibit,
        "package": path_text(package.absolute()),
        "sealed": manifest.signature is not None,
        "isolation_level": manifest.isolation.level,
        "access_times_may_change": manifest.access_times_may_change,
        "failed_stages": manifest.failed_stages,
        "tally": msgspec.to_builtins(manifest.tally),
        "not_examined": msgspec.to_builtins(manifest.not_examined),
        "kinds": manifest.kinds,
        "hash_sets": sets_object(manifest.hash_sets),
        "matches": msgspec.to_builtins(manifest.matches),
        "problems": msgspec.to_builtins(manifest.problems),
        "integrity": msgspec.to_builtins(manifest.integrity),
        "acquisition": msgspec.to_builtins(manifest.acquisition),
        "time_limited": len(manifest.time_limited),
        "rows_sha256": manifest.rows_sha256,
        "bytes_read": manifest.bytes_read,
        "originals": msgspec.to_builtins(originals),
    }


def summary_text(package: Path, manifest: Manifest, originals: OriginalsCount | None) -> str:
    """Return the summary as text."""
    tally = manifest.tally
    kinds = ", ".join(f"{count} {name}" for name, count in manifest.kinds.items() if count)
    rows = [
        ("case, exhibit", f"{manifest.case}, {manifest.exhibit}"),
        ("source", f"{manifest.source.container}, {human_bytes(manifest.source.size_bytes)}"),
        ("digests", _digests_text(manifest)),
        ("entries", (f"{tally.entries} = {tally.done} done + {tally.skipped} skipped"
                    f" + {tally.failed} failed")),
        ("kinds", kinds or "none"),
        ("read", human_bytes(manifest.bytes_read)),
        ("originals", _originals_text(originals)),
        ("hash sets", _matches_text(manifest)),
        ("isolation", manifest.isolation.level),
        ("rows_sha256", manifest.rows_sha256),
        ("package", path_text(package)),
    ]  # fmt: skip
    lines = [table(rows)]
    if not manifest.integrity.holds or manifest.source.missing:
        lines.append(
            f"\nINTEGRITY: {manifest.integrity.bad_ranges} bad ranges, "
            f"{human_bytes(manifest.integrity.bad_bytes)} of the source could not be read; "
            f"{manifest.integrity.container_problems} problems of the image itself"
        )
    lines += _warnings(manifest)
    if manifest.hash_sets:
        lines.append("\nHash sets")
        lines += [set_text(facts) for facts in manifest.hash_sets]
    if manifest.problems:
        lines.append("\nProblems")
        lines += [f"  {p.count:>9}  {p.code}: {p.name}" for p in manifest.problems]
    if manifest.not_examined:
        lines.append("\nNot examined")
        lines += [f"  {n.count:>9}  {_what_text(n)}: {n.why}" for n in manifest.not_examined]
    return "\n".join(lines)


def _what_text(not_examined: NotExamined) -> str:
    """Return what was not examined; 0 stands for a size that nobody knows, and is not told."""
    size = f", {human_bytes(not_examined.bytes)}" if not_examined.bytes else ""
    return not_examined.what + size


def _matches_text(manifest: Manifest) -> str:
    """Return how many contents matched; that none were asked is told, never left to be guessed."""
    if not manifest.hash_sets:
        return "none asked"
    counts = manifest.matches
    return (
        f"{len(manifest.hash_sets)} asked; contents: {counts.alert} alert, "
        f"{counts.categorised} categorised, {counts.known_good} known-good, "
        f"{counts.near} more resemble ({counts.near_alert} of them alert)"
    )


def sets_object(sets: Iterable[HashSetFacts]) -> list[dict[str, object]]:
    """Return hash sets as a summary's object names them."""
    return [
        {
            "name": facts.name,
            "hash_set_sha256": facts.sha256,
            "status": facts.status.value,
            "records": facts.records,
        }
        for facts in sets
    ]


def set_text(facts: HashSetFacts) -> str:
    """Return the line that names a hash set."""
    return (
        f"  {facts.records:>9} records  {visible(facts.name)} ({facts.status.value}), "
        f"{facts.sha256[:16]}"
    )


def _originals_text(originals: OriginalsCount | None) -> str:
    if originals is None:
        return "not kept (no --vault)"
    return f"{originals.kept} of {originals.contents} pictures and videos kept in the vault"


def _warnings(manifest: Manifest) -> list[str]:
    """Say what a reader must know before relying on the figures above."""
    acquisition = manifest.acquisition
    found = []
    counts = manifest.matches
    alerts = Alerts(counts.alert, counts.alert_categorised, counts.near_alert)
    if text := alerts.text():
        found.append(f"\n{text}")
    if manifest.failed_stages:
        found.append(
            f"\nINCOMPLETE: {manifest.failed_stages} times a folder, a volume or the measuring "
            "failed as a whole; what lies below is not counted above"
        )
    if acquisition.stated and acquisition.agrees is None:
        found.append("\nThe digests that were stated at acquisition were NOT compared")
    if manifest.access_times_may_change:
        found.append("\nAccess times of the evidence may have changed")
    return found


def _digests_text(manifest: Manifest) -> str:
    acquisition = manifest.acquisition
    if not acquisition.measured:
        return "not measured"
    said = {True: "as stated or stored", False: "DIFFERS from what was stated or stored"}
    verdict = said.get(bool(acquisition.agrees)) if acquisition.agrees is not None else None
    return f"sha256 {acquisition.measured['sha256']}" + (f" ({verdict})" if verdict else "")
