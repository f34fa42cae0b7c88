"""A letter as plain text: an empty line between paragraphs, a dash before each entry of a list."""

from __future__ import annotations

from openimr.determinations import Determination

from ._contents import Block, Fields, Heading, Listing, Paragraph, Table, Verdict, letter
from ._wording import Wording


def to_text(determination: Determination, wording: Wording, *, draft: bool) -> str:
    """Return the letter as plain text, unwrapped.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer, UnwritableText for a text that would be misread.
    """
    content = letter(determination, wording, draft=draft)
    mark = [content.draft] if content.draft else []
    return "\n\n".join([*mark, content.title, *(_block(block) for block in content.blocks), *mark]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return text.upper() if level == 1 else text
        case Fields(rows, _):
            # a hyphen at a line's end would join the next line to it
            lines = [f"{label}: {value}" for label, value in rows]
            return "".join(line + ("\n\n" if line.endswith("-") else "\n") for line in lines).rstrip("\n")
        case Verdict(label, text):
            return f"{label}: {text}"
        case Listing(items):
            return "\n".join(f"- {item}" for item in items)
        case Table(columns, rows):
            return "\n\n".join(" ".join(cells) for cells in [columns, *rows])
        case Paragraph(text, label, source):
            said = f"{label}: {text}".rstrip() if label else text
            return f"{said} ({source})" if source else said
