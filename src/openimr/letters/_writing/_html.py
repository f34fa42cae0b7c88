"""A letter as one self-contained web page."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from openimr.determinations import Determination

from ._contents import letter
from ._wording import Wording


def to_html(determination: Determination, wording: Wording, *, draft: bool) -> str:
    """Return the letter as HTML with real headings, lists and tables; it loads nothing from elsewhere.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer, UnwritableText for a text that would be misread.
    """
    content = letter(determination, wording, draft=draft)
    blocks = [(type(block).__name__.lower(), block) for block in content.blocks]
    return _template().render(letter=content, blocks=blocks, case=wording.labels.case)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(resources.files(__package__).joinpath("letter.html.j2").read_text(encoding="utf-8"))
