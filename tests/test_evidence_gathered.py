"""A long file is thinned without changing what it comes to."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.documents import Document, Page, Record
from openimr.evidence import Finding, Gathered, Reader, gather, state
from openimr.library import open_library
from openimr.sources import digest
from openimr.treatments import load as load_treatments

LIBRARY = open_library()
READER = Reader(LIBRARY, load_treatments(LIBRARY))
ON = date(2014, 6, 1)
SENTENCES = (
    "Palpable taut band in the lumbar paraspinals.",
    "No taut band in the lumbar paraspinals.",
    "She completed six visits of physical therapy for the low back.",
    "Taut band in the left upper trapezius.",
    "Low back pain for six months.",
    "Strength is 5/5 in both legs.",
    "Strength is 4/5 in the left leg.",
)
FACTS = frozenset({"taut_band_or_nodule", "physical_therapy_tried", "symptom_months", "motor_deficit", "prior_therapy_visits"})


def finding_of(number: int, sentence: str, day: date | None) -> tuple[Finding, ...]:
    text = "OBJECTIVE\n" + sentence
    name = f"note-{number}.txt"
    document = Document(name, digest(text), (Page(1, text),), {})
    return READER.find(document, Record(name, 1, 1, "progress_report", day, "Dana Whitlock, MD", ""), FACTS)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(SENTENCES), st.one_of(st.none(), st.integers(-400, 200))), max_size=12),
    st.sampled_from(SENTENCES),
)
def test_a_file_that_repeats_itself_comes_to_the_same_states(rest: list[tuple[str, int | None]], often: str) -> None:
    told = [(often, -400 + 9 * number) for number in range(45)] + rest
    found = [
        finding_of(number, sentence, ON + timedelta(days=days) if days is not None else None)
        for number, (sentence, days) in enumerate(told)
    ]
    every = tuple(each for some in found for each in some)
    halves = (Gathered(every[: len(every) // 2]), Gathered(every[len(every) // 2 :]))
    thinned = gather(halves, LIBRARY.facts, ON)
    assert len(thinned.findings) + sum(thinned.left_out.values()) == len(every)
    for fact in FACTS:
        for region in ("lumbar", "cervical", None):
            site = READER.site(region, None)
            whole = state(fact, LIBRARY.facts[fact], every, ON, site)
            part = state(fact, LIBRARY.facts[fact], thinned.findings, ON, site)
            assert part.known == whole.known, (fact, region)


def test_a_short_file_keeps_everything_in_its_order() -> None:
    every = tuple(each for number, sentence in enumerate(SENTENCES) for each in finding_of(number, sentence, ON))
    assert gather([Gathered(every)], LIBRARY.facts, ON) == Gathered(every)


def test_of_many_alike_the_newest_before_the_governing_date_stay() -> None:
    days = [ON + timedelta(days=days) for days in range(-300, 100, 4)]
    every = tuple(each for number, day in enumerate(days) for each in finding_of(number, SENTENCES[0], day))
    kept = gather([Gathered(every)], LIBRARY.facts, ON)
    dates = [each.date for each in kept.findings if each.date]
    assert ON in dates
    assert min(dates) > ON - timedelta(days=130)
    assert kept.left_out == {"taut_band_or_nodule": len(every) - len(kept.findings)}
