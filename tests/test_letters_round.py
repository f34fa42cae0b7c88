"""read(write(d)) == d: what is written is read back, from text, Markdown, PDF, JSON; HTML and Word say the same text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from openimr.determinations import Basis, Decision, Determination, Request, Reviewer, to_json
from openimr.letters import Reading, UnwritableText, normal, open_reader, open_wording, to_html, to_markdown, to_pdf, to_text, to_word
from openimr.library import open_grammar, open_library

LIBRARY = open_library(())
WORDING, READER, GRAMMAR = open_wording(LIBRARY), open_reader(LIBRARY), open_grammar(LIBRARY)

# fmt: off
WORDS = st.sampled_from([
    "the", "of", "lumbar", "trigger-point", "injection", "L4-L5", "10/13/2016", "#60", "50%", "(VAS", "8/10)", "pre-", "and",
    "post-operative", "7.5mg", "“quoted”", "-", "a:", "b;", "c,", "x=y", "≥4", "±2", "naïve", "µg", "*star*", "_under_", "`code`",
    "<b>tag</b>", "[link](x)", "|", "pipe", "\\back", "1.", "2)", "+", "Decision", "rationale", "guideline", "Upheld", "Overturned",
    "not", "stated", "#", "##", ">", "---", "http://example.org/a/long-path/of-a-web/address.html", "patient's", "\"said\"", "é", "ñ",
    "100,000", "&amp;", "&", "§", "®",
])
# fmt: on
LINE = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
SHORT = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ENTRIES = st.lists(SHORT, min_size=1, max_size=4).map(lambda entries: "\n".join(f"- {entry}" for entry in entries))
TEXT = st.lists(LINE | ENTRIES, min_size=1, max_size=5).map("\n\n".join)
DAYS = st.dates(date(1990, 1, 1), date(2026, 12, 31))


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


BASIS = SHORT.map(lambda text: Basis(f"MTUS Knee Complaints 2004, {text}")) | st.just(Basis("", stated_none=True)) | LINE.map(Basis)
REQUEST = st.builds(
    Request,
    number=st.just(1),
    text=LINE,
    original=maybe(SHORT),
    authorized=maybe(SHORT),
    disputed=maybe(SHORT),
    category=maybe(st.sampled_from(["Diagnostic Testing", "Physical Medicine"])),
    timing=st.sampled_from([None, "prospective", "concurrent", "retrospective"]),
    dates_of_service=st.lists(DAYS, max_size=2).map(tuple),
    decision=st.sampled_from([None, *Decision]),
    proposed=st.sampled_from([None, *Decision]),
    ur_basis=maybe(BASIS),
    reviewer_basis=maybe(BASIS),
    rationale=maybe(TEXT),
    conclusion=st.sampled_from([None, "medically necessary", "not medically necessary", "not established"]),
)
NAMES = st.lists(st.sampled_from(["California", "New York", "Physical Medicine & Rehabilitation", "Pain"]), max_size=3).map(tuple)
DETERMINATION = st.builds(
    Determination,
    case_number=st.sampled_from([None, "CM16-0213037", "13-000004", "A case of 2026"]),
    priority=st.sampled_from([None, "Standard", "Expedited"]),
    date_of_injury=maybe(DAYS),
    ur_denial_date=maybe(DAYS),
    application_received=maybe(DAYS),
    date_assigned=maybe(DAYS),
    decision_date=maybe(DAYS),
    reviewer=maybe(st.builds(Reviewer, NAMES, NAMES, NAMES)),
    age=maybe(st.integers(0, 110)),
    sex=st.sampled_from([None, "female", "male", "not recorded"]),
    documents_reviewed=maybe(st.lists(SHORT, max_size=14).map(tuple)),
    summary=maybe(TEXT),
    requests=st.lists(REQUEST, max_size=4).map(tuple),
)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

# what fails is shown as it was generated: to make it smaller would take minutes
BRIEF = settings(CALM, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def canonical(determination: Determination) -> Determination:
    """As a letter carries it; one with a text that would be misread is put aside (test_letters has those)."""
    wanted = normal(determination, WORDING, GRAMMAR)
    try:
        to_text(wanted, WORDING, draft=True)
    except UnwritableText:
        assume(False)
    return wanted


def without_provenance(read: object) -> Determination:
    assert isinstance(read, Reading), read
    return replace(read.determination, source=None, layout=None, warnings=())


@pytest.mark.slow
@CALM
@given(DETERMINATION)
def test_a_normal_determination_is_its_own_normal_form(any_determination: Determination) -> None:
    wanted = normal(any_determination, WORDING, GRAMMAR)
    assert normal(wanted, WORDING, GRAMMAR) == wanted


@pytest.mark.slow
@CALM
@given(DETERMINATION)
def test_what_is_written_as_text_reads_back(any_determination: Determination) -> None:
    wanted = canonical(any_determination)
    assert without_provenance(READER.read_text(to_text(wanted, WORDING, draft=True))) == wanted


@pytest.mark.slow
@CALM
@given(DETERMINATION)
def test_what_is_written_as_markdown_reads_back(any_determination: Determination) -> None:
    wanted = canonical(any_determination)
    assert without_provenance(READER.read_text(to_markdown(wanted, WORDING, draft=True))) == wanted


@CALM
@given(DETERMINATION)
def test_what_is_written_as_json_reads_back(any_determination: Determination) -> None:
    wanted = normal(any_determination, WORDING, GRAMMAR)
    assert without_provenance(READER.read_text(json.dumps(to_json(wanted)))) == wanted


@pytest.mark.slow
@settings(BRIEF, max_examples=40)
@given(determination=DETERMINATION)
def test_what_is_written_as_pdf_reads_back(tmp_path_factory: pytest.TempPathFactory, determination: Determination) -> None:
    wanted = canonical(determination)
    path = tmp_path_factory.mktemp("letter") / "letter.pdf"
    path.write_bytes(to_pdf(wanted, WORDING, draft=True))
    (read,) = READER.read_files([(path, path.name)])
    assert without_provenance(read) == wanted


@pytest.mark.slow
@settings(BRIEF, max_examples=25)
@given(determination=DETERMINATION)
def test_html_and_word_say_the_same(tmp_path_factory: pytest.TempPathFactory, determination: Determination) -> None:
    wanted = canonical(determination)
    folder = tmp_path_factory.mktemp("letter")
    (folder / "a.html").write_text(to_html(wanted, WORDING, draft=True), encoding="utf-8")
    (folder / "a.docx").write_bytes(to_word(wanted, WORDING, draft=True))
    for read in READER.read_files([(folder / "a.html", "a.html"), (folder / "a.docx", "a.docx")]):
        assert without_provenance(read) == wanted
