"""The letter a determination becomes: its sections, its marks as a draft, its tags, and text that tries to break it."""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openimr.determinations import Basis, Decision, Determination, Request, Reviewer
from openimr.letters import (
    LetterNotReady,
    Reading,
    UnwritableText,
    normal,
    open_reader,
    open_wording,
    to_html,
    to_markdown,
    to_pdf,
    to_text,
    to_word,
    unshown,
)
from openimr.letters._writing._paper import one_line, paragraphs
from openimr.letters._writing._pdf import _SHOWN
from openimr.library import LibraryError, open_grammar, open_library

WORDING = open_wording(open_library(()))
READER, GRAMMAR = open_reader(open_library(())), open_grammar(open_library(()))
GUIDED = "Lumbar trigger point injection x 1 with ultrasound guidance"
DRAFT = Determination(
    case_number="CM14-0012345",
    priority="standard",
    date_of_injury=date(1999, 12, 8),
    ur_denial_date=date(2014, 12, 3),
    application_received=date(2014, 12, 18),
    date_assigned=date(2015, 1, 6),
    age=52,
    sex="female",
    documents_reviewed=(
        "Application for IMR · 12/18/2014 · Injured worker · 1-2 · packet.pdf",
        "Utilization review decision · 12/03/2014 · UR physician · 3-7 · packet.pdf",
        "Progress report (PR-2) · 11/17/2014 · · 10-14 · packet.pdf",
    ),
    summary="Chronic low back pain since an industrial injury; laminectomy in 2011.\n\nOn 11/17/2014 taut bands were palpated at L4-L5.",
    requests=(
        Request(
            1,
            GUIDED,
            disputed=GUIDED,
            proposed=Decision.UPHELD,
            ur_basis=Basis("MTUS Chronic Pain Medical Treatment Guidelines, Trigger point injections, page 122."),
            reviewer_basis=Basis("MTUS Chronic Pain Medical Treatment Guidelines 2009, Trigger point injections, p. 122"),
            rationale="The records show:\n- taut bands: met\n- guidance: not documented\n\nThe request as a whole is not established.",
            conclusion="not established",
        ),
        Request(
            2,
            "Cyclobenzaprine 7.5 mg #60",
            original="cyclobenzaprine 7.5 mg #90",
            authorized="cyclobenzaprine 7.5 mg #30",
            disputed="cyclobenzaprine 7.5 mg #60",
            timing="retrospective",
            dates_of_service=(date(2014, 11, 17),),
            ur_basis=Basis("", stated_none=True),
        ),
    ),
)
ISSUED = dataclasses.replace(
    DRAFT,
    decision_date=date(2015, 2, 2),
    reviewer=Reviewer(("California",), ("Preventive Medicine", "Occupational Medicine")),
    requests=tuple(
        dataclasses.replace(request, decision=decision, proposed=None)
        for request, decision in zip(DRAFT.requests, (Decision.UPHELD, Decision.OVERTURNED), strict=True)
    ),
)
SECTIONS = [
    "How the IMR Final Determination was made",
    "Documents reviewed",
    "Clinical case summary",
    "IMR issues, decisions and rationales",
    "After this determination",
]


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def flowing(pdf: bytes) -> str:
    return " ".join(" ".join(pages(pdf)).split())


def structure(pdf: bytes) -> list[str]:
    """The structure types in reading order."""
    out: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            out.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot.K)
    return out


def test_the_pdf_is_tagged_titled_and_in_english() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(DRAFT, WORDING, draft=True))) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang).startswith("en")
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Independent Medical Review Final Determination, Case CM14-0012345 (DRAFT - not a determination)"
            assert "dc:creator" not in metadata


def test_sections_are_bookmarked_with_their_disputed_items() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(ISSUED, WORDING, draft=False))) as document, document.open_outline() as outline:
        sections = {str(item.title): [str(child.title) for child in item.children] for item in outline.root}
    assert list(sections) == SECTIONS
    assert sections[SECTIONS[3]] == [f"Disputed item 1 of 2: {GUIDED}", "Disputed item 2 of 2: Cyclobenzaprine 7.5 mg #60"]


def test_headings_and_column_heads_are_tagged_as_such() -> None:
    kinds = structure(to_pdf(DRAFT, WORDING, draft=True))
    assert kinds.count("/H1") == len(SECTIONS)
    assert kinds.count("/H2") == len(DRAFT.requests)
    assert kinds.count("/TH") == 2
    assert kinds.count("/TR") == 1 + len(DRAFT.documents_reviewed or ())
    assert "/L" in kinds


