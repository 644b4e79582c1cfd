"""Names as a hostile device may hold them: markup, direction, controls, length."""

import random
from itertools import zip_longest

HOSTILE = {
    "markup": "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">",
    "attribute": "\"'><svg onload=\"document.title='run'\">",
    "template": "{{ request.user }}{% now 'Y' %}${7*7}",
    "bidi": "photo\u202egpj.exe\u2066\u2069",
    "controls": "a\x00b\x1b[31mc\r\nd\x7f",
    "zero width": "pass\u200bword\ufeff\u2060",
    "combining": "Z\u0351\u036b\u0343\u032aA\u030a\u0303L",
    "right to left": "שלום עולם (1).jpg",
    "surrogate": "lone\udc80byte",
    "separators": "two\u2028lines\u2029and\u00a0more\u3000space",
    "formula": '=HYPERLINK("http://example.invalid","x")',
}
LONG = "W" * 4_000 + "é" * 48
"""4,096 bytes of UTF-8 without one place to break."""

_RAN = "window.politRan=1;document.title='run'"
_ELEMENTS = (
    "<script>{ran}</script>", "</script><script>{ran}</script>", "<ScRiPt>{ran}</sCrIpT>",
    '<img src=x onerror="{ran}">', '<svg onload="{ran}">', "<svg><script>{ran}</script></svg>",
    '<body onload="{ran}">', '<iframe srcdoc="<script>parent.politRan=1</script>"></iframe>',
    '<details open ontoggle="{ran}">', '<input autofocus onfocus="{ran}">',
    '<a href="javascript:{ran}" id=injected>go</a>', "<b id=injected>bold</b>",
    '<meta http-equiv=refresh content="0;url=https://example.invalid">',
    "<link rel=stylesheet href=https://example.invalid/x.css>",
    "<base href=https://example.invalid>",
    "<form action=https://example.invalid><button>go</button></form>",
    "<style>*{display:none}</style>", '<math><mtext></mtext><mglyph><svg onload="{ran}">',
    "<template><script>{ran}</script></template>", "<!--><script>{ran}</script>-->",
    "<div hx-get=https://example.invalid hx-trigger=load>",
    "<object data=https://example.invalid>", '<video><source onerror="{ran}"></video>',
    '<noscript><p title="</noscript><img src=x>">',
)  # fmt: skip
_BREAKERS = (
    '"><b id=injected>', "'><b id=injected>", '" onfocus="{ran}" autofocus="',
    "' onmouseover='{ran}' x='", "` onclick=`{ran}`", "</title><script>{ran}</script>",
    "</textarea><script>{ran}</script>", "</option></select><script>{ran}</script>",
    "]]><script>{ran}</script>", "--><script>{ran}</script><!--", "&lt;script&gt;{ran}",
    "&#x3c;b&#x3e;", '\\"-{ran}-\\"', "';{ran};//", '"});{ran};//', "\\u003cscript\\u003e{ran}",
    "</script >", "\u2028{ran}", "\u2029{ran}", "__proto__", "constructor", '{"a":1}',
    "javascript:{ran}", "data:text/html,<script>{ran}</script>",
)  # fmt: skip
_TEMPLATES = (
    "{{ request.user.password }}", "{{ 7|add:'7' }}", "{% now 'Y' %}",
    "{% include 'base.html' %}", "{# hidden #}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "*{7*7}",
    "%(name)s", "{0.__class__}", "%s%n%x",
)  # fmt: skip
_TYPST = (
    '#panic("run")', '#read("/etc/passwd")', '#import "x.typ": *', "$ x^2 $", "*bold* _thin_",
    "`raw`", "#set page(width: 1pt)", "= Heading", "@label <label>", "\\u{41}", '#eval("1+1")',
    "//gone",
)  # fmt: skip
_FORMULAS = (
    '=HYPERLINK("https://example.invalid","x")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)",
    "\t=1+1", "\r=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)", "%=1", "=1;=2",
    '"=1+1"', " =1+1", 'a,"=1+1",b',
)  # fmt: skip
_UNSEEN = (
    "photo\u202egpj.exe", "\u2066abc\u2069", "\u202b\u202a\u202c", "a\u200bb", "a\u200db",
    "\ufeffx", "a\u2060b", "\u00adsoft", "a\x00b", "\x1b[31mred\x1b[0m", "\x07\x08", "a\x7fb",
    "a\x85b", "a\x9bb", "\u180ex", "\U000e0041\U000e0042", "\u061cabc", "\u115fx", "\u3164x",
    "a\vb\fc",
)  # fmt: skip
_QUERIES = (
    "' OR 1=1 --", '"; DROP TABLE audit_event; --', "') UNION SELECT 1,2,3 --", "%' OR '%'='",
    "\\'; --", "Robert'); --", "0x27", "a%00b", "_%_", "[a-z]*", "(((((((", "NULL",
)  # fmt: skip
_PATHS = (
    "../../etc/passwd", "..\\..\\x", "/etc/shadow", "C:\\x:stream", "file:///etc/passwd",
    "%2e%2e%2f", "....//....//", "CON", "a/./b", "~root", "//example.invalid/x",
    "\\\\example.invalid\\x",
)  # fmt: skip
_LOOKALIKES = (
    "\u0430dmin", "\u216bx", "\ufb01le", "\u01c4", "\u212b", "\u0130i", "\u1e9e\u00df",
    "\uff33\uff23", "Z\u0351\u036b\u0343\u032aa", "a" + "\u0301" * 40,
    "\u05e9\u05dc\u05d5\u05dd (1).jpg", "\u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1ec\U0001f1e7",
    "\U0001f3f4\U000e0067\U000e007f", "\ufdfd", "\u0e33\u0e33\u0e33", "\U0001d4d0",
)  # fmt: skip
_FAMILIES = (
    _ELEMENTS, _BREAKERS, _TEMPLATES, _TYPST, _FORMULAS, _UNSEEN, _QUERIES, _PATHS, _LOOKALIKES,
)  # fmt: skip


def hostile_names(count: int, seed: int = 1) -> list[str]:
    """Return names of every family in turn, the same for the same seed.

    Each script among them sets ``window.politRan`` and the page's title; each element that would be
    injected has the id ``injected`` or an address at ``example.invalid``.

    Args:
        count: How many; beyond what the families hold, two of them are joined to one.
        seed: Which.
    """
    draw = random.Random(seed)
    families = [list(family) for family in _FAMILIES]
    families.append([name for name in HOSTILE.values() if "\udc80" not in name])
    for family in families:
        draw.shuffle(family)
    turns = zip_longest(*families)
    plain = [LONG, *(_spelled(name) for turn in turns for name in turn if name is not None)]
    joined = ["".join(draw.sample(plain[1:], 2)) for _more in range(count - len(plain))]
    return [*plain, *joined][:count]


def _spelled(name: str) -> str:
    return name.replace("{ran}", _RAN)
