"""Decisions as the first letters of 2013 give them: numbered sentences that say whether a request is medically necessary."""

from __future__ import annotations

import re

from openimr.determinations import Decision, Request

from ._polarity import NECESSARY, NOT_NECESSARY
from ._requests import dates_of_service, timing
from ._shape import Found
from ._source import Place, Source

SENTENCE = re.compile(
    r"(?:^|(?<=\n))[ \t\f]*(?P<number>\d{1,3})\s?[).]\s*MAXIMUS\s+Federal\s+Services,?\s+Inc\.?\s+has\s+determined\s+"
    r"(?:that\s+)?the\s+requests?\s+for\s+"
    r"(?P<title>.{1,1500}?)\s+(?:is|are|was|were)\s+(?P<not>not\s*)?medically\s+necessary(?:\s+and\s+appropriate)?\s*\.?",
    re.S | re.I,
)


def read_numbered(source: Source, rationales: Place | None, found: Found) -> None:
    """Read the numbered sentences into requests; those between the places of `rationales` have their reasons after them.

    The letters say neither Upheld nor Overturned. A request that is not necessary leaves the denial standing (LC 4610.5, 4610.6), so the
    decision follows from the sentence; a warning says that it was not printed.
    """
    sentences = list(SENTENCE.finditer(source.plain))
    requests: dict[int, Request] = {}
    for at, sentence in enumerate(sentences):
        number = int(sentence["number"])
        place = sentence.span("title")
        text = source.value(place)
        rationale: Place | None = None
        if rationales and rationales[0] <= sentence.start() < rationales[1]:
            following = sentences[at + 1].start() if at + 1 < len(sentences) else rationales[1]
            rationale = source.trimmed(sentence.end(), min(following, rationales[1]))
        earlier = requests.get(number)
        decision = Decision.UPHELD if sentence["not"] else Decision.OVERTURNED
        if earlier and (earlier.decision is not decision or earlier.text.lower() != text.lower()):
            found.warn("decision.differs", f"item {number} is given twice and not the same way", sentence.span())
        if earlier is None or rationale:
            requests[number] = Request(
                number=number,
                text=text,
                disputed=text,
                timing=timing(text),
                dates_of_service=dates_of_service(text),
                decision=decision,
                rationale=source.value(rationale) if rationale else None,
                conclusion=NOT_NECESSARY if sentence["not"] else NECESSARY,
            )
            index = sorted(requests).index(number)
            found.spans[f"requests[{index}].text"] = place
            found.spans[f"requests[{index}].decision"] = sentence.span()
            if rationale:
                found.spans[f"requests[{index}].rationale"] = rationale
    found.requests = [requests[number] for number in sorted(requests)]
    if requests:
        found.warn("decision.implied", "the letter prints neither Upheld nor Overturned; the decisions follow from its sentences")