def test_the_text_of_the_pdf_has_every_part_in_order() -> None:
    text = flowing(to_pdf(ISSUED, WORDING, draft=False))
    expected = [
        "Case Number: CM14-0012345 Priority: Standard",
        "Date Assigned: 01/06/2015 Date of Injury: 12/08/1999",
        "Decision Date: 02/02/2015 UR Denial Date: 12/03/2014",
        "Application Received: 12/18/2014",
        SECTIONS[0],
        "State(s) of Licensure: California",
        "Certification(s)/Specialty: Preventive Medicine, Occupational Medicine",
        SECTIONS[1],
        "No. Document (type, date, author, pages, file) 1 Application for IMR · 12/18/2014 · Injured worker · 1-2 · packet.pdf",
        SECTIONS[2],
        "On 11/17/2014 taut bands were palpated at L4-L5.",
        SECTIONS[3],
        f"Disputed item 1 of 2: {GUIDED} Decision: Upheld",
        "Claims Administrator guideline: MTUS Chronic Pain Medical Treatment Guidelines, Trigger point injections, page 122.",
        "Reviewer guideline: MTUS Chronic Pain Medical Treatment Guidelines 2009",
        "Decision rationale: The records show:",
        "The request as a whole is not established.",
        "Disputed item 2 of 2: Cyclobenzaprine 7.5 mg #60 Decision: Overturned",
        "Original request: cyclobenzaprine 7.5 mg #90",
        "Claims Administrator guideline: No guideline or other medical evidence was cited.",
        "Decision rationale: not stated",
        SECTIONS[4],
        "(LC 4610.6(h), (i); 8 CCR 10575 (formerly 10957.1))",
    ]
    at = 0
    for part in expected:
        assert text.find(part, at) >= at, f"{part!r} is missing or out of order"
        at = text.index(part, at)


def test_equal_determinations_give_equal_bytes() -> None:
    assert to_pdf(DRAFT, WORDING, draft=True) == to_pdf(DRAFT, WORDING, draft=True)


def test_a_draft_says_so_on_every_page_and_has_page_numbers() -> None:
    long = dataclasses.replace(DRAFT, summary="\n\n".join(["The record is long and the page is short. " * 12] * 12))
    texts = pages(to_pdf(long, WORDING, draft=True))
    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert "DRAFT - not a determination" in text
        assert re.search(rf"Case CM14-0012345 (\(continued on the next page\) )?page {number} of {len(texts)}", " ".join(text.split()))


def test_the_marks_of_a_draft_are_artifacts_that_no_screen_reader_reads_as_text() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(DRAFT, WORDING, draft=True))) as document:
        for page in document.pages:
            operators = [(str(each.operator), [str(operand) for operand in each.operands]) for each in pikepdf.parse_content_stream(page)]
            first_text = next(index for index, (operator, _) in enumerate(operators) if operator == "BT")
            opened = [operands for operator, operands in operators[:first_text] if operator in ("BMC", "BDC")]
            assert opened[-1][0] == "/Artifact"


def test_an_issued_letter_bears_no_mark_of_a_draft() -> None:
    assert "DRAFT" not in flowing(to_pdf(ISSUED, WORDING, draft=False))
    assert "DRAFT" not in to_markdown(ISSUED, WORDING, draft=False)


def test_a_proposal_is_never_taken_for_a_decision() -> None:
    for text in (flowing(to_pdf(DRAFT, WORDING, draft=True)), to_markdown(DRAFT, WORDING, draft=True)):
        assert "Proposed: Upheld (not decided)" in text
        assert "Proposed: none (not decided)" in text
        assert "Decision: " not in text
        assert "appeal" not in text


@pytest.mark.parametrize("missing", [{"reviewer": None}, {"requests": DRAFT.requests}, {"requests": ()}])
def test_a_letter_without_reviewer_or_decision_can_only_be_a_draft(missing: dict[str, Any]) -> None:
    incomplete = dataclasses.replace(ISSUED, **missing)
    for write in (to_pdf, to_markdown):
        with pytest.raises(LetterNotReady):
            write(incomplete, WORDING, draft=False)
        assert write(incomplete, WORDING, draft=True)


def test_without_a_reviewer_the_credentials_are_not_yet_assigned() -> None:
    text = to_markdown(DRAFT, WORDING, draft=True)
    assert "**State(s) of Licensure:** not yet assigned" in text
    assert "No physician reviewer has been assigned" in text
    assert "more than five years" not in text


