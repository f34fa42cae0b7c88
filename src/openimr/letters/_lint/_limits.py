"""Whether a number of the case is compared rightly with the limit it is held against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from openimr.library import NUMBER_WORDS, number

from ._criteria import is_norm
from ._defect import Named, Severity
from ._desk import Desk
from ._parts import Beside, Item, Letter, Part, Sentence

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_WORD = rf"(?:(?:{_TENS})[- ](?:one|two|three|four|five|six|seven|eight|nine)|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_ONE = rf"(?:\d+(?:\.\d+)?|{_WORD}(?!\w))"
# neither a date, a score of ten, a level of the spine, a strength with a slash nor a quantity of tablets
_AMOUNT = re.compile(
    rf"(?<![\w./#$-])(?P<low>{_ONE})(?:\s*(?:-|\u2013|to|or)\s*(?P<high>{_ONE}))?(?![\d/]|-\d|\.\d)(?=%|mg\b|\W|$)", re.IGNORECASE
)
# a score before and after, of which the part it fell by follows: "from 8/10 to 3/10", "to 3 from 8"
_SCORE = rf"{_ONE}(?:\s*(?:/|out of)\s*(?:10|ten|100)(?!\d))?"
_CHANGE = re.compile(
    rf"(?<![\w./#$-])(?:from\s+(?:an?\s+)?(?P<before>{_SCORE})\s+(?:down\s+)?to\s+(?:an?\s+)?(?P<after>{_SCORE})"
    rf"|of\s+(?P<high>{_SCORE})\s+(?:fell|dropped|came|went|sank|was\s+reduced|was\s+down)\s+(?:down\s+)?to\s+(?P<low>{_SCORE})"
    rf"|to\s+(?:an?\s+)?(?P<then>{_SCORE})\s+from\s+(?:an?\s+)?(?P<first>{_SCORE}))(?![\w/%-]|\.\d)",
    re.IGNORECASE,
)
_HALF = re.compile(r"(?<=\bleast )half\b|(?<=\bthan )half\b|(?<=\bthe )half\b(?= (?:that|which|required|the guideline))", re.IGNORECASE)
_LABEL = re.compile(r"\b(?:pages?|chapter|section|grade|type|item|stage|class|version|line|no\.?|pp?\.)\s*$", re.IGNORECASE)
_PARTED = re.compile(r"[.,;:()%]|\b(?:of|in|over|for|per|to|with|and|on|at|from|a|an)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|being|been|remains?|stays?|goes|go|lies?|falls?|comes?|runs?|keeps?|kept|reduction|decrease|drop|fall|improvement|relief)\b|'s\b|n't\b",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s*(?:or|and) (?:more|greater|longer|higher|better)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(r"(?:this|that|these|those|it|such|which)\b", re.IGNORECASE)
_BETWEEN = 70
_BEFORE_DENIAL = 25
_BACK = 2
_NO_KIND = ""
# of each comparison: what it says when it is denied, whether it needs a verb before it, and the mark of the limits it speaks of
_TURNED = {"above": "not above", "below": "not below", "within": "not within", "reaches": "not reaches"}
_CEILINGS = ("above", "not above", "within", "not within")


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number or range at characters `start` to `end` (its unit included), counted in the smallest unit of its `kind` ("" without one)."""

    low: float
    high: float
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A comparing word at characters `start` to `end` of a text; `says` takes its denial in."""

    says: str
    start: int
    end: int


def misread_limits(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name comparisons of a number with a limit that the two numbers refute."""
    reader = _Reader(desk)
    for item in letter.items:
        if item.rationale is not None:
            named = list(_in_one_sentence(item, item.rationale, reader))
            named = named or list(_over_sentences(item, item.rationale, reader))
            yield from named or _of_request(item, item.rationale, reader)


def _in_one_sentence(item: Item, part: Part, reader: _Reader) -> Iterator[Named]:
    """Both numbers stand about the comparing word: "18 visits is within the 10 recommended", or "18 visits. This is within the 10"."""
    for index, sentence in enumerate(part.sentences):
        amounts = reader.amounts(sentence.text)
        if len(amounts) == 1 and (said := reader.pointing(sentence, amounts[0])) is not None:
            subjects, where = reader.subject(part.sentences[: index + 1], said, {amounts[0].kind} - {_NO_KIND})
            for amount in subjects:
                if not _refuted(said.says, amount, amounts[0]):
                    continue
                numbers = where.text[amount.start : amount.end], sentence.text[amounts[0].start : amounts[0].end]
                told = f"{numbers[0]} is compared wrongly with {numbers[1]}"
                place = part.place(where.start + amount.start, where.start + amount.end)
                yield Named("limit.misread", told, item.number, part.place(sentence.start, sentence.end), (place,))
        for amount, limit in pairwise(amounts):
            said = reader.comparison_between(sentence.text, amount, limit)
            if said is not None and _refuted(said.says, amount, limit):
                place = part.place(sentence.start + amount.start, sentence.start + limit.end)
                told = f"{sentence.text[amount.start : amount.end]} is compared wrongly with {sentence.text[limit.start : limit.end]}"
                yield Named("limit.misread", told, item.number, place)


