"""The grammar of a basis: what a determination says one side relied on, in the wordings letters use (texts here are invented)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.library import open_grammar, open_library
from openimr.sources import Citation

GRAMMAR = open_grammar(open_library(()))
MTUS, OUTER = "Decision based on MTUS ", "Decision based on Non-MTUS Citation "


def cited(text: str) -> list[tuple[str, str, str | None, tuple[str, ...], str | None]]:
    return [(c.authority, c.document, c.edition, c.sections, c.pages) for c in GRAMMAR.parse(text).citations]


def test_a_chapter_with_year_and_sections() -> None:
    assert cited(MTUS + "Knee Complaints 2004, Section(s): Special Studies, Surgical Considerations.") == [
        ("MTUS", "Knee Complaints", "2004", ("Special Studies", "Surgical Considerations"), None)
    ]


def test_chapters_joined_by_and_are_two_although_one_of_them_holds_an_and() -> None:
    three = "Forearm, Wrist, and Hand Complaints 2004, Section(s): Summary, and Elbow Complaints 2007, and Neck and Upper Back Complaints."
    assert [document for _, document, *_ in cited(MTUS + three)] == [
        "Forearm, Wrist, and Hand Complaints",
        "Elbow Complaints",
        "Neck and Upper Back Complaints",
    ]


def test_a_section_title_that_holds_commas_is_one_section() -> None:
    named = "NSAIDs, specific drug list & adverse effects, Capsaicin, topical (chili pepper/cayenne pepper)"
    assert cited(f"{MTUS}Chronic Pain Medical Treatment 2016, Section(s): {named}.")[0][3] == (
        "NSAIDs, specific drug list & adverse effects",
        "Capsaicin, topical (chili pepper/cayenne pepper)",
    )


def test_numbered_opioid_sections_end_where_the_next_number_begins() -> None:
    text = MTUS + "Opioid Treatment 2016, Section(s): 2.1 Opioids for Subacute Pain: When, Why and How, 4.2 Tapering Opioids: Methods."
    assert cited(text)[0][3] == ("2.1 Opioids for Subacute Pain: When, Why and How", "4.2 Tapering Opioids: Methods")


def test_a_bare_number_among_the_sections_is_a_page() -> None:
    assert cited(MTUS + "Elbow Complaints 2007, Section(s): 30, Summary.") == [("MTUS", "Elbow Complaints", "2007", ("Summary",), "30")]


def test_the_older_form_runs_the_topic_on_and_gives_pages() -> None:
    assert cited(MTUS + "Chronic Pain Treatment Guidelines Muscle relaxants Page(s): 41-42, 63.") == [
        ("MTUS", "Chronic Pain Medical Treatment", None, ("Muscle relaxants",), "41-42,63")
    ]
    assert cited(MTUS + "ACOEM Chapter 9 Shoulder Complaints Page(s): 207.") == [("MTUS", "Shoulder Complaints", None, (), "207")]
    assert cited(MTUS + "ACOEM Chapter 13.")[0][1] == "Knee Complaints"


def test_each_spelling_of_an_odg_chapter_is_the_same_chapter() -> None:
    for spelled in (
        "Official Disability Guidelines (ODG), Low Back - Lumbar & Thoracic (Acute & Chronic) chapter, Traction",
        "ODG Lower Back section: Traction",
        "Official Disability Guidelines Lumbar and Thoracic (Traction)",
        "Official Disability Guidelines (ODG-TWC), Online Version, Chapter: Back/Traction topic",
    ):
        assert cited(OUTER + spelled + ".") == [("ODG", "Low Back", None, ("Traction",), None)], spelled


def test_the_day_of_an_odg_update_is_its_edition() -> None:
    assert cited(OUTER + "ODG, Shoulder (updated 10/04/16), Arthroplasty.")[0][2:4] == ("10/04/16", ("Arthroplasty",))


def test_a_treatment_is_no_chapter() -> None:
    assert cited(OUTER + "Official Disability Guidelines (ODG), Gym memberships.") == [
        ("ODG", "Official Disability Guidelines", None, ("Gym memberships",), None)
    ]


def test_other_sources_are_parted_after_each_address_and_a_torn_address_is_whole() -> None:
    text = OUTER + "ODG Knee and Other Medical Treatment Guidelines https://example.org/a-long- name.html, http://example.org/b."
    assert cited(text) == [
        ("ODG", "Knee & Leg", None, (), None),
        ("Other", "https://example.org/a-long-name.html", None, (), None),
        ("Other", "http://example.org/b", None, (), None),
    ]


def test_a_side_that_cited_nothing_and_one_outside_the_mtus() -> None:
    none = GRAMMAR.parse("The Claims Administrator did not cite any medical evidence for its decision.")
    assert (none.stated_none, none.outside_mtus, none.citations) == (True, False, ())
    older = GRAMMAR.parse("The Expert Reviewer did not base their decision on the MTUS. " + OUTER + "ODG.")
    newer = GRAMMAR.parse("The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. " + OUTER + "ODG.")
    assert older == newer
    assert (older.stated_none, older.outside_mtus, len(older.citations)) == (False, True, 1)


def test_guideline_prose_that_ran_into_the_field_is_no_citation() -> None:
    text = (
        OUTER
        + "Official Disability Guidelines (ODG) shoulder, injections .Recommended as a short trial. See also the Pain Chapter for more."
    )
    assert cited(text) == [("ODG", "Shoulder", None, ("injections",), None)]


@pytest.mark.parametrize(
    "citation",
    [
        Citation("MTUS", "Chronic Pain Medical Treatment", "2016", ("TENS, chronic pain (transcutaneous electrical nerve stimulation)",)),
        Citation("MTUS", "Low Back Complaints", None, (), "300,309"),
        Citation("ODG", "Neck & Upper Back", "11/16/16", ("Magnetic resonance imaging (MRI)",)),
        Citation("ODG", "Official Disability Guidelines", None, ("Gym memberships",)),
        Citation("ACOEM", "Low Back Disorders", "2011", (), "607"),
    ],
)
def test_a_canonical_citation_prints_so_that_it_reads_back(citation: Citation) -> None:
    assert GRAMMAR.parse(str(citation)).citations == (citation,)


@given(
    st.sampled_from(["Knee Complaints", "Opioid Treatment", "Forearm, Wrist, and Hand Complaints", "Postsurgical Treatment"]),
    st.none() | st.sampled_from(["2004", "2016"]),
    st.lists(
        st.sampled_from(["Summary", "Initial Care", "NSAIDs, GI symptoms & cardiovascular risk", "Return to work"]), max_size=3, unique=True
    ),
    st.none() | st.sampled_from(["12", "300-309", "63,65-66"]),
)
def test_every_mtus_citation_of_known_parts_reads_back(document: str, edition: str | None, sections: list[str], pages: str | None) -> None:
    citation = Citation("MTUS", document, edition, tuple(sections), pages)
    assert GRAMMAR.parse(str(citation)).citations == (citation,)


@settings(max_examples=300)
@given(st.text(alphabet="MTUSODGACEM (),.;:/-&and Section(s): Page 2016 Knee Chapter\n", max_size=300) | st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for citation in GRAMMAR.parse(text).citations:
        assert citation.document
        assert all(citation.sections)


@pytest.mark.parametrize(
    "text",
    [
        "Decision based on " * 5000,
        "http://a- " * 5000,
        "(" * 50_000,
        "Knee and " * 8000,
        "ODG Knee, Pain " * 900,
        "did not cite any " * 8000,
        # found by mutation: brackets without their other half, one chapter after another
        "Decision based on Non-MTUS Citation ODG Pain, injections " + "))))" * 400,
        "Decision based on Non-MTUS Citation ODG " + "Knee, " * 660,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """Each of these took minutes, or the square of its length, with patterns that look ahead over the whole text."""
    assert len(GRAMMAR.parse(text).citations) < 1000
