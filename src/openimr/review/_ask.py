"""What a request would have to document, before anybody has a case file: its rules, held against the request alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openimr.cases import Case
from openimr.determinations import Request
from openimr.evidence import Gathered
from openimr.guidelines import Mode

from ._assess import assess_requests
from ._review import Reference
from ._worksheet import RequestSheet


def ask(text: str, reference: Reference, on: date, mode: Mode = Mode.ADVISORY) -> RequestSheet:
    """Return the sheet of a request of which nothing is known but its own words, under the law of a day.

    Whatever a record would have to say stands as not documented.
    """
    case = Case(Path(), next(iter(reference.programs)), (Request(1, text, disputed=text),))
    (sheet,), _ = assess_requests(case, Gathered(()), reference.bench(mode, on, {}))
    return sheet
