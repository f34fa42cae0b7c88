"""The quick way to find phrases finds what the plain one finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.evidence._lexicon import Candidates, Lexicon, SoughtPhrase
from openimr.library import open_library, phrase_needs, phrase_pattern

PHRASES = sorted(
    {
        phrase
        for fact in open_library().facts.values()
        for phrase in (*fact.said, *fact.denied, *fact.bare, *fact.measured, *fact.unless, *fact.near)
    }
)
LEXICON = Lexicon()
SOUGHT = [LEXICON.phrase(phrase) for phrase in PHRASES]
CANDIDATES = Candidates(SOUGHT)


def plainly(phrase: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(phrase_pattern(phrase), text, re.IGNORECASE)]


def quickly(sought: SoughtPhrase, text: str) -> list[tuple[int, int]]:
    held = LEXICON.words(text).between(0, len(text))
    return [match.span() for match in sought.find(text, held)]


def wordings(phrase: str) -> str:
    """Something the phrase may find bits of: its own words without the marks of the little language, numbers put in."""
    return re.sub(r"[()|?*]|\.\.\.", " ", phrase.replace("<n>", "6"))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_phrase_is_found_where_its_pattern_stands_and_nowhere_else(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(PHRASES) - 1))
    phrase = PHRASES[index]
    words = [*wordings(phrase).split(), "the", "patient", "6wks", "50%", "of", "a", "x/y", "un-"]
    text = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=14).map(" ".join))
    text = data.draw(st.sampled_from([text, text.upper(), text.replace(" ", "-", 1), text.replace(" ", ", ", 1), text + "."]))
    plain = plainly(phrase, text)
    assert quickly(SOUGHT[index], text) == plain
    if plain:
        assert index in CANDIDATES.among(LEXICON.words(text).between(0, len(text)).all)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("(taut|palpable) (band*|nodule*)", "Taut bands are felt."),
        ("*ectomy", "status post microdiscectomy"),
        ("MRI* (of|from) ... (19|20)*", "MRI of the lumbar spine, 2012"),
        ("<n> (%|percent) relief", "about 50% relief"),
        ("<n> (weeks|wks)", "for 6wks now"),
        ("(a)? *ache*", "a headache"),
        ("-ve for", "SLR -ve for pain"),
        ("s/p", "s/p fusion"),
    ],
)
def test_the_marks_of_the_little_language_are_found_quickly_too(phrase: str, text: str) -> None:
    lexicon = Lexicon()
    sought = lexicon.phrase(phrase)
    held = lexicon.words(text).between(0, len(text))
    assert [match.span() for match in sought.find(text, held)] == plainly(phrase, text) != []
    assert Candidates([sought]).among(held.all) == [0]


def test_a_phrase_that_lacks_one_of_its_words_is_not_tried() -> None:
    lexicon = Lexicon()
    candidates = Candidates([lexicon.phrase("(taut|palpable) (band*|nodule*)")])
    held = lexicon.words("A palpable mass; the skin is taut.")
    assert candidates.among(held.between(0, 100).all) == []


def test_what_a_phrase_needs_is_told_word_by_word() -> None:
    needs = phrase_needs("(the)? (taut|palpable) ... band*")
    assert needs.words == (frozenset({"taut", "palpable"}), frozenset({"band*"}))
    assert needs.leads == frozenset({"the", "taut", "palpable"})
    assert phrase_needs("<n> weeks").leads is None
