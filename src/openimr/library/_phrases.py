"""The small language in which the library writes down how something is said.

A blank is any white space or a hyphen; `(a|b)` a choice; `(a)?` may be absent; `word*` any ending, `*word` any beginning; `...` up to
six words of the same clause; `<n>` a number in digits or in words. Case does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated

from pydantic import AfterValidator

_TOKEN = re.compile(r"\.\.\.|<n>|[()|?]|\s+|[^\s()|?<>]+|[<>]")
_WORD = re.compile(r"\w+|%")
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
    needs: frozenset[str]
    blank: str
    optional: bool = False
    leads: frozenset[str] | None = None


class _Parser:
    """Reads a phrase that has been checked."""

    def __init__(self, phrase: str) -> None:
        self.tokens = _TOKEN.findall(phrase.strip())
        self.at = 0

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def sequence(self) -> _Read:
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
                item = self.item(token, blank)
                if items and not blank:
                    items[-1], item = _run_together(items[-1], item, token)
                items.append(item)
                blank = ""
        kept = [item for item in items if not item.optional]
        return _Read(
            _joined(items),
            _rarest([item.anchors for item in kept]),
            tuple(dict.fromkeys(item.needs for item in kept if item.needs)),
            _leads(items),
        )

    def item(self, token: str, blank: str) -> _Item:
        if token == "<n>":
            return _Item(_NUMBER, frozenset(), frozenset(), blank)
        if token != "(":
            word = token.strip("*")
            front = r"\w*" if token.startswith("*") and word else ""
            pattern = front + re.escape(word) + (r"\w*" if token.endswith("*") else "")
            needed = _needed(token.lower())
            return _Item(pattern, frozenset({word.lower()} - {""}), needed, blank, leads=_first_word(token.lower()))
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        self.at += 1
        optional = self.peek() == "?"
        self.at += optional
        pattern = "(?:" + "|".join(branch.pattern for branch in branches) + ")"
        anchors = _any_of([branch.anchors for branch in branches])
        needs = _any_of([_rarest(branch.needs) for branch in branches])
        leads = _all_of([branch.leads for branch in branches])
        return _Item(pattern, frozenset() if optional else anchors, needs, blank, optional, leads)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a phrase comes to: its pattern, its anchors, for each of its parts the words of which one must be there, and the words it can
    begin with (None: others too).
    """

    pattern: str
    anchors: frozenset[str]
    needs: tuple[frozenset[str], ...]
    leads: frozenset[str] | None


def _run_together(before: _Item, item: _Item, token: str) -> tuple[_Item, _Item]:
    """Two parts without a blank between, as in "(19|20)*" or "(mother|father):": what each still needs."""
    if token == "*":
        starred = None if before.leads is None else _starred(before.leads)
        return replace(before, needs=_starred(before.needs), leads=starred), item
    if token != "(" and not _WORD.search(token):
        return before, item
    return replace(before, needs=frozenset(), leads=None), replace(item, needs=frozenset(), leads=None)


def _starred(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.rstrip("*") + "*" for word in words)


def _leads(items: list[_Item]) -> frozenset[str] | None:
    """The words one of which stands first: those of the parts up to the first that must be there."""
    out: frozenset[str] = frozenset()
    for item in items:
        if item.leads is None:
            return None
        out |= item.leads
        if not item.optional:
            return out
    return None


def _all_of(branches: list[frozenset[str] | None]) -> frozenset[str] | None:
    out: frozenset[str] = frozenset()
    for words in branches:
        if words is None:
            return None
        out |= words
    return out


def _first_word(token: str) -> frozenset[str] | None:
    """The word a part begins with; None when it begins with something else or has no word."""
    front = token.startswith("*")
    found = _WORD.match(token, 1 if front else 0)
    if found is None:
        return None
    more = token[found.end() :] == "*"
    return frozenset({("*" if front else "") + found.group() + ("*" if more else "")})


def _any_of(branches: list[frozenset[str]]) -> frozenset[str]:
    """The words of which one must be there whichever branch is taken; none when a branch has none."""
    return frozenset[str]() if any(not words for words in branches) else frozenset[str]().union(*branches)


def _needed(token: str) -> frozenset[str]:
    """The longest run of word characters of a part, with a star where more may stand before or behind it within the same word."""
    pieces = [match.span() for match in _WORD.finditer(token)]
    if not pieces:
        return frozenset()
    start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    front = "*" if start == pieces[0][0] and token.startswith("*") else ""
    return frozenset({front + token[start:end] + ("*" if end == pieces[-1][1] and token.endswith("*") else "")})


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


def _rarest(choices: Iterable[frozenset[str]]) -> frozenset[str]:
    # the set whose shortest word is longest rules out the most sentences
    return max((words for words in choices if words), key=lambda words: min(len(word) for word in words), default=frozenset())


@cache
def _parsed(phrase: str) -> _Read:
    """The body of a phrase's pattern, its anchors and needs; ValueError when it is not a phrase."""
    _check(phrase)
    return _Parser(phrase).sequence()


def phrase_pattern(phrase: str) -> str:
    """Return the regular expression of a phrase (to be compiled with IGNORECASE); ValueError when it is not a phrase."""
    head, mark, tail = _parsed(phrase).pattern.partition(_NUMBER)
    # only the first number of a phrase is read; the others are just numbers
    return rf"(?<!\w)(?:{head}{mark}{tail.replace('?P<n>', '?:').replace('?P<half>', '?:')})(?!\w)"


def any_phrase(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Return one pattern that finds any of the phrases, None for no phrases; their numbers are not read."""
    patterns = [phrase_pattern(phrase).replace("?P<n>", "?:").replace("?P<half>", "?:") for phrase in phrases]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def phrase_anchors(phrase: str) -> frozenset[str]:
    """Return lower-case words of which one must occur wherever the phrase occurs; empty when there is no such set."""
    return _parsed(phrase).anchors


@dataclass(frozen=True, slots=True)
class Needs:
    """What a phrase cannot do without, as lower-case whole words; the percent sign counts as one.

    `words`: of each set one must occur wherever the phrase occurs. `leads`: it begins with one of these (None: it may begin otherwise).
    A word may begin or end with a star for more of the same word.
    """

    words: tuple[frozenset[str], ...]
    leads: frozenset[str] | None


def phrase_needs(phrase: str) -> Needs:
    """Return what the phrase cannot do without; there may be nothing."""
    found = _parsed(phrase)
    return Needs(found.needs, found.leads)


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
            if "*" in token.strip("*"):
                raise ValueError(f"phrase '{phrase}': a star within '{token}': write both spellings, a star ends or begins a word")
            has_item[-1] = True
        before = token
    if len(has_item) > 1:
        raise ValueError(f"phrase '{phrase}': a '(' is not closed")
    if not has_item[0]:
        raise ValueError(f"phrase '{phrase}': a part of it is empty")
    return phrase


Phrase = Annotated[str, AfterValidator(_check)]
