"""The page of a letter's defects, in a browser: what is wrong is seen where it stands, and the list and the text lead to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from openimr.determinations import Determination
from openimr.letters import Defect, Linted, Reading, Severity, contents_html, defects_html, line_column, tally
from openimr.sources import Span

HOSTILE = "</mark></div><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
TEXT = (
    "CLINICAL CASE SUMMARY\n"
    "The pain has lasted for ten weeks.\n"
    "\n"
    f"Request {HOSTILE}: Upheld\n"
    "\fDecision rationale: The pain has lasted for six weeks,\n"
    "and illicit pain was found. The request is medically necessary.\n" + "Nothing more is said here.\n" * 80
)


def place(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def defect(severity: Severity, message: str, words: str | None = None, *against: str, **more: Any) -> Defect:
    span = place(words) if words else None
    quote = " ".join(words.split()) if words else ""
    places = tuple(place(each) for each in against)
    return Defect("fact.contradicted", severity, message, "LC 4610.6(h)(5)", span=span, quote=quote, against=places, **more)


DEFECTS = (
    defect(Severity.WARNING, "No documents reviewed are listed."),
    defect(
        Severity.ERROR,
        "The rationale says six weeks, the summary ten.",
        "The pain has lasted for six weeks,\nand illicit pain was found.",
        "ten weeks",
        item=1,
        record=(Span("packet-1.pdf", "0" * 64, 12, "1" * 64, 3, 12, f"ten weeks {HOSTILE}"),),
    ),
    defect(Severity.WARNING, "“illicit” stands for “elicited”.", "illicit", item=1),
    defect(Severity.INFORMATION, "Upheld.", "Upheld"),
)


def reading(text: str = TEXT, source: str = "letters/one.txt", number: str | None = "CM16-0000001") -> Reading:
    return Reading(Determination(source=source, case_number=number), text, {})


class Opened:
    """The page in a browser, with everything it asked for and complained of."""

    def __init__(self, browser: Browser, folder: Path, html: str, **settings: Any) -> None:
        file = folder / "lint.html"
        file.write_text(html, encoding="utf-8")
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = browser.new_page(**{"viewport": {"width": 1400, "height": 900}, "java_script_enabled": True, **settings})
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.url = file.as_uri()
        self.page.goto(self.url)

    def marks(self) -> list[tuple[str, str]]:
        """The marked passages, each with how it is marked."""
        found = self.page.eval_on_selector_all("mark", "all => all.map(mark => [mark.classList[0], mark.textContent])")
        return [(kind, text) for kind, text in found]

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    it = Opened(browser, tmp_path, defects_html(reading(), DEFECTS))
    yield it
    it.page.close()


def test_each_passage_is_marked_where_it_stands_and_the_shorter_within_the_longer(opened: Opened) -> None:
    assert opened.marks() == [
        ("against", "ten weeks"),
        ("information", "Upheld"),
        ("error", "The pain has lasted for six weeks,\nand "),
        ("warning", "illicit"),
        ("error", " pain was found."),
    ]


def test_of_two_marks_at_one_place_the_heavier_is_seen() -> None:
    page = defects_html(reading(), [defect(Severity.INFORMATION, "a", "Upheld"), defect(Severity.ERROR, "b", "Upheld")])
    assert '<mark class="error d1 d2">Upheld</mark>' in page


def test_the_text_of_the_letter_is_whole(opened: Opened) -> None:
    shown = opened.page.evaluate(
        """() => { const text = document.querySelector('.text').cloneNode(true);
                   for (const each of text.querySelectorAll('.reference, .page')) each.remove();
                   return text.textContent; }"""
    )
    assert shown == TEXT.replace("\f", "")
    assert opened.page.locator(".page").all_inner_texts() == ["page 2"]


def test_defects_without_a_place_stand_on_top_of_the_list(opened: Opened) -> None:
    told = opened.page.locator(".defect").all_inner_texts()
    assert len(told) == len(DEFECTS)
    assert "No documents reviewed are listed." in told[0]
    assert "no place in the letter" in told[0]
    assert opened.page.locator(".list h3").all_inner_texts() == ["Of the letter as a whole", "In the text"]


def test_a_defect_tells_weight_item_place_sentence_quote_ground_and_the_passages_against_it(opened: Opened) -> None:
    told = " ".join(opened.page.locator(".defect").nth(1).inner_text().split())
    for words in ("✗ error", "item 1", "line 5, column 22", "The rationale says six weeks, the summary ten.", "LC 4610.6(h)(5)"):
        assert words in told
    assert "“The pain has lasted for six weeks, and illicit pain was found.”" in told
    assert "Disagrees with line 2" in told
    assert f"“ten weeks {HOSTILE}” packet-1.pdf, page 12" in told
    assert line_column(TEXT, place("The pain has lasted for six")) == "5:22"


def test_list_and_text_lead_to_each_other_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    it = Opened(browser, tmp_path, defects_html(reading(), DEFECTS))
    it.page.locator("#defect-3").focus()
    it.page.keyboard.press("Enter")
    assert it.focused() == "place-3"
    assert it.page.locator("#place-3").bounding_box()["y"] < 900  # type: ignore[index]
    it.page.keyboard.press("Enter")
    assert it.focused() == "defect-3"
    it.page.locator(".defect a", has_text="line 2").focus()
    it.page.keyboard.press("Enter")
    assert it.focused() == "against-2-1"
    it.page.keyboard.press("Enter")
    assert it.focused() == "defect-2"
    it.page.close()


def test_going_to_the_list_and_back_leaves_the_letter_where_it_is(browser: Browser, tmp_path: Path) -> None:
    far = place("Nothing more is said here.\n" * 60)[1] + 3
    many = [*DEFECTS, *(Defect("x.y", Severity.ERROR, f"Number {each}.", "LC", span=(far, far + 4)) for each in range(20))]
    it = Opened(browser, tmp_path, defects_html(reading(), many))
    for number in (5, 14, 24):
        it.page.locator(f"#defect-{number}").click()
        mark = it.page.locator(f"#place-{number}")
        before = mark.bounding_box()
        assert before is not None
        assert 100 < before["y"] < 800
        mark.click()
        assert it.focused() == f"defect-{number}"
        assert mark.bounding_box() == pytest.approx(before, abs=1)
    it.page.close()


def test_every_link_leads_to_something_on_the_page(opened: Opened) -> None:
    broken = "all => all.map(a => a.getAttribute('href')).filter(href => !document.querySelector(href))"
    assert opened.page.eval_on_selector_all("a", broken) == []
    assert opened.page.locator(".reference").count() == 4
    assert (
        opened.page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == opened.page.locator("[id]").count()
    )


def test_what_was_jumped_to_stands_out_in_the_text(opened: Opened) -> None:
    outlined = "all => all.filter(e => getComputedStyle(e).outlineStyle === 'solid').map(e => e.textContent)"
    assert opened.page.eval_on_selector_all("mark", outlined) == []
    opened.page.locator("#defect-3").click()
    assert opened.page.eval_on_selector_all("mark", outlined) == ["illicit"]
    opened.page.goto(f"{opened.url}#defect-2")
    assert opened.page.eval_on_selector_all("mark", outlined)[0] == "ten weeks"
    assert "illicit" in opened.page.eval_on_selector_all("mark", outlined)


def test_hostile_text_is_inert_and_nothing_is_fetched(opened: Opened) -> None:
    assert opened.page.title() == "Case CM16-0000001: 1 error, 2 warnings, 1 information"
    assert opened.page.locator("script, img").count() == 0
    assert HOSTILE in opened.page.inner_text(".text")
    assert opened.requests == [opened.url]
    assert opened.complaints == []


def test_hostile_words_of_a_check_and_names_are_inert_too(browser: Browser, tmp_path: Path) -> None:
    bad = Defect("x.y", Severity.ERROR, HOSTILE, HOSTILE, span=(0, 4), quote=HOSTILE, record=(Span(HOSTILE, "", 1, "", 0, 1, HOSTILE),))
    it = Opened(browser, tmp_path, defects_html(reading(source=HOSTILE, number=HOSTILE), [bad]))
    assert it.page.title() == f"Case {HOSTILE}: 1 error"
    assert it.page.locator("script, img").count() == 0
    it.page.close()


def test_a_script_would_not_run_even_unescaped(browser: Browser, tmp_path: Path) -> None:
    html = defects_html(reading(), DEFECTS).replace("</main>", "<script>document.title='broken'</script></main>")
    it = Opened(browser, tmp_path, html)
    assert it.page.title() != "broken"
    it.page.close()


@pytest.mark.parametrize("span", [(5, 5), (-3, 4), (10, 10_000), (7, 3)])
def test_a_place_that_is_none_is_listed_and_marks_nothing(span: tuple[int, int]) -> None:
    page = defects_html(reading("Short letter."), [Defect("x.y", Severity.ERROR, "Odd.", "LC", span=span, against=(span,))])
    assert "<mark" not in page
    assert "no place in the letter" in page
    assert "Disagrees" not in page


def test_characters_a_page_cannot_show_are_replaced() -> None:
    assert "a�b�c" in defects_html(reading("a\x00b\ud800c"), [])
    defects_html(reading("a\x00b\ud800c", source="\udc80"), []).encode()


def test_a_letter_in_which_nothing_is_found_says_so(browser: Browser, tmp_path: Path) -> None:
    it = Opened(browser, tmp_path, defects_html(reading(number=None), []))
    assert it.page.title() == "one.txt: nothing found"
    assert it.page.get_by_text("Nothing found.", exact=True).is_visible()
    assert it.marks() == []
    it.page.close()


def test_on_paper_the_list_comes_first_and_the_numbers_stand_in_the_text(opened: Opened) -> None:
    printed = pypdfium2.PdfDocument(opened.page.pdf(format="Letter"))
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in printed).split())
    assert text.index("“illicit” stands for “elicited”.") < text.index("CLINICAL CASE SUMMARY")
    assert "≠2 ten weeks" in text.replace("≠2ten", "≠2 ten")
    assert "Skip to" not in text


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    above, below = (opened.page.locator(each).bounding_box() for each in (".list", ".letter"))
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_enough_contrast(browser: Browser, tmp_path: Path, weakest_contrast: Callable[[Page], float], scheme: str) -> None:
    it = Opened(browser, tmp_path, defects_html(reading(), DEFECTS), color_scheme=scheme)
    assert weakest_contrast(it.page) >= 4.5
    it.page.close()


def test_landmarks_headings_and_names_are_there(opened: Opened) -> None:
    page = opened.page
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    for name in ("Defects", "The letter"):
        assert page.get_by_role("region", name=name).count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.get_by_role("link", name="error, defect 2").count() == 1
    assert page.get_by_role("link", name="what disagrees with defect 2").count() == 1


def test_several_letters_have_a_page_that_leads_to_each_with_its_counts(browser: Browser, tmp_path: Path) -> None:
    letters: Sequence[Linted] = (Linted("one.html", reading(), DEFECTS), Linted("a #2?.html", reading(source=HOSTILE, number=None), ()))
    (tmp_path / "a #2?.html").write_text("here", encoding="utf-8")
    it = Opened(browser, tmp_path, contents_html(letters))
    assert it.page.title() == "2 letters: 1 error, 2 warnings, 1 information"
    rows = [" ".join(row.split()) for row in it.page.locator("tbody tr").all_inner_texts()]
    assert rows == ["letters/one.txt CM16-0000001 1 2 1", f"{HOSTILE} 0 0 0"]
    it.page.get_by_role("link").nth(1).click()
    assert it.page.inner_text("body") == "here"
    it.page.close()


def test_defects_are_counted_heaviest_first() -> None:
    assert tally(DEFECTS) == "1 error, 2 warnings, 1 information"
    assert tally(DEFECTS[1:2]) == "1 error"
    assert tally([]) == "nothing found"


def test_a_place_is_counted_in_lines_and_columns_from_one() -> None:
    assert [line_column("ab\ncd\n\fe", (offset, offset + 1)) for offset in (0, 1, 3, 4, 7)] == ["1:1", "1:2", "2:1", "2:2", "3:2"]
