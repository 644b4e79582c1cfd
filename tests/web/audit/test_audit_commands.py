"""``polit signer`` and ``polit audit``: what they print, and how they end."""

import json
from pathlib import Path

import pytest
import typer
from audited_logs import Grow
from typer.testing import CliRunner, Result

from polit.cli import audit
from polit.cli import signer as signer_verb
from polit.web.audit.models import AuditEvent


@pytest.fixture
def app() -> typer.Typer:
    """Return an application with these verbs alone."""
    made = typer.Typer()
    audit.register(made)
    signer_verb.register(made)
    return made


def run(app: typer.Typer, *words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.usefixtures("data")
def test_log_is_signed_verified_and_exported(
    app: typer.Typer, write_acts: Grow, tmp_path: Path
) -> None:
    write_acts(3)
    signed = json.loads(run(app, "signer", "--once", "--json").stdout)
    assert (signed["events"], signed["size"]) == (3, 3)
    assert "0 events taken in" in run(app, "signer", "--once").stdout
    out = str(tmp_path / "out")
    made = json.loads(
        run(app, "audit", "export", out, "--reason", "a trial", "--json").stdout
    )  # fmt: skip
    assert (made["leaves"], made["events"], made["withheld"]) == (4, 4, 0)
    told = AuditEvent.objects.latest("seq")
    assert (told.reason, told.actor_kind) == ("a trial", "system")
    verified = run(app, "audit", "verify", "--export", out, "--public-key", signed["key"])
    assert (verified.exit_code, "THE LOG HOLDS" in verified.stdout) == (0, True)
    write_acts(1)
    live = run(app, "audit", "verify")
    assert "1 more events wait" in live.stdout
    assert json.loads(run(app, "audit", "verify", "--json").stdout)["tail"] == 1
    case = run(app, "audit", "export", f"{out}-1", "--reason", "why", "--case", "OP-1")
    assert "3 of 6 events" in case.stdout


@pytest.mark.usefixtures("data")
def test_altered_export_ends_with_4(app: typer.Typer, export: Path) -> None:
    (export / "README.txt").write_text("verified")
    ended = run(app, "audit", "verify", "--export", str(export))
    assert ended.exit_code == 4
    assert "README.txt" in ended.stdout


@pytest.mark.usefixtures("data")
def test_wrong_words_are_refused(app: typer.Typer, tmp_path: Path) -> None:
    for words in (
        ["audit", "verify"],
        ["audit", "verify", "--export", str(tmp_path / "no")],
        ["audit", "export", str(tmp_path / "out"), "--reason", "why", "--since", "yesterday"],
    ):
        assert type(run(app, *words).exception).__name__ == "UsageError"


@pytest.mark.usefixtures("data")
def test_signer_signs_what_waits_when_it_is_stopped(
    app: typer.Typer, write_acts: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("polit.web.audit.signer.keep_signing", stop)
    write_acts(1)
    ended = run(app, "signer")
    assert (ended.exit_code, "1 events taken in, 1 checkpoints signed" in ended.stdout) == (0, True)
