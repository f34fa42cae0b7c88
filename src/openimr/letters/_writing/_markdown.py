"""A letter as Markdown."""

from __future__ import annotations

import re

from openimr.determinations import Determination

from ._contents import Block, Fields, Heading, Letter, Listing, Paragraph, Table, Verdict, letter
from ._wording import Wording

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$]|&(?=#?\w+;)")
_BREAK = "  \n"
_OPENING = re.compile(r"^(?:#|[-+=](?=[\s-]|$)|(\d+)(?=[.)](?:\s|$)))")


def to_markdown(determination: Determination, wording: Wording, *, draft: bool) -> str:
    """Return the letter as CommonMark (the documents as a pipe table when they have parts); the case's own text is escaped.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer.
    """
    content = letter(determination, wording, draft=draft)
    return "\n\n".join([*_top(content), *(_block(block) for block in content.blocks), *_draft(content)]) + "\n"


def _top(content: Letter) -> list[str]:
    return [*_draft(content), f"# {_plain(content.title)}"]


def _draft(content: Letter) -> list[str]:
    return [f"> **{_plain(content.draft)}**"] if content.draft else []


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * (level + 1)} {_escaped(text)}"
        case Fields(rows, _):
            # a hyphen at a line's end would join the next line to it
            lines = [_field(label, value) for label, value in rows]
            return "".join(line + ("\n\n" if line.endswith("-") else _BREAK) for line in lines).rstrip()
        case Verdict(label, text):
            return f"**{_plain(label)}: {_plain(text)}**"
        case Listing(items):
            return "\n".join(f"- {_plain(item)}" for item in items)
        case Table(columns, rows):
            return "\n".join(_row(cells) for cells in [columns, tuple("---" for _ in columns), *rows])
        case Paragraph(text, label, source):
            first, *more = text.split("\n")
            said = _BREAK.join([_field(label, first) if label else _plain(first), *(_plain(line) for line in more)])
            return f"{said} ({_plain(source)})" if source else said


def _field(label: str, value: str) -> str:
    return f"**{_plain(label)}:** {_escaped(value)}".rstrip()


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_escaped(cell) if cell != "---" else cell for cell in cells) + " |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _plain(text: str) -> str:
    """Escape a text that opens a line, where a mark or a number would open a heading or a list."""
    escaped = _escaped(text)
    opening = _OPENING.match(escaped)
    if opening is None:
        return escaped
    return f"{opening.group(1)}\\{escaped[opening.end() :]}" if opening.group(1) else f"\\{escaped}"