def test_markdown_has_the_headings_of_the_pdf() -> None:
    headings = re.findall(r"^(#+) (.*)$", to_markdown(ISSUED, WORDING, draft=False), re.M)
    assert [text for marks, text in headings if marks == "##"] == SECTIONS
    assert [text for marks, text in headings if marks == "###"] == [
        f"Disputed item 1 of 2: {GUIDED}",
        "Disputed item 2 of 2: Cyclobenzaprine 7.5 mg #60",
    ]


def test_markdown_lists_the_documents_as_a_table() -> None:
    text = to_markdown(DRAFT, WORDING, draft=True)
    assert "| No. | Document (type, date, author, pages, file) |\n| --- | --- |\n| 1 | Application for IMR · 12/18/2014 |" in text.replace(
        " · Injured worker", " |"
    )
    assert "| 3 | Progress report (PR-2) · 11/17/2014 · · 10-14 · packet.pdf |" in text


def test_the_text_of_a_case_cannot_forge_a_heading_or_label_in_markdown() -> None:
    forged = dataclasses.replace(DRAFT, summary="# IMR issues\n\n**Decision:** Upheld\n\n- [x](http://x)\n\n1. <script>alert(1)</script>")
    text = to_markdown(forged, WORDING, draft=True)
    assert "\n\\# IMR issues" in text
    assert "\\*\\*Decision:\\*\\* Upheld" in text
    assert "- \\[x\\](http://x)" in text
    assert "1\\. \\<script\\>" in text


def test_a_rationale_may_speak_of_labels_for_nothing_follows_it() -> None:
    odd = dataclasses.replace(
        DRAFT.requests[0], rationale="Decision rationale: Reviewer guideline: #set page(fill: red) $x$ *bold* \\ @ref"
    )
    text = flowing(to_pdf(dataclasses.replace(DRAFT, requests=(odd,)), WORDING, draft=True))
    assert "Decision rationale: Decision rationale: Reviewer guideline: #set page(fill: red) $x$ *bold* \\ @ref" in text


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"text": "Back brace Decision: Overturned"}, r"requests\[0\]\.text"),
        ({"original": "40 tablets In dispute: none"}, r"requests\[0\]\.original"),
        ({"ur_basis": Basis("ODG. Decision rationale: none needed.")}, r"requests\[0\]\.ur_basis\.text"),
        ({"rationale": "Not shown.\n\nDisputed item 2 of 2: a walker"}, r"requests\[0\]\.rationale"),
        ({"rationale": "Not shown.\n\nCLINICAL CASE SUMMARY\n\nNothing."}, r"requests\[0\]\.rationale"),
        ({"rationale": "Not shown.\n\nAfter this determination\n\nNothing."}, r"requests\[0\]\.rationale"),
    ],
)
def test_a_text_that_would_be_read_as_a_label_is_refused_with_its_place(where: dict[str, Any], path: str) -> None:
    forged = dataclasses.replace(DRAFT, requests=(dataclasses.replace(DRAFT.requests[0], **where), DRAFT.requests[1]))
    for write in (to_pdf, to_markdown, to_text, to_html, to_word):
        with pytest.raises(UnwritableText, match=f"{path}: .*word it differently"):
            write(forged, WORDING, draft=True)


def test_a_bullet_inside_a_line_is_printed_as_a_dot() -> None:
    assert "tender • points".replace("•", "·") in to_text(dataclasses.replace(DRAFT, summary="tender • points"), WORDING, draft=True)


def test_tokens_with_hyphen_or_slash_are_not_broken_at_the_line_end() -> None:
    words = " ".join(f"L{n}-L{n + 1} and/or 11/{n:02}/2014 trigger-point" for n in range(1, 60))
    text = flowing(to_pdf(dataclasses.replace(DRAFT, summary=words), WORDING, draft=True))
    furniture = r" Case CM14-0012345 (\(continued on the next page\) )?page \d of \d DRAFT - not a determination"
    assert words in re.sub(furniture, "", text)
    assert "\ufffe" not in text


def test_each_line_of_a_rationale_is_a_paragraph() -> None:
    lines = "It is judged under the guideline.\nMet: taut bands.\nNot documented: a reason for guidance."
    broken = dataclasses.replace(DRAFT, requests=(dataclasses.replace(DRAFT.requests[0], rationale=lines),))
    assert any(f"Decision rationale: {lines}\n" in page for page in pages(to_pdf(broken, WORDING, draft=True)))
    assert "**Decision rationale:** It is judged under the guideline.\n\nMet: taut bands.\n\nNot documented:" in to_markdown(
        broken, WORDING, draft=True
    )


