"""Everything an operation may use: made once for each broker, shared by its threads."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from polit.broker.server.errands import Errands
from polit.broker.server.events import EventReader, SqliteEvents
from polit.broker.server.evidence import EvidenceRoots
from polit.broker.server.examinations import Examinations
from polit.broker.server.hashsets import SetKeeper
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.originals import Originals
from polit.broker.server.packages import PackageAdopter
from polit.broker.server.provisional import ProvisionalFindings
from polit.broker.server.settings import BrokerSettings, EvidenceRoot
from polit.broker.server.showing import PictureShower
from polit.broker.server.sounding import SoundPlayer
from polit.broker.server.spending import EventDoor
from polit.broker.server.thumbnails import Thumbnails
from polit.broker.server.uploads import Uploads
from polit.store.keys import create_keys


@dataclass(frozen=True, slots=True)
class Room:
    """What operations work with."""

    settings: BrokerSettings
    ledger: BrokerLedger
    lanes: DecodingLanes
    evidence: EvidenceRoots
    examinations: Examinations
    packages: PackageAdopter
    provisional: ProvisionalFindings
    pictures: PictureShower
    sounds: SoundPlayer
    errands: Errands
    uploads: Uploads
    sets: SetKeeper

    def start(self) -> None:
        """Start what runs beside the connections."""
        self.lanes.start()
        self.examinations.start()
        self.errands.start()
        self.uploads.sweep()

    def close(self) -> None:
        """Stop examinations at a checkpoint and errands, end the decoders, close the ledger."""
        self.errands.close()
        self.examinations.close()
        self.lanes.close()
        self.ledger.close()


def make_room(settings: BrokerSettings) -> Room:
    """Make a room: the installation's keys where there are none yet, the ledger, the lanes.

    Raises:
        PolitError: A key, the ledger or the record's address is damaged.
    """
    keys = create_keys(settings.data)
    ledger = BrokerLedger(settings.ledger)
    lanes = DecodingLanes(
        settings.decoders, accept_reduced_isolation=settings.accept_reduced_isolation
    )
    evidence = EvidenceRoots(settings.evidence)
    settings.packages.mkdir(mode=0o700, exist_ok=True)
    for folder in (settings.data / "evidence", settings.incoming):
        # Where the data directory is another's, whoever looks after the server makes them.
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
    errands = Errands(settings, ledger)
    uploads = Uploads(
        settings.ledger / "uploads", max_bytes=settings.max_upload_bytes, wanted=errands.uploads
    )
    errands.on_done(uploads.discard)
    door = EventDoor(ledger, event_reader(settings), lanes)
    originals = Originals(settings, keys)
    incoming = EvidenceRoots((EvidenceRoot("incoming", settings.incoming),))
    return Room(
        settings=settings,
        ledger=ledger,
        lanes=lanes,
        evidence=evidence,
        examinations=Examinations(settings, ledger, evidence),
        packages=PackageAdopter(settings, keys, ledger),
        provisional=ProvisionalFindings(settings, keys, ledger),
        pictures=PictureShower(door, originals, Thumbnails(settings, keys, ledger)),
        sounds=SoundPlayer(door, originals),
        errands=errands,
        uploads=uploads,
        sets=SetKeeper(settings, incoming=incoming, uploads=uploads, errands=errands),
    )


def event_reader(settings: BrokerSettings) -> EventReader:
    """Return the reader of the record's database; PostgreSQL's client only where it is used."""
    if settings.uses_postgresql:
        from polit.broker.server.events_postgresql import (  # noqa: PLC0415 - see above
            PostgresqlEvents,
        )

        return PostgresqlEvents(settings.database)
    return SqliteEvents(Path(settings.database))
