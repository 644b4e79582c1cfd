"""The script ``./dev``: what it says, what it installs, where it puts things."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"
VERBS = ("run", "test", "check", "bench", "prove", "docs", "deps")
Ended = "subprocess.CompletedProcess[str]"


def dev(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([DEV, *arguments], capture_output=True, text=True, check=False)


def bash(program: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", f"source {DEV}\n{program}"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_verb() -> None:
    ended = dev("help")
    assert ended.returncode == 0
    assert all(f"./dev {verb}" in ended.stdout for verb in VERBS)
    assert dev().stdout == ended.stdout


def test_a_wrong_verb_is_a_usage_error() -> None:
    ended = dev("destroy")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "./dev run" in ended.stderr


def test_missing_evidence_is_told_at_once() -> None:
    ended = dev("run", "/no/such/image.E01")
    assert ended.returncode == 6
    assert ended.stderr == "there is no evidence at /no/such/image.E01\n"


def test_only_what_is_missing_is_installed_and_once() -> None:
    ended = bash("missing_packages sh=dash no-such-a=pack-b no-such-b=pack-a no-such-c=pack-b")
    assert ended.stdout == "pack-a pack-b "


def test_who_may_not_install_gets_one_line() -> None:
    ended = bash(
        "id() { echo 1000; }; sudo() { return 1; }; need_system run no-such-a=pack-a; echo on"
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "missing system packages; as root: apt-get install -y pack-a \n"


def test_a_python_that_makes_no_environments_is_named_in_the_same_line() -> None:
    program = "id() { echo 9; }; sudo() { return 1; }; find_python() { return 1; }"
    program += "; current_venv() { :; }"
    ended = bash(f"{program}; need_system dev no-such-a=pack-a no-such-b=pack-b")
    assert ended.stderr.splitlines() == [
        "missing system packages; as root: apt-get install -y pack-a pack-b python3-venv "
    ]


def test_who_may_use_sudo_installs_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ended = bash(
        f"id() {{ echo 9; }}; sudo() {{ printf '%s\\n' \"$*\" >>{log}; }}; install_packages 'a b'"
    )
    assert ended.returncode == 0
    assert log.read_text().splitlines() == [
        "-n true",
        "-n env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends a b",
    ]


def test_lists_that_are_too_old_are_updated_once() -> None:
    ended = bash(
        "id() { echo 0; }; env() { echo install >&2; return 1; }\n"
        "apt-get() { echo update >&2; }; install_packages pack-a"
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "installing system packages: pack-a",
        "update",
        "install",
        "could not install system packages; as root: apt-get install -y pack-a",
    ]


def test_a_checkout_of_somebody_else_sends_everything_to_the_cache() -> None:
    ended = bash("ROOT=/no/such/checkout; private_folder", XDG_CACHE_HOME="/the/cache")
    assert ended.stdout.startswith("/the/cache/polit-dev/")
    assert bash("ROOT=/no/such/other; private_folder", XDG_CACHE_HOME="/the/cache").stdout not in {
        ended.stdout,
        "",
    }


def test_ones_own_checkout_keeps_everything(tmp_path: Path) -> None:
    assert bash(f"ROOT={tmp_path}; private_folder").stdout == f"{tmp_path}/.dev"


def test_the_python_found_can_make_environments() -> None:
    found = bash("find_python")
    assert found.returncode == 0
    command = [
        found.stdout.strip(),
        "-c",
        "import ensurepip, sys; print(sys.version_info >= (3, 11))",
    ]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"True\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    for name in ("run", "build", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.mypy]\nstrict = true\n')
    return tmp_path


def digest(checkout: Path, kind: str) -> str:
    return bash(f"ROOT={checkout}; lock_digest {kind}").stdout


@pytest.mark.parametrize("name", ["run", "build"])
def test_an_environment_is_made_again_when_its_lock_changes(checkout: Path, name: str) -> None:
    before = digest(checkout, "run")
    (checkout / "requirements" / f"{name}.txt").write_text("other==2\n")
    assert digest(checkout, "run") != before


def test_an_environment_stays_when_another_lock_or_a_tool_changes(checkout: Path) -> None:
    before = digest(checkout, "run")
    (checkout / "requirements" / "dev.txt").write_text("other==2\n")
    (checkout / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.ruff]\n')
    assert digest(checkout, "run") == before


def environment_current(checkout: Path, kind: str) -> bool:
    return bash(f"ROOT={checkout}; is_current {checkout}/.venv {kind}").returncode == 0


def test_an_environment_is_current_by_its_stamp_and_only_if_it_starts(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    assert not environment_current(checkout, "run")
    (checkout / ".venv" / "polit-stamp").write_text(f"run {digest(checkout, 'run')}")
    assert not environment_current(checkout, "run")
    python.symlink_to("/usr/bin/true")
    assert environment_current(checkout, "run")
    assert not environment_current(checkout, "dev")


def test_run_takes_the_environment_that_has_more(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/true")
    (checkout / ".venv" / "polit-stamp").write_text(f"dev {digest(checkout, 'dev')}")
    program = f'ROOT={checkout}; make_venv() {{ echo made "$@"; }}; need_venv run; echo $VENV'
    assert bash(program).stdout == f"{checkout}/.venv\n"


def test_a_run_never_takes_the_tools_of_development_away(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "polit-stamp").write_text("dev of-an-older-lock")
    program = f'ROOT={checkout}; make_venv() {{ echo made "$@"; }}; need_venv run'
    assert bash(program).stdout == f"made {checkout}/.venv dev\n"
