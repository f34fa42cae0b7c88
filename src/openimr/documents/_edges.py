"""What fax machines, stamps and page numbers put on the edges of a page, and what is left without it."""

from __future__ import annotations

import re
from collections.abc import Callable

_LONGEST_BANNER = 200
_EDGE = 2  # lines at the top and at the bottom
_EDGE_STAMPED = 3  # a copy that was faxed twice and stamped has more of them

_BANNER = re.compile(
    r"(?=.*\b\d{1,2}:\d\d)"
    r"(?:.*\b(?:from|to|fax|tel|id)\b.*|.*\b(?:p|pg|page)[.:]? ?\d{1,3}(?: ?(?:/|of) ?\d{1,3})?\b.*|.*\b\d{3}/\d{3}\b.*)"
    r"|(?=.*\b(?:p|pg|page)[.:]? ?\d{1,3} ?(?:/|of) ?\d{1,3}\b)(?=.*\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}).*",
    re.I,
)
# a banner badly read has its time and most of its digits left; a stamp says what was done; a Bates number stands alone
_STAMP = re.compile(
    r"(?=(?:\D*\d){9})(?=.*\d\d? ?[:;.] ?\d\d).*"
    r"|\W*(?:received|rec'd|scanned|faxed|filed|entered)\b.{0,12}\d.*"
    r"|\W*[a-z]{2,8}[ _-]?\d{4,9}\W*"
    r"|\W*(?:page|pg|p)?[ .:#]*\d{1,4}(?: ?(?:of|/) ?\d{1,4})?\W*",
    re.I,
)


def without_banners(lines: list[str]) -> list[str]:
    """Leave out the lines a fax machine puts on the edge of each page."""
    return _trimmed(lines, _EDGE, is_banner)


def without_edges(text: str) -> str:
    """Return a page's text without banners, stamps and page numbers on its edges: what two copies of the page have in common."""
    lines = [line for line in text.split("\n") if line.strip()]
    return "\n".join(_trimmed(lines, _EDGE_STAMPED, lambda line: is_banner(line) or _STAMP.fullmatch(line) is not None))


def is_banner(line: str) -> bool:
    """Whether a line is one a fax machine puts on each page."""
    return len(line) <= _LONGEST_BANNER and _BANNER.match(line) is not None


def _trimmed(lines: list[str], most: int, edge: Callable[[str], bool]) -> list[str]:
    first, last = 0, len(lines)
    while first < min(most, last) and edge(lines[first]):
        first += 1
    while last > max(first, len(lines) - most) and edge(lines[last - 1]):
        last -= 1
    return lines[first:last]
