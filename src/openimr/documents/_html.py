"""Text of a web page. Runs in the child process only."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from ._characters import clean
from ._decode import decoded
from ._refused import Refused

_UNSHOWN = frozenset({"head", "script", "style", "template", "noscript"})
_PARAGRAPHS = frozenset(
    {
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "table",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "blockquote",
        "pre",
    }
)
_LINES = frozenset({"br", "div", "tr", "li", "dt", "caption"})
_OPEN = frozenset({"br", "dt"})  # what follows stands on the same line: what a term is, or nothing
_CELLS = frozenset({"td", "th"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input"})


def html_text(data: Any, most_bytes: int) -> str:
    """Return the text a browser would show: a line a block, an empty line between paragraphs, the cells of a row on one line.

    Raises Refused when it is longer than `most_bytes` or not text.
    """
    if len(data) > most_bytes:
        raise Refused(f"the page is longer than {most_bytes} bytes: split it")
    text = decoded(bytes(data))
    if text is None:
        raise Refused("the page is not text in UTF-8, UTF-16 or Windows-1252: save it as UTF-8")
    reader = _Reader()
    reader.feed(text[0])
    reader.close()
    # each line is whole: none was broken to fit a page
    return "\n".join(clean(line) for line in "".join(reader.parts).split("\n")).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unshown: str | None = None
        self._kept = 0  # how deep inside <pre>, where line ends count

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unshown:
            return
        if tag in _UNSHOWN or (tag not in _VOID and any(name == "hidden" for name, _ in attrs)):
            self._unshown = tag
        elif tag in _PARAGRAPHS:
            self._end_line(2)
            self._kept += tag == "pre"
        elif tag in _LINES:
            self.parts.append("\n") if tag == "br" else self._end_line(1)
            self.parts.append("- ") if tag == "li" else None
        elif tag in _CELLS:
            self._between_cells()

    def handle_endtag(self, tag: str) -> None:
        if self._unshown:
            if tag == self._unshown:
                self._unshown = None
        elif tag in _PARAGRAPHS:
            self._end_line(2)
            self._kept -= tag == "pre" and self._kept > 0
        elif tag in _LINES and tag not in _OPEN:
            self._end_line(1)

    def handle_data(self, data: str) -> None:
        if self._unshown:
            return
        if self._kept:
            self.parts.append(data)
            return
        words = " ".join(data.split())
        if not words:
            if data and self.parts and not self.parts[-1].endswith(("\n", " ")):
                self.parts.append(" ")
            return
        before = " " if data[0].isspace() and self.parts and not self.parts[-1].endswith(("\n", " ")) else ""
        self.parts.append(before + words + (" " if data[-1].isspace() else ""))

    def _end_line(self, line_ends: int) -> None:
        """Have what comes next begin a line (1) or a paragraph (2)."""
        have = 0
        for part in reversed(self.parts):
            body = part.rstrip(" ")
            have += len(body) - len(body.rstrip("\n"))
            if body.rstrip("\n"):
                break
        else:
            return
        if have < line_ends:
            self.parts.append("\n" * (line_ends - have))

    def _between_cells(self) -> None:
        if self.parts and not self.parts[-1].endswith(("\n", "  ")):
            self.parts.append("  ")