def test_a_conclusion_is_called_proposed_until_it_is_decided() -> None:
    assert "**Proposed conclusion:** not established" in to_markdown(DRAFT, WORDING, draft=True)
    assert "**Conclusion:** not established" in to_markdown(ISSUED, WORDING, draft=False)


def test_control_and_invisible_characters_are_dropped() -> None:
    assert one_line("a\x00b\u202ec\x1b[31m\u200bd\ud800") == "abc[31md"
    assert paragraphs("one\r\ntwo\n \nthree\f- four\n  more\n- five") == ("one", "two", "three", ("four more", "five"))


def test_a_character_no_font_shows_is_printed_as_its_code_point() -> None:
    odd = dataclasses.replace(DRAFT, summary="Pain \U0001f600 8/10, naïve µg ≥ 50 °C")
    assert "Pain [U+1F600] 8/10, naïve µg ≥ 50 °C" in flowing(to_pdf(odd, WORDING, draft=True))
    assert "Pain \U0001f600 8/10" in to_markdown(odd, WORDING, draft=True)


def test_every_character_of_the_certain_repertoire_can_be_set() -> None:
    every = " ".join(chr(code) for code in range(0x21, 0x10000) if _SHOWN.match(chr(code)))
    # the grinning face forces the second try, in which only these characters are left
    request = dataclasses.replace(DRAFT.requests[0], text=f"{every} \U0001f600")
    assert to_pdf(dataclasses.replace(DRAFT, requests=(request,)), WORDING, draft=True)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=400), st.text(max_size=40))
def test_any_text_makes_a_letter(summary: str, request: str, rationale: str, document: str) -> None:
    any_text = dataclasses.replace(
        DRAFT,
        summary=summary,
        case_number=document,
        documents_reviewed=(document,),
        requests=(Request(1, request, original=document, rationale=rationale, ur_basis=Basis(request)),),
    )
    try:
        assert to_pdf(any_text, WORDING, draft=True).startswith(b"%PDF")
    except UnwritableText:
        return
    text = to_markdown(any_text, WORDING, draft=True)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [f"## {name}" for name in SECTIONS]
    assert text.encode()


def test_a_word_longer_than_the_line_stays_on_the_page() -> None:
    pdf = to_pdf(dataclasses.replace(DRAFT, summary="x" * 500), WORDING, draft=True)
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    assert max(text.get_charbox(index)[2] for index in range(text.count_chars())) <= page.get_width() - 72


@pytest.mark.parametrize(
    ("decided", "said", "unsaid"),
    [
        (date(2016, 12, 31), "come first, and a lower standard counts only", "applied as the Medical Treatment Utilization Schedule"),
        (date(2017, 1, 1), "applied as the Medical Treatment Utilization Schedule", "come first, and a lower standard counts only"),
    ],
)
def test_the_letter_speaks_the_law_of_the_decision_date(decided: date, said: str, unsaid: str) -> None:
    text = to_markdown(dataclasses.replace(ISSUED, decision_date=decided), WORDING, draft=False)
    assert said in text
    assert unsaid not in text


def test_an_undecided_case_is_worded_by_the_last_day_known_of_it() -> None:
    assert "come first, and a lower standard counts only" in to_markdown(DRAFT, WORDING, draft=True)


def test_notices_follow_the_decisions() -> None:
    overturned = dataclasses.replace(ISSUED, requests=ISSUED.requests[1:])
    text = to_markdown(overturned, WORDING, draft=False)
    assert "within five working days" in text
    assert "stands for 12 months" not in text


def test_every_statement_of_law_names_its_source_and_mark() -> None:
    sections = [getattr(WORDING.sections, name) for name in type(WORDING.sections).model_fields]
    assert [section.heading for section in sections] == SECTIONS
    assert all(section.source and section.mark for section in sections)
    notices = [statement for statement in WORDING.sections.notice.statements if statement.when != "draft"]
    assert all(statement.source for statement in notices)


