"""The worksheet as one self-contained HTML page: criteria and passages left, the record's page right."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from openimr.sources import Citation

from ._words import in_quotes

Boxes = tuple[tuple[float, float, float, float], ...]

_IMAGES = frozenset({"image/png", "image/jpeg", "image/webp"})
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)


@dataclass(frozen=True, slots=True)
class PageView:
    """The picture of one page of a record: its bytes, its media type (PNG, JPEG or WebP), and the page's size in points."""

    image: bytes
    media_type: str
    width: float
    height: float


@dataclass(slots=True)
class _Figure:
    """A page as the template shows it; `marks` has the passages to be highlighted on it, by the anchor that leads to each."""

    anchor: str
    document: str
    page: int
    view: PageView
    marks: dict[Boxes, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return f"data:{self.view.media_type};base64,{base64.b64encode(self.view.image).decode('ascii')}"


class _Figures:
    """The pages that carry a passage of the worksheet, in the order of the case file."""

    def __init__(self, sheet: dict[str, Any], pages: Mapping[tuple[str, int], PageView]) -> None:
        cited = {_place(each) for each in _evidence(sheet)}
        self._figures = {
            place: _Figure(f"page-{number}", *place, pages[place])
            for number, place in enumerate(sorted(place for place in pages if place in cited), start=1)
        }
        for each in _evidence(sheet):
            figure = self._figures.get(_place(each))
            boxes = _boxes(each)
            if figure and boxes and boxes not in figure.marks:
                figure.marks[boxes] = f"{figure.anchor}-passage-{len(figure.marks) + 1}"

    def all(self) -> list[_Figure]:
        return list(self._figures.values())

    def anchor(self, evidence: dict[str, Any]) -> str | None:
        """Where the passage is shown: its highlight, else its page; None when there is no picture of the page."""
        figure = self._figures.get(_place(evidence))
        return figure.marks.get(_boxes(evidence), figure.anchor) if figure else None

    def pieces(self, sentence: dict[str, Any]) -> list[tuple[str, str | None]]:
        """A sentence of the summary cut at its quotes, each quote with the anchor of the passage it is."""
        by_quote = {in_quotes(each["quote"]): each for each in sentence["evidence"]}
        parts = re.split("(\u201c[^\u201c\u201d]*\u201d)", sentence["text"])
        return [(part, self.anchor(by_quote[part]) if part in by_quote else None) for part in parts if part]


def to_html(sheet: dict[str, Any], pages: Mapping[tuple[str, int], PageView]) -> str:
    """Return the worksheet (its JSON object) as an HTML page that needs no network and works without a script.

    `pages` has the pictures of pages by document and page number (from 1); each that a passage stands on is embedded once, the others are
    left out. Boxes are in points from the page's top left corner. Raises ValueError for a picture that is no PNG, JPEG or WebP.
    """
    wrong = sorted({view.media_type for view in pages.values()} - _IMAGES)
    if wrong:
        raise ValueError(f"a page's picture is {wrong[0]!r}; it must be one of {', '.join(sorted(_IMAGES))}")
    figures = _Figures(sheet, pages)
    template, script_digest = _template()
    given = {"anchor": figures.anchor, "pieces": figures.pieces, "printed": _printed, "script_digest": script_digest}
    return template.render(sheet=sheet, figures=figures.all(), **given) + "\n"


@cache
def _template() -> tuple[Template, str]:
    text = resources.files(__package__).joinpath("worksheet.html").read_text(encoding="utf-8")
    script = _SCRIPT.search(text)
    if script is None:
        raise ValueError("worksheet.html has no script")
    # the page's policy admits this script alone, so that text of a record could not run even if it were not escaped
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode("ascii")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text), digest


def _evidence(sheet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for told in (*sheet["summary"], *sheet["timeline"], *sheet["treatments"]):
        yield from told["evidence"]
    for request in sheet["requests"]:
        for component in request["components"]:
            for rule in component["rules"]:
                for criterion in rule["criteria"]:
                    yield from criterion["evidence"]


def _place(evidence: dict[str, Any]) -> tuple[str, int]:
    return evidence["document"] or "", evidence["page"] or 0


def _boxes(evidence: dict[str, Any]) -> Boxes:
    return tuple((box[0], box[1], box[2], box[3]) for box in evidence["box"] or ())


def _printed(citation: dict[str, Any]) -> str:
    return str(Citation(**{**citation, "sections": tuple(citation["sections"])}))
