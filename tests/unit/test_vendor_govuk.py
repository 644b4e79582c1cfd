"""Our copy of govuk-frontend: what is taken out, and that the same source gives the same copy."""

import re
from hashlib import sha256

import pytest

from tools.vendor_govuk import COMPONENTS, FONTS, LICENCE, VENDOR, own_script, own_styles

CSS = (
    '@charset "UTF-8";:root{--a:1}.x{font-family:GDS Transport,arial,sans-serif}\n'
    "/*! Copyright of a font */@font-face{font-family:GDS Transport;src:url(/f.woff2)}"
    ".govuk-footer__crown{margin:0}@supports (mask:none){.govuk-footer__copyright-logo:before"
    '{background:url(/crest.svg)}}@media print{.y{font-family:"GDS Transport"}}\n'
    "/*# sourceMappingURL=x.map */"
)


def modules() -> dict[str, str]:
    shared = "function shared() {}\n\nexport { shared };\n//# sourceMappingURL=index.mjs.map\n"
    found = {"common/index.mjs": shared}
    for name in COMPONENTS:
        part = name.title().replace("-", "")
        found[f"components/{name}/{name}.mjs"] = (
            "import { shared } from '../../common/index.mjs';\n\n"
            f"class {part} {{}}\n\nexport {{ {part} }};\n"
        )
    return found


def test_styles_lose_fonts_files_and_marks_of_the_state() -> None:
    css = own_styles(CSS, "1.2.3")
    for gone in ("GDS", "font-face", "url(", "crown", "crest", "copyright-logo", "sourceMapping"):
        assert gone not in css
    assert css.count(FONTS) == 2
    assert "@supports" not in css
    assert css.startswith('@charset "UTF-8";\n/* govuk-frontend 1.2.3, MIT')


def test_script_holds_each_part_once_and_imports_nothing() -> None:
    script = own_script(modules(), "1.2.3")
    assert script.count("function shared()") == 1
    assert "import " not in script
    assert script.rstrip().endswith("SkipLink };")
    assert script.index("function shared()") < script.index("class Button")


def test_same_source_gives_the_same_copy() -> None:
    again = dict(reversed(modules().items()))
    assert own_script(modules(), "1") == own_script(again, "1")
    assert own_styles(CSS, "1") == own_styles(CSS, "1")


def test_kept_copy_is_what_the_script_wrote() -> None:
    css = (VENDOR / "govuk.css").read_text(encoding="utf-8")
    script = (VENDOR / "govuk.js").read_text(encoding="utf-8")
    assert (VENDOR / "LICENCE.txt").read_text(encoding="utf-8") == LICENCE
    for text in (css, script):
        assert "made by tools/vendor_govuk.py" in text
        assert not re.search(r"GDS|url\(|crest|@font-face|sourceMapping|eval\(", text)
        used = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        assert not re.search(r"https?://(?!www\.w3\.org/)\w", used)


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("govuk.css", "3646f28ed3ededf5d8e42e9fe24bf656b4b1e5b8d91bac2f9f2f52c9491c7cda"),
        ("govuk.js", "2e538133cd6551d5b5019780f36f3b13252309f5f35d0aa987c9007f3133d8d4"),
    ],
)
def test_kept_copy_was_not_changed_by_hand(name: str, digest: str) -> None:
    assert sha256((VENDOR / name).read_bytes()).hexdigest() == digest
