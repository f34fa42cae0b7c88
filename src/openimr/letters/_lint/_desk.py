"""What checks look things up in: the library opened once, and what the library says of each check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from openimr.evidence import GivenReader, PassageReader, Reader
from openimr.guidelines import Guidelines, Source
from openimr.guidelines import load as load_guidelines
from openimr.library import Library, LibraryError, Mark, Phrase, Place, any_phrase, open_grammar, read_model
from openimr.sources import Citation, Grammar
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._defect import Severity
from ._told import Told, ToldWords

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
STEM = 5  # letters by which two forms of a word are taken for one
_NO_TITLE = re.compile(r"\b(?:acoem|mtus|guidelines?|practice|the)\b")
_TITLE_WORD = re.compile(r"[a-z0-9]+")
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
    """A specialty by its names, and the categories of treatments and the parts of the body whose disputes it is near to.

    One with `far` is near to everything but treatments of those sub-categories.
    """

    model_config = _STRICT

    names: tuple[_Text, ...]
    categories: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    far: frozenset[str] = frozenset()

    def near(self, treatments: Iterable[str], regions: Iterable[str], vocabulary: Vocabulary) -> bool:
        """Tell whether one of the treatments is of its field, or done on a part of the body that is."""
        if self.far:
            return any(vocabulary.sub_category(each) not in self.far for each in treatments)
        return not self.categories.isdisjoint(map(vocabulary.category, treatments)) or not self.regions.isdisjoint(regions)


class WordsFile(BaseModel):
    """Words by which a sentence of a rationale is known for what it is.

    `in_passing` are treatments that a rationale on any other may well begin with.
    """

    model_config = _STRICT

    recital: tuple[Phrase, ...]
    supposed: tuple[Phrase, ...]
    affirms: tuple[Phrase, ...]
    go_ahead: tuple[Phrase, ...]
    modified: tuple[Phrase, ...]
    less: tuple[Phrase, ...]
    denies: tuple[Phrase, ...]
    first_course: tuple[Phrase, ...]
    authorized_part: tuple[Phrase, ...]
    asked: tuple[Phrase, ...]
    bounds: tuple[Phrase, ...]
    past: tuple[Phrase, ...]
    depends: tuple[Phrase, ...]
    weighs: tuple[Phrase, ...]
    from_ur: tuple[Phrase, ...]
    no_records: tuple[Phrase, ...]
    ur_only: tuple[Phrase, ...]
    idle: frozenset[str]
    in_passing: frozenset[str]


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

    An injury is plainly recent up to `recent_days` and plainly old from `old_days` on (calendar days from injury to request). Up to
    `fresh_days` it is so whatever the letter says; later `numbers` (limits) or `chronic_case` (what is for chronic pain) must be told.
    `said`: the letter speaks of the difference itself.
    """

    model_config = _STRICT

    chronic_documents: tuple[_Text, ...]
    chronic_sections: tuple[Phrase, ...]
    acute_documents: tuple[_Text, ...]
    acute_sections: tuple[Phrase, ...]
    after_operation: tuple[Phrase, ...]
    fresh_days: int
    recent_days: int
    numbers: tuple[Phrase, ...]
    chronic_case: tuple[Phrase, ...]
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
    """The families of treatments, and what tells a sentence of a guideline from one of the case.

    `anyone` names patients in general, `demands` tells what is to be found in a case, whomever it names.
    """

    model_config = _STRICT

    norm: tuple[Phrase, ...]
    case: tuple[Phrase, ...]
    anyone: tuple[Phrase, ...]
    demands: tuple[Phrase, ...]
    absent: tuple[Phrase, ...]
    families: dict[str, Family]


class LimitWords(BaseModel):
    """How numbers are compared with limits.

    `units` by name, with how many of the smallest of their kind each is (weeks are seven days); `above`, `below`, `within` and `reaches`
    are the comparing words, `denied` turns them round; `least` and `most` stand before the number of a limit, `limit` names one;
    `score` tells what is counted before and after, so that the part it fell by is meant; `request` stands for what is asked
    for, and `added` tells that what was had before counts too.
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
    score: tuple[Phrase, ...]
    request: tuple[Phrase, ...]
    added: tuple[Phrase, ...]


class ChecksFile(BaseModel):
    """The file of the checks of a program's letters."""

    model_config = _STRICT

    program: _Text
    checks: dict[str, CheckWording]
    words: WordsFile
    slips: tuple[Slip, ...] = ()
    pairs: dict[str, tuple[_Text, ...]] = {}
    specialties: tuple[Specialty, ...] = ()
    bases: BasisWords
    phases: PhaseWords
    criteria: CriteriaWords
    limits: LimitWords
    told: ToldWords


