"""A letter as PDF/UA-1, set by Typst."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

import typst

from openimr.determinations import Determination

from ._contents import Block, Fields, Heading, Letter, Listing, Paragraph, Table, Verdict, letter
from ._wording import Wording

# A token inside which a line may be broken (UAX 14), and after a hyphen at its end the next word too
_TIED = re.compile("(\\S*(?:[-/|?!\N{EN DASH}\N{EM DASH}\N{HORIZONTAL ELLIPSIS}]|[^\\w\\s]{2})\\S*(?:(?<=-)[ ]\\S+)*)")
_LONGEST_TIED = 76.0  # digits wide; the line is about 80
_LONGEST_TIED_TEXT = 90  # characters; no need to measure more
_LONG = re.compile(r"[^\s/-]{41,}")
# What the fonts inside Typst show in each weight the letter uses; a test sets every one of these characters.
_SHOWN = re.compile(
    "[ -~\xa1-\xac\xae-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2032\u2033"
    "\u20ac\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\ufffd]"
)


def to_pdf(determination: Determination, wording: Wording, *, draft: bool) -> bytes:
    """Return the letter as tagged PDF/UA-1, US Letter; equal input gives equal bytes.

    A character for which no font at hand has a shape is printed as its code point, [U+1F600], so that nothing vanishes.
    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer.
    """
    content = letter(determination, wording, draft=draft)
    try:
        return _set(_data(content, wording))
    except typst.TypstError as refusal:
        if "could not be displayed" not in refusal.message:
            raise
    return _set(_spelled(_data(content, wording)))


def unshown(determination: Determination, wording: Wording, *, draft: bool) -> tuple[str, ...]:
    """Return the characters of the letter for which no font at hand has a shape, each once; their code points are printed instead."""
    content = _data(letter(determination, wording, draft=draft), wording)
    doubtful = sorted({c for c in json.dumps(content, ensure_ascii=False) if not _SHOWN.match(c) and c != "\u200b"})
    if not doubtful:
        return ()
    try:
        _set(content)
    except typst.TypstError as refusal:
        if "could not be displayed" in refusal.message:
            return tuple(doubtful)
        raise
    return ()


def _set(data: dict[str, Any]) -> bytes:
    return typst.compile(
        _template(),
        pdf_standards=["ua-1"],
        timestamp=0,
        ignore_system_fonts=True,
        font_paths=_fonts(),
        sys_inputs={"letter": json.dumps(data)},
    )


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("letter.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _data(content: Letter, wording: Wording) -> dict[str, Any]:
    labels = wording.labels
    return {
        "title": content.title,
        "case_number": content.case_number,
        "draft": content.draft,
        "case": labels.case,
        "page": labels.page,
        "of": labels.of,
        "continued": labels.continued,
        "blocks": [_block(block) for block in content.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"kind": "heading", "level": level, "text": _words(text)}
        case Fields(rows, paired):
            return {"kind": "fields", "rows": [[label, _words(value)] for label, value in rows], "paired": paired}
        case Verdict(label, text):
            return {"kind": "verdict", "label": label, "text": text}
        case Listing(items):
            return {"kind": "list", "items": [_words(item) for item in items]}
        case Table(columns, rows):
            return {"kind": "table", "columns": columns, "rows": [[_words(cell) for cell in row] for row in rows]}
        case Paragraph(text, label, source):
            return {"kind": "paragraph", "text": _words(text), "label": label, "source": source}


def _words(text: str) -> list[str]:
    """Return the text in pieces; every second one holds a hyphen or slash and stays on one line.

    Broken at the hyphen it could not be read back: pdfium returns U+FFFE for a hyphen at a line's end.
    """
    pieces = _TIED.split(_LONG.sub(lambda match: _breakable(match.group()), text))
    out = [pieces[0]]
    for tied, plain in zip(pieces[1::2], pieces[2::2], strict=True):
        for at, token in enumerate([tied] if _fits(tied) else tied.split(" ")):
            if at:
                out[-1] += " "
            if _fits(token):
                out += [token, ""]
            else:
                # a web address must be free to break, or it would run over the margin
                out[-1] += token
        out[-1] += plain
    return out


def _fits(text: str) -> bool:
    """Whether a text surely fits on a line."""
    return len(text) <= _LONGEST_TIED_TEXT and _digits_wide(text) <= _LONGEST_TIED


def _digits_wide(text: str) -> float:
    """At most how many digits wide a text is."""
    return sum(1.9 if c in "mwMW@%" else 1.45 if c.isupper() else 1.1 for c in text)


def _breakable(word: str) -> str:
    return "\u200b".join(word[at : at + 40] for at in range(0, len(word), 40))


def _spelled(value: Any) -> Any:
    """Return the data with every character outside the fonts' certain repertoire written as its code point."""
    if isinstance(value, str):
        return "".join(c if _SHOWN.match(c) or c == "\u200b" else f"[U+{ord(c):04X}]" for c in unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {key: _spelled(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(each) for each in value]
    return value
