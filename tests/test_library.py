"""The library opens only when every file is right, and says where it is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openimr.library import Anchored, Known, LibraryError, Truth, YamlError, number, open_library, parse, phrase_anchors, phrase_pattern

GOOD = """
facts:
  limp:
    label: Limp
    means: The gait is limping.
    kind: sign
    combine: latest
    said: ["limp*"]
"""


def library_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "gait.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_of_an_organisation_adds_its_facts(tmp_path: Path) -> None:
    assert "limp" in open_library((library_with(tmp_path, GOOD),)).facts


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("said:", "sayd:"), 8, "unknown key 'sayd' (did you mean 'said'?)"),
        (("    kind: sign\n", "    kind: sign\n    kind: sign\n"), 7, "duplicate key 'kind'"),
        (("    label: Limp\n", ""), 3, "key 'label' is missing"),
        (('["limp*"]', '["limp* ("]'), 8, "a '(' is not closed"),
        (('["limp*"]', '["limp* (a|)"]'), 8, "a part of it is empty"),
        (('["limp*"]', '["limp* ?"]'), 8, "'?' is out of place"),
        (('["limp*"]', "[limp"), 8, "not readable as YAML"),
        (("kind: sign", "kind: signs"), 6, "kind"),
        (('    said: ["limp*"]', "    unit: months"), 3, "at least one phrase"),
        (('said: ["limp*"]', 'measured: ["<n> steps"]'), 3, "needs a unit"),
    ],
)
def test_a_wrong_file_stops_the_library_with_file_line_and_mend(tmp_path: Path, change: tuple[str, str], line: int, message: str) -> None:
    with pytest.raises(LibraryError) as refused:
        open_library((library_with(tmp_path, GOOD.replace(*change)),))
    assert re.search(rf"gait\.yaml:{line}: ", str(refused.value)), refused.value
    assert message in str(refused.value)


def test_a_fact_declared_twice_is_refused(tmp_path: Path) -> None:
    folder = library_with(tmp_path, GOOD)
    (folder / "facts" / "walk.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"fact 'limp' is declared twice"):
        open_library((folder,))


def test_a_missing_library_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="correct IMR_LIBRARY"):
        open_library((tmp_path / "nowhere",))


def test_the_version_changes_with_any_byte_of_the_library(tmp_path: Path) -> None:
    folder = library_with(tmp_path, GOOD)
    before = open_library((folder,)).version
    (folder / "facts" / "gait.yaml").write_text(GOOD + "# a remark\n", encoding="utf-8")
    assert open_library((folder,)).version != before


def test_yes_and_no_are_words_not_booleans() -> None:
    data, _ = parse("answer: no\nother: yes\nreal: true\n", "x.yaml")
    assert data == {"answer": "no", "other": "yes", "real": True}


def test_quoted_numbers_stay_text_and_dates_stay_text() -> None:
    data, lines = parse('a: "12"\nb: 12\nc: 2014-11-03\n', "x.yaml")
    assert data == {"a": "12", "b": 12, "c": "2014-11-03"}
    assert lines[("c",)] == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a: 1\nb: "open\n', "not readable as YAML"),
        ("a: 1\nb: !x 2\n", "tags (!x) are not allowed"),
        ("a: &n [1]\nb: *n\n", "aliases"),
        ("a: 1\nb: {[1]: 2}\n", "a key must be a plain word"),
    ],
)
def test_what_strict_yaml_leaves_out_is_an_error_with_its_line(text: str, message: str) -> None:
    with pytest.raises(YamlError) as refused:
        parse(text, "x.yaml")
    assert str(refused.value).startswith(("x.yaml:2: ", "x.yaml:1: alias"))
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("taut band*", "palpable taut\nbands"),
        ("no (evidence|sign*) (of|for)?", "no evidence"),
        ("(is|was)? (suspected|possible)", "possible"),
        ("history of (the)? (present|current) illness", "History of Present Illness"),
        ("relief ... <n> weeks", "relief that lasted about 6 weeks"),
        ("foot drop", "foot-drop"),
        ("(the)? (left)? knee", "the left knee"),
        ("(the)? (left)? knee", "knee"),
        ("pain (is)? (well)? controlled", "pain well controlled"),
    ],
)
def test_a_phrase_finds_what_it_means(phrase: str, text: str) -> None:
    assert re.search(phrase_pattern(phrase), text, re.IGNORECASE)


@pytest.mark.parametrize(("phrase", "text"), [("taut band*", "a taut rubber band"), ("spasm", "spasmodic"), ("no pain", "piano pain")])
def test_a_phrase_does_not_find_other_words(phrase: str, text: str) -> None:
    assert not re.search(phrase_pattern(phrase), text, re.IGNORECASE)


@given(st.lists(st.sampled_from(["pain", "band*", "(a|bc)", "(x y)?", "...", "<n>"]), min_size=1, max_size=6))
def test_a_text_that_matches_holds_one_of_the_anchors(parts: list[str]) -> None:
    phrase = "word " + " ".join(parts) + " end"
    text = "Word pain band bc x y 12 a end three word pains bands a 7 end"
    for match in re.finditer(phrase_pattern(phrase), text, re.IGNORECASE):
        anchors = phrase_anchors(phrase)
        assert not anchors or any(anchor in match.group(0).lower() for anchor in anchors)


def test_what_may_stand_in_a_text_is_found_by_its_anchors() -> None:
    anchored = Anchored([frozenset({"band"}), frozenset({"knee", "elbow"}), frozenset(), frozenset({"hip"})])
    assert anchored.among("A taut BAND at the elbow") == [0, 1, 2]
    assert list(anchored.places("Knee, band")) == [(0, 4, frozenset({1})), (6, 10, frozenset({0}))]
    assert anchored.always == {2}
    assert Anchored([]).among("anything") == []


@pytest.mark.parametrize(
    ("word", "half", "value"),
    [("12", False, 12), ("thirteen", False, 13), ("twenty-one", False, 21), ("two", True, 2.5), ("half a", False, 0.5)],
)
def test_numbers_are_read_in_digits_and_words(word: str, half: bool, value: float) -> None:
    assert number(word, half) == value


def test_silence_is_not_a_no() -> None:
    assert Known.of(None).truth is Truth.NOT_DOCUMENTED
    assert Known.of(False).truth is Truth.FALSE
    assert Known.of("conflicting").truth is Truth.CONFLICTING
    assert Known.of(4).value == 4.0
