"""`imr evidence assert`: how sentences turn what they name, so that anyone can score it against any set."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from openimr.evidence import Assertion, Assertions
from openimr.library import LibraryError, open_library
from openimr.treatments import load as load_treatments

from ._console import COULD_NOT, DONE, FOUND_WRONG, complain

_FALSE_TRUE = ("false", "true")


class _Asked(BaseModel):
    """A sentence, and the characters of it (counted from 0, the end left out) that name the thing asked about."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    text: str
    start: int = Field(ge=0)
    end: int

    @model_validator(mode="after")
    def _inside(self) -> _Asked:
        if not self.start < self.end <= len(self.text):
            raise ValueError("start and end do not lie within the text: count characters from 0, start before end")
        return self


def run(lines: Iterable[str]) -> int:
    """Print an answer for each line of JSON; a line that cannot be read is named, answered with null, and the others go on."""
    try:
        library = open_library()
        assertions = Assertions(library, load_treatments(library))
    except LibraryError as error:
        complain(f"the library does not open: {error}")
        return COULD_NOT
    read, wrong = 0, 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = _Asked.model_validate_json(line)
        except ValidationError as error:
            complain(f"line {number}: {_fault(error)}")
            sys.stdout.write("null\n")
            wrong += 1
            continue
        sys.stdout.write(_line(assertions.said(asked.text, asked.start, asked.end)) + "\n")
        read += 1
    if read == 0:
        if not wrong:
            complain('nothing came in: send lines of JSON such as {"text": "No taut band.", "start": 3, "end": 12}')
        return COULD_NOT
    return FOUND_WRONG if wrong else DONE


def _line(said: Assertion) -> str:
    # by hand: a tenth of the time json takes, and nothing in it needs quoting
    return "{" + ", ".join(f'"{name}": {_FALSE_TRUE[holds]}' for name, holds in said.contract().items()) + "}"


def _fault(error: ValidationError) -> str:
    """What is wrong with a line, without repeating any of it: it may be from a record."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"{where + ': ' if where else ''}{what}; a line is a JSON object with text, start and end"
