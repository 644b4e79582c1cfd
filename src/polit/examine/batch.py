"""Several sources at once: what of a folder is a source, and examining one after the other.

A failure costs one source: the next one is examined, and the end tells of each.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from polit.base.clock import monotonic_s
from polit.base.errors import (
    IntegrityError,
    Interrupted,
    PolitError,
    SourceError,
    StorageFull,
    UsageError,
)
from polit.examine.batch_sources import BatchSource
from polit.examine.examination import Examined, Watcher, check_request, examine
from polit.examine.request import ExamineRequest
from polit.package.layout import package_name
from polit.store.keys import Keys

_SOME_FAILED = 3


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How one source of a batch ended.

    Args:
        source: Which one.
        examined: Its sealed package, ``None`` where there is none.
        error: Why there is none; ``None`` where the source's turn did not come.
        seconds: How long it took.
    """

    source: BatchSource
    examined: Examined | None
    error: PolitError | None
    seconds: float

    @property
    def exit_code(self) -> int:
        """What ``polit examine`` would have ended with; 130 where its turn did not come."""
        if self.examined is not None:
            return self.examined.exit_code
        return Interrupted.exit_code if self.error is None else self.error.exit_code


Told = Callable[[int, BatchResult | BatchSource], None]
"""Called with a source's place from 1: with the source before its turn, with its result after."""


def check_batch(sources: tuple[BatchSource, ...], request: ExamineRequest) -> None:
    """Check a whole batch before the first source is opened.

    Args:
        sources: What is to be examined.
        request: What is the same for all of them.

    Raises:
        UsageError: There is no source, two have one reference, one has none that can be, or a
            package is there already and ``resume`` was not asked.
        SourceMissing: One of them is not there.
    """
    if not sources:
        raise UsageError("no source was found: give a folder of images, or a list with --list")
    names: dict[str, BatchSource] = {}
    for source in sources:
        check_request(_request(source, request))
        name = package_name(source.exhibit)
        if name in names:
            raise UsageError(
                f"{names[name].path} and {source.path} have one reference, {source.exhibit}: "
                "give each its own in a list (--dry-run writes one, --list reads it)"
            )
        names[name] = source
        if (request.out / name).exists() and not request.resume:
            raise UsageError(f"{request.out / name} is there already: go on with --resume")


def examine_batch(
    sources: tuple[BatchSource, ...],
    request: ExamineRequest,
    keys: Keys,
    *,
    watch: Watcher,
    told: Told,
) -> tuple[BatchResult, ...]:
    """Examine every source into a package of its own, and go on after a failure.

    Args:
        sources: What is to be examined, in this order; ``check_batch`` passed.
        request: What is the same for all of them.
        keys: The keys of the installation.
        watch: Takes the progress of the one that is being examined.
        told: Takes the beginning and the end of each.

    Returns:
        One result for each source, in their order. After Ctrl-C, and where the disk stays full,
        those whose turn did not come have neither a package nor an error.
    """
    results: list[BatchResult] = []
    turns = enumerate(sources, 1)
    for number, source in turns:
        told(number, source)
        result = _examine_one(source, request, keys, watch)
        results.append(result)
        told(number, result)
        if isinstance(result.error, Interrupted | StorageFull):
            break
    return (*results, *(BatchResult(source, None, None, 0.0) for _, source in turns))


def batch_exit_code(results: tuple[BatchResult, ...]) -> int:
    """Return what the command ends with.

    Returns:
        130 when it was interrupted; 4 when the integrity of any does not hold; 6 when none
        could be opened; 3 when any failed, wholly or in part; else 0.
    """
    codes = [result.exit_code for result in results]
    if Interrupted.exit_code in codes:
        return Interrupted.exit_code
    if IntegrityError.exit_code in codes:
        return IntegrityError.exit_code
    if all(code == SourceError.exit_code for code in codes):
        return SourceError.exit_code
    return _SOME_FAILED if any(codes) else 0


def _examine_one(
    source: BatchSource, request: ExamineRequest, keys: Keys, watch: Watcher
) -> BatchResult:
    started_s = monotonic_s()
    try:
        examined = examine(_request(source, request), keys, watch)
    except PolitError as error:
        return BatchResult(source, None, error, monotonic_s() - started_s)
    except Exception as error:  # noqa: BLE001 - the batch's loop: it costs this source alone
        unforeseen = PolitError(f"{source.path}: {type(error).__name__}: {error}")
        unforeseen.__cause__ = error
        return BatchResult(source, None, unforeseen, monotonic_s() - started_s)
    return BatchResult(source, examined, None, examined.seconds)


def _request(source: BatchSource, request: ExamineRequest) -> ExamineRequest:
    asked = replace(
        request,
        source=source.path,
        exhibit=source.exhibit,
        acquisition=source.acquisition,
        time_zone=source.time_zone or request.time_zone,
    )
    begun = (request.out / package_name(source.exhibit)).exists()
    return replace(asked, resume=request.resume and begun)
