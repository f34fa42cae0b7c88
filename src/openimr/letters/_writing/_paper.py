"""A text as paper carries it: what cannot be seen is gone, lines are paragraphs, dashes begin entries of a list."""

from __future__ import annotations

import re
import unicodedata

_ENTRY = re.compile(r"\s*[-•]\s+(\S.*)")
# what looks the same on paper is the same: other hyphens and blanks, letters joined into one
_SEEN = {"\u2010": "-", "\u2011": "-", "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
_FORMAT = {"Cc", "Cf", "Cs"}  # control, invisible formatting (bidirectional overrides among it), halves of surrogate pairs


def one_line(text: str) -> str:
    """Return the text on one line, without control and formatting characters."""
    return " ".join(_visible(text).replace("•", "·").split())  # a bullet inside a line would read as an entry of a list


def paragraphs(text: str) -> tuple[str | tuple[str, ...], ...]:
    """Return the paragraphs of a text, one a line; lines after a dash become a tuple of entries, indented lines go on with the entry."""
    out: list[str | tuple[str, ...]] = []
    for line in _visible(text).split("\n"):
        entry = _ENTRY.match(line)
        plain = one_line(line)
        last = out[-1] if out else ""
        if entry and one_line(entry.group(1)):
            out = [*out[:-1], (*last, one_line(entry.group(1)))] if isinstance(last, tuple) else [*out, (one_line(entry.group(1)),)]
        elif plain and isinstance(last, tuple) and line[0].isspace():
            out[-1] = (*last[:-1], f"{last[-1]} {plain}")
        elif plain:
            out.append(plain)
    return tuple(out)


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = re.sub("[\v\x85\u2028\u2029]", "\n", text)
    return "".join(_SEEN.get(c, c) for c in text if c in "\n\t" or unicodedata.category(c) not in _FORMAT)
