"""Drugs a rationale says are taken on, or were stopped, though the summary or the records tell the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openimr.evidence import Given, State

from ._account import Account, Line
from ._defect import Named, Severity
from ._documented import is_kind
from ._parts import Item

_REACH = 70  # characters between the words that tell of taking and the drug
_NEXT = 45  # characters around the name of a drug in which it is told to be stopped
_WORDS = 12  # characters of a word or two
_NEVER = re.compile(r"\b(?:never|no|not|instead of|in place of)\b[^.;]{0,25}$", re.IGNORECASE)
_SHORT = 22  # the same where the words stand right before the drug
_CLAUSE = re.compile(r"[;:]|\.\s|,?\s+\b(?:but|although|though|while|whereas|which|because|since|so that|instead of|in place of)\b")
_NOT = re.compile(r"\b(?:no|not|never|without|if|whether|were|nor|should|would|may|could|unless|longer)\b[^.;,]{0,30}$", re.IGNORECASE)
_OVER = frozenset({State.STOPPED, State.FAILED, State.NEVER})
_ON = frozenset({State.CURRENT})


def taken_otherwise(account: Account) -> Iterator[Named]:
    """Name drugs told as taken on that were stopped, replaced or never had, and those told as stopped that are still taken."""
    for item in account.letter.items:
        seen: set[str] = set()
        for line in account.rationale(item):
            for drug, start, end, on in _told(line, account):
                if drug in seen:
                    continue
                named = _against(drug, on, line, (start, end), item, account)
                if named is not None:
                    seen.add(drug)
                    yield named


def _told(line: Line, account: Account) -> Iterator[tuple[str, int, int, bool]]:
    """The drugs and classes of drugs a line tells as taken on (True) or as stopped (False), with the place of the telling."""
    told = account.desk.told
    for pattern, on, reach in ((told.taking, True, _REACH), (told.taking_now, True, _SHORT), (told.stopped, False, _REACH)):
        for found in pattern.finditer(line.text):
            if line.recital and not told.case.search(line.text[: found.start()]):
                continue
            if _NOT.search(line.text[: found.start()]) or (pattern is told.taking_now and told.asked.search(line.text)):
                continue
            stop = _CLAUSE.search(line.text, found.end())
            end = min(stop.start() if stop else len(line.text), found.end() + reach)
            for drug, at in _drugs(line.text[found.end() : end], account):
                yield drug, found.start(), found.end() + at, on


def _drugs(said: str, account: Account) -> Iterator[tuple[str, int]]:
    """The drugs and classes named, each with where its name ends."""
    words = account.desk.vocabulary.words
    for part in account.desk.vocabulary.parse(said).components:
        if part.treatment in words.drugs:
            yield part.treatment, part.end
    for name, pattern in account.desk.told.classes.items():
        found = pattern.search(said)
        if found is not None and name in words.classes:
            yield name, found.end()


def _against(drug: str, on: bool, line: Line, place: tuple[int, int], item: Item, account: Account) -> Named | None:
    """Name it where all that is told of the drug elsewhere is the reverse."""
    summary = account.letter.summary
    told = [(each, True) for each in account.given] if summary else []
    told += [(each, False) for each in account.recorded]
    same = [(each, mine) for each, mine in told if is_kind(each.treatment, drug, account.desk)]
    if summary is None:
        return None
    if on:
        near = list(_near(drug, account))
        if not same and not near:
            return None
        against = all(_over(each, account) for each, _ in same if each.treatment not in {one for one, _ in near})
        against = against and all(over for _, over in near)
    else:
        against = bool(same) and all(each.state in _ON for each, _ in same) and not any(over for _, over in _near(drug, account))
    if not against:
        return None
    here = [each for each, mine in same if mine]
    records = tuple(each.span for each, mine in same if not mine)
    where = "case summary" if here or not records else f"record {records[0].document}"
    name = same[0][0].name if same else account.desk.vocabulary.name(drug)
    message = (
        f"The rationale tells {name} as still taken, by the {where} it was stopped, replaced or never had"
        if on
        else f"The rationale tells {name} as stopped, by the {where} it is still taken"
    )
    spans = tuple(summary.place(each.span.start, each.span.end) for each in here)
    return Named("fact.contradicted", message, item.number, line.span(*place), spans, records, Severity.WARNING)


def _over(given: Given, account: Account) -> bool:
    """Whether a passage that tells of one drug alone says that it is no longer had."""
    if given.state not in _OVER:
        return False
    said = account.desk.vocabulary.parse(given.span.quote).components
    return len({each.treatment for each in said if each.treatment in account.desk.vocabulary.words.drugs}) <= 1


def _near(drug: str, account: Account) -> Iterator[tuple[str, bool]]:
    """Each time the summary names a drug, or one of the class: which, and whether words next to the name say that it was stopped."""
    told, words = account.desk.told, account.desk.vocabulary.words
    for line in account.summary:
        parts = [each for each in account.desk.vocabulary.parse(line.text).components if each.treatment in words.drugs]
        for index, each in enumerate(parts):
            if not is_kind(each.treatment, drug, account.desk):
                continue
            following = parts[index + 1].start if index + 1 < len(parts) else len(line.text)
            behind = line.text[each.end : min(following, each.end + _NEXT)]
            before = line.text[max(each.start - _NEXT, parts[index - 1].end if index else 0) : each.start]
            over = told.stopped_after.search(behind) or _right_before(told.stopped, before) or _NEVER.search(before)
            yield each.treatment, over is not None and not told.resumed.search(behind)


def _right_before(pattern: re.Pattern[str], text: str) -> bool:
    """Whether something stands at the end of a text, but for a word or two."""
    return any(len(text) - found.end() <= _WORDS and not re.search(r"[;.]", text[found.end() :]) for found in pattern.finditer(text))
