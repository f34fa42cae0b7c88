"""Numbers as requests write them: "6", "six", "Eight (8)", "2-3"."""

from __future__ import annotations

import re

from openimr.library import NUMBER_WORDS

_WORDS = {**NUMBER_WORDS, "single": 1.0, "once": 1.0, "twice": 2.0, "thrice": 3.0}

_WORD = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?![A-Za-z])"
_DIGITS = r"\d{1,4}(?![\d.]*\d)"
ONE = rf"(?:{_WORD}(?:\s*\(\s*\d+\s*\))?|{_DIGITS}(?:\s*\(\s*{_WORD}\s*\))?)"
"""A number; twice inside brackets counts once."""
RANGE = rf"{ONE}(?:\s*(?:-|–|to|or)\s*(?:{_WORD}|{_DIGITS}))?"  # noqa: RUF001 - requests print either dash
"""A number or a range of them."""

NO_RANGE = rf"(?!\s*(?:-|–|to|or)\s*(?:{_WORD}|\d))"  # noqa: RUF001 - requests print either dash
"""What follows is not the upper end of a range."""


def value(text: str) -> float:
    """Return the number a text matched by ONE or RANGE stands for; of a range the upper end, the most that is asked for."""
    digits = re.findall(r"\d+", text)
    if digits:
        return float(digits[-1])
    words = [word for word in re.findall(r"[a-z]+", text.lower()) if word in _WORDS]
    return float(_WORDS[words[-1]])


def lower(text: str) -> float:
    """Return the lower end of a range, or the number itself."""
    first = re.match(ONE, text, re.I)
    return value(first.group()) if first else value(text)
