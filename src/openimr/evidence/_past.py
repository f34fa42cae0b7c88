"""Whether a treatment, a study or what came of one is told as a thing of the past, by the tense of its clause and the days beside it."""

from __future__ import annotations

import re

from openimr.library import NUMBER_WORDS
from openimr.treatments import Vocabulary

_VERB = re.compile(
    r"\b(?:had|was|were|took|gave|went|came|got|did|felt|kept|ran|saw|held|brought|began|wore|made|led|stayed|"
    r"(?:has|have)\s+(?:already\s+|also\s+)?(?:had|gone\s+through|completed|received|tried|undergone|attended|finished|used\s+up|"
    r"been\s+(?:through|given|tried\s+on|treated\s+with))|[a-z]{3,}ed)\b",
    re.IGNORECASE,
)
_PERFECT = re.compile(
    r"\b(?:has|have)\s+(?:already\s+|also\s+)?"
    r"(?:had|gone\s+through|completed|received|tried|undergone|attended|finished|used\s+up|been\s+(?:through|given|tried|treated))\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"\b(?:is|are|am|has|have|will|would|shall|should|may|might|can|could|must|takes|uses|continu\w+|remains?|current\w*|now|today|still|"
    r"ongoing|to\s+be|being|since|daily|if|unless|collected|specimen|request\w*|recommend\w*|prescri\w+|schedul\w+|plan\w*|order\w*|denied|need\w*|refill\w*|renew\w*|"
    r"increas\w+|decreas\w+|start\w*|switch\w*|approv\w+|authoriz\w+|certif\w+|consider\w*|discuss\w*|propos\w+|limited|advis\w+|"
    r"takes|getting|receiving|attending|performing|doing|using|taking)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<![\d/.])(?:(?:19|20)\d\d|\d{1,2}/(?:\d{1,2}/)?(?:\d{4}|\d{2}))(?![\d/%])")
_NUMBER = re.compile(r"\d|\b(?:" + "|".join(NUMBER_WORDS) + r"|several|dozen)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:weeks?|months?|wks?|visits?|sessions?|percent|relief|reduction|better|less|injections?|blocks?)\b|%", re.IGNORECASE
)
_ONLY_NUMBER = re.compile(r"\d+|(?:(?:" + "|".join(NUMBER_WORDS) + r")[-\s]?)+", re.IGNORECASE)
_NEAR = 45  # characters between a treatment and the day it is given


class Treatments:
    """Tells what names a treatment or what came of one."""

    def __init__(self, vocabulary: Vocabulary | None) -> None:
        self._vocabulary = vocabulary

    def names(self, words: str) -> bool:
        """Whether some words name a treatment, a study or a drug, or count visits, weeks of relief and the like."""
        if _NUMBER.search(words) and (_COUNTED.search(words) or _ONLY_NUMBER.fullmatch(words.strip())):
            return True
        return self._vocabulary is not None and self._vocabulary.names_treatment(words)


def is_over(clause: str, start: int, end: int) -> bool:
    """Whether the part of a clause from `start` to `end`, which names a treatment, is told as past."""
    beside = clause[max(start - _NEAR, 0) : start] + " " + clause[end : end + _NEAR]
    if _DAY.search(beside) and not _PRESENT.search(beside):
        return True
    around = clause[:start] + " " + clause[end:]
    return _VERB.search(around) is not None and _PRESENT.search(_PERFECT.sub(" ", around)) is None
