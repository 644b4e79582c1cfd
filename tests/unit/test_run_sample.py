"""``./dev run``: what it returns follows from what the examination returned."""

import json
import sys
from pathlib import Path

import pytest

from tools import run_sample

FAKE = """#!{python}
import json, pathlib, sys
codes = json.loads({codes!r})
verb = sys.argv[1]
with open({log!r}, "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
if verb == "examine" and codes["examine"] in (0, 3, 4):
    print(json.dumps({{"package": sys.argv[sys.argv.index("--out") + 1] + "/AB%2F1.polit"}}))
sys.exit(codes.get(verb, 0))
"""


class FakePolit:
    """A command that returns what it was told to, and remembers how it was called."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "polit"
        self.log = folder / "calls"
        self.served: list[tuple[str, str, str]] = []

    def serve(self, package: str, case: str, exhibit: str) -> int:
        self.served.append((package, case, exhibit))
        return 0

    def returns(self, **codes: int) -> None:
        text = FAKE.format(python=sys.executable, codes=json.dumps(codes), log=str(self.log))
        self.path.write_text(text)
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def polit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePolit:
    fake = FakePolit(tmp_path)
    monkeypatch.setenv("POLIT_DEV", str(tmp_path / "dev"))
    monkeypatch.setenv("POLIT_DATA", "")
    monkeypatch.setattr(run_sample, "_POLIT", str(fake.path))
    monkeypatch.setattr(run_sample, "_build_sample", lambda _: str(tmp_path / "sample.dd"))
    monkeypatch.setattr(run_sample, "serve_with", fake.serve)
    return fake


@pytest.mark.parametrize(("examined", "returned"), [(3, 0), (0, 1), (1, 1), (4, 4), (5, 5)])
def test_the_sample_succeeds_with_its_expected_code_alone(
    polit: FakePolit, examined: int, returned: int
) -> None:
    polit.returns(examine=examined)
    assert run_sample.main(["--no-serve"]) == returned
    assert polit.served == []


@pytest.mark.parametrize("verb", ["show", "verify", "thumbs"])
def test_the_sample_fails_when_a_later_step_does(polit: FakePolit, verb: str) -> None:
    polit.returns(examine=3, **{verb: 3})
    assert run_sample.main([]) == 3


@pytest.mark.parametrize("examined", [0, 1, 3, 4, 6, 130])
def test_evidence_returns_what_its_examination_returned(polit: FakePolit, examined: int) -> None:
    polit.returns(examine=examined)
    assert run_sample.main(["/some/disk.E01", "--case", "C", "--no-serve"]) == examined


def test_the_package_is_shown_verified_and_drawn(polit: FakePolit) -> None:
    polit.returns(examine=3)
    run_sample.main([])
    verbs = [call.split()[0] for call in polit.calls]
    assert verbs == ["hashset", "hashset", "examine", "show", "verify", "thumbs"]


def test_hash_sets_that_cannot_be_imported_end_the_run(polit: FakePolit) -> None:
    polit.returns(hashset=6, examine=3)
    assert run_sample.main([]) == 6
    assert [call.split()[0] for call in polit.calls] == ["hashset"]


def test_options_reach_the_examination_and_each_run_has_its_folder(polit: FakePolit) -> None:
    polit.returns(examine=0)
    run_sample.main(["/some/folder", "--accept-atime"])
    run_sample.main(["/some/folder", "--accept-atime"])
    examined = [call for call in polit.calls if call.startswith("examine /some/folder ")]
    assert all("--accept-atime" in call for call in examined)
    assert len({call.split("--out ")[1] for call in examined}) == 2


def test_the_record_is_served_with_the_package_and_its_case(polit: FakePolit) -> None:
    polit.returns(examine=3)
    assert run_sample.main([]) == 0
    ((package, case, exhibit),) = polit.served
    assert package.startswith("run-")
    assert package.endswith("/AB%2F1.polit")
    assert (case, exhibit) == ("OP-EXAMPLE-1", "AB/1")


def test_evidence_is_served_under_the_case_that_was_given(polit: FakePolit) -> None:
    polit.returns(examine=0)
    run_sample.main(["/some/folder", "--case", "C-7", "--exhibit=XY/2"])
    assert polit.served[0][1:] == ("C-7", "XY/2")


@pytest.mark.parametrize("broken", [{"examine": 4}, {"examine": 3, "verify": 4}])
def test_what_did_not_end_well_is_not_served(polit: FakePolit, broken: dict[str, int]) -> None:
    polit.returns(**broken)
    assert run_sample.main([]) == 4
    assert polit.served == []
