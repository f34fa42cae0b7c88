"""What a rationale concludes, told from its words alone: the printed decision is not looked at."""

from __future__ import annotations

import re

NECESSARY, NOT_NECESSARY = "medically necessary", "not medically necessary"

_BOUNDARY = re.compile(r"[.!?][\"')\]]*(?:\s+(?=[A-Z\"(])|(?=[A-Z][a-z]))")
_SENTENCE = 800  # characters; a longer one is cut
_STRONG = re.compile(r"(?:[Mm]edical|MEDICAL)(?:ly|LY)?[-\s]+(?:necess\w+|NECESS\w+|reasonable|appropriate|indicated|warranted|justified)")
_NEED = re.compile(
    r"\b(?:necessary|necessity|warranted|supported|substantiated|justified|indicated|appropriate|certif\w+|recommended|established|reasonable)\b",
    re.I,
)
_NOT = re.compile(
    r"\bnot\b|n't\b|\bnor\b|\bneither\b|\bcannot\b|\bno\b(?!\s+(?:longer|more)\s+than)|\bnever\b|\bwithout\b(?!\s+(?:(?:the\s+)?(?:use\s+of\s+)?(?:contrast|gadolinium|dye)))|\bfail(?:s|ed)?\s+to\b|"
    r"\black(?:s|ing)?\b(?![^.;,]*,)|\binsufficient\b|\bunable\b|\bnon-certif|\bunnecessary\b|\bdenied\b|\bnon\s*-?\s*medically\b",
    re.I,
)
_SUBJECT = re.compile(r"\brequest|\btreatment|\bservice|\bmedication|\btherapy|\bprocedure|\bsurg|\bneed\b|\bnecess", re.I)
_IDLE = re.compile(
    # how to end an opioid, in a paragraph that follows a denial
    r"\bshould not be (?:abruptly )?(?:stopped|discontinued)|\babrupt|\bwean|\btaper|\baddress(?:es|ed)? the medical necessity\b|"
    r"\bmedical necessity decision\b|"
    # what is only supposed
    r"\bif\b.{0,120}\b(?:then|would)\b|\bwould be (?:considered )?(?:medically )?necessary if\b|\bwhether\b|"
    r"\bmay (?:be|become|occasionally be) (?:medically )?necessary\b|"
    # what another side decided
    r"\bUR\b.{0,60}\b(?:denied|determined)|\butilization review\b.{0,80}\b(?:denied|determined|non-certified)",
    re.I | re.S,
)
_DENIED_AFTER = re.compile(r"[^.;]{0,80}?(?:\bnot\b|\bcannot\b|n't\b|\bunable\b|\black|\bno\b)", re.I)
_NOT_AFTER = re.compile(r"\s*(?:and|or|nor)?\s*(?:is|are)?\s*not\b", re.I)
_NEAR = 1_000  # characters from the end where a conclusion mostly stands
_LONGEST = 20_000  # characters from the end that are looked at; a conclusion stands near it


def conclusion(rationale: str) -> str | None:
    """Return what the rationale concludes: medically necessary, not medically necessary, or None when it does not say.

    Read from its end backwards, over sentences that only advise (how to taper an opioid), suppose (if, would) or report what another side
    decided; a sentence that speaks of medical necessity weighs more than one that speaks of support or indication.
    """
    for length, pattern, weak in ((_NEAR, _STRONG, False), (_LONGEST, _STRONG, False), (_LONGEST, _NEED, True)):
        text = rationale[-length:]
        start = len(text)
        for mention in reversed(list(pattern.finditer(text))):
            if mention.start() >= start:
                continue  # an earlier word of a sentence already looked at
            start, end = _sentence(text, mention)
            if (weak and not _SUBJECT.search(text, start, end)) or _IDLE.search(text, start, end):
                continue
            return NOT_NECESSARY if _refused(text, mention, start, end) else NECESSARY
    return None


def _sentence(text: str, mention: re.Match[str]) -> tuple[int, int]:
    """Where the sentence of a mention begins and ends."""
    starts = [found.end() for found in _BOUNDARY.finditer(text, max(0, mention.start() - _SENTENCE), mention.start())]
    ending = _BOUNDARY.search(text, mention.end())
    return (starts[-1] if starts else max(0, mention.start() - _SENTENCE)), (ending.start() + 1 if ending else len(text))


def _refused(text: str, mention: re.Match[str], start: int, end: int) -> bool:
    """Whether the sentence denies what it mentions: a "not" in the clause before, or after "medical necessity"."""
    clause = max(start, *(text.rfind(mark, start, mention.start()) for mark in (";", ", however", ", but")))
    if " not " in text[max(clause, mention.start() - 12) : mention.start()] or _NOT.search(text, clause, mention.start()):
        return True
    if "ecessity" in mention.group():
        return _DENIED_AFTER.match(text, mention.end(), end) is not None
    return _NOT_AFTER.match(text, mention.end(), end) is not None
