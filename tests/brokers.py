"""Runs brokers for tests: an installation with originals, a hand-made record, a process."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from unittest import mock

import examinations as run
from PIL import Image, ImageDraw
from vaults import Installation

from polit.broker.client import BrokerClient, JobState, JobStatus
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.settings import BrokerSettings, EvidenceRoot
from polit.broker.serving import broker
from polit.store.keys import create_keys

CASE = "T-1"
AUDIT_EVENT = """
CREATE TABLE audit_event (
  seq INTEGER PRIMARY KEY, event_id char(32) NOT NULL UNIQUE, recorded_at datetime NOT NULL,
  actor_kind text NOT NULL, actor_id text NOT NULL, actor_name text NOT NULL,
  action text NOT NULL, nature text NOT NULL, reason text NOT NULL, purpose text NOT NULL,
  case_id char(32), case_reference text NOT NULL, subject_kind text NOT NULL,
  subject_id text NOT NULL, subject_label text NOT NULL, details text NOT NULL,
  salt text NOT NULL
)
"""
"""As Django makes it on SQLite."""
_ENDED = {JobState.DONE, JobState.FAILED, JobState.INTERRUPTED}


def landscape(size: tuple[int, int] = (800, 600), seed: int = 1, **saving: object) -> bytes:
    """Return a drawn landscape as JPEG."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.ellipse((width // 10, height // 10, width // 3, height // 3), fill=(220, 190, 40 + seed))
    draw.polygon([(0, height), (width // 2, height // 2), (width, height)], fill=(30, 110, 60))
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=90, **saving)
    return stream.getvalue()


def upright(data: bytes) -> Image.Image:
    """Return an encoded picture, decoded."""
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@dataclass(slots=True)
class Broker:
    """An installation that a broker serves, its record, and the broker's process when it runs."""

    place: Path
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.place / "data"

    @property
    def evidence(self) -> Path:
        """The evidence root; it goes by the name ``evidence``."""
        return self.data / "evidence"

    @property
    def socket(self) -> Path:
        """Where the broker listens."""
        return self.data / "run" / "broker.sock"

    @property
    def log(self) -> list[dict[str, object]]:
        """What the broker's processes logged."""
        lines = (self.place / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def client(self, *, timeout_s: float = 60.0) -> BrokerClient:
        """Return a client."""
        return BrokerClient(self.socket, timeout_s=timeout_s)

    def settings(self, **changes: object) -> BrokerSettings:
        """Return settings for a broker within this process."""
        values: dict[str, object] = {
            "data": self.data,
            "evidence": (EvidenceRoot("evidence", self.evidence),),
            "database": str(self.data / "polit.sqlite3"),
            "peers": frozenset({os.getuid()}),
            "accept_reduced_isolation": True,
            "decoders": 1,  # each takes a second to start
            **changes,
        }
        return BrokerSettings(**values)  # type: ignore[arg-type]

    def keep(self, content: bytes, *, case: str = CASE, mime: str = "image/jpeg") -> str:
        """Keep an original in the vault; return its digest."""
        installation = _Installed(self.place, create_keys(self.data))
        with installation.filling(case) as opened:
            descriptor = os.memfd_create("content")
            os.pwrite(descriptor, content, 0)
            opened.keep(sha256(content).digest(), mime, descriptor, len(content))
            os.close(descriptor)
        return sha256(content).hexdigest()

    def event(self, subject_id: str, **changes: object) -> str:
        """Commit an audit event; return its id."""
        event_id = uuid.uuid4()
        now = datetime.now(UTC)
        values: dict[str, object] = {
            "event_id": event_id.hex,
            "recorded_at": now.replace(tzinfo=None).isoformat(" "),
            "actor_kind": "user", "actor_id": "u-1", "actor_name": "A. Example",
            "action": "pictures.show", "nature": "consultation", "reason": "grading",
            "purpose": "grading", "case_id": None, "case_reference": CASE,
            "subject_kind": "content", "subject_id": subject_id, "subject_label": "",
            "details": '{"rung":"colour160"}', "salt": "00" * 32, **changes,
        }  # fmt: skip
        with contextlib.closing(self.record()) as connection, connection:
            connection.execute(
                f"INSERT INTO audit_event ({', '.join(values)}) "
                f"VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )
        return str(event_id)

    def record(self) -> sqlite3.Connection:
        """Open the record's database as the web does."""
        connection = sqlite3.connect(self.data / "polit.sqlite3", timeout=20)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def start(self, **environment: str) -> BrokerClient:
        """Start the broker's process, with one decoder; wait until it listens."""
        stated = {"POLIT_BROKER_DECODERS": "1", **self.environment, **environment}
        with (self.place / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "polit", "broker", "--accept-reduced-isolation"],
                stderr=log,
                env=run.environment(self.data, **stated),
            )
        client = self.client()
        wait_for(lambda: self.socket.exists() and client.evidence_list("") != ())
        return client

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End the broker's process; return its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


class _Installed(Installation):
    """An installation whose vault is where a broker looks for it."""

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.place / "data" / "vault"


def wait_for(holds: Callable[[], bool], *, limit_s: float = 60.0) -> None:
    """Wait until something holds."""
    deadline_s = time.monotonic() + limit_s
    while True:
        with contextlib.suppress(Exception):
            if holds():
                return
        assert time.monotonic() < deadline_s, "it never held"
        time.sleep(0.02)


def ended(client: BrokerClient, order_id: str, *, limit_s: float = 120.0) -> JobStatus:
    """Wait until an examination ended in some way; return how."""
    wait_for(lambda: client.examine_status(order_id).state in _ENDED, limit_s=limit_s)
    return client.examine_status(order_id)


def installed(place: Path) -> Broker:
    """Make an installation with an empty record."""
    made = Broker(place)
    made.evidence.mkdir(parents=True)
    create_keys(made.data)
    with contextlib.closing(made.record()) as connection, connection:
        connection.execute(AUDIT_EVENT)
    ledger_made_at(made, datetime.now(UTC) - timedelta(hours=1))
    return made


def ledger_made_at(made: Broker, instant: datetime) -> None:
    """Give an installation a ledger that was made at an instant."""
    BrokerLedger(made.data / "broker").close()
    place = made.data / "broker" / "ledger.sqlite"
    with contextlib.closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE made SET at = ?", (instant.isoformat(),))


@contextlib.contextmanager
def serving(made: Broker, *, attacks: bool = False, **changes: object) -> Iterator[BrokerClient]:
    """Serve an installation from a thread of this process for a block.

    Args:
        made: The installation.
        attacks: Attack the sandbox first, as a broker does; it takes seconds.
        changes: Other settings.
    """
    tested = mock.Mock(return_value=mock.Mock(level="full"))
    place = "polit.broker.server.lanes.run_selftest"
    with (
        contextlib.nullcontext() if attacks else mock.patch(place, tested),
        broker(made.settings(**changes)) as listener,
    ):
        thread = threading.Thread(target=listener.run)
        thread.start()
        try:
            yield made.client()
        finally:
            listener.stop()
            thread.join()