@dataclass(frozen=True)
class KnownSlip:
    """A slip, compiled; `near` is None where it counts always."""

    heard: re.Pattern[str]
    meant: str
    near: re.Pattern[str] | None


class _Words:
    """The words of the file, compiled."""

    def __init__(self, words: WordsFile) -> None:
        self.recital = _any(words.recital)
        self.supposed = _any(words.supposed)
        self.affirms = _any(words.affirms)
        self.go_ahead = _any(words.go_ahead)
        self.modified = _any(words.modified)
        self.less = _any(words.less)
        self.denies = _any(words.denies)
        self.first_course = _any(words.first_course)
        self.authorized_part = _any(words.authorized_part)
        self.asked = _any(words.asked)
        self.bounds = _any(words.bounds)
        self.past = _any(words.past)
        self.depends = _any(words.depends)
        self.weighs = _any(words.weighs)
        self.from_ur = _any(words.from_ur)
        self.no_records = _any(words.no_records)
        self.ur_only = _any(words.ur_only)
        self.idle_stems = frozenset(word[:STEM] for word in words.idle)


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
        self.pairs: dict[str, list[tuple[str, str]]] = {}  # by the letters both words begin with, and by the second word
        for first, seconds in self.checks.pairs.items():
            for second in seconds:
                self.pairs.setdefault(first[0] + second[0], []).append((first, second))
                self.pairs.setdefault(second, []).append((first, second))
        self.any_slip = _any(tuple(each.heard for each in self.checks.slips))
        self.known_pairs: dict[tuple[str, str], str | None] = {}  # what two words were found to be misheard for
        self.slips = [KnownSlip(_any((each.heard,)), each.meant, any_phrase(each.near)) for each in self.checks.slips]
        self.told = Told(self.checks.told)
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}

    def specialty(self, name: str) -> Specialty | None:
        """Return what the library knows of a reviewer's specialty, None for one that may judge of anything, or is not known."""
        return next((each for each in self.checks.specialties if any(re.search(rf"\b{known}", name, re.I) for known in each.names)), None)

    def related(self, one: str, other: str) -> bool:
        """Tell whether two treatments are the same, or one a kind of what the other is, or only a loose name for it."""
        if one == other or set(self.vocabulary.kinds(one)) & set(self.vocabulary.kinds(other)):
            return True
        treatments, category = self.vocabulary.words.treatments, self.vocabulary.category
        loose = any(slug in treatments and (treatments[slug].generic or treatments[slug].part) for slug in (one, other))
        return loose and category(one) == category(other)

    def pattern(self, phrases: tuple[str, ...]) -> re.Pattern[str]:
        """Return what finds any of the phrases, compiled once; without phrases it finds nothing."""
        if phrases not in self._patterns:
            self._patterns[phrases] = _any(phrases)
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

    @cached_property
    def titles(self) -> Mapping[str, tuple[Source, ...]]:
        """The texts of the MTUS by their plain titles, for citations that write them otherwise than the library."""
        out: dict[str, tuple[Source, ...]] = {}
        for name, sources in self.schedule.items():
            for title in {plain_title(name), *(plain_title(each.document) for each in sources)}:
                out[title] = (*out.get(title, ()), *(each for each in sources if each not in out.get(title, ())))
        return out

    @cached_property
    def passages(self) -> PassageReader:
        """Reads a record, or a part of a letter, as passages."""
        return PassageReader(self.library, self.vocabulary, self.reader.assertions)

    @cached_property
    def given(self) -> GivenReader:
        """Reads what was given to the patient off passages."""
        return GivenReader(self.library, self.vocabulary, self.passages)


def document_of(citation: Citation) -> str:
    """Return the document of a citation; texts that the MTUS took over from ACOEM are named with or without it."""
    return citation.document.removeprefix("ACOEM ")


def plain_title(document: str) -> str:
    """Return a document's title without publisher, the word guideline and what follows in brackets."""
    return " ".join(_TITLE_WORD.findall(_NO_TITLE.sub(" ", document.split("(", maxsplit=1)[0].lower())))


def _checks(library: Library, program: str) -> ChecksFile:
    folder = f"programs/{program}"
    paths = [path for path in library.files(folder) if path.name == "lint.yaml"]
    if not paths:
        raise LibraryError(Place(f"{folder}/lint.yaml", 1), "the program has no checks for letters: add this file")
    return read_model(paths[-1], ChecksFile, shown_as=library.shown(paths[-1]))
