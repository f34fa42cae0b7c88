"""What checks look things up in: the library opened once, and what the library says of each check."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from openimr.evidence import GivenReader, PassageReader, Reader
from openimr.guidelines import Guidelines
from openimr.guidelines import load as load_guidelines
from openimr.library import Library, LibraryError, Mark, Phrase, Place, open_grammar, read_model
from openimr.sources import Grammar
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._defect import Severity
from ._told import Told, ToldWords

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
_Text = Annotated[str, Field(min_length=1)]


class CheckWording(BaseModel):
    """What the library says of one check: its weight, what it is called, and the rule or ground of appeal it touches."""

    model_config = _STRICT

    severity: Severity
    title: _Text
    ground: _Text
    mark: Mark


class Slip(BaseModel):
    """Words that dictation or typing puts in place of others: `heard` stands in the letter, `meant` was said.

    A slip counts where one of `near` stands in the same sentence (none: always).
    """

    model_config = _STRICT

    heard: Phrase
    meant: _Text
    near: tuple[Phrase, ...] = ()


class Specialty(BaseModel):
    """A specialty by its names, and the categories, treatments and parts of the body whose disputes it is near to (`any`: all of them)."""

    model_config = _STRICT

    names: tuple[_Text, ...]
    any: bool = False
    categories: frozenset[str] = frozenset()
    treatments: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


class ChecksFile(BaseModel):
    """The file of the checks of a program's letters."""

    model_config = _STRICT

    program: _Text
    checks: dict[str, CheckWording]
    slips: tuple[Slip, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    told: ToldWords


class Desk:
    """The library as the checks use it."""

    def __init__(self, library: Library, program: str) -> None:
        """Open all of it. Raises LibraryError with file, line and mend when a file is missing or wrong."""
        self.library = library
        self.vocabulary: Vocabulary = load_treatments(library)
        self.guidelines: Guidelines = load_guidelines(library, self.vocabulary)
        self.grammar: Grammar = open_grammar(library)
        self.reader = Reader(library, self.vocabulary)
        self.checks = _checks(library, program)
        self.told = Told(self.checks.told)

    @cached_property
    def passages(self) -> PassageReader:
        """Reads a record, or a part of a letter, as passages."""
        return PassageReader(self.library, self.vocabulary, self.reader.assertions)

    @cached_property
    def given(self) -> GivenReader:
        """Reads what was given to the patient off passages."""
        return GivenReader(self.library, self.vocabulary, self.passages)


def _checks(library: Library, program: str) -> ChecksFile:
    folder = f"programs/{program}"
    paths = [path for path in library.files(folder) if path.name == "lint.yaml"]
    if not paths:
        raise LibraryError(Place(f"{folder}/lint.yaml", 1), "the program has no checks for letters: add this file")
    return read_model(paths[-1], ChecksFile, shown_as=library.shown(paths[-1]))
