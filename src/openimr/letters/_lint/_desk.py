"""What checks look things up in: the library opened once, and what the library says of each check."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from openimr.evidence import Reader
from openimr.guidelines import Guidelines
from openimr.guidelines import load as load_guidelines
from openimr.library import Library, LibraryError, Mark, Phrase, Place, any_phrase, open_grammar, read_model
from openimr.sources import Grammar
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._defect import Severity

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
_NEVER = re.compile(r"(?!)")
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


class WordsFile(BaseModel):
    """Words by which a sentence of a rationale is known for what it is."""

    model_config = _STRICT

    recital: tuple[Phrase, ...]
    supposed: tuple[Phrase, ...]
    affirms: tuple[Phrase, ...]
    denies: tuple[Phrase, ...]
    first_course: tuple[Phrase, ...]
    authorized_part: tuple[Phrase, ...]


class ChecksFile(BaseModel):
    """The file of the checks of a program's letters."""

    model_config = _STRICT

    program: _Text
    checks: dict[str, CheckWording]
    words: WordsFile
    slips: tuple[Slip, ...] = ()
    specialties: tuple[Specialty, ...] = ()


class _Words:
    """The words of the file, compiled."""

    def __init__(self, words: WordsFile) -> None:
        self.recital = _any(words.recital)
        self.supposed = _any(words.supposed)
        self.affirms = _any(words.affirms)
        self.denies = _any(words.denies)
        self.first_course = _any(words.first_course)
        self.authorized_part = _any(words.authorized_part)


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return any_phrase(phrases) or _NEVER


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
        self.words = _Words(self.checks.words)

    def related(self, one: str, other: str) -> bool:
        """Tell whether two treatments are the same, or one a kind of what the other is, or only a loose name for it."""
        if one == other or set(self.vocabulary.kinds(one)) & set(self.vocabulary.kinds(other)):
            return True
        loose = (self.vocabulary.words.treatments.get(slug) for slug in (one, other))
        return any(each and (each.generic or each.part) for each in loose) and self.vocabulary.category(one) == self.vocabulary.category(
            other
        )


def _checks(library: Library, program: str) -> ChecksFile:
    folder = f"programs/{program}"
    paths = [path for path in library.files(folder) if path.name == "lint.yaml"]
    if not paths:
        raise LibraryError(Place(f"{folder}/lint.yaml", 1), "the program has no checks for letters: add this file")
    return read_model(paths[-1], ChecksFile, shown_as=library.shown(paths[-1]))
