"""Simulated officers who use a served record as browsers do: pages, forms, pauses for thought.

What they visit stands in ``VISITS``: a register's new page is one more line there. An officer
has a cookie jar, sends the token of the form that was shown, and follows redirects. What each
answer must leave in the audit is counted on this side, to be compared with what it holds.
"""

import html
import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from served_record import Served

CONSULTED = "cases.consult"


@dataclass(frozen=True, slots=True)
class Visit:
    """Something that officers do.

    Args:
        name: In the table of figures.
        path: ``{case}`` stands for one of the officer's cases.
        weight: How often, beside the others.
        fields: What is filled into the form of the page; ``{unique}`` stands for new words.
        action: The audit's action of the write, where there is a form.
    """

    name: str
    path: str
    weight: int
    fields: Mapping[str, str] = field(default_factory=dict)
    action: str = ""

    @property
    def writes(self) -> bool:
        """Whether a form is sent."""
        return bool(self.fields)


VISITS = (
    Visit("home", "/", 2),
    Visit("cases", "/cases/", 4),
    Visit("case", "/cases/{case}/", 6),
    Visit("timeline", "/cases/{case}/timeline/", 2),
    Visit("members", "/cases/{case}/members/", 1),
    Visit("people", "/cases/{case}/people/", 3),
    Visit("exhibits", "/cases/{case}/exhibits/", 4),
    Visit("examinations", "/cases/{case}/examinations/", 2),
    Visit("notes", "/cases/{case}/notes/", 2),
    Visit("add a note", "/cases/{case}/notes/", 4, {"text": "Note {unique}"}, "cases.note"),
    Visit(
        "open a case",
        "/cases/open/",
        1,
        {"reference": "OP-{unique}", "title": "A case", "reason": "A load"},
        "cases.open",
    ),
)


@dataclass(slots=True)
class Load:
    """What all officers together did; guarded by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    notes: set[str] = field(default_factory=set)

    def percentile_ms(self, percent: int, names: set[str] | None = None) -> float:
        """Return a percentile of the time that pages took."""
        every = sorted(
            each
            for name, took in self.took_s.items()
            if not names or name in names
            for each in took
        )
        return round(1000 * every[min(len(every) - 1, len(every) * percent // 100)], 1)


@dataclass(slots=True)
class Officer:
    """One of them, with a jar of cookies and a connection that is kept."""

    served: Served
    load: Load
    cases: list[str]
    jar: dict[str, str]
    rng: random.Random
    connection: http.client.HTTPConnection | None = None

    def work(self, until_s: float, think_s: float) -> None:
        """Visit pages until an instant, with pauses for thought of so long on the average."""
        weights = [visit.weight for visit in VISITS]
        time.sleep(self.rng.random() * think_s)
        while time.monotonic() < until_s:
            (visit,) = self.rng.choices(VISITS, weights)
            try:
                self._do(visit)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                self._note_error(f"{visit.name}: {type(error).__name__}")
            time.sleep(self.rng.uniform(0.5, 1.5) * think_s)
        self._drop()

    def _do(self, visit: Visit) -> None:
        path = visit.path.format(case=self.rng.choice(self.cases))
        status, body, _ = self._ask("GET", path, visit.name if not visit.writes else "form")
        if status != 200 or not visit.writes:
            return
        unique = f"{self.rng.getrandbits(64):016x}"
        filled = {name: text.format(unique=unique) for name, text in visit.fields.items()}
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        filled["csrfmiddlewaretoken"] = html.unescape(token[1]) if token else ""
        with self.load.lock:
            self.load.unknown[visit.action] += 1
        status, _, location = self._ask("POST", path, visit.name, form=filled)
        if status != 302:
            self._note_error(f"{visit.name}: its form was answered with {status}")
            return
        with self.load.lock:
            self.load.unknown[visit.action] -= 1
            self.load.expected[visit.action] += 1
            if "text" in filled:
                self.load.notes.add(filled["text"])
        self._ask("GET", location, "after a write")

    def _ask(
        self, method: str, path: str, name: str, *, form: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Send a request and take its answer: status, body, where it redirects to."""
        is_consulted = bool(re.match(r"/cases/[0-9a-f]{8}-", path))
        if is_consulted:
            with self.load.lock:
                self.load.unknown[CONSULTED] += 1
        began_s = time.monotonic()
        answer, body = self._exchange(method, path, form)
        took_s = time.monotonic() - began_s
        with self.load.lock:
            self.load.took_s[name].append(took_s)
            if is_consulted:
                self.load.unknown[CONSULTED] -= 1
                self.load.expected[CONSULTED] += answer.status == 200
        if answer.status not in {200, 302}:
            self._note_error(f"{name}: {answer.status}")
        return answer.status, body, answer.getheader("location") or "/"

    def _exchange(
        self, method: str, path: str, form: Mapping[str, str] | None
    ) -> tuple[http.client.HTTPResponse, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        data = None
        if form is not None:
            data = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.served.port}"
        self.connection.request(method, path, body=data, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        for header in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.jar[name.strip()] = value.strip()
        return answer, body

    def _drop(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _note_error(self, text: str) -> None:
        with self.load.lock:
            self.load.errors.append(text)


def make_officers(served: Served, load: Load, *, users: int, seed: int) -> list[Officer]:
    """Make officers with sessions in a served record."""
    made = json.loads(_seed(served, "officers", str(users), str(max(4, users // 3))))
    return [
        Officer(
            served, load, each["cases"], dict([each["cookie"].split("=", 1)]),
            random.Random(seed + number),
        )
        for number, each in enumerate(made)
    ]  # fmt: skip


def work_together(officers: list[Officer], *, seconds: float, think_s: float) -> None:
    """Let all of them work at the same time for so long."""
    until_s = time.monotonic() + seconds
    threads = [
        threading.Thread(target=officer.work, args=(until_s, think_s)) for officer in officers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def record_held(served: Served) -> dict[str, object]:
    """Return what the record holds of the load, asked in a process of its own."""
    found: dict[str, object] = json.loads(_seed(served, "held"))
    return found


def ask_for_tasks(served: Served, count: int) -> None:
    """Ask for so many tasks of the worker."""
    _seed(served, "tasks", str(count))


def _seed(served: Served, *words: str) -> str:
    tests = str(Path(__file__).parent)
    environment = {**served.environment, "PYTHONPATH": tests}
    ended = subprocess.run(
        [sys.executable, "-m", "load_seed", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout
