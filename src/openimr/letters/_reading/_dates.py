"""Days as letters print them, and the order in which a case's days follow one another."""

from __future__ import annotations

from datetime import date

# LC 4610.5-4610.6: injury, utilization review, application, assignment and decision
IN_ORDER = ("date_of_injury", "ur_denial_date", "application_received", "date_assigned", "decision_date")
_CENTURY = 70  # two digits from here on are of the century before


def us_day(text: str) -> date | None:
    """Return the day of month/day/year (or with hyphens), None when it is none; two digits of a year are 1970 to 2069."""
    try:
        month, day, year = (int(part) for part in text.replace("-", "/").split("/"))
        return date(year if year > 99 else year + (2000 if year < _CENTURY else 1900), month, day)
    except ValueError:
        return None
