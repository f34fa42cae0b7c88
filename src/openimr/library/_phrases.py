"""The small language in which the library writes down how something is said.

A blank is any white space or a hyphen; `(a|b)` a choice; `(a)?` may be absent; `word*` any ending, `*word` any beginning; `...` up to
six words of the same clause; `<n>` a number in digits or in words. Case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

_TOKEN = re.compile(r"\.\.\.|<n>|[()|?]|\s+|[^\s()|?<>]+|[<>]")
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_WORDS = (
    f"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_UNITS}))?|"
    f"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|{_UNITS}"
)
_NUMBER = (
    rf"(?P<n>\d+(?:\.\d+)?(?:[ -]1/2)?|(?:half an?|an?|{_WORDS})(?!\w))"
    r"(?:[\s\-]+and[\s\-]+(?:an?[\s\-]+)?(?P<half>half|1/2))?"
    rf"(?:[\s\-]+(?:to|or)[\s\-]+(?:\d+|{_WORDS})(?!\w))?"
)
_BLANK = r"[\s\-]+"
_GAP = r"[\s\-]+(?:[^\s.;:,]+[\s\-,]+){0,6}?"


@dataclass(frozen=True, slots=True)
class _Item:
    """A word, number or choice; `blank` tells what stands before it: nothing, a blank or a gap."""

    pattern: str
    anchors: frozenset[str]
    blank: str
    optional: bool = False


class _Parser:
    """Reads a phrase that has been checked."""

    def __init__(self, phrase: str) -> None:
        self.tokens = _TOKEN.findall(phrase.strip())
        self.at = 0

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def sequence(self) -> tuple[str, frozenset[str]]:
        items: list[_Item] = []
        blank = ""
        while (token := self.peek()) not in (None, "|", ")"):
            self.at += 1
            if token is None:
                break
            if token == "...":
                blank = _GAP
            elif token.isspace():
                blank = blank or _BLANK
            else:
                items.append(self.item(token, blank))
                blank = ""
        return _joined(items), _rarest(items)

    def item(self, token: str, blank: str) -> _Item:
        if token == "<n>":
            return _Item(_NUMBER, frozenset(), blank)
        if token != "(":
            word = token.strip("*")
            front = r"\w*" if token.startswith("*") and word else ""
            return _Item(front + re.escape(word) + (r"\w*" if token.endswith("*") else ""), frozenset({word.lower()} - {""}), blank)
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.at += 1
        optional = self.peek() == "?"
        self.at += optional
        anchors = frozenset[str]() if optional or any(not a for _, a in branches) else frozenset[str]().union(*(a for _, a in branches))
        return _Item("(?:" + "|".join(p for p, _ in branches) + ")", anchors, blank, optional)


def _joined(items: list[_Item]) -> str:
    """Join the parts: what may be absent takes its blank with it, the one before it, or at the start of a phrase the one behind it."""
    out = ""
    leading = True
    for index, item in enumerate(items):
        if item.optional and leading and index + 1 < len(items):
            out += f"(?:{item.pattern}{items[index + 1].blank})?"
        elif item.optional:
            out += f"(?:{_blank(items, index)}{item.pattern})?"
        else:
            out += item.pattern if leading else _blank(items, index) + item.pattern
            leading = False
    return out


def _blank(items: list[_Item], index: int) -> str:
    """The blank before a part; after a number it may be missing ("50%", "6wks")."""
    blank = items[index].blank
    return r"[\s\-]*" if blank == _BLANK and items[index - 1].pattern == _NUMBER else blank


def _rarest(items: list[_Item]) -> frozenset[str]:
    choices = [item.anchors for item in items if item.anchors and not item.optional]
    # the set whose shortest word is longest rules out the most sentences
    return max(choices, key=lambda words: min(len(word) for word in words), default=frozenset())


@cache
def _parsed(phrase: str) -> tuple[str, frozenset[str]]:
    """The body of a phrase's pattern and its anchors; ValueError when it is not a phrase."""
    _check(phrase)
    return _Parser(phrase).sequence()


def phrase_pattern(phrase: str) -> str:
    """Return the regular expression of a phrase (to be compiled with IGNORECASE); ValueError when it is not a phrase."""
    body, _ = _parsed(phrase)
    head, mark, tail = body.partition(_NUMBER)
    # only the first number of a phrase is read; the others are just numbers
    return rf"(?<!\w)(?:{head}{mark}{tail.replace('?P<n>', '?:').replace('?P<half>', '?:')})(?!\w)"


def any_phrase(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Return one pattern that finds any of the phrases, None for no phrases; their numbers are not read."""
    patterns = [phrase_pattern(phrase).replace("?P<n>", "?:").replace("?P<half>", "?:") for phrase in phrases]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def phrase_anchors(phrase: str) -> frozenset[str]:
    """Return lower-case words of which one must occur wherever the phrase occurs; empty when there is no such set."""
    return _parsed(phrase)[1]


def number(word: str, half: bool = False) -> float:
    """Return what a number matched by `<n>` stands for: "12", "2.5", "four", "twenty-one", "a", "half a"."""
    text = word.lower().replace("-", " ").strip()
    extra = 0.5 if half else 0.0
    if text[:1].isdigit():
        whole, _, part = text.partition(" ")
        return float(whole) + (0.5 if part else extra)
    if text.startswith("half"):
        return 0.5
    if text in ("a", "an"):
        return 1.0 + extra
    return sum(NUMBER_WORDS[part] for part in text.split()) + extra


NUMBER_WORDS: Mapping[str, float] = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {word: 20.0 + 10 * index for index, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])}


def _check(phrase: str) -> str:
    """Return the phrase if it is one; a thousand are checked when a library opens, and few of them are ever compiled."""
    has_item, before = [False], ""
    for token in _TOKEN.findall(phrase.strip()):
        if token == "(":
            has_item.append(False)
        elif token in (")", "|"):
            if len(has_item) == 1:
                raise ValueError(f"phrase '{phrase}': '{token}' is out of place")
            if not has_item[-1]:
                raise ValueError(f"phrase '{phrase}': a part of it is empty")
            if token == ")":
                has_item.pop()
            has_item[-1] = token == ")"
        elif token in ("<", ">") or (token == "?" and before != ")"):
            raise ValueError(f"phrase '{phrase}': '{token}' is out of place")
        elif token not in ("...", "?") and not token.isspace():
            has_item[-1] = True
        before = token
    if len(has_item) > 1:
        raise ValueError(f"phrase '{phrase}': a '(' is not closed")
    if not has_item[0]:
        raise ValueError(f"phrase '{phrase}': a part of it is empty")
    return phrase


Phrase = Annotated[str, AfterValidator(_check)]
