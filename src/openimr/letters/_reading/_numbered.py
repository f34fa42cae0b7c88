"""Decisions as the first letters of 2013 give them: numbered sentences that say whether a request is medically necessary.

Known from descriptions only; what follows each sentence (both bases and the reasons) is read where it is labelled as described.
"""

from __future__ import annotations

import re

from openimr.determinations import Basis, Decision, Request
from openimr.sources import Grammar

from ._polarity import NECESSARY, NOT_NECESSARY
from ._requests import dates_of_service, timing
from ._shape import Found
from ._source import Place, Source

_NUMBER = r"(?:^|(?<=\n))[ \t\f]*(?P<number>\d{1,3})\s?[).]\s*"
SENTENCE = re.compile(
    _NUMBER + r"(?:MAXIMUS\s+Federal\s+Services,?\s+Inc\.?\s+has\s+determined\s+(?:that\s+)?)?the\s+requests?\s+for\s+"
    r"(?P<title>.{1,1500}?)\s+(?:is|are|was|were)\s+(?P<not>not\s*)?medically\s+necessary(?:\s+and\s+appropriate)?\s*\.?",
    re.S | re.I,
)
_REGARDING = re.compile(_NUMBER + r"Regarding\s+the\s+requests?\s+for\s+(?P<title>.{1,1500}?):[ \t]*\n", re.S | re.I)
_RATIONALE = re.compile(
    r"(?:Rationale\s+for\s+the\s+Decision|The\s+(?:Physician|Expert)\s+Reviewer['\u2019]s\s+decision\s+rationale)\s*:", re.I
)
_UR = re.compile(r"\bThe\s+Claims\s+Administrator\s+(?:based|did\s+not)\b", re.I)
_REVIEWER = re.compile(r"\bThe\s+(?:Physician|Expert)\s+Reviewer\s+(?:based|found|relied|did\s+not)\b", re.I)


def read_numbered(source: Source, begin: int, grammar: Grammar, found: Found) -> None:
    """Read the numbered sentences into requests, and from `begin` on what is said of each.

    The letters say neither Upheld nor Overturned. A request that is not necessary leaves the denial standing (LC 4610.5, 4610.6), so the
    decision follows from the sentence; a warning says that it was not printed.
    """
    plain = source.plain
    sentences = list(SENTENCE.finditer(plain))
    first: dict[int, re.Match[str]] = {}
    for sentence in sentences:
        earlier = first.setdefault(int(sentence["number"]), sentence)
        if bool(earlier["not"]) is not bool(sentence["not"]) or _title(source, earlier) != _title(source, sentence):
            found.warn("decision.differs", f"item {sentence['number']} is given twice and not the same way", sentence.span())
    regarding = list(_REGARDING.finditer(plain, begin))
    details = regarding or [sentence for sentence in sentences if sentence.start() >= begin]
    for index, number in enumerate(sorted(first)):
        sentence = first[number]
        said: dict[str, Place] = {}
        for at, detail in enumerate(details):
            if int(detail["number"]) == number:
                said = _said(source, detail.end(), details[at + 1].start() if at + 1 < len(details) else len(plain))
        text = source.value(sentence.span("title"))
        path = f"requests[{index}]"
        found.spans[f"{path}.text"], found.spans[f"{path}.decision"] = sentence.span("title"), sentence.span()
        found.spans.update({f"{path}.{name}": place for name, place in said.items()})
        values = {name: source.value(place) for name, place in said.items()}
        bases = {
            name: Basis.read(values[f"{name}.text"], grammar) if f"{name}.text" in values else None
            for name in ("ur_basis", "reviewer_basis")
        }
        found.requests.append(
            Request(
                number=number,
                text=text,
                disputed=text,
                timing=timing(text),
                dates_of_service=dates_of_service(text),
                decision=Decision.UPHELD if sentence["not"] else Decision.OVERTURNED,
                ur_basis=bases["ur_basis"],
                reviewer_basis=bases["reviewer_basis"],
                rationale=values.get("rationale"),
                conclusion=NOT_NECESSARY if sentence["not"] else NECESSARY,
            )
        )
    if found.requests:
        found.warn("decision.implied", "the letter prints neither Upheld nor Overturned; the decisions follow from its sentences")


def _title(source: Source, sentence: re.Match[str]) -> str:
    return source.value(sentence.span("title")).lower()


def _said(source: Source, start: int, end: int) -> dict[str, Place]:
    """Where the bases and the reasons of one item stand; without the labels of reasons all of it is reasons."""
    plain = source.plain
    rationale = _RATIONALE.search(plain, start, end)
    until = rationale.start() if rationale else end
    ur, reviewer = _UR.search(plain, start, until), _REVIEWER.search(plain, start, until)
    places = {
        "ur_basis.text": source.trimmed(ur.start(), reviewer.start() if reviewer and reviewer.start() > ur.start() else until)
        if ur
        else None,
        "reviewer_basis.text": source.trimmed(reviewer.start(), until) if reviewer else None,
        "rationale": source.trimmed(rationale.end() if rationale else start, end) if rationale or not (ur or reviewer) else None,
    }
    return {name: place for name, place in places.items() if place is not None}
