"""What checks look things up in: the library opened once, and what the library says of each check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from openimr.evidence import Reader
from openimr.guidelines import Guidelines, Source
from openimr.guidelines import load as load_guidelines
from openimr.library import Library, LibraryError, Mark, Phrase, Place, any_phrase, open_grammar, read_model
from openimr.sources import Citation, Grammar
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._defect import Severity

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


class BasisWords(BaseModel):
    """How letters speak of the standards they rely on.

    `schedule` names the MTUS or a text of it, `gap` says that it leaves a question open or is departed from, `other_side` the claims
    administrator, `authorities` how a rationale names a publisher, `documents` how it names a text beside which a year is its edition;
    `replaced` tells of an edition that is not the one relied on; `paged` gives the edition of a document that alone is cited by its pages.
    """

    model_config = _STRICT

    schedule: tuple[Phrase, ...]
    gap: tuple[Phrase, ...]
    other_side: tuple[Phrase, ...]
    replaced: tuple[Phrase, ...]
    authorities: dict[str, tuple[Phrase, ...]]
    documents: dict[str, tuple[Phrase, ...]]
    paged: dict[str, str]


class PhaseWords(BaseModel):
    """Which texts are for chronic pain (by document, or by what a section is called) and which for recent complaints, and from when on.

    An injury is plainly recent up to `recent_days` and plainly old from `old_days` on (calendar days from injury to request). `said`:
    the letter speaks of the difference itself.
    """

    model_config = _STRICT

    chronic_documents: tuple[_Text, ...]
    chronic_sections: tuple[Phrase, ...]
    acute_documents: tuple[_Text, ...]
    acute_sections: tuple[Phrase, ...]
    after_operation: tuple[Phrase, ...]
    recent_days: int
    old_days: int
    said: tuple[Phrase, ...]
    mark: Mark


class Family(BaseModel):
    """Treatments judged by the same criteria, and those of its `group` they may be taken for.

    `names`: how a guideline calls them; `criteria`: words that stand together (all of a line in one sentence) in what guidelines ask of
    them and of no other treatment of the group; `near`: families that are rightly spoken of along with it.
    """

    model_config = _STRICT

    group: _Text
    treatments: frozenset[str]
    names: tuple[Phrase, ...]
    criteria: tuple[tuple[Phrase, ...], ...] = ()
    near: frozenset[str] = frozenset()


class CriteriaWords(BaseModel):
    """The families of treatments, and what tells a sentence of a guideline from one of the case."""

    model_config = _STRICT

    norm: tuple[Phrase, ...]
    case: tuple[Phrase, ...]
    absent: tuple[Phrase, ...]
    families: dict[str, Family]


class LimitWords(BaseModel):
    """How numbers are compared with limits.

    `units` by name, with how many of the smallest of their kind each is (weeks are seven days); `above`, `below`, `within` and `reaches`
    are the comparing words, `denied` turns them round; `least` and `most` stand before the number of a limit, `limit` names one.
    """

    model_config = _STRICT

    units: dict[str, tuple[float, str, tuple[Phrase, ...]]]
    above: tuple[Phrase, ...]
    below: tuple[Phrase, ...]
    within: tuple[Phrase, ...]
    reaches: tuple[Phrase, ...]
    denied: tuple[Phrase, ...]
    least: tuple[Phrase, ...]
    most: tuple[Phrase, ...]
    limit: tuple[Phrase, ...]
    supposed: tuple[Phrase, ...]


class ChecksFile(BaseModel):
    """The file of the checks of a program's letters."""

    model_config = _STRICT

    program: _Text
    checks: dict[str, CheckWording]
    slips: tuple[Slip, ...] = ()
    specialties: tuple[Specialty, ...] = ()
    bases: BasisWords
    phases: PhaseWords
    criteria: CriteriaWords
    limits: LimitWords


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
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}

    def pattern(self, phrases: tuple[str, ...]) -> re.Pattern[str]:
        """Return what finds any of the phrases, compiled once; without phrases it finds nothing."""
        if phrases not in self._patterns:
            self._patterns[phrases] = any_phrase(phrases) or re.compile(r"(?!)")
        return self._patterns[phrases]

    @cached_property
    def schedule(self) -> Mapping[str, tuple[Source, ...]]:
        """The texts of the MTUS by the name of the document as `document_of` gives it for a citation."""
        out: dict[str, tuple[Source, ...]] = {}
        for source in self.guidelines.sources.values():
            if source.authority == "MTUS" and source.tier == "mtus" and source.edition:
                cited = self.grammar.parse(f"Decision based on MTUS {source.document} {source.edition}.").citations
                for name in {document_of(each) for each in cited[:1]}:
                    out[name] = (*out.get(name, ()), source)
        return out


def document_of(citation: Citation) -> str:
    """Return the document of a citation; texts that the MTUS took over from ACOEM are named with or without it."""
    return citation.document.removeprefix("ACOEM ")


def _checks(library: Library, program: str) -> ChecksFile:
    folder = f"programs/{program}"
    paths = [path for path in library.files(folder) if path.name == "lint.yaml"]
    if not paths:
        raise LibraryError(Place(f"{folder}/lint.yaml", 1), "the program has no checks for letters: add this file")
    return read_model(paths[-1], ChecksFile, shown_as=library.shown(paths[-1]))