def _over_sentences(item: Item, part: Part, reader: _Reader) -> Iterator[Named]:
    """The limit stands in what is told of the guideline, the number in the case, and a later sentence compares them without numbers."""
    sentences = part.sentences
    for place, sentence in enumerate(sentences):
        said = reader.verdict(sentence)
        if said is None:
            continue
        limits = [(each, limit) for each in sentences[:place] if reader.is_norm(each) for limit in reader.limits(each, said.says)]
        if reader.sums(sentence, said):
            continue
        amounts, where = reader.subject(sentences[: place + 1], said, {limit.kind for _, limit in limits})
        pairs = [(amount, each, limit) for amount in amounts for each, limit in limits if limit.kind == amount.kind]
        if not pairs or not all(_refuted(said.says, amount, limit) for amount, _, limit in pairs):
            continue
        amount, source, limit = pairs[0]
        number_said = where.text[amount.start : amount.end]
        told = f"{number_said} is compared wrongly with the limit stated, {source.text[limit.start : limit.end]}"
        against = (
            part.place(where.start + amount.start, where.start + amount.end),
            part.place(source.start + limit.start, source.start + limit.end),
        )
        yield Named("limit.misread", told, item.number, part.place(sentence.start, sentence.end), against)


def _of_request(item: Item, part: Part, reader: _Reader) -> Iterator[Named]:
    """The number of visits stands in the heading alone, and a sentence holds "the request" against the number told of the guideline."""
    asked = [number for number in item.amounts.get("requested_visits", ()) if isinstance(number, int | float)]
    if len(asked) != 1:
        return
    visits = _Amount(asked[0], asked[0], "visits", 0, 0)
    for place, sentence in enumerate(part.sentences):
        said = reader.verdict(sentence)
        if said is None or not reader.of_request(sentence, said) or reader.adds(part.text, said):
            continue
        told = [(each, limit) for each in part.sentences[:place] if reader.is_norm(each) for limit in reader.limits(each, said.says)]
        limits = [(each, limit) for each, limit in told if limit.kind == visits.kind]
        if limits and all(_refuted(said.says, visits, limit) for _, limit in limits):
            source, limit = limits[0]
            told_as = source.text[limit.start : limit.end]
            against = (item.heading.place(0, len(item.heading.text)), part.place(source.start + limit.start, source.start + limit.end))
            message = f"The {asked[0]:g} visits asked for are compared wrongly with the limit stated, {told_as}"
            where = part.place(sentence.start, sentence.end)
            yield Named("limit.misread", message, item.number, where, against, severity=Severity.WARNING)


def _refuted(says: str, amount: _Amount, limit: _Amount) -> bool:
    """Whether the numbers rule out what is said; ranges get the benefit of the doubt."""
    return {
        "above": amount.high <= limit.low,
        "not above": amount.low > limit.high,
        "below": amount.low >= limit.high,
        "not below": amount.high < limit.low,
        "within": amount.low > limit.high,
        "not within": limit.low <= amount.low and amount.high <= limit.high if limit.low < limit.high else amount.high <= limit.high,
        "reaches": amount.high < limit.low,
        "not reaches": amount.low >= limit.high,
    }[says]


