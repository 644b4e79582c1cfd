"""Make our copy of govuk-frontend: no crown, no crest, no GDS Transport, one small script.

The package comes from the npm registry through its ordinary client, into a folder that is thrown
away. Nothing of Node is needed to install or run polit. Its command:

    python -m tools.vendor_govuk 6.6.0

It writes ``govuk.css``, ``govuk.js`` and ``LICENCE.txt`` into ``VENDOR``. The licence is the text
of that project's own LICENSE.txt, kept here, because the package of the registry carries none.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

VENDOR = Path("src/polit/web/core/static/polit/vendor")
FONTS = '"Helvetica Neue",Arial,"Liberation Sans",sans-serif'
COMPONENTS = ("button", "character-count", "error-summary", "notification-banner", "skip-link")
"""The parts whose script does what plain HTML cannot. All pages work without any of them."""

LICENCE = """\
The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

_FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MARKS_OF_THE_STATE = re.compile(r"[^{}]*govuk-footer__(?:crown|copyright-logo)[^{}]*\{[^{}]*\}")
_EMPTY_BLOCK = re.compile(r"@[^{};]*\{\}")
_GDS_FONT = re.compile(r'"?GDS Transport"?(?:,arial,sans-serif)?', re.IGNORECASE)
_IMPORT = re.compile(r"^import \{[^}]*\} from '([^']+)';\n", re.MULTILINE)
_GLOBAL = "const _self = typeof globalThis !== 'undefined' ? globalThis : self;\n"
_EXPORT = re.compile(r"^export \{ ([^}]*) \};\n(?://#.*\n?)?", re.MULTILINE)


def own_styles(css: str, version: str) -> str:
    """Return the compiled style sheet in our font, without crown, crest, font files or source map.

    Args:
        css: ``govuk-frontend.min.css`` of the package.
        version: The package's version, for the head of the file.
    """
    text = _COMMENT.sub("", css.removeprefix('@charset "UTF-8";'))
    text = _GDS_FONT.sub(FONTS, _FONT_FACE.sub("", text))
    text = _MARKS_OF_THE_STATE.sub("", text)
    while _EMPTY_BLOCK.search(text):
        text = _EMPTY_BLOCK.sub("", text)
    # One rule a line, so that a new version can be read as a difference.
    text = text.replace("}", "}\n").replace("\n}", "}")
    return f'@charset "UTF-8";\n/* {_origin(version)} */\n{text.strip()}\n'


def own_script(modules: Mapping[str, str], version: str) -> str:
    """Return the wanted components and what they import as one ES module.

    Args:
        modules: Source by path below ``dist/govuk``, ``.mjs`` files.
        version: The package's version, for the head of the file.
    """
    order: dict[str, None] = {}
    for name in COMPONENTS:
        _add_after_imports(f"components/{name}/{name}.mjs", modules, order)
    exported = sorted(
        name
        for path in order
        if path.startswith("components/")
        for match in _EXPORT.finditer(modules[path])
        for name in match[1].split(", ")
    )
    parts = [_EXPORT.sub("", _IMPORT.sub("", modules[path])).strip() for path in order]
    body = _GLOBAL + "\n\n".join(parts).replace(_GLOBAL, "")
    return f"/* {_origin(version)} */\n\n{body}\n\nexport {{ {', '.join(exported)} }};\n"


def _add_after_imports(path: str, modules: Mapping[str, str], order: dict[str, None]) -> None:
    for target in _IMPORT.findall(modules[path]):
        wanted = _resolved(path, target)
        if wanted not in order:
            _add_after_imports(wanted, modules, order)
    order[path] = None


def _resolved(path: str, target: str) -> str:
    folders = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            folders.pop()
        else:
            folders.append(part)
    return "/".join(folders)


def _origin(version: str) -> str:
    return f"govuk-frontend {version}, MIT, see LICENCE.txt; made by tools/vendor_govuk.py"


def write_vendor(package: Path, vendor: Path) -> None:
    """Write our copy.

    Args:
        package: The unpacked npm package.
        vendor: The folder to write into.
    """
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    dist = package / "dist" / "govuk"
    modules = {
        path.relative_to(dist).as_posix(): path.read_text(encoding="utf-8")
        for path in dist.rglob("*.mjs")
    }
    css = (dist / "govuk-frontend.min.css").read_text(encoding="utf-8")
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "govuk.css").write_text(own_styles(css, version), encoding="utf-8")
    (vendor / "govuk.js").write_text(own_script(modules, version), encoding="utf-8")
    (vendor / "LICENCE.txt").write_text(LICENCE, encoding="utf-8")


def main(version: str) -> None:
    """Fetch one version of the package and write our copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"govuk-frontend@{version}", "--pack-destination", folder]
        subprocess.run(command, check=True, cwd=folder)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        write_vendor(Path(folder) / "package", VENDOR)


if __name__ == "__main__":
    main(sys.argv[1])
