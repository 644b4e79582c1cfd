"""Pictures planted inside things are found by a whole examination, and nothing is lost."""

import json
import re
import subprocess
import sys
from pathlib import Path

import examinations as run
import holder_files as made
import pytest
from evidence import tools
from holder_examples import examples
from holder_files import picture

from polit.model.locator import Locator, Step

EXTENSIONS = {
    made.WORD: "docx", made.SLIDES: "pptx", made.ODT: "odt", made.PDF: "pdf", made.MAIL: "eml",
    made.MBOX: "mbox", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt", "application/vnd.ms-outlook": "msg",
    "application/x-ms-thumbcache": "db", made.OLE: "db",
}  # fmt: skip
DEPTH = 9


def nested(depth: int) -> bytes:
    """Return a document in a document, so many times, with a picture at each depth."""
    content = made.docx({"word/media/deepest.jpg": picture(200)})
    for level in range(depth - 1, 0, -1):
        inner = {"word/embeddings/next.docx": content, "word/media/1.jpg": picture(100 + level)}
        content = made.docx(inner)
    return content


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one holder of each kind, a nested one and an encrypted one."""
    folder = tmp_path_factory.mktemp("evidence") / "source"
    folder.mkdir()
    for name, example in examples():
        if example.mime in EXTENSIONS:
            (folder / f"{name}.{EXTENSIONS[example.mime]}").write_bytes(example.content)
    (folder / "nested.docx").write_bytes(nested(DEPTH))
    mail = made.mail({"report.docx": made.docx({"word/media/in mail.jpg": picture(70)})})
    (folder / "documents in mail.eml").write_bytes(mail.as_bytes())
    (folder / "copy of documents.eml").write_bytes(mail.as_bytes())
    locked = made.compound({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(99)})
    (folder / "locked.docx").write_bytes(locked)
    many = {f"word/media/{i:04}.jpg": picture(i % 50) for i in range(600)}
    (folder / "many.docx").write_bytes(made.docx(many))
    return folder


@pytest.fixture(scope="module")
def image(source: Path) -> Path:
    """Return a FAT image with the same files: ``mkfs.fat -C``, ``mcopy``."""
    path = source.parent / "inside.dd"
    tools.run(["mkfs.fat", "-C", path, "16384"])
    tools.run(["mcopy", "-i", path, *sorted(source.iterdir()), "::/"])
    return path


@pytest.fixture(scope="module")
def undisturbed(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where an undisturbed examination with one decoder was made."""
    place = tmp_path_factory.mktemp("undisturbed")
    ran = run.examine(image, place, "--workers", "1")
    assert ran.code == 3, ran.stderr
    (place / "summary.json").write_bytes(ran.stdout)
    return place


def summary_of(place: Path) -> dict[str, object]:
    """Return what the examination said at its end."""
    values: dict[str, object] = json.loads((place / "summary.json").read_bytes())
    return values


def place_of(row: dict[str, object]) -> str:
    """Return a locator from the file's name on, without the number of its FAT record."""
    return re.sub(r";record:\d+", "", str(row["locator"])).partition("/")[2]


def test_every_planted_picture_is_an_entry_with_its_place(undisturbed: Path) -> None:
    rows = {place_of(row): row for row in run.entries_of(undisturbed)}
    for name, example in examples():
        if example.mime not in EXTENSIONS:
            continue
        for steps, content in example.expected.items():
            inside = str(Locator(tuple(Step(kind, value) for kind, value in steps)))
            row = rows[f"{name}.{EXTENSIONS[example.mime]};{inside}"]
            assert row["size_bytes"] == len(content)
            assert row["entry_type"] == "embedded"


def test_what_lies_in_what_lies_in_a_mail_has_every_step(undisturbed: Path) -> None:
    ends = [place_of(row) for row in run.entries_of(undisturbed)]
    inside = "attachment:report.docx;zip:word/media/in mail.jpg"
    assert f"documents in mail.eml;{inside}" in ends
    assert f"copy of documents.eml;{inside}" in ends


