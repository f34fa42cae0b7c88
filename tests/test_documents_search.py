"""Words are found where they stand together, with the record and the place."""

from __future__ import annotations

import pytest

from openimr.documents import Document, Hit, Page, QueryError, records_in, search

VISIT = "PROGRESS REPORT (PR-2)\nPatient: Jane Doe    DOB: 02/11/1970\nDate of visit: 03/17/2014\n{}\nAnn Roe, MD"
OTHER = "PHYSICAL THERAPY DAILY NOTE\nPatient: Jane Doe\nDate of service: 02/12/2014\n{}"


def found(query: str, *texts: str) -> list[Hit]:
    documents = [Document(f"{n}.pdf", f"{n:064d}", (Page(1, text),), {}) for n, text in enumerate(texts, 1)]
    return list(search(documents, [record for document in documents for record in records_in(document)], query))


def marked(hit: Hit) -> list[str]:
    return [hit.span.quote[start:end] for start, end in hit.marks]


def test_a_word_is_found_whole_in_any_case_with_record_and_place() -> None:
    text = VISIT.format("There are TRIGGER points on the left. The triggering finger is another matter.")
    (hit,) = found("trigger", text)
    assert marked(hit) == ["TRIGGER"]
    assert (hit.record.kind, hit.span.document, hit.span.page) == ("progress_report", "1.pdf", 1)
    assert hit.span.holds(text)


def test_a_beginning_finds_every_ending() -> None:
    (hit, other) = found("radicul*", VISIT.format("No radiculopathy. Later on the exam there was nothing. Radicular pain came in May."))
    assert (marked(hit), marked(other)) == (["radiculopathy"], ["Radicular"])


def test_a_phrase_is_found_in_this_order_only_and_across_a_line() -> None:
    text = "The twitch\nresponse was seen. A response without a twitch was not."
    hits = found('"twitch response"', VISIT.format(text))
    assert [marked(hit) for hit in hits] == [["twitch\nresponse"]]


def test_all_words_must_stand_within_two_sentences() -> None:
    near = VISIT.format("A taut band was felt in the left gluteus. It gave a twitch.")
    far = VISIT.format("A taut band was felt. The gait was even. The patient slept well. He gave a twitch.")
    assert [hit.span.document for hit in found("taut twitch", near, far)] == ["1.pdf"]
    assert found("taut unicorn", near, far) == []


def test_what_stands_side_by_side_comes_first_then_a_sentence_then_two_and_within_that_the_file_decides() -> None:
    two = VISIT.format("The trigger was pressed. All points hurt.")
    one = VISIT.format("The trigger was one of six points.")
    beside = VISIT.format("There were trigger points.")
    hits = found("trigger points", two, one, beside, one)
    assert [(hit.rank, hit.span.document) for hit in hits] == [(1, "3.pdf"), (2, "2.pdf"), (2, "4.pdf"), (3, "1.pdf")]


def test_a_passage_is_told_once_at_its_shortest() -> None:
    (hit,) = found("pain relief", VISIT.format("The pain and the pain relief lasted a week."))
    assert marked(hit) == ["pain", "relief"]
    assert hit.rank == 1


def test_two_passages_of_a_page_are_two_hits() -> None:
    text = VISIT.format("Spasm in the low back today. " + "The gait is even and the skin is clear. " * 8 + "Spasm in the neck.")
    assert len(found("spasm", text)) == 2


def test_a_word_asked_for_twice_is_looked_for_once_and_marks_of_form_do_not_matter() -> None:
    assert len(found("spasm spasm", VISIT.format("Spasm is there."))) == 1
    assert [marked(hit) for hit in found("L4-L5 l4-l5", VISIT.format("Disc at L4-L5 bulges."))] == [["L4-L5"]]
    assert found("(spasm)", VISIT.format("Spasm is there.")) != []


@pytest.mark.parametrize("query", ["", "   ", '""', "*", "-- ..."])
def test_a_query_without_a_word_is_refused_with_what_to_do(query: str) -> None:
    with pytest.raises(QueryError, match="give one or more words"):
        found(query, VISIT.format("Spasm."))


def test_a_query_is_text_and_no_pattern() -> None:
    assert found("a.c", VISIT.format("abc")) == []
    assert found("[a-z]+", VISIT.format("zzz")) == []


def test_the_record_of_a_page_is_told_among_several_of_a_file() -> None:
    document = Document("1.pdf", "0" * 64, (Page(1, VISIT.format("Nothing.")), Page(2, OTHER.format("Spasm."))), {})
    (hit,) = search([document], records_in(document), "spasm")
    assert (hit.record.kind, hit.span.page) == ("therapy_note", 2)
