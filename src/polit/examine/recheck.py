"""Read evidence again and compare it with what a sealed package says of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from polit.examine.progress import Progress
from polit.examine.recheck_folder import recheck_folder
from polit.examine.source import open_source
from polit.model.manifest import Manifest
from polit.package.checks import Check
from polit.run.local import LocalFleet, Zygotes
from polit.sandbox import walking_messages as say
from polit.sandbox.holding import Holding
from polit.sandbox.walking import WalkerLost, WalkPatience

_TICK_S = 0.25


def recheck_evidence(
    package: Path,
    manifest: Manifest,
    evidence: Path,
    *,
    accept_atime: bool,
    watch: Callable[[Progress, str], None],
) -> Iterator[Check]:
    """Yield what comparing the evidence with the package gave.

    An image is measured again as a whole and compared with the digests in the manifest; a
    folder is listed and read again by its paths, in the isolated walker.

    Raises:
        SourceError: The evidence cannot be opened.
    """
    source = open_source(evidence, accept_atime=accept_atime)
    try:
        if source.is_folder != (manifest.source.container == "folder"):
            yield Check("evidence", holds=False, detail="it is another kind of source")
            return
        with Zygotes() as zygotes:
            fleet = LocalFleet(
                zygotes, source.walk, workers=1, holding=Holding(), patience=WalkPatience()
            )
            try:
                if source.is_folder:
                    yield recheck_folder(fleet, package, manifest, watch)
                else:
                    yield _recheck_image(fleet, manifest, watch)
                source.check_unchanged()
            finally:
                fleet.close()
    finally:
        source.close()


def _recheck_image(
    fleet: LocalFleet, manifest: Manifest, watch: Callable[[Progress, str], None]
) -> Check:
    progress = Progress(phase="measuring")
    fleet.walker.send(say.MeasureSource())
    while True:
        for event in fleet.wait(_TICK_S):
            if isinstance(event, say.SourceProgress):
                progress.measured_bytes = event.done_bytes
            elif isinstance(event, say.SourceMeasured):
                return _compare(manifest, event)
            elif isinstance(event, (say.WalkRefused, WalkerLost)):
                return Check("evidence", holds=False, detail=f"{event.code}: {event.detail}")
        watch(progress, "")


def _compare(manifest: Manifest, measured: say.SourceMeasured) -> Check:
    before = manifest.acquisition.measured
    if not before:
        return Check(
            "evidence", holds=False, detail="the package holds no digest of its source to compare"
        )
    now = {
        "md5": measured.md5.hex(),
        "sha1": measured.sha1.hex(),
        "sha256": measured.sha256.hex(),
    }
    same = before == now and measured.size_bytes == manifest.source.size_bytes
    return Check("evidence", same, f"sha256 {now['sha256']}, {measured.size_bytes} bytes")