class _Reader:
    """Finds amounts and comparisons by the words of the library."""

    def __init__(self, desk: Desk) -> None:
        limits = desk.checks.limits
        self._units = [(each, kind, desk.pattern(phrases)) for each, kind, phrases in limits.units.values()]
        self._comparing = {name: desk.pattern(getattr(limits, name)) for name in _TURNED}
        self._denied, self._supposed = desk.pattern(limits.denied), desk.pattern(limits.supposed)
        self._least, self._most = desk.pattern(limits.least), desk.pattern(limits.most)
        self._limit = desk.pattern(limits.limit)
        self._request, self._added = desk.pattern(limits.request), desk.pattern(limits.added)
        self._score = desk.pattern(limits.score)
        self._unit = re.compile(r"\s*(?:" + "|".join(pattern.pattern for _, _, pattern in self._units) + ")", re.IGNORECASE)
        self._desk = desk

    def is_norm(self, sentence: Sentence) -> bool:
        """Whether a sentence tells what a guideline asks, not what the case is."""
        return is_norm(sentence, self._desk)

    def amounts(self, text: str) -> list[_Amount]:
        """The numbers of a text with their units, in order."""
        changes = list(self._changes(text))
        found = [each for each in _AMOUNT.finditer(text) if not _LABEL.search(text, max(each.start() - 12, 0), each.start())]
        found = [each for each in found if not any(change.start <= each.start() < change.end for change in changes)]
        ends = [*(each.start() for each in found[1:]), len(text)][: len(found)]
        numbers = (self._amount(text, match, end) for match, end in zip(found, ends, strict=True))
        return sorted([*changes, *numbers], key=lambda each: each.start)

    def _changes(self, text: str) -> Iterator[_Amount]:
        """The falls of a score that a text tells, each as the percentage by which it fell, and what it calls a half."""
        for half in _HALF.finditer(text):
            yield _Amount(50, 50, "percent", half.start(), half.end())
        for match in _CHANGE.finditer(text):
            before, after = (number(each.split("/")[0].split(" out ")[0].strip()) for each in _both(match))
            counted = self._unit.match(text, match.end())  # "from 8 to 3 tablets", and a motion "from 90 to 60 degrees", is no score
            if 0 <= after < before and not counted and self._score.search(text, max(match.start() - _BETWEEN, 0), match.start()):
                percent = 100 * (before - after) / before
                yield _Amount(percent, percent, "percent", match.start(), match.end())

    def _amount(self, text: str, match: re.Match[str], until: int) -> _Amount:
        low, high = number(match["low"]), number(match["high"] or match["low"])
        # a sign written close to the number ends it, so the phrases of the library would not see it
        glued = {"%": "percent", "m": "mg"}.get(text[match.end() : match.end() + 1], _NO_KIND)
        if glued:
            return _Amount(min(low, high), max(low, high), glued, match.start(), match.end() + len("%" if glued == "percent" else glued))
        units = [
            (unit.start(), unit.end(), each, kind)
            for each, kind, pattern in self._units
            if (unit := pattern.search(text, match.end(), min(until, match.end() + 40)))
        ]
        start, end, each, kind = min(units, default=(0, 0, 0.0, _NO_KIND))
        between = text[match.end() : start]
        if not kind or len(between.split()) > 3 or _PARTED.search(between):
            return _Amount(min(low, high), max(low, high), _NO_KIND, match.start(), match.end())
        return _Amount(min(low, high) * each, max(low, high) * each, kind, match.start(), end)

    def comparison_between(self, text: str, amount: _Amount, limit: _Amount) -> _Comparison | None:
        """What is said between two amounts; None where they are not compared, or only in a rule or a supposition."""
        between = text[amount.end : limit.start]
        clause = text[max(text.rfind(mark, 0, amount.start) for mark in ",;:") + 1 : amount.start]
        if len(between) > _BETWEEN or re.search(r"[.;:()]", between) or self._supposed.search(f"{clause} {between}"):
            return None
        if not _comparable(amount, limit, between, self._limit.search(text, amount.end, limit.end + 20) is not None):
            return None
        found = self._comparisons(text, amount.end, limit.start)
        if len(found) != 1 or len(text[found[0].end : limit.start].split()) > 5:
            return None
        return found[0]

    def _comparisons(self, text: str, start: int, end: int) -> list[_Comparison]:
        """The comparing words between two places; of those that overlap the first and longest ("no more than" is not "more than")."""
        every = sorted(
            (match.start(), -match.end(), name) for name, pattern in self._comparing.items() for match in pattern.finditer(text, start, end)
        )
        out: list[_Comparison] = []
        for begin, minus_end, name in every:
            if out and begin < out[-1].end:
                continue
            before = text[max(start, begin - _BEFORE_DENIAL) : begin]
            denied = self._denied.search(before) is not None
            # "12 visits over 8 weeks" compares nothing: a word of place needs a verb before it
            if text[begin:-minus_end].split(maxsplit=1)[0].lower() in _PLACES and not _VERB.search(text, start, begin) and not denied:
                continue
            out.append(_Comparison(_TURNED[name] if denied else name, begin, -minus_end))
        return out

    def pointing(self, sentence: Sentence, limit: _Amount) -> _Comparison | None:
        """The comparison of what stood before with an amount: "this does not reach the 70 percent required"."""
        if not _POINTS_BACK.match(sentence.text) or self._supposed.search(sentence.text[: limit.start]):
            return None
        found = self._comparisons(sentence.text, 0, limit.start)
        return found[0] if len(found) == 1 and len(sentence.text[found[0].end : limit.start].split()) <= 5 else None

    def verdict(self, sentence: Sentence) -> _Comparison | None:
        """A comparison with a limit that is named without its number: "does not reach the threshold the guideline sets"."""
        for said in self._comparisons(sentence.text, 0, len(sentence.text)):
            limit = self._limit.search(sentence.text, said.end, said.end + 45)
            behind = sentence.text[said.end : limit.start() if limit else said.end]
            if limit and len(behind.split()) <= 4 and not re.search(r"[.,;:()]", behind) and not self.amounts(sentence.text[said.end :]):
                return None if self._supposed.search(sentence.text, 0, said.start) else said
        return None

    def of_request(self, sentence: Sentence, said: _Comparison) -> bool:
        """Whether what is compared is the request, without a number of its own."""
        before = sentence.text[: said.start]
        return self._request.search(before) is not None and not self.amounts(before)

    def sums(self, sentence: Sentence, said: _Comparison) -> bool:
        """Whether a sentence counts what was had to what is asked for: "with the 12 visits completed the request exceeds ..."."""
        before = sentence.text[: said.start]
        return self._request.search(before) is not None and self.adds(before, said)

    def adds(self, text: str, said: _Comparison) -> bool:
        """Whether what is said to be above a limit may be the sum of what was had and what is asked for."""
        return said.says == "above" and self._added.search(text) is not None

    def limits(self, sentence: Sentence, says: str) -> list[_Amount]:
        """The limits of a sentence that a comparison can speak of: what must be reached, or what must not be passed.

        Where there is one, numbers that are not said to be either count too ("at least 50 percent relief for six weeks"): what is said
        may speak of them.
        """
        ceiling = says in _CEILINGS
        marked = [(amount, self._mark(sentence.text, amount)) for amount in self.amounts(sentence.text) if amount.kind]
        wanted, bare = ("most", _GIVEN) if ceiling else ("least", _REACHED)
        if not any(mark == wanted or (not mark and amount.kind in bare) for amount, mark in marked):
            return []
        return [amount for amount, mark in marked if mark in (wanted, "")]

    def _mark(self, text: str, amount: _Amount) -> str:
        before = text[max(amount.start - 25, 0) : amount.start]
        end = len(before.rstrip()) - 1
        if _last_end(self._most, before) >= end:
            return "most"
        return "least" if _last_end(self._least, before) >= end or _OR_MORE.match(text, amount.end) else ""

    def subject(self, sentences: Sequence[Sentence], said: _Comparison, kinds: set[str]) -> tuple[list[_Amount], Sentence]:
        """The amounts of the case a verdict speaks of, one of a kind: before it in its sentence, or in one to which it points back.

        None where two of a kind stand there.
        """
        last = sentences[-1]
        own = [each for each in self.amounts(last.text[: said.start]) if each.kind in kinds]
        if own or not _POINTS_BACK.match(last.text):
            return _one_of_a_kind(own), last
        for sentence in reversed(sentences[-1 - _BACK : -1]):
            if self.is_norm(sentence):
                break
            there = [each for each in self.amounts(sentence.text) if each.kind in kinds]
            if there:
                return _one_of_a_kind(there), sentence
        return [], last


def _both(match: re.Match[str]) -> tuple[str, str]:
    pairs = (("before", "after"), ("high", "low"), ("first", "then"))
    return next((match[before], match[after]) for before, after in pairs if match[before])


def _one_of_a_kind(amounts: list[_Amount]) -> list[_Amount]:
    return amounts if len({each.kind for each in amounts}) == len(amounts) else []


# what is given in a number and means a ceiling unless it is said otherwise, and what means a floor
_GIVEN = frozenset({"visits", "levels", "injections", "tablets", "hours"})
_REACHED = frozenset({"percent"})
_PLACES = frozenset({"above", "beyond", "past", "over", "below", "under", "within", "inside", "at", "more", "less", "fewer", "greater"})


def _comparable(amount: _Amount, limit: _Amount, between: str, named: bool) -> bool:
    """Whether two amounts are of one unit, or one goes without and what stands about it says that it is a limit."""
    if amount.kind and limit.kind:
        return amount.kind == limit.kind
    if limit.kind:
        return len(between.split()) <= 4
    return named or len(between.split()) <= 5


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in pattern.finditer(text)), default=-2)
