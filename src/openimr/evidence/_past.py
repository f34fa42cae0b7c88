"""Whether a treatment, a study or what came of one is told as over or as asked for, by tense, days, counts and outcome beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from openimr.library import NUMBER_WORDS, Phrase, any_phrase
from openimr.treatments import Vocabulary

_NUMBERS = "|".join(NUMBER_WORDS)
_MONTHS = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?|may\s+(?:of|\d)"
)
_VERB = re.compile(
    r"\b(?:had|was|were|took|gave|went|came|got|did|felt|kept|ran|saw|held|brought|bought|began|wore|made|led|left|lost|stayed|sent|met|"
    r"spent|underwent|fell|put|quit|used|done|given|taken|drew|wrote|"
    r"(?:has|have)\s+(?:already\s+|also\s+|now\s+|since\s+)?(?:had|gone\s+through|completed|received|tried|undergone|attended|finished|"
    r"used\s+up|been\s+(?:through|given|tried\s+on|treated\s+with))|[a-z]{3,}ed)\b",
    re.IGNORECASE,
)
_PERFECT = re.compile(
    r"\b(?:has|have)\s+(?:already\s+|also\s+|now\s+|since\s+)?"
    r"(?:had|gone\s+through|completed|received|tried|undergone|attended|finished|used\s+up|been\s+(?:through|given|tried|treated))\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:is|are|am|has|have|will|would|shall|should|(?<!in\s)(?<!from\s)(?<!of\s)(?<!last\s)(?<!to\s)may(?!\s\d)|might|can|could|must|takes|uses|continu\w+|remains?|current\w*|now|today|still|"
    r"ongoing|to\s+be|being|since|daily|if|unless|collected|specimen|request\w*|recommend\w*|prescri\w+|schedul\w+|plan\w*|order\w*|denied|need\w*|refill\w*|renew\w*|"
    r"increas\w+|decreas\w+|start\w*|switch\w*|approv\w+|authoriz\w+|certif\w+|consider\w*|discuss\w*|propos\w+|limited|advis\w+|"
    r"takes|getting|receiving|attending|performing|doing|using|taking)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    rf"(?<![\d/.])(?:(?:19|20)\d\d|\d{{1,2}}/(?:\d{{1,2}}/)?(?:\d{{4}}|\d{{2}}))(?![\d/%])|\b(?:in|of|on|last|{_MONTHS}\s+of)\s+(?:{_MONTHS})",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"^\W*(?:(?:records?|reviewed?|chart)\W+)?(?:(?:19|20)\d\d|\d{1,2}/(?:\d{1,2}/)?(?:\d{4}|\d{2})|(?:"
    + _MONTHS
    + r")\s*(?:19|20)\d\d)\s*(?:[:,;]|[-\N{EN DASH}]\s|Dr\b)",
    re.IGNORECASE,
)  # how an entry of a chronology begins
_GOES_ON = re.compile(r"\b(?:since|bid|tid|qid|qd|qhs|q\d+h|prn|daily|nightly|every|twice|weekly|monthly)\b", re.IGNORECASE)
_COURSE = re.compile(
    rf"^\s*(?:[,:(]\s*)?(?:x\s*(?:\d+|{_NUMBERS})\b(?!\s*x)|\(?x?\s*\d+\)|(?:\d+|{_NUMBERS})\s+(?:sessions?|visits?|treatments?|weeks|wks|months|"
    r"rounds|courses)\b)",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:(?:no|without|with|good|little|minimal|partial|some|temporary|brief|poor|great|excellent|moderate|mild|transient|limited|"
    r"fair|short[-\s]lived|lasting|any|<|>|~|\d+\s?%|only)\s+(?:\w+\s+){0,2}(?:help|relief|benefit|effect|improvement|success|response|"
    r"results?|gain|good|use)|ineffective|unhelpful|to\s+no\s+avail|in\s+vain|not\s+helpful|of\s+no\s+(?:use|help)|did\s+well)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:purchase|rental|no\s+refills?|refills?\s*[:x]?\s*\d|(?:rtc|return|back)\s+(?:in|on)\b.*\bfor|(?:is|are)\s+(?:medically\s+)?"
    r"(?:necessary|warranted|indicated|appropriate|called\s+for)|cpt)\b",
    re.IGNORECASE,
)
_HELD = re.compile(r"\b(?:current\w*|taking|takes|on)\b", re.IGNORECASE)
_SERIES = re.compile(
    rf"\b\d+\s*x\s*(?:/?\s*(?:wk|week)s?\s*x?\s*)?\d+\b|\b\d+\s*x\s*(?:/|per\s+|a\s+)(?:wk|week)|"
    rf"\b(?:once|twice|(?:\d+|{_NUMBERS})\s+times)\s+(?:a|per|each|/)\s*(?:wk|week|month)\s+(?:for|x)\b",
    re.IGNORECASE,
)  # how often, for how long: a request; what was had is counted
_NUMBER = re.compile(r"\d|\b(?:" + _NUMBERS + r"|several|dozen)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:weeks?|months?|wks?|visits?|sessions?|percent|relief|reduction|better|less|injections?|blocks?)\b|%", re.IGNORECASE
)
_ONLY_NUMBER = re.compile(r"\d+|(?:(?:" + _NUMBERS + r")[-\s]?)+", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(?:visits?|sessions?|treatments?|days|weeks|appointments?|attended|completed|kept|used|injections?|blocks?|courses?)\b",
    re.IGNORECASE,
)
_VISIT = re.compile(r"\b(?:visit|session|treatment|tx|appt|day)\s*(?:#|no\.?|number)?\s*$", re.IGNORECASE)
_CAME_OF = re.compile(r"\b(?:relief|reduction|better|improve\w*|pain[-\s]free|less\s+pain|weeks|months|percent)\b|%", re.IGNORECASE)
_DONE_ON = re.compile(
    r"\b(?:injections?|blocks?|epidurals?|\w*esis?|mbbs?|rfas?|ablations?|neurotomy|rhizotomy|surgery|operation|release|fusion|shots?|tpis?|"
    rf"trial|manipulation)\s+(?:of|on|from|in|dated|#\d)\s+(?:last\s+)?(?:\d|{_MONTHS})|"
    r"\b(?:after|following|from|with)\s+(?:the|his|her|a|that|this)\s+(?:last|first|second|third|prior|previous|initial|earlier|\d\w+)\s+"
    r"(?:set\s+of\s+|round\s+of\s+)?(?:\w+\s+)?(?:injections?|blocks?|epidurals?|\w*esi|rfa|ablation|shots?)",
    re.IGNORECASE,
)  # a procedure with its day, or told apart from others: what came of it is of then
_NEAR = 45  # characters between a treatment and the day it is given
_NEXT = 30  # characters behind a treatment in which it is counted


class Treatments:
    """Tells what names a treatment or what came of one; `classes` are words for kinds of treatment that no vocabulary of requests holds."""

    def __init__(self, vocabulary: Vocabulary | None, classes: tuple[Phrase, ...] = ()) -> None:
        self._vocabulary = vocabulary
        among = any_phrase(classes)
        self._is_of_class = lru_cache(maxsize=4096)(lambda words: among is not None and among.search(words) is not None)

    def names(self, text: str, start: int, end: int) -> bool:
        """Whether a part of a text names a treatment, a study or a drug, or counts visits, weeks of relief and the like."""
        words = text[start:end]
        if _ONLY_NUMBER.fullmatch(words.strip()):
            around = text[max(start - _NEAR, 0) : start], text[end : end + _NEAR]
            return any(_COUNTS.search(side) for side in around) and not _VISIT.search(around[0])
        if _NUMBER.search(words) and _COUNTED.search(words):
            return True
        return self._is_of_class(words) or (self._vocabulary is not None and self._vocabulary.names_treatment(words))


def is_over(clause: str, start: int, end: int) -> bool:
    """Whether the part of a clause from `start` to `end`, which names a treatment, is told as past."""
    part, ahead, behind = clause[start:end], clause[:start], clause[end:]
    if _GOES_ON.search(part):
        return False
    if _ENTRY.match(clause):
        return not _ASKED.search(behind)
    beside = ahead[-_NEAR:] + " " + behind[:_NEAR]
    if _DAY.search(beside) and not _PRESENT.search(beside):
        return True
    near = ahead[ahead.rfind(",") + 1 :] + " " + behind.split(",")[0]
    for around in (near, ahead + " " + behind):
        present = _PRESENT.search(_PERFECT.sub(" ", around))
        if present or _VERB.search(around):
            return not present
    if _SERIES.search(part + behind[:_NEXT]) or _GOES_ON.search(behind[:_NEXT]):
        return False
    return _COURSE.match(behind) is not None or (_OUTCOME.search(behind) is not None and not _CAME_OF.search(part))


def came_of_a_past_one(clause: str, start: int, end: int) -> bool:
    """Whether the part of a clause from `start` to `end` tells what came of a procedure that was done on a day, or before another one."""
    return _CAME_OF.search(clause[start:end]) is not None and _DONE_ON.search(clause[:start] + " " + clause[end:]) is not None


def is_asked_for(clause: str, start: int, end: int) -> bool:
    """Whether the part of a clause from `start` to `end`, which names a treatment, is written down as one asked for."""
    around = clause[:start] + " " + clause[end:]
    if _VERB.search(clause) or _DAY.search(around) or _HELD.search(around):
        return False
    return _ASKED.search(around) is not None or _SERIES.search(clause[start:end] + clause[end : end + _NEXT]) is not None