def test_a_wrong_wording_file_is_named_with_line_and_mend(tmp_path: Path) -> None:
    folder = tmp_path / "programs" / "ca-dwc-imr"
    folder.mkdir(parents=True)
    original = next(path for path in open_library(()).files("programs/ca-dwc-imr") if path.name == "letter.yaml")
    broken = original.read_text(encoding="utf-8").replace("  priority: Priority", "  priorty: Priority")
    (folder / "letter.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"letter\.yaml:\d+: .*priori?ty"):
        open_wording(open_library((tmp_path,)))


def test_a_program_without_wording_is_refused() -> None:
    with pytest.raises(LibraryError, match="no wording for letters"):
        open_wording(open_library(()), "nowhere")


# --- PDF/UA, with a reader of structure that is not the writer's


def marked_content(pdf: bytes) -> tuple[int, int]:
    """How many pieces of text are shown, and how many of them lie outside any mark."""
    shown = outside = 0
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            depth = 0
            for each in pikepdf.parse_content_stream(page):
                operator = str(each.operator)
                if operator in ("BMC", "BDC"):
                    depth += 1
                elif operator == "EMC":
                    depth -= 1
                elif operator in ("Tj", "TJ", "'", '"'):
                    shown += 1
                    outside += depth == 0
    return shown, outside


@pytest.mark.parametrize("draft", [True, False])
def test_all_text_is_tagged_or_an_artifact(draft: bool) -> None:
    shown, outside = marked_content(to_pdf(DRAFT if draft else ISSUED, WORDING, draft=draft))
    assert shown > 50
    assert outside == 0


def test_headings_follow_one_another_without_a_leap() -> None:
    levels = [int(kind[2:]) for kind in structure(to_pdf(ISSUED, WORDING, draft=False)) if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_every_row_of_the_table_has_its_cells_and_the_head_its_scope() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(ISSUED, WORDING, draft=False))) as document:
        rows: list[list[str]] = []
        scopes: list[str] = []

        def walk(node: Any) -> None:
            if isinstance(node, pikepdf.Array):
                for child in node:
                    walk(child)
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                if str(node.S) == "/TR":
                    rows.append([str(cell.S) for cell in node.K])
                if str(node.S) == "/TH":
                    attributes = node.A if isinstance(node.A, pikepdf.Dictionary) else node.A[0]
                    scopes.append(str(attributes.Scope))
                if "/K" in node:
                    walk(node.K)

        walk(document.Root.StructTreeRoot.K)
    assert rows == [["/TH", "/TH"], *[["/TD", "/TD"]] * 3]
    assert scopes == ["/Column", "/Column"]


@pytest.mark.parametrize("draft", [True, False])
def test_the_pdf_reads_back_through_another_extractor_too(tmp_path: Path, draft: bool) -> None:
    import pypdf

    wanted = normal(DRAFT if draft else ISSUED, WORDING, GRAMMAR)
    (tmp_path / "a.pdf").write_bytes(to_pdf(wanted, WORDING, draft=draft))
    text = "\f".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "a.pdf").pages)
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    own, other = READER.read_files((tmp_path / name, name) for name in ("a.pdf", "a.txt"))
    for found in (own, other):
        assert isinstance(found, Reading), found
        read = found.determination
        assert read.case_number == wanted.case_number
        assert (read.decision_date, read.date_of_injury) == (wanted.decision_date, wanted.date_of_injury)
        assert [request.text for request in read.requests] == [request.text for request in wanted.requests]
        assert [request.decision for request in read.requests] == [request.decision for request in wanted.requests]
        assert [request.ur_basis for request in read.requests] == [request.ur_basis for request in wanted.requests]
        assert read.documents_reviewed == wanted.documents_reviewed
    assert isinstance(own, Reading)
    assert dataclasses.replace(own.determination, source=None, layout=None, warnings=()) == wanted


def test_equal_letters_are_equal_word_documents_with_the_mark_of_a_draft() -> None:
    import docx

    assert to_word(DRAFT, WORDING, draft=True) == to_word(DRAFT, WORDING, draft=True)
    document = docx.Document(io.BytesIO(to_word(DRAFT, WORDING, draft=True)))
    assert document.paragraphs[0].text == "DRAFT - not a determination"
    assert "Case CM14-0012345" in document.sections[0].footer.paragraphs[0].text
    assert [each.style.name for each in document.paragraphs if each.style and each.text in SECTIONS] == ["Heading 1"] * 5


def test_the_characters_no_font_shows_are_named() -> None:
    assert unshown(dataclasses.replace(DRAFT, summary="Pain \U0001f600 and \u05e9"), WORDING, draft=True) == ("\u05e9", "\U0001f600")
    assert unshown(DRAFT, WORDING, draft=True) == ()