def test_the_tally_balances_and_tells_what_was_not_opened(undisturbed: Path) -> None:
    summary = summary_of(undisturbed)
    tally, unexamined = summary["tally"], summary["not_examined"]
    assert isinstance(tally, dict)
    assert isinstance(unexamined, list)
    assert tally["entries"] == tally["done"] + tally["skipped"] + tally["failed"]
    assert tally["entries"] == len(run.entries_of(undisturbed))
    told = {each["why"]: each["count"] for each in unexamined if each["what"].startswith("things")}
    assert told == {
        "encrypted, and no key is known": 1,
        "its bytes are damaged": 1,  # a PDF of one line, in a Word document
        "too many holders inside each other": 1,
    }


def test_a_chain_of_documents_is_followed_to_its_limit(undisturbed: Path) -> None:
    names = [place_of(row) for row in run.entries_of(undisturbed)]
    inside = [name for name in names if name.startswith("nested.docx;")]
    assert max(name.count("next.docx") for name in inside) == DEPTH - 1
    assert sum(name.endswith(";zip:word/media/1.jpg") for name in inside) == DEPTH - 1
    assert not any("deepest" in name for name in inside)


def test_the_package_holds(undisturbed: Path) -> None:
    verified = run.polit(undisturbed / "data", "verify", run.package_of(undisturbed))
    assert verified.code == 0, verified.stdout


def test_two_decoders_find_the_same(image: Path, undisturbed: Path, tmp_path: Path) -> None:
    ran = run.examine(image, tmp_path, "--workers", "2")
    assert ran.json()["rows_sha256"] == summary_of(undisturbed)["rows_sha256"]


def test_kills_do_not_change_what_is_found(image: Path, undisturbed: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
             "--out", str(tmp_path / "out"), "--json", "--resume"]  # fmt: skip
    for attempt in range(6):
        process = subprocess.Popen(
            words,
            env=run.environment(tmp_path / "data"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=0.9 + 0.25 * attempt)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    ran = run.examine(image, tmp_path, "--resume")
    assert ran.json()["rows_sha256"] == summary_of(undisturbed)["rows_sha256"], ran.stderr


@pytest.mark.parametrize("action", ["segv", "exit"])
def test_a_crash_while_opening_costs_that_holder_alone(
    image: Path, undisturbed: Path, tmp_path: Path, action: str
) -> None:
    ran = run.examine(image, tmp_path, POLIT_FAULTS=f"decoder.member=word/media/0500.jpg:{action}")
    before = {place_of(row): row for row in run.entries_of(undisturbed)}
    after = {place_of(row): row for row in run.entries_of(tmp_path)}
    many = after.pop("many.docx")
    assert (many["outcome"], many["reason"]) == ("failed", "crash")
    # What was given before stays: whole batches of at most 256.
    assert sum(at.startswith("many.docx;") for at in after) == 256
    others = {at: row for at, row in before.items() if not at.startswith("many.docx")}
    assert {at: row for at, row in after.items() if not at.startswith("many.docx")} == others
    tally = ran.json()["tally"]
    assert isinstance(tally, dict)
    assert tally["entries"] == len(after) + 1
    assert run.polit(tmp_path / "data", "verify", run.package_of(tmp_path)).code == 0


def test_a_crash_inside_a_document_of_a_mail_costs_that_document(
    image: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run.examine(image, tmp_path, POLIT_FAULTS="decoder.member=word/media/in mail.jpg:segv")
    rows = {place_of(row): row for row in run.entries_of(tmp_path)}
    mail, document = "documents in mail.eml", "documents in mail.eml;attachment:report.docx"
    assert rows[mail]["outcome"] == "done"
    assert (rows[document]["outcome"], rows[document]["reason"]) == ("failed", "crash")
    assert len(rows) == len(run.entries_of(undisturbed)) - 2


def test_a_plan_may_leave_all_of_it_closed(image: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"open_holders": False}))
    ran = run.examine(image, tmp_path, "--plan", plan)
    assert not any(row["entry_type"] == "embedded" for row in run.entries_of(tmp_path))
    unexamined = ran.json()["not_examined"]
    assert isinstance(unexamined, list)
    assert any(each["what"] == "pictures inside documents" for each in unexamined)
