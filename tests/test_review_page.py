"""The worksheet page, driven in a browser: a passage is one click from its place on the record's page."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from openimr.determinations import Conclusion
from openimr.review._json import to_json
from openimr.review._page import PageView, to_html
from openimr.review._worksheet import (
    CandidateSheet,
    ComponentSheet,
    CriterionSheet,
    Evidence,
    Flag,
    GapSheet,
    MissingSheet,
    NamedIn,
    RecordSheet,
    RequestSheet,
    RuleSheet,
    Tie,
    Worksheet,
)
from openimr.sources import Citation, Span

WIDTH, HEIGHT = 612.0, 792.0
BOXES: dict[tuple[str, int, int, int], tuple[tuple[float, float, float, float], ...]] = {}
BANDS = (72.0, 300.0, 410.0, 314.0)
GUIDANCE = ((72.0, 620.0, 500.0, 634.0), (72.0, 636.0, 220.0, 650.0))
HOSTILE = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"


def picture(lines: dict[tuple[float, float], str]) -> PageView:
    image = Image.new("L", (int(WIDTH * 1.5), int(HEIGHT * 1.5)), 255)
    drawing = ImageDraw.Draw(image)
    for (x, y), text in lines.items():
        drawing.text((x * 1.5, y * 1.5), text, fill=0, font_size=18)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return PageView(out.getvalue(), "image/png", WIDTH, HEIGHT)


def passage(quote: str, page: int, *box: tuple[float, float, float, float], use: str = "counted", says: str = "") -> Evidence:
    start = 10 + 1000 * len(BOXES)
    BOXES["packet.pdf", page, start, start + len(quote)] = box
    return Evidence(
        origin="record",
        use=use,
        says=says,
        quote=quote,
        span=Span("packet.pdf", "0" * 64, page, "1" * 64, start, start + len(quote), quote),
        date=date(2014, 11, 17),
        author="R. Alvarez, MD",
        standing="examination",
        kind="progress_report",
    )


def criterion(name: str, label: str, state: str, *evidence: Evidence, **more: Any) -> CriterionSheet:
    return CriterionSheet(
        **{
            "id": name,
            "label": label,
            "state": state,
            "readings": (("default", state, True),),
            "value": None,
            "limit": None,
            "assumed": None,
            "why": "",
            "mark": "regulation",
            "citation": "MTUS Chronic Pain 2009, p. 122",
            "evidence": evidence,
            **more,
        }
    )


def record(number: int, pages: tuple[int, int], day: date, verdict: str, **more: Any) -> RecordSheet:
    of = (number, "packet.pdf", "0" * 64, pages, "progress_report", "Progress report", day, "R. Alvarez, MD", verdict)
    return RecordSheet(*of, **{"cited": False, **more})


MTUS = Citation("MTUS", "Chronic Pain Medical Treatment Guidelines", "2009", ("Trigger point injections",), "122")
ODG = Citation("ODG", "Pain chapter", "2014", ("Trigger point injections",))
GOVERNING = RuleSheet(
    id="mtus-2009-tpi",
    role="governing",
    citation=MTUS,
    stance="conditional",
    tier="mtus",
    verified="regulation",
    criteria=(
        criterion(
            "trigger_points",
            "Circumscribed trigger points with twitch response and referred pain",
            "Met",
            passage("palpable taut bands, with pain sent distally on deep palpation", 12, BANDS, says="taut band: yes"),
            passage("no taut band was felt", 15, (72.0, 200.0, 300.0, 214.0), use="older", says="taut band: no"),
            passage("trigger points of the left trapezius", 12, (72.0, 420.0, 330.0, 434.0), use="elsewhere", says="trigger points: yes"),
            readings=(("twitch_response_mandatory", "NotDocumented", False), ("two_of_three_signs", "Met", True)),
            why="Taut bands and referred pain are described; a twitch response is not mentioned.",
        ),
        criterion(
            "duration",
            "Symptoms for more than three months",
            "Met",
            passage("low back pain since 1999", 12),
            value=180.0,
            limit="more than 3 months",
        ),
        criterion(
            "radiculopathy",
            "Radiculopathy is not present",
            "Conflicting",
            passage("straight leg raising positive", 19, (72.0, 90.0, 260.0, 104.0), use="claim"),
        ),
        criterion(
            "repeat",
            "At least 50 % relief for six weeks after an earlier injection",
            "NotApplicable",
            assumed="no earlier injection is documented, so a first one is assumed",
            mark="memory",
        ),
        criterion(
            "injections",
            "No more than 3 to 4 injections in a session",
            "NotMet",
            value=6.0,
            limit="at most 4",
            why="The request is for 6 injections.",
        ),
        criterion(
            "guidance",
            "A reason why palpation alone does not suffice",
            "NotDocumented",
            why="No record speaks of why ultrasound is needed.",
        ),
    ),
    conclusion=Conclusion.NOT_ESTABLISHED,
    deciding=("guidance",),
    would_change=(("a reason why palpation alone does not suffice", "that radiculopathy is absent"),),
    notes=("The stance is conditional.",),
)
SHADOW = dataclasses.replace(
    GOVERNING,
    id="odg-2014-tpi",
    role="shadow",
    citation=ODG,
    tier="odg",
    verified="memory",
    criteria=(
        criterion(
            "guidance", "Injection without ultrasound guidance", "NotMet", passage("with ultrasound guidance as before", 19, *GUIDANCE)
        ),
    ),
    conclusion=Conclusion.NOT_NECESSARY,
    would_change=(),
    notes=(),
)
REQUEST = RequestSheet(
    number=1,
    text="Lumbar trigger point injection x 1 with ultrasound guidance",
    unused_words=("x",),
    ur_basis="MTUS Chronic Pain Treatment Guidelines, page 122",
    cited_by_ur=(MTUS,),
    candidates=(
        CandidateSheet(
            "mtus-2009-tpi",
            "mtus",
            (date(2009, 7, 18), date(2016, 7, 27)),
            True,
            "MTUS addresses the treatment and was in force on 2014-12-03",
        ),
        CandidateSheet("odg-2014-tpi", "odg", (date(2014, 1, 1), None), False, "MTUS is not silent, and its presumption was not rebutted"),
    ),
    components=(
        ComponentSheet(
            "trigger_point_injection",
            "Trigger point injection",
            {"region": "lumbar", "quantity": 1},
            (GOVERNING, SHADOW),
            Conclusion.NOT_ESTABLISHED,
        ),
    ),
    conclusion=Conclusion.NOT_ESTABLISHED,
    would_change=(("a reason why palpation alone does not suffice",),),
    notes=("The whole request fails if a component fails.",),
)
SHEET_VALUE = Worksheet(
    case="CM14-0012345",
    on=date(2014, 12, 3),
    on_because="date of the UR decision",
    alternatives=(("request_date", date(2014, 11, 20)),),
    mode="advisory",
    library_version="0123456789abcdef",
    readers={"pdfium": "5.15"},
    files={"case.yaml": "3" * 64, "records/packet.pdf": "0" * 64},
    records=(
        record(1, (10, 14), date(2014, 11, 17), "cited", cited=True),
        record(
            2, (15, 18), date(2014, 10, 6), "read without bearing", copies=Tie(1, 0.81), flags=(Flag(16, "blank", "the page is blank"),)
        ),
        record(3, (19, 23), date(2014, 11, 17), "duplicate", duplicate_of=Tie(1, 0.97)),
        RecordSheet(4, "scan.pdf", "2" * 64, None, "other", "scan.pdf", None, None, "unreadable", None, ("page 3: no text layer",)),
    ),
    boxes=BOXES,
    missing=(MissingSheet("the request for authorization", ("rfa",), "8 CCR 9792.10.5", "regulation"),),
    gaps=(
        GapSheet(
            "MRI of the lumbar spine",
            "imaging",
            "2012-06-14",
            None,
            False,
            "no imaging report of 2012-06-14 is in the file",
            (NamedIn(1, Span("packet.pdf", "0" * 64, 12, "1" * 64, 5, 41, "MRI of the lumbar spine of 6/14/2012")),),
        ),
        GapSheet(
            "Pain agreement",
            "other",
            None,
            None,
            False,
            "no pain agreement, spoken of without a date, is in the file",
            (NamedIn(1, Span("packet.pdf", "0" * 64, 12, "1" * 64, 50, 72, "Pain agreement on file")),),
        ),
    ),
    requests=(
        REQUEST,
        dataclasses.replace(
            REQUEST,
            number=2,
            text="Acupuncture",
            candidates=(),
            components=(),
            cited_by_ur=(),
            unused_words=(),
            would_change=(),
            notes=(),
            conclusion=Conclusion.NO_GUIDELINE,
        ),
    ),
    warnings=("The RFA date is missing.",),
)
SHEET = to_json(SHEET_VALUE)
PAGES = {
    ("packet.pdf", 12): picture(
        {(72, 300): "palpable taut bands, with pain sent distally on deep palpation", (72, 420): "trigger points of the left trapezius"}
    ),
    ("packet.pdf", 15): picture({(72, 200): "no taut band was felt"}),
    ("packet.pdf", 19): picture({(72, 90): "straight leg raising positive", (72, 620): "with ultrasound guidance", (72, 636): "as before"}),
    ("packet.pdf", 40): picture({}),
}
EMPTY = {
    **SHEET,
    **{key: [] for key in ("requests", "records", "missing", "gaps", "summary", "timeline", "warnings")},
    "alternatives": {},
}


class Opened:
    """The page in a browser, with everything it asked for and complained of."""

    def __init__(self, browser: Browser, folder: Path, html: str, **settings: Any) -> None:
        file = folder / "worksheet.html"
        file.write_text(html, encoding="utf-8")
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": 1400, "height": 900}, **settings)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.url = file.as_uri()
        self.page.goto(self.url)

    def quote(self, text: str) -> Any:
        return self.page.locator("a.quote", has_text=text).first

    def shown(self) -> list[dict[str, Any]]:
        """The highlighted boxes in points of the page they lie on, and whether the viewer shows them."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """() => [...document.querySelectorAll('.mark rect')].filter(r => getComputedStyle(r).visibility === 'visible').map(r => {
                const image = r.closest('.sheet').querySelector('img').getBoundingClientRect(), box = r.getBoundingClientRect();
                const view = document.getElementById('viewer').getBoundingClientRect(), scale = 612 / image.width;
                return {x0: (box.left - image.left) * scale, y0: (box.top - image.top) * scale, x1: (box.right - image.left) * scale,
                        y1: (box.bottom - image.top) * scale, inside: box.top >= view.top && box.bottom <= view.bottom,
                        page: r.closest('figure').querySelector('figcaption').textContent};
            })"""
        )
        return found


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    it = Opened(browser, tmp_path, to_html(SHEET, PAGES))
    yield it
    it.page.close()


def assert_at(shown: dict[str, Any], box: tuple[float, float, float, float], page: str) -> None:
    assert [shown[side] for side in ("x0", "y0", "x1", "y1")] == pytest.approx(box, abs=2)
    assert shown["inside"]
    assert shown["page"] == page


def test_a_click_on_a_quote_shows_its_page_with_the_passage_marked(opened: Opened) -> None:
    assert opened.shown() == []
    opened.quote("palpable taut bands").click()
    (mark,) = opened.shown()
    assert_at(mark, BANDS, "packet.pdf, page 12")
    opened.quote("straight leg raising").click()
    (mark,) = opened.shown()
    assert_at(mark, (72, 90, 260, 104), "packet.pdf, page 19")


def test_a_quote_of_the_summary_and_of_the_timeline_leads_to_its_page(browser: Browser, tmp_path: Path) -> None:
    bands = next(each for each in _evidence_of(SHEET) if "palpable taut bands" in each["quote"])
    summary = [{"part": "examination", "text": f"On examination (progress report): “{bands['quote']}”", "evidence": [bands]}]
    event = {"date": "2014-11-01", "precision": "month", "event": "Injection", "kind": "injection", "evidence": [bands]}
    it = Opened(browser, tmp_path, to_html({**EMPTY, "summary": summary, "timeline": [event]}, PAGES))
    it.page.locator(".told a.quote").click()
    (mark,) = it.shown()
    assert_at(mark, BANDS, "packet.pdf, page 12")
    it.page.locator("details.timeline summary").click()
    assert it.page.locator("details.timeline tbody th").inner_text() == "2014-11"
    it.page.keyboard.press("j")
    assert it.page.locator(".timeline a.quote[aria-current]").count() == 1
    it.page.close()


def _evidence_of(sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for request in sheet["requests"]:
        for component in request["components"]:
            for rule in component["rules"]:
                for criterion in rule["criteria"]:
                    yield from criterion["evidence"]


def test_a_passage_over_two_lines_is_marked_on_both(opened: Opened) -> None:
    opened.page.locator("details.compared summary").first.click()
    opened.quote("with ultrasound guidance").click()
    for mark, box in zip(opened.shown(), GUIDANCE, strict=True):
        assert_at(mark, box, "packet.pdf, page 19")


def test_a_click_does_not_move_the_list_under_the_readers_eyes(opened: Opened) -> None:
    link = opened.quote("straight leg raising")
    link.scroll_into_view_if_needed()
    before = link.bounding_box()
    link.click()
    assert link.bounding_box() == before


def test_the_keyboard_steps_from_passage_to_passage(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("j")
    assert "palpable taut bands" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("j")
    (mark,) = opened.shown()
    assert mark["page"] == "packet.pdf, page 15"
    page.keyboard.press("ArrowUp")
    (mark,) = opened.shown()
    assert_at(mark, BANDS, "packet.pdf, page 12")
    page.keyboard.press("k")
    assert "palpable taut bands" in page.evaluate("document.activeElement.textContent")
    assert page.inner_text("#live") == "Showing packet.pdf, page 12"


def test_enter_on_a_focused_quote_shows_it(opened: Opened) -> None:
    opened.quote("no taut band").focus()
    opened.page.keyboard.press("Enter")
    (mark,) = opened.shown()
    assert mark["page"] == "packet.pdf, page 15"


def test_stepping_passes_over_what_is_folded_away(opened: Opened) -> None:
    for _ in range(12):
        opened.page.keyboard.press("j")
    assert "straight leg raising" in opened.page.evaluate("document.activeElement.textContent")


def test_a_passage_without_a_box_leads_to_its_page(opened: Opened) -> None:
    opened.quote("low back pain since 1999").click()
    assert opened.shown() == []
    assert opened.page.inner_text("#live") == "Showing packet.pdf, page 12"


def test_nothing_is_fetched_and_nothing_complains(opened: Opened) -> None:
    opened.quote("palpable taut bands").click()
    assert [url for url in opened.requests if not url.startswith("data:")] == [opened.url]
    assert opened.complaints == []


def test_the_page_works_without_a_script(browser: Browser, tmp_path: Path) -> None:
    it = Opened(browser, tmp_path, to_html(SHEET, PAGES), java_script_enabled=False)
    link = it.quote("palpable taut bands")
    link.click()
    mark = it.page.locator(f"{link.get_attribute('href')} rect")
    assert mark.is_visible()
    view, box = it.page.locator("#viewer").bounding_box(), mark.bounding_box()
    assert view is not None
    assert box is not None
    assert view["y"] <= box["y"] <= view["y"] + view["height"]
    it.page.close()


def test_the_proposal_is_folded_away_behind_the_criteria(opened: Opened) -> None:
    page = opened.page
    assert not page.get_by_text("Proposed: Upheld").is_visible()
    assert page.get_by_text("Circumscribed trigger points").first.is_visible()
    text = to_html(SHEET, PAGES)
    assert text.index("Circumscribed trigger points") < text.index("Show the engine")
    page.locator("details.proposal summary").first.click()
    assert page.get_by_text("Proposed: Upheld (a proposal, not a decision)").is_visible()
    assert "decided by: A reason why palpation alone does not suffice" in page.locator("details.proposal").first.inner_text()


def test_no_conclusion_stands_outside_the_proposal(opened: Opened) -> None:
    seen = opened.page.inner_text("body")
    assert not any(word in seen for word in ("Upheld", "Overturned", "Not established", "Not medically necessary"))


def test_every_state_is_told_by_word_and_sign(opened: Opened) -> None:
    told = opened.page.locator(".criterion > .head > .state").all_inner_texts()
    assert told[:6] == ["✓ Met", "✓ Met", "⇄ Conflicting", "\N{EN DASH} Not applicable", "✗ Not met", "? Not documented"]


def test_silence_is_told_apart_from_a_no_with_what_would_have_to_be_documented(opened: Opened) -> None:
    silent = opened.page.locator(".criterion.NotDocumented").first.inner_text()
    assert "Silence is not a no" in silent
    assert "No passage in the records read." in silent
    needed = opened.page.locator(".changes").first.inner_text()
    assert "What would have to be documented" in needed
    assert "a reason why palpation alone does not suffice; and that radiculopathy is absent" in needed


def test_readings_assumptions_limits_and_marks_are_shown(opened: Opened) -> None:
    seen = opened.page.inner_text("main")
    assert "twitch response mandatory: ? Not documented" in seen
    assert "two of three signs (default): ✓ Met" in seen
    assert "Assumed: no earlier injection is documented, so a first one is assumed" in seen
    assert "Found: 6; limit: at most 4" in seen
    assert seen.count("from memory, not verified") == 1
    assert "a claim only, not proof" in seen
    assert "older, replaced by a later finding" in seen
    assert "another body part or side" in seen


def test_records_and_gaps_are_listed(opened: Opened) -> None:
    seen = opened.page.inner_text("body")
    assert "1 of 4 records was not read whole" in seen
    assert "page 3: no text layer" in seen
    assert "The case file is not complete. Missing: the request for authorization. Spoken of and not there: MRI of the lumbar spine" in seen
    assert "(2012-06-14); Pain agreement (undated)." in seen
    assert "Pain agreement, undated: no pain agreement, spoken of without a date, is in the file" in seen
    assert "no imaging report of 2012-06-14 is in the file" in seen
    assert "“MRI of the lumbar spine of 6/14/2012” record no. 1, packet.pdf, page 12" in seen
    assert "duplicate of no. 1 (97 % the same)" in seen
    assert "mostly the same text as no. 1 (81 % the same)" in seen
    assert "Page 16: the page is blank" in seen
    assert "The RFA date is missing." in seen
    assert "The library has no guideline for this request. Silence alone never denies." in seen


def test_hostile_text_is_inert(browser: Browser, tmp_path: Path) -> None:
    hostile = Evidence(
        "record",
        "counted",
        HOSTILE,
        HOSTILE,
        Span(HOSTILE, "0" * 64, 1, "1" * 64, 0, 1, HOSTILE),
        author=HOSTILE,
        kind=HOSTILE,
    )
    rule = dataclasses.replace(
        GOVERNING, notes=(HOSTILE,), criteria=(criterion(HOSTILE, HOSTILE, "Met", hostile, why=HOSTILE, limit=HOSTILE),)
    )
    component = dataclasses.replace(REQUEST.components[0], name=HOSTILE, qualifiers={HOSTILE: HOSTILE}, rules=(rule,))
    sheet = dataclasses.replace(
        SHEET_VALUE,
        case=HOSTILE,
        boxes={(HOSTILE, 1, 0, 1): (BANDS,)},
        warnings=(HOSTILE,),
        requests=(dataclasses.replace(REQUEST, text=HOSTILE, components=(component,)),),
    )
    it = Opened(browser, tmp_path, to_html(to_json(sheet), {(HOSTILE, 1): PAGES["packet.pdf", 12]}))
    it.page.locator("a.quote").first.click()
    (mark,) = it.shown()
    assert_at(mark, BANDS, f"{HOSTILE}, page 1")
    assert it.page.title() == f"Worksheet, case {HOSTILE}"
    assert it.page.locator("script").count() == 1
    assert it.page.locator("img").count() == 1
    assert it.complaints == []
    it.page.close()


def test_an_injected_script_would_not_run_even_unescaped(browser: Browser, tmp_path: Path) -> None:
    html = to_html(SHEET, PAGES).replace("</main>", "<script>document.title='broken'</script></main>")
    it = Opened(browser, tmp_path, html)
    assert it.page.title() == "Worksheet, case CM14-0012345"
    it.page.close()


def test_in_print_passages_carry_document_and_page_and_the_pictures_go(opened: Opened) -> None:
    opened.page.emulate_media(media="print")
    assert not opened.page.locator("#viewer").is_visible()
    assert opened.page.get_by_text("progress report, 2014-11-17, R. Alvarez, MD, packet.pdf, page 15").first.is_visible()
    assert opened.page.locator("main").bounding_box()["width"] > 1300  # type: ignore[index]


def test_a_folded_guideline_is_printed_and_a_folded_proposal_is_not(opened: Opened) -> None:
    printed = pypdfium2.PdfDocument(opened.page.pdf(format="Letter"))
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in printed).split())
    assert "with ultrasound guidance as before" in text
    assert "a proposal, not a decision" not in text


def test_on_a_narrow_screen_the_page_opens_over_the_list_and_closes(opened: Opened) -> None:
    page = opened.page
    page.set_viewport_size({"width": 400, "height": 800})
    assert not page.locator("#viewer").is_visible()
    opened.quote("palpable taut bands").click()
    (mark,) = opened.shown()
    assert mark["inside"]
    page.locator(".close").click()
    assert not page.locator("#viewer").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_enough_contrast(browser: Browser, tmp_path: Path, weakest_contrast: Callable[[Page], float], scheme: str) -> None:
    it = Opened(browser, tmp_path, to_html(SHEET, PAGES), color_scheme=scheme)
    assert weakest_contrast(it.page) >= 4.5
    it.page.close()


def test_landmarks_headings_and_names_are_there(opened: Opened) -> None:
    page = opened.page
    for role in ("banner", "navigation", "main", "complementary", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == page.locator("[id]").count()
    assert page.evaluate("[...document.images].every(i => i.alt)")


def test_a_page_without_a_passage_is_left_out_and_each_picture_embedded_once() -> None:
    text = to_html(SHEET, PAGES)
    assert text.count("data:image/png;base64,") == 3
    assert "page 40" not in text


def test_a_passage_whose_page_has_no_picture_is_still_quoted() -> None:
    text = to_html(SHEET, {})
    assert "palpable taut bands" in text
    assert "no picture of this page" in text
    assert 'class="quote"' not in text
    assert "No page of a record is shown" in text


def test_an_empty_worksheet_says_so() -> None:
    text = to_html(EMPTY, {})
    for words in ("The case names no treatment request.", "The case file has no records.", "Nothing is known to be missing."):
        assert words in text


def test_a_picture_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="image/svg"):
        to_html(SHEET, {("packet.pdf", 12): PageView(b"<svg/>", "image/svg+xml", WIDTH, HEIGHT)})


def test_equal_worksheets_give_equal_pages() -> None:
    assert to_html(SHEET, PAGES) == to_html(SHEET, PAGES)
