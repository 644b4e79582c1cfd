"""Names as a hostile device may hold them: markup, direction, controls, length."""

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
