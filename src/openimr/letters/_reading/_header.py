"""The table at the head of a letter: case number, priority and five dates, in whatever order an extractor gives its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ._dates import IN_ORDER, us_day
from ._shape import Found
from ._source import Place, Source

_LABELS = {
    "case_number": r"(?:MAXIMUS\s+|IMR\s+)?Case\s+Number",
    "date_assigned": r"Date\s+Assigned",
    "date_of_injury": r"Date\s+of\s+Injury",
    "decision_date": r"Decision\s+Date",
    "ur_denial_date": r"UR\s+Denial\s+Date|Date\s+of\s+UR\s+(?:Decision|Denial)",
    "priority": r"Priority",
    # broken over two lines, with a value between them in some extractions
    "application_received": r"Application(?:\s+Received)?",
}
_CASE = r"(?:CM|cm)\s?\d\d\s?-\s?\d{4,8}|\d\d-\d{6,7}"
_PRIORITY = r"Standard|Expedited|Expedited\s+Review|Regular"
_DATE = r"\d{1,2}\s?/\s?\d{1,2}\s?/\s?\d{2,4}"
_TOKEN = re.compile(
    "|".join(f"(?P<{name}>\\b{pattern}\\b\\s*:?)" for name, pattern in _LABELS.items())
    + rf"|(?P<_skip>\bReceived\b\s*:?)|(?P<_case>\b(?:{_CASE})\b)|(?P<_priority>\b(?:{_PRIORITY})\b)|(?P<_date>\b{_DATE}\b)"
)
_DATED = re.compile(rf"\bDated:\s*(?P<day>{_DATE})")
_KIND = {"case_number": "_case", "priority": "_priority"}
_LONGEST = 3_000  # characters; a header table is shorter


def read_header(source: Source, start: int, end: int, found: Found) -> None:
    """Read the header table between two places into `found`; what is not there stays absent.

    Extractors give its cells row by row, column by column, or all labels before all values. A value belongs to the label before it; in a
    run of labels followed by a run of values each belongs to the one at its own rank. Dates left over when that does not come out are
    told apart by their order in time, with a warning.
    """
    tokens = [token for token in _tokens(source, start, min(end, start + _LONGEST)) if token[0] != "_skip"]
    if _row_by_row(tokens):
        for (name, _), (_, place) in zip(tokens[::2], tokens[1::2], strict=True):
            _put(source, name, place, found)
        return
    labels: list[str] = []
    values: list[tuple[str, Place]] = []
    given: dict[str, tuple[str, Place]] = {}
    loose: list[tuple[str, Place]] = []
    waiting: list[str] = []
    unsure: set[str] = set()  # labels of a table whose cells came out of their order
    for name, place in tokens:
        if name in _LABELS:
            if values:
                _pair(labels, values, given, loose, waiting)
                labels, values = [], []
            labels.append(name)
        else:
            values.append((name, place))
        if len(labels) > 2:
            unsure.update(IN_ORDER)
    _pair(labels, values, given, loose, waiting)
    taken = dict(given)
    if loose or not _in_order(source, given):
        # a value that stood alone between labels may belong to either: then only their order in time is left to go by
        apart = [name for name in taken if name in IN_ORDER and name in unsure]
        loose += [taken.pop(name) for name in apart]
        waiting += apart
    _by_order(source, loose, waiting, taken, found)
    for name, (_, place) in taken.items():
        _put(source, name, place, found)


def read_dated(source: Source, found: Found) -> None:
    """Read the day after "Dated:", as the letters of 2013 give it, as the day of the decision."""
    dated = _DATED.search(source.plain)
    if dated is None:
        return
    day = us_day(dated["day"])
    if day is None:
        found.warn("date.impossible", f"decision_date: {dated['day']} is no date", dated.span("day"))
        return
    found.dates["decision_date"], found.spans["decision_date"] = day, dated.span("day")


def _row_by_row(tokens: list[tuple[str, Place]]) -> bool:
    """Whether every label is followed by one value of its kind."""
    return len(tokens) % 2 == 0 and all(
        name in _LABELS and _KIND.get(name, "_date") == kind for (name, _), (kind, _) in zip(tokens[::2], tokens[1::2], strict=True)
    )


def _in_order(source: Source, given: dict[str, tuple[str, Place]]) -> bool:
    days = [us_day(source.value(given[name][1])) for name in IN_ORDER if name in given]
    known = [day for day in days if day is not None]
    return known == sorted(known)


def _tokens(source: Source, start: int, end: int) -> Iterator[tuple[str, Place]]:
    for token in _TOKEN.finditer(source.plain, start, end):
        yield token.lastgroup or "", token.span()


def _pair(
    labels: list[str],
    values: list[tuple[str, Place]],
    given: dict[str, tuple[str, Place]],
    loose: list[tuple[str, Place]],
    waiting: list[str],
) -> None:
    """Pair a run of labels with the run of values after it, by rank among their kind."""
    for kind in ("_case", "_priority", "_date"):
        of_kind = [label for label in labels if _KIND.get(label, "_date") == kind and label not in given]
        found = [value for value in values if value[0] == kind]
        if len(of_kind) == len(found):
            given.update(zip(of_kind, found, strict=True))
        else:
            waiting += of_kind
            loose += found


def _by_order(
    source: Source, loose: list[tuple[str, Place]], waiting: list[str], taken: dict[str, tuple[str, Place]], found: Found
) -> None:
    """Give the values that stood apart from their labels: one of its kind to its label, dates by their order in time."""
    for kind, name in (("_case", "case_number"), ("_priority", "priority")):
        left = [value for value in loose if value[0] == kind]
        if name in waiting and len(left) == 1:
            taken[name] = left[0]
    dates = sorted((value for value in loose if value[0] == "_date"), key=lambda value: us_day(source.value(value[1])) or date.max)
    names = [name for name in IN_ORDER if name in waiting]
    if dates and len(dates) == len(names):
        taken.update(zip(names, dates, strict=True))
        if len(names) > 1:
            found.warn("header.scrambled", "labels and dates stood apart in the text; the dates were told apart by their order in time")
    elif dates:
        found.warn("header.unclear", f"{len(dates)} dates and {len(names)} labels stood apart in the text; these dates were left out")


def _put(source: Source, name: str, place: Place, found: Found) -> None:
    text = source.value(place)
    if name == "case_number":
        found.case_number = text.replace(" ", "").upper()
    elif name == "priority":
        found.priority = text
    else:
        day = us_day(text)
        if day is None:
            found.warn("date.impossible", f"{name}: {text} is no date", place)
            return
        found.dates[name] = day
    found.spans[name] = place
