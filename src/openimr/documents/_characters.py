"""From the characters a reader hands over to the text of a page, and from a place in that text back to the reader's characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

_SHAPES = {
    # Windows symbol fonts put bullets and the boxes of forms in the private area of Unicode
    "\uf0b7": "•",
    "\uf0a7": "•",
    "\uf0a8": "☐",
    "\uf06f": "☐",
    "\uf0fe": "☑",
    "\uf052": "☑",
    "\uf0fd": "☒",
    "\uf054": "☒",
    "\uf0fc": "✓",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\u2010": "-",
    "\u2011": "-",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\t": " ",
}
# Controls, invisible marks and marks that turn the direction of writing: nobody sees them, so nobody may be misled by them.
_UNSEEN = (
    "\\x00-\\x08\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff"
    "\\ufff0-\\uffff\\ud800-\\udfff\\U000e0000-\\U000e007f"
)
_BLANK_CHARACTERS = " \t\u00a0\u2007\u202f"
_BLANKS = f"[{_BLANK_CHARACTERS}]*"
_LINE_END = "(?:\\r\\n?|[\\n\\v\\x85\\u2028\\u2029])"
# U+FFFE is pdfium's mark for a hyphen at a line end; it leaves the line end out. Word writes visible hyphens as U+00AD.
_BROKEN = f"(?:[\\ufffe\\u00ad]{_BLANKS}{_LINE_END}?|-{_BLANKS}{_LINE_END})(?=\\w)"
_BREAK = re.compile(f"(?<=\\w){_BROKEN}")
_END = re.compile(_LINE_END)
# One class, so that the search skips ordinary text fast; what each hit means is sorted out after.
_SPECIAL = re.compile(f"[-\\n\\r\\v\\x85\\u2028\\u2029{_UNSEEN}{''.join(_SHAPES)}]")
_HYPHEN = re.compile("[-\ufffe\u00ad]")
_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"\w+(?:[-\u2010\u2011]\w+)*")
_LINE_START = re.compile("[\\n\\r\\v\\x85\\u2028\\u2029\\ufffe]")
_WORD_CHARACTER = re.compile(r"\w")
_WIDE_LINE = 40  # characters; in a shorter line a hyphen before a capital or number closes a heading ("Plan-")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Parts that are written with a hyphen far more often than they are a piece of a broken word, and endings that never are.
_FIRST = _listed("""
    cross full half high ill left long low mid non peer post right self single third two three four five six seven eight nine well x
""")
_SECOND = _listed("""
    based care day days dose down effect effects free hour hours inflammatory injury level month months old onset op operative out
    ray related scan sided specific term type up week weeks wide year years
""")
_ENDINGS = _listed("dle ed er ers est ful ing ish ly ness ural ure")


def clean(raw: str, *, hyphenated: bool = True) -> str:
    r"""Return a page's text: line ends as \n, words broken at a line end whole, unseen characters and blanks before line ends gone.

    Where the text is not `hyphenated` (a word processor broke lines at blanks and at hyphens that were there) a hyphen at a line end stays.
    """
    return "".join(raw[start:end] if new is None else new for start, end, new in _pieces(raw, hyphenated))


def origins(raw: str) -> list[int]:
    """Return for each character of `clean(raw)` the index in `raw` of the character it was made of."""
    out: list[int] = []
    for start, end, new in _pieces(raw):
        out.extend(range(start, end) if new is None else [start] * len(new))
    return out


def _pieces(raw: str, hyphenated: bool = True) -> Iterator[tuple[int, int, str | None]]:
    """Yield stretches of `raw` in order, each with what stands for it (None: itself); what is left out stands for nothing."""
    breaks = _Breaks(raw, hyphenated)
    done = 0
    for found in _SPECIAL.finditer(raw):
        at = found.start()
        if at < done:
            continue
        new, end = _special(raw, at, breaks)
        if new is None:
            continue
        until = _without_blanks(raw, done, at) if new == "\n" else at
        if done < until:
            yield done, until, None
        yield at, end, new
        done = end
    if done < len(raw):
        yield done, len(raw), None


def _special(raw: str, at: int, breaks: _Breaks) -> tuple[str | None, int]:
    """Return what stands for the special character at `at` (None: itself) and where it ends."""
    if raw[at] in "-\ufffe\u00ad" and (broken := _BREAK.match(raw, at)):
        return breaks.joint(at, broken.end()), broken.end()
    if line_end := _END.match(raw, at):
        return "\n", line_end.end()
    if raw[at] == "-":
        return None, at
    return _SHAPES.get(raw[at], ""), at + 1


def _without_blanks(raw: str, start: int, end: int) -> int:
    while end > start and raw[end - 1] in _BLANK_CHARACTERS:
        end -= 1
    return end


def _word_start(raw: str, end: int) -> int:
    while end and _WORD_CHARACTER.match(raw, end - 1):
        end -= 1
    return end


class _Breaks:
    """Tells a word broken at a line end (treat-ment) from a hyphen that belongs (follow-up, L4-L5), by the page's other words."""

    def __init__(self, raw: str, hyphenated: bool) -> None:
        self._raw, self._hyphenated = raw, hyphenated

    @cached_property
    def _words(self) -> frozenset[str]:
        whole, done = [], 0
        for hyphen in _HYPHEN.finditer(self._raw):
            broken = _BREAK.match(self._raw, hyphen.start())
            if broken and hyphen.start() >= done:
                whole.append(self._raw[done : _word_start(self._raw, hyphen.start())])
                right = _WORD.match(self._raw, broken.end())
                done = right.end() if right else broken.end()
        whole.append(self._raw[done:])
        return frozenset(_HYPHENATED.findall(" ".join(whole).lower()))

    def joint(self, start: int, end: int) -> str:
        """Return what stands between the two parts: nothing, the hyphen, or the hyphen and its line end."""
        second = _WORD.match(self._raw, end)
        left, right = self._raw[_word_start(self._raw, start) : start], second.group() if second else "-"
        column = self._column(start)
        if column == len(left) and "\u00ad" not in self._raw[start:end]:
            return "-\n"  # alone on its line: a heading, not half a word
        if any(c.isdigit() for c in left) and (right[0].islower() or any(c.isdigit() for c in right)):
            return "-"
        if right[0].islower() or (left.isupper() and right.isupper()):
            return "-" if not self._hyphenated or self._belongs(left.lower(), right.lower()) else ""
        return "-" if column >= _WIDE_LINE or "\u00ad" in self._raw[start:end] else "-\n"

    def _column(self, start: int) -> int:
        """How many characters of the line stand before `start`."""
        window = self._raw[max(0, start - 2 * _WIDE_LINE) : start]
        return len(_LINE_START.split(window)[-1].lstrip())

    def _belongs(self, left: str, right: str) -> bool:
        if f"{left}-{right}" in self._words:
            return True
        if left + right in self._words or right in _ENDINGS:
            return False
        apart = min(len(left), len(right)) > 3 and left in self._words and right in self._words
        return left in _FIRST or right in _SECOND or apart
