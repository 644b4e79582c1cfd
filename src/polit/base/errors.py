"""The one error tree. Any module may import it.

::

    PolitError 1
    ├── UsageError 2            wrong arguments, plan or settings
    │   ├── HashSetUnknown      no hash set, or more than one, is called so
    │   ├── DecisionRefused     what is asked of a review cannot be decided; its code says why
    │   ├── PictureUnshown      a picture was asked for and none is shown; its code says why
    │   └── BodyTooLarge        a page sent more than it may
    ├── IntegrityError 4        a hash, seal or chain does not hold
    │   ├── EvidenceChanged     the evidence changed or disappeared during a run
    │   ├── PackageDamaged      a package's parts, rows or seal disagree
    │   ├── DigestMismatch      stated and computed digests differ
    │   ├── VaultDamaged        a vault's files are not what it made
    │   ├── HashSetDamaged      a hash set's parts, or an update of sets, are not what was sealed
    │   └── NearIndexDamaged    a near index is not what was written
    ├── AuthorityError 5        not authorised, or no authority to examine
    │   └── IsolationTooWeak    the sandbox holds less than the full level
    ├── SourceError 6           a source cannot be opened or read
    │   ├── SourceMissing
    │   └── SourceUnreadable
    │       └── HashSetUnreadable   a hash set's file is none of its format, or damaged
    ├── StorageFull 1           no room where polit writes (resumable)
    ├── PackageBusy 1           another examiner holds the package
    ├── HashSetsBusy 1          another process changes the store of hash sets
    ├── SandboxError 1          a sandboxed process could not be started or broke the protocol
    ├── NoAct 1                 a record was to be written outside an act
    ├── SignerBusy 1            another signer works, or none signed in time
    ├── ViewingRefused 1        nobody looks now: no session, a break, a limit; its code says why
    ├── ItemFailed 3            one item could not be decoded or rendered
    │   └── NoSound             a video has no sound, or none that may be decoded
    ├── BrokerGone 1            the broker does not answer, or broke the protocol
    ├── BrokerRefused 1         the broker answered, and refused; its code says why
    └── Interrupted 130         stopped at a checkpoint (resumable)

The figure is the exit code of the command line. Every class has a stable ``number`` that
messages, logs and the reference page name. A message says what, where and what to do.
"""

from typing import ClassVar


class PolitError(Exception):
    """Root of all errors that polit raises on purpose."""

    number: ClassVar[int] = 1000
    exit_code: ClassVar[int] = 1


class UsageError(PolitError, ValueError):
    """Arguments, a plan or settings are wrong."""

    number = 1200
    exit_code = 2


class HashSetUnknown(UsageError):
    """No hash set of the store, or more than one, is called so."""

    number = 1208


class DecisionRefused(UsageError):
    """A decision of a review cannot be taken; ``code`` says why and never changes its meaning."""

    number = 1215

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PictureUnshown(UsageError):
    """A picture was asked for and none is shown; ``code`` says why and never changes its meaning."""

    number = 1216

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BodyTooLarge(UsageError):
    """What a page sent is larger than it may be."""

    number = 1217


class IntegrityError(PolitError):
    """A hash, a seal or a chain does not hold."""

    number = 1400
    exit_code = 4


class EvidenceChanged(IntegrityError):
    """The evidence changed or disappeared while it was read."""

    number = 1401


class PackageDamaged(IntegrityError):
    """A package's parts, rows, tally or seal disagree with its manifest."""

    number = 1402


class DigestMismatch(IntegrityError):
    """A stated digest and the computed one differ."""

    number = 1403


class VaultDamaged(IntegrityError):
    """A vault's files are not what it made, or belong to another key."""

    number = 1404


class HashSetDamaged(IntegrityError):
    """A hash set's parts, or the files of an update of sets, are not what was sealed."""

    number = 1407


class NearIndexDamaged(IntegrityError):
    """The files of a near index are not what was written; importing the set again mends them."""

    number = 1409


class AuthorityError(PolitError, PermissionError):
    """The person or process lacks the authority for this act."""

    number = 1500
    exit_code = 5


class IsolationTooWeak(AuthorityError):
    """The start-up self-test reached less than the full isolation level."""

    number = 1501


class SourceError(PolitError, OSError):
    """A source cannot be opened or read."""

    number = 1600
    exit_code = 6


class SourceMissing(SourceError, FileNotFoundError):
    """A source, or one of its segments, does not exist."""

    number = 1601


class SourceUnreadable(SourceError):
    """A source exists, but its bytes do not form what they claim to be."""

    number = 1602


class HashSetUnreadable(SourceUnreadable):
    """A file is no hash set of the stated format, or is damaged; the message names the place."""

    number = 1603


class StorageFull(PolitError, OSError):
    """There is no room left where polit writes; the run can be resumed."""

    number = 1100


class PackageBusy(PolitError):
    """Another examiner holds the package."""

    number = 1101


class HashSetsBusy(PolitError):
    """Another process imports into the store of hash sets, or changes it."""

    number = 1107


class SandboxError(PolitError):
    """A sandboxed process could not be started, or broke the protocol."""

    number = 1102


class NoAct(PolitError):
    """A record was to be written outside an act, so nothing would say who did it and why."""

    number = 1106


class SignerBusy(PolitError):
    """Another signer of the audit log is at work, or none signed within the time allowed."""

    number = 1120


class ViewingRefused(PolitError):
    """Nothing is uncovered now; ``code`` says why and never changes its meaning."""

    number = 1130

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ItemFailed(PolitError):
    """One item could not be decoded or rendered; the message names the reason."""

    number = 1103
    exit_code = 3


class NoSound(ItemFailed):
    """A video has no sound, none that may be decoded, or none where it was asked for."""

    number = 1108


class BrokerGone(PolitError):
    """The broker does not answer in time, or does not speak the protocol."""

    number = 1104


class BrokerRefused(PolitError):
    """The broker refused what was asked; ``code`` says why and never changes its meaning."""

    number = 1105

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(PolitError):
    """The run was stopped at a checkpoint and can be resumed."""

    number = 1900
    exit_code = 130
