"""How dates, lists and passages are put into sentences of summary and rationale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from openimr.sources import Span


def day(value: date | None) -> str:
    """Return a date as American letters write it (November 3, 2014), "undated" for none."""
    return f"{value:%B} {value.day}, {value.year}" if value else "undated"


def short_day(value: date | None) -> str:
    """Return a date in American figures (11/3/2014), "undated" for none."""
    return f"{value.month}/{value.day}/{value.year}" if value else "undated"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def quoted(span: Span) -> str:
    """Return the passage in quotation marks on one line, as the record has it."""
    return f"“{one_line(span.quote)}”"


def in_quotes(passage: Span | str) -> str:
    """Return a passage in quotation marks on one line; marks of its own become single ones, so that its end can be told."""
    text = one_line(passage.quote if isinstance(passage, Span) else passage)
    return f"“{text.replace('“', '‘').replace('”', '’')}”"  # noqa: RUF001 - typographic marks are meant


def quotes_in(text: str) -> list[str]:
    """Return what stands in quotation marks in a text that `in_quotes` was used for."""
    return re.findall(r"“[^“”]*”", text)


def one_line(text: str) -> str:
    """Return the text with its line ends and runs of blanks turned into single blanks."""
    return re.sub(r"\s+", " ", text).strip()


_STATEMENT = re.compile(r"(?P<name>\w+) (?P<op><=|>=|<|>|=) (?P<value>.+)")


def told(statement: str, labels: Mapping[str, tuple[str, str | None]]) -> str:
    """Return a statement of what would change a result ("twitch_response = true") in the words of its label."""
    match = _STATEMENT.fullmatch(statement)
    if match is None or match["name"] not in labels:
        return statement
    label, unit = labels[match["name"]]
    label = label[:1].lower() + label[1:] if label[1:2].islower() else label
    if match["value"] == "true":
        return label
    if match["value"] == "false":
        return f"the absence of {label}"
    sign = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than", "=": ""}[match["op"]]
    return " ".join(f"{label}: {sign} {match['value']} {unit or ''}".split())


def alternatives(ways: Sequence[Sequence[str]]) -> str:
    """Return sets of which each would do as one sentence part: what all have in common, then the choices."""
    common = [each for each in ways[0] if all(each in way for way in ways)]
    choices = [listed([each for each in way if each not in common]) for way in ways]
    rest = "" if len(ways) == 1 else "either " + ", or ".join(dict.fromkeys(choices))
    return "; and ".join(part for part in ("; ".join(common), rest) if part)


def ended(text: str) -> str:
    """Return the text with a full stop, unless a quoted passage brings its own."""
    return text if text.endswith((".”", "!”", "?”", ".")) else text + "."


def record_type(kind: str) -> str:
    """Return a record type as words: progress_report becomes "progress report"."""
    special = {
        "fax_cover": "fax cover sheet",
        "electrodiagnostic": "electrodiagnostic study",
        "ur_decision": "utilization review decision",
        "rfa": "request for authorization",
        "imaging": "imaging report",
    }
    return special.get(kind, kind.replace("_", " "))
