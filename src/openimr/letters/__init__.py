"""A determination as a document, both ways: known layouts read, PDF, Word, HTML, Markdown, text written, and a letter's defects named."""

from ._lint._defect import Defect, Severity, line_column, tally
from ._lint._json import defects_json, lint_schema
from ._lint._linter import Linter, open_case, open_linter
from ._lint._page import Linted, contents_html, defects_html
from ._lint._parts import CaseRecords
from ._reading._read import Reader, open_reader, text_of
from ._reading._shape import NotALetter, Reading
from ._writing._contents import LetterNotReady
from ._writing._html import to_html
from ._writing._markdown import to_markdown
from ._writing._misread import UnwritableText
from ._writing._normal import normal
from ._writing._pdf import to_pdf, unshown
from ._writing._plain import to_text
from ._writing._word import WordMissing, to_word
from ._writing._wording import Wording, open_wording

__all__ = [
    "CaseRecords",
    "Defect",
    "LetterNotReady",
    "Linted",
    "Linter",
    "NotALetter",
    "Reader",
    "Reading",
    "Severity",
    "UnwritableText",
    "WordMissing",
    "Wording",
    "contents_html",
    "defects_html",
    "defects_json",
    "line_column",
    "lint_schema",
    "normal",
    "open_case",
    "open_linter",
    "open_reader",
    "open_wording",
    "tally",
    "text_of",
    "to_html",
    "to_markdown",
    "to_pdf",
    "to_text",
    "to_word",
    "unshown",
]
