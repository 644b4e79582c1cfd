"""What people type: words, phrases, beginnings, numbers however grouped, and no questions."""

import pytest
from django.db import connection

from polit.web.search.asking import Term, for_postgresql, for_sqlite, question_of
from polit.web.search.folding import BREAK, folded, numbers_of, words_of
from polit.web.search.rules import QUERY_LENGTH
from polit.web.search.snippets import snippet

HOSTILE = (
    '"', '""', "*", "'", "a'b", 'a"b"c', "NEAR", "NEAR(a b, 2)", "a AND", "OR", "NOT a",
    "AND OR NOT", "^a", "a:b", "{folded}: a", "folded:x", "-a", "+a", "(a", "a)", "a & b | !c",
    "a <-> b", ":*", "a:*b", "\\", "a\\'b", "\x00", "a\x00b", "\ud800", "\u202ea", "\u200b",
    "%", "_", ";DROP TABLE search_entry", "x" * QUERY_LENGTH, "1" * QUERY_LENGTH,
    '"' * QUERY_LENGTH, "(" * QUERY_LENGTH, "a " * 250, "1 " * 250, "\ufdfa" * 200, "\U0001f600",
    "\ue000", "0" * 15, "+++", "((0)0)0", "e\u0301" * 100,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë ÉCOLE", ["zoe", "ecole"]),
        ("Straße İstanbul", ["strasse", "istanbul"]),
        ("AB/1/2", ["ab", "1", "2"]),
        ("a.sample+x@example.com", ["a", "sample", "x", "example", "com"]),
        ("e\u0301le\u0300ve", ["eleve"]),
        ("Zebe\u200bdee \u202eabc", ["zebedee", "abc"]),
        ("ﬁle ① x²", ["file", "1", "x2"]),
        ("Жанна Ёлкина", ["жанна", "елкина"]),
        ("x" * 100, ["x" * 64]),
        (" \x00 ", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert words_of(" ".join(words)) == words


@pytest.mark.parametrize("text", ["07700 900123", "+44 (0)7700 900-123", "0044 7700900123",
                                  "(07700) 900 123"])  # fmt: skip
def test_numbers_are_one_however_they_are_grouped(text: str) -> None:
    assert "447700900123" in numbers_of(f"call {text}, please")


@pytest.mark.parametrize("text", ["1234", "12/3", "2 26", "1" * 16, "x12345678y9"])
def test_what_is_no_number_of_a_device_is_none(text: str) -> None:
    assert all(len(each) == 8 for each in numbers_of(text))


def test_no_phrase_reaches_from_the_title_into_the_text_and_long_texts_are_cut() -> None:
    assert folded("a b", "c").split() == ["a", "b", BREAK, "c", BREAK]
    assert len(folded("x " * 20_000).split()) == 10_000
    assert len(folded("\u0416" * 64 + " " + ("\u0416" * 64 + " ") * 5_000).encode()) <= 256_000


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("zebedee unlikely", [Term(("zebedee",)), Term(("unlikely",))]),
        ('"zebedee unlikely" x', [Term(("zebedee", "unlikely")), Term(("x",))]),
        ("\u201czebedee unlikely\u201d", [Term(("zebedee", "unlikely"))]),
        ('"not closed', [Term(("not", "closed"))]),
        ("AB/1", [Term(("ab", "1"))]),
        ("samp* a*", [Term(("samp",), is_prefix=True), Term(("a",))]),
        ("a.b@ex*", [Term(("a", "b", "ex"), is_prefix=True)]),
        ("... --- ***", []),
    ],
)
def test_what_is_typed_becomes_terms(text: str, terms: list[Term]) -> None:
    assert list(question_of(text).terms) == terms


def test_number_is_asked_for_whole_or_by_its_parts() -> None:
    asked = question_of("x 07700 900123")
    assert for_sqlite(asked) == (
        '(("x")) AND (("07700900123") OR ("447700900123") OR ("07700" AND "900123"))'
    )
    assert for_postgresql(asked) == (
        "((('x'))) & ((('07700900123')) | (('447700900123')) | (('07700') & ('900123')))"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_question_or_none_for_the_database(text: str) -> None:
    question = question_of(text)
    if not question.parts:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT %s::tsquery", [for_postgresql(question)])
        else:
            asked = [for_sqlite(question)]
            cursor.execute("SELECT count(*) FROM search_words WHERE search_words MATCH %s", asked)
        assert cursor.fetchone() is not None


@pytest.mark.parametrize("text", ["x" * (QUERY_LENGTH + 1), "x" * 10_000, "a " * 249])
def test_what_is_too_long_is_refused_in_words(text: str) -> None:
    assert question_of(text).parts == ()
    assert "at most" in question_of(text).problem


def test_snippet_shows_the_place_and_marks_what_was_asked_for() -> None:
    text = "word " * 100 + "Zoë  Unlikely lives here. " + "word " * 100
    pieces = snippet(text, question_of("zoe unlik*").terms)
    assert [each.text for each in pieces if each.is_hit] == ["Zoë", "Unlikely"]
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
    assert sum(len(each.text) for each in pieces) < 260
    assert snippet("", question_of("a").terms) == ()
    assert [each.text for each in snippet("a plain text", question_of("x").terms)] == [
        "a plain text"
    ]
