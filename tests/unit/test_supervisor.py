"""The supervisor: starts again what dies, with growing pauses, and stops all in order."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from polit.cli import supervisor
from polit.cli.supervisor import Part, Supervisor

if TYPE_CHECKING:
    from polit.cli.supervisor import Start


class FakeService:
    """A process that ends when it is told to."""

    def __init__(self, module: str, log: list[str]) -> None:
        self.module, self.log, self.code = module, log, None
        self.pid = len(log)

    code: int | None

    def poll(self) -> int | None:
        return self.code

    def stop(self, **_options: object) -> int:
        self.log.append(f"stop {self.module}")
        return 0


class World:
    """A clock that the supervisor's own sleeping moves, and what happens at which instant."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.log: list[str] = []
        self.said: list[str] = []
        self.services: dict[str, FakeService] = {}
        self.deaths: dict[float, tuple[str, int]] = {}
        self.dies_at_once: set[str] = set()
        self.stops_at_s = 1000.0
        self.no_room_until_s = 0.0
        self.supervisor: Supervisor
        monkeypatch.setattr(supervisor, "monotonic_s", lambda: self.now_s)
        monkeypatch.setattr(supervisor, "sleep_s", self.sleep)

    def watch(self, *parts: Part) -> Supervisor:
        start = cast("Start", self.start)
        self.supervisor = Supervisor(parts, {}, self.said.append, start=start)
        return self.supervisor

    def start(
        self, module: str, arguments: Sequence[str] = (), *, env: Mapping[str, str]
    ) -> FakeService:
        del arguments, env
        if self.now_s < self.no_room_until_s:
            raise BlockingIOError(11, "no room")
        service = FakeService(module, self.log)
        self.log.append(f"start {module} at {self.now_s:g}")
        if module in self.dies_at_once:
            service.code = 1
        self.services[module] = service
        return service

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        for at_s in [at_s for at_s in self.deaths if at_s <= self.now_s]:
            module, code = self.deaths.pop(at_s)
            self.services[module].code = code
        if self.now_s >= self.stops_at_s:
            self.supervisor.stop()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_parts_start_in_order_and_stop_in_the_reverse_one(world: World) -> None:
    world.stops_at_s = 1
    assert world.watch(Part("a", "polit.a"), Part("b", "polit.b")).run()
    assert world.log == [
        "start polit.a at 0",
        "start polit.b at 0",
        "stop polit.b",
        "stop polit.a",
    ]


def test_a_part_that_was_killed_is_started_again(world: World) -> None:
    world.deaths, world.stops_at_s = {5.0: ("polit.a", -9)}, 10
    world.watch(Part("worker", "polit.a")).run()
    starts = [line for line in world.log if line.startswith("start")]
    assert starts == ["start polit.a at 0", "start polit.a at 6"]
    assert world.said == ["the worker ended (SIGKILL); it is started again in 1 s"]


def test_pauses_double_while_a_part_cannot_start(world: World) -> None:
    world.dies_at_once, world.stops_at_s = {"polit.a"}, 300
    world.watch(Part("signer", "polit.a")).run()
    pauses = [line.rpartition(" in ")[2] for line in world.said]
    assert pauses[:7] == ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "60 s"]
    assert set(pauses[6:]) == {"60 s"}


def test_a_part_that_lived_long_starts_with_the_shortest_pause(world: World) -> None:
    world.deaths = {5.0: ("polit.a", 1), 100.0: ("polit.a", 1)}
    world.stops_at_s = 110
    world.watch(Part("worker", "polit.a")).run()
    assert [line[-3:] for line in world.said] == ["1 s", "1 s"]


def test_an_essential_part_that_cannot_start_ends_everything(world: World) -> None:
    world.dies_at_once = {"polit.web"}
    watched = world.watch(
        Part("broker", "polit.broker"), Part("web server", "polit.web", is_essential=True)
    )
    assert not watched.run()
    assert world.said[-1] == "the web server ended (exit 1) each time it was started"
    assert world.log[-1] == "stop polit.broker"


def test_what_is_to_be_told_at_the_start_is_told_once(world: World) -> None:
    answers = iter([False, False, True])
    world.stops_at_s = 10
    world.watch(Part("a", "polit.a")).run(lambda: next(answers))
    assert next(answers, None) is None


def test_process_numbers_are_told_by_name(world: World) -> None:
    world.stops_at_s = 1
    watched = world.watch(Part("a", "polit.a"))
    assert watched.run(lambda: list(watched.pids()) == ["a"])


def test_a_part_that_the_machine_has_no_room_for_is_tried_again(world: World) -> None:
    world.no_room_until_s = 2.0
    world.stops_at_s = 10.0
    assert world.watch(Part("worker", "work")).run()
    assert "not started" in world.said[0]
    assert any(line.startswith("start work at 3") for line in world.log)
