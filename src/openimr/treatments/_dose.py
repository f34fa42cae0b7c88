"""Arithmetic of opioid doses: what a request comes to in milligrams of oral morphine a day."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ._data import MorphineEquivalent
from ._request import RequestTerms

_NOT_THE_OPIOID = (200.0, 300.0, 325.0, 500.0, 650.0, 750.0)  # mg of acetaminophen or ibuprofen in a combination ("10/325", "300/30")


def daily_morphine_equivalent(terms: RequestTerms, table: Mapping[str, MorphineEquivalent]) -> float | None:
    """Return the most a request allows in mg of oral morphine a day; None without an opioid of the table, or where its dose is open."""
    treatment = next((part.treatment for part in terms.components if part.treatment in table), None)
    strength = _strength(terms)
    if treatment is None or strength is None:
        return None
    rate = table[treatment]
    if rate.per_mcg_hour is not None:
        return strength * rate.per_mcg_hour if terms.terms.get("strength_unit") == "mcg" else None
    doses = _doses_a_day(terms)
    if doses is None or terms.terms.get("strength_unit") not in ("mg", None):
        return None
    return strength * doses * rate.factor_for(strength * doses)


def _strength(terms: RequestTerms) -> float | None:
    said = terms.terms.get("strength")
    if isinstance(said, float):
        return said
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", said)] if isinstance(said, str) else []
    own = [number for number in numbers if number not in _NOT_THE_OPIOID]
    return own[0] if len(own) == 1 else None


def _doses_a_day(terms: RequestTerms) -> float | None:
    doses, quantity, days = (terms.terms.get(name) for name in ("doses_per_day", "quantity", "course_days"))
    if isinstance(doses, float):
        return doses
    fills = terms.terms.get("refills", 0.0)
    if isinstance(quantity, float) and isinstance(days, float) and isinstance(fills, float) and days:
        return quantity * (1 + fills) / days
    return None
