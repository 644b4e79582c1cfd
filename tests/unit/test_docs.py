"""The documentation: its links lead somewhere, its commands exist, every page is reached."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.docs_cli import cli_verbs

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"```\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"`(polit [a-z]+[^`…]*)`")


def commands(page: Path) -> Iterator[list[str]]:
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("polit ") and "{" not in line and "[" not in line:
                yield shlex.split(line, comments=True)[1:]
    for inline in INLINE.findall(text):
        yield shlex.split(inline)[1:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist_with_their_options(page: Path) -> None:
    known = cli_verbs()
    groups = {name.partition(" ")[0] for name in known if " " in name}
    for verb, *words in commands(page):
        if verb in groups and words:
            verb = f"{verb} {words.pop(0)}"  # noqa: PLW2901
        assert verb in known, verb
        options = {option for each in known[verb].params for option in each.opts} | {"--help"}
        used = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert used <= options, f"polit {verb}: {used - options}"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md", ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [page.parent / target for target in links if "://" not in target]
    expected = {page.resolve() for page in (ROOT / "docs").glob("**/*.md")}
    assert expected - reached == set()


def rows_of(page: Path) -> list[list[str]]:
    """Return the cells of a page's tables without their heads."""
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:2] == "| "]
    return [
        row for row, below in zip(rows, [*rows[1:], [""]], strict=True)
        if not row[0].startswith("---") and not below[0].startswith("---")
    ]  # fmt: skip


def test_each_decision_has_one_number_and_is_listed_in_order() -> None:
    folder = ROOT / "docs" / "adr"
    pages = sorted(page.name for page in folder.glob("0*.md"))
    listed = [LINK.findall(row[0])[0] for row in rows_of(folder / "README.md")]
    assert listed == pages
    assert len({name[:4] for name in pages}) == len(pages)
    for name in pages:
        assert (folder / name).read_text(encoding="utf-8").startswith(f"# {name[:4]} ")


def test_each_word_stands_once_in_the_glossary_in_order() -> None:
    words = [row[0].casefold() for row in rows_of(ROOT / "docs" / "reference" / "glossary.md")]
    assert words == sorted(set(words))


def test_every_screenshot_is_shown() -> None:
    shown = {
        Path(target).name for page in PAGES for target in LINK.findall(page.read_text("utf-8"))
    }
    kept = {path.name for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    assert kept - shown == set()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"]]
    asked += [each for group in project["dependency-groups"].values() for each in group]
    names = {re.split(r"[<>=~!; ]", each)[0] for each in asked if isinstance(each, str)}
    reasons = (ROOT / "docs" / "adr" / "0002-dependencies.md").read_text(encoding="utf-8")
    told = {
        name
        for line in reasons.splitlines()
        if line.startswith("| ")
        for name in line.split("|")[1].strip().split(", ")
    }
    assert names - told == set()
    assert told - names <= {"package", "---"}
