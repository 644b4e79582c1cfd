"""The rules of the house that can be read off the tree: imports, lengths, plugins, errors."""

import ast
import configparser
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from polit.base import errors
from polit.base.plugins import modules_of
from tools.docs import error_classes, pages_out_of_date
from tools.function_lengths import files_too_long

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "polit"
PLUGIN_FOLDERS = (
    "polit.broker.operations",
    "polit.decode.holders",
    "polit.decode.stills",
    "polit.evidence.carvers",
    "polit.evidence.containers",
    "polit.evidence.layers",
    "polit.evidence.volumes",
    "polit.evidence.filesystems",
)
FOLDERS_WITHOUT_PLUGINS = {"polit.broker.server"}
STARTS_PROCESSES = {"subprocess", "multiprocessing", "concurrent.futures.process", "pty"}
STARTS_PROCESSES_CALLS = re.compile(r"^(fork|forkpty|exec[lv]p?e?|spawn\w+|posix_spawnp?|system)$")
LOCAL_SIGNALS = {
    "decode/holders/_rasters.py: UnsupportedRaster",  # caught by the PDF reader, becomes a code
    "decode/refusal.py: Refused",  # caught in the decoder process, leaves it as a reason code
    "evidence/layer.py: VolumeLocked",  # caught in the walker, told as a locked volume
    "evidence/libarchive.py: ArchiveDamage",  # caught in the walker, told as not opened
    "sandbox/worker/member_reader.py: TooMuch",  # caught there, becomes a reason code
    "evidence/containers/_ewf_facts.py: DamagedPart",  # caught by the E01 reader, becomes a range
    "evidence/containers/_ex01_sections.py: BrokenChain",  # caught by its reader, a problem
    "evidence/containers/_unpacking.py: DamagedChunk",  # caught by its readers, becomes a range
    "web/items/services/holding.py: Overtaken",  # caught by the build: another one does the work
}
UNSAFE_STORAGE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
MACHINE_PATHS = re.compile(rb"/work/[m]ain|/work/[s]hared|/root/[.]")
REGISTRY_HOSTS = re.compile(rb"pypi[.]org|python[h]osted|deb[.]debian[.]org")


def source_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    named = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in named if path.is_file()]


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def os_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"os", "posix"}
        ):
            yield node.attr


def is_isolation(path: Path) -> bool:
    """Tell whether a module may start processes: isolate.py, the zygote in the worker, services."""
    place = path.relative_to(SOURCE).parts
    return place[:2] in {
        ("sandbox", "isolate.py"), ("sandbox", "services.py"), ("sandbox", "worker"),
    }  # fmt: skip


def test_data_flows_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run(
        [command, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_room_that_exists_is_in_the_flow() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = re.findall(r"\w+", contracts["importlinter:contract:flow"]["layers"])
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert rooms <= set(layers)


@pytest.mark.parametrize("name", PLUGIN_FOLDERS)
def test_every_plugin_is_reached_and_ordered(name: str) -> None:
    package = importlib.import_module(name)
    folder = Path(next(iter(package.__path__)))
    expected = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    expected |= {path.parent.name for path in folder.glob("*/__init__.py")}
    reached = modules_of(package)
    assert {module.__name__.rpartition(".")[2] for module in reached} == expected
    orders = [module.ORDER for module in reached]
    assert all(isinstance(order, int) for order in orders)
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders), "two plugins with one ORDER: their order is chance"


def test_no_folder_of_plugins_is_forgotten() -> None:
    plural = {
        f"polit.{path.relative_to(SOURCE).parent.as_posix().replace('/', '.')}"
        for room in ("broker", "decode", "evidence")
        for path in SOURCE.glob(f"{room}/*/__init__.py")
    }
    assert plural - FOLDERS_WITHOUT_PLUGINS == set(PLUGIN_FOLDERS)


def test_files_stay_short() -> None:
    assert files_too_long(ROOT / "src") == []


def test_only_the_isolation_starts_processes() -> None:
    guilty = {
        str(path.relative_to(SOURCE))
        for path in source_files()
        if not is_isolation(path)
        and (
            STARTS_PROCESSES & set(imported_modules(path))
            or any(STARTS_PROCESSES_CALLS.match(name) for name in os_calls(path))
        )
    }
    assert guilty == set()


def test_nothing_is_unpickled() -> None:
    guilty = {
        str(path.relative_to(SOURCE))
        for path in source_files()
        if UNSAFE_STORAGE & set(imported_modules(path))
    }
    assert guilty == set()


def test_only_base_reads_the_environment() -> None:
    guilty = {
        str(path.relative_to(SOURCE))
        for path in source_files()
        if path.relative_to(SOURCE).parts[0] != "base"
        and {"environ", "getenv", "environb"} & set(os_calls(path))
        and not is_isolation(path)
    }
    assert guilty == set()


def test_error_numbers_are_unique() -> None:
    numbers = [found.number for found in error_classes()]
    assert len(set(numbers)) == len(numbers)
    assert all("number" in vars(found) for found in error_classes())


def test_every_error_that_can_leave_its_module_is_in_the_one_tree() -> None:
    outside = {
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in source_files()
        if path.name != "errors.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and is_error(node) and not node.name.startswith("_")
    }
    assert outside == LOCAL_SIGNALS


def is_error(node: ast.ClassDef) -> bool:
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    known = {found.__name__ for found in error_classes()}
    return bool(names & (known | {"Exception", "BaseException"}))


def test_the_drawn_tree_is_the_tree_of_classes() -> None:
    drawn = re.findall(r"^[\s│├└─]*([A-Z]\w+)(?: +(\d+))?", drawing(), flags=re.MULTILINE)
    exit_codes = {found.__name__: found.exit_code for found in error_classes()}
    assert {name for name, _ in drawn} == set(exit_codes)
    assert all(int(code) == exit_codes[name] for name, code in drawn if code)
    assert drawn_parents() == {
        found.__name__: found.__bases__[0].__name__
        for found in error_classes()
        if found is not errors.PolitError
    }


def drawing() -> str:
    text = errors.__doc__ or ""
    return text.partition("::\n")[2].partition("\n\nThe figure")[0].strip("\n")


def drawn_parents() -> dict[str, str]:
    parents, last_at_depth = {}, dict[int, str]()
    for line in drawing().splitlines():
        place = re.search(r"[A-Z]\w+", line)
        assert place is not None, line
        depth = (place.start() - 4) // 4
        last_at_depth[depth] = place[0]
        if depth:
            parents[place[0]] = last_at_depth[depth - 1]
    return parents


def test_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert pages_out_of_date() == []


def test_tracked_files_name_no_machine_and_no_registry() -> None:
    guilty = {
        str(path.relative_to(ROOT))
        for path in tracked_files()
        for text in [path.read_bytes()]
        if MACHINE_PATHS.search(text) or REGISTRY_HOSTS.search(text)
    }
    assert guilty == set()


def test_no_compiled_binary_is_tracked() -> None:
    assert [path for path in tracked_files() if path.read_bytes()[:4] == b"\x7fELF"] == []
