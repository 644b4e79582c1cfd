"""A set that came later finds in a sealed package what examining with it would have found."""

import io
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import examinations as run
import holder_files as made
import pytest
from evidence import contents
from hash_sets import listed, written
from PIL import Image

from polit.model.matching import SetStatus
from polit.package.database import open_reader
from polit.package.match_rows import read_matches
from polit.package.supplement import open_supplement, supplement_folder
from polit.package.verify import verify_package


def _smaller(data: bytes) -> bytes:
    stream = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.resize((240, 180)).save(stream, "JPEG", quality=60)
    return stream.getvalue()


GOOD, ICON, WANTED, HOLIDAY = (contents.jpeg(seed) for seed in range(1903, 1907))
CLAIMED = contents.text(1912, 3000)
FILES = {
    "DCIM/holiday.jpg": HOLIDAY,
    "DCIM/wanted.jpg": WANTED,
    "DCIM/edited.jpg": _smaller(WANTED),
    "system/wallpaper.jpg": GOOD,
    "system/icon.jpg": ICON,
    "claimed.txt": CLAIMED,
    "letter.docx": made.docx({"word/media/1.jpg": WANTED, "word/media/2.jpg": GOOD}),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """The same source examined before there were sets and with them."""

    place: Path
    store: Path

    @property
    def before(self) -> Path:
        """The package of the examination without sets."""
        return run.package_of(self.place / "before")

    @property
    def after(self) -> Path:
        """The package of the examination with them, by the same installation."""
        return run.package_of(self.place / "after")

    def polit(self, *words: str | Path) -> run.Ran:
        """Run a verb of the installation."""
        return run.polit(self.place / "data", *words, POLIT_HASHSETS=str(self.store))


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    """Examine, then make known-good, weak, alert and fingerprint sets, and examine again."""
    place = tmp_path_factory.mktemp("again")
    for name, data in FILES.items():
        (place / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "source" / name).write_bytes(data)
    both = Examined(place, place / "hashsets")
    both.store.mkdir()
    _examine(both, "before")
    rows = both.polit("list", both.before, "--jsonl").rows()
    pdq = {str(row["path"]): row["pdq"] for row in rows}
    listed(both.store, "system", [GOOD, CLAIMED], status=SetStatus.KNOWN_GOOD)
    listed(both.store, "weak", [ICON], status=SetStatus.KNOWN_GOOD, algorithm="md5")
    listed(both.store, "alerts", [CLAIMED], status=SetStatus.ALERT)
    written(both.store, "likeness", f"{pdq['DCIM/wanted.jpg']}\n{pdq['system/wallpaper.jpg']}\n",
            form="pdq", status=SetStatus.ALERT)  # fmt: skip
    _examine(both, "after")
    return both


def _examine(both: Examined, name: str) -> None:
    out = both.place / name / "out"
    ran = both.polit("examine", both.place / "source", *run.OPTIONS, "--out", out, "--json")
    assert ran.code == 0, ran.stderr


def _only(ran: run.Ran, field: str = "packages") -> dict[str, object]:
    assert ran.code == 0, ran.stderr
    listed_ = ran.json()[field]
    assert isinstance(listed_, list)
    (one,) = listed_
    assert isinstance(one, dict)
    return one


def test_a_supplement_says_what_examining_with_the_sets_would_have_said(
    examined: Examined,
) -> None:
    told = _only(examined.polit("match", examined.place / "before", "--json"))
    with (
        closing(open_reader(examined.after)) as findings,
        open_supplement(supplement_folder(examined.before, 1)) as supplement,
    ):
        assert set(supplement.matches()) == set(read_matches(findings))
    assert (told["contents_matched"], told["contents_alert"], told["contents_near"]) == (5, 3, 2)
    assert (told["new_alerts"], told["supplement"], told["error"]) == (3, 1, None)
    assert _tally(told)["without_fingerprints"] == 0
    assert examined.polit("verify", examined.before).code == 0
    shown = _only(examined.polit("show", examined.before, "--json"), "supplements")
    assert (shown["number"], shown["new_alerts"]) == (1, 3)
    assert "Supplements" in examined.polit("show", examined.before).stdout.decode()


def test_a_package_that_was_examined_with_the_sets_gets_no_supplement(examined: Examined) -> None:
    told = _only(examined.polit("match", examined.after, "--json"))
    assert (told["supplement"], told["is_new"], told["new_alerts"]) == (None, False, 0)
    assert (told["contents_matched"], told["contents_alert"]) == (5, 3)
    assert not (examined.after / "supplements").exists()


def test_what_was_set_aside_as_known_good_is_found_by_its_digest_and_counted(
    examined: Examined, tmp_path: Path
) -> None:
    package = shutil.copytree(examined.after, tmp_path / "packages" / examined.after.name)
    store = tmp_path / "hashsets"
    listed(store, "late", [GOOD], status=SetStatus.ALERT)
    data, words = examined.place / "data", ("match", package.parent, "--json")
    told = _only(run.polit(data, *words, POLIT_HASHSETS=str(store)))
    assert (told["contents_alert"], told["new_alerts"]) == (1, 1)
    # It was not decoded, so that nothing could tell what resembles it.
    assert _tally(told)["without_fingerprints"] == 1
    assert (
        "1 pictures and videos could match by digests alone"
        in run.polit(data, *words[:2], POLIT_HASHSETS=str(store)).stdout.decode()
    )


def _tally(told: dict[str, object]) -> dict[str, object]:
    tally = told["tally"]
    assert isinstance(tally, dict)
    return tally


def test_a_folder_of_packages_goes_on_past_a_broken_one(examined: Examined, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        shutil.copytree(examined.after, tmp_path / name)
    (tmp_path / "b" / "manifest.json").write_bytes(b"{}")
    ran = examined.polit("match", tmp_path, "--sets", "alerts", "--jsonl", "--examiner", "é")
    assert ran.code == 4
    first, broken, last = ran.rows()
    assert (first["supplement"], last["supplement"]) == (1, 1)
    assert (first["new_alerts"], first["contents_alert"]) == (0, 1)
    assert (broken["contents_matched"], bool(broken["error"])) == (None, True)
    (tmp_path / "b" / "manifest.json").unlink()
    ran = examined.polit("match", tmp_path, "--sets", "alerts")
    assert ran.code == 3
    assert ran.stdout.decode().count("as before") == 2
    assert "wanted" not in ran.stderr + ran.stdout.decode()


def test_what_cannot_be_asked_is_refused(examined: Examined, tmp_path: Path) -> None:
    assert examined.polit("match", tmp_path).code == 6
    assert examined.polit("match", examined.after, "--sets", "none such").code == 2
    assert examined.polit("match", examined.after, "--near-threshold", "32").code == 2
    assert examined.polit("match", examined.after, "--examiner", " ").code == 2


def test_a_signal_is_a_clean_checkpoint(examined: Examined, tmp_path: Path) -> None:
    packages = [shutil.copytree(examined.after, tmp_path / f"{n:02}") for n in range(12)]
    words = ("match", str(tmp_path), "--sets", "alerts", "--jsonl")
    with subprocess.Popen(
        [sys.executable, "-m", "polit", *words],
        env=run.environment(examined.place / "data", POLIT_HASHSETS=str(examined.store)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"goes on" in told
    done = [(package / "supplements" / "1").is_dir() for package in packages]
    assert 0 < sum(done) < len(packages)
    assert done == sorted(done, reverse=True)
    assert all(verify_package(package).holds for package in packages)
    rows = examined.polit(*words).rows()
    assert [row["is_new"] for row in rows] == [not one for one in done]
