"""Signs and findings a rationale decides by, though no part of the summary, nor a record, speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openimr.determinations import Decision

from ._account import Account, Line
from ._amounts import figures
from ._defect import Named, Place, Severity
from ._parts import Item

_NOT = re.compile(
    r"\b(?:no|not|without|never|denies|denied|lacks?|absence of|lack of|neither|nor|if|whether|risk|avoid|prevent|suspect\w*|possible|"
    r"suspicion|rule|exclude|clear|evaluate|assess|look for|search for|concern|exceed\w*)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not|without|denies|denied|never|nor|negative for)\b[^.;]{0,40}$", re.IGNORECASE)
_FULL = 5.0
_HELP = re.compile(r"%|percent|relie|help|improv|benefit|better|eas|less|reduc|good|respon", re.IGNORECASE)
_ENOUGH = 350  # characters from which on a summary is taken to tell what there is


def rests_on_nothing(account: Account) -> Iterator[Named]:
    """Name signs and findings told as present in a rationale that is decided by them, and told nowhere else; one an item."""
    summary = account.letter.summary
    if summary is None or len(summary.text) < _ENOUGH:
        return
    for item in account.letter.items:
        decisions = {item.request.decision, item.concluded}
        granted = Decision.OVERTURNED in decisions
        lines = account.rationale(item)
        named = next((each for line in lines for each in _signs(line, item, account, granted=granted)), None)
        if named is None and granted:
            named = next((each for line in lines for each in _figures(line, item, account)), None)
        if named is not None:
            yield named


def _figures(line: Line, item: Item, account: Account) -> Iterator[Named]:
    """Scales, positive tests and weak muscles of the case that the summary does not know."""
    told, summary = account.desk.told, account.letter.summary
    if line.recital or told.supposed.search(line.text) or summary is None:
        return
    texts = [summary.text, item.heading.text, *(each.text for each in account.records)]
    for figure in figures(line, account.desk):
        if figure.kind == "scale":
            pattern = told.scales[figure.name]
        elif figure.kind == "sign" and figure.values[0] > 0:
            pattern = told.tests[figure.name]
        elif figure.kind == "grade" and max(figure.values) < _FULL:
            pattern = told.spoken_of["weakness"]
        elif figure.kind == "relief":
            pattern = _HELP
        else:
            continue
        if not any(pattern.search(text) for text in texts):
            message = f"The rationale rests on {figure.name} ({figure.shown}), which {_holders(account)} nowhere"
            yield Named("fact.not_held", message, item.number, line.span(figure.start, figure.end), severity=Severity.WARNING)


def _signs(line: Line, item: Item, account: Account, *, granted: bool) -> Iterator[Named]:
    told = account.desk.told
    if line.recital or told.supposed.search(line.text):
        return
    for name, pattern in (told.decisive if granted else told.decisive_against).items():
        for found in pattern.finditer(line.text):
            before = line.text[: found.start()]
            if _NOT.search(before) or told.denied_before.search(before):
                continue
            denied = _denied(pattern, account)
            if denied:
                message = f"The rationale tells of {name}, which the case summary denies"
                span = line.span(found.start(), found.end())
                yield Named("fact.contradicted", message, item.number, span, tuple(denied), severity=Severity.WARNING)
                break
            if _known(name, item, account):
                continue
            message = f"The rationale rests on {name}, which {_holders(account)} nowhere"
            yield Named("fact.not_held", message, item.number, line.span(found.start(), found.end()), severity=Severity.WARNING)
            break


def _denied(pattern: re.Pattern[str], account: Account) -> list[Place]:
    """Where the summary denies a sign; nothing where it also tells it, or says nothing of it."""
    places: list[Place] = []
    for line in account.summary:
        for found in pattern.finditer(line.text):
            if not _DENIED.search(line.text[: found.start()]):
                return []
            places.append(line.span(found.start(), found.end()))
    return places


def _known(name: str, item: Item, account: Account) -> bool:
    """Whether summary, item or a record speaks of it, in whatever way."""
    pattern = account.desk.told.spoken_of[name]
    summary = account.letter.summary
    texts = [summary.text if summary else "", item.heading.text]
    return any(pattern.search(text) for text in texts) or any(pattern.search(line.text) for line in account.records)


def _holders(account: Account) -> str:
    return "the summary and the records tell" if account.records else "the summary tells"
