"""The files of treatments, drugs and body regions, as they stand in the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openimr.library import Library, LibraryError, Mark, Phrase, Place, parse, read_model

from ._words import words_of

Counts = Literal["injections", "visits", "units", "days"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Beside(_Entry):
    """Words that name a treatment only beside one of a category ("with ultrasound", beside an injection)."""

    category: str
    words: tuple[Phrase, ...] = Field(min_length=1)


class Treatment(_Entry):
    """A treatment: its words, the category the Division files it under, and what a bare number beside it counts.

    A `part` comes with another service (image guidance); a `generic` one gives way to any other of its category. A rule for what it
    `is_a` kind of speaks of it too, and one for what it is a kind of `at` the requested part of the body.
    """

    name: str
    category: str
    sub_category: str | None = None
    counts: Counts | None = None
    part: bool = False
    generic: bool = False
    form: str | None = None
    is_a: str | None = None
    at: Mapping[str, str] = {}
    words: tuple[Phrase, ...] = Field(min_length=1)
    slips: tuple[Phrase, ...] = ()
    beside: Beside | None = None
    unless: tuple[Phrase, ...] = ()


class DrugClass(_Entry):
    """A class of drugs, the sub-category of Pharmaceuticals it is filed under, and the treatment its drugs are when put on the skin."""

    name: str
    sub_category: str
    topical: str | None = None


class DrugEntry(_Entry):
    """An ingredient, fixed combination or product with its names, brands and misspellings.

    Put on the skin a drug is the treatment `topical` names (else that of its class); a `transdermal` one stays what it is, for its patch
    acts on the whole body. A product put on the skin names its `ingredients`, and the treatment it `is_a` kind of.
    """

    drug_class: str = Field(alias="class")
    names: tuple[str, ...] = Field(min_length=1)
    brands: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    injected: bool = False
    transdermal: bool = False
    topical: str | None = None
    is_a: str | None = None
    ingredients: tuple[str, ...] = ()


class MorphineEquivalent(_Entry):
    """What one milligram of an opioid is in milligrams of oral morphine; of a patch, milligrams a day for a microgram an hour."""

    factor: float | None = Field(default=None, gt=0)
    per_mcg_hour: float | None = Field(default=None, gt=0)
    by_daily_dose: tuple[tuple[float | None, float], ...] = ()

    @model_validator(mode="after")
    def _one(self) -> MorphineEquivalent:
        if sum((self.factor is not None, self.per_mcg_hour is not None, bool(self.by_daily_dose))) != 1:
            raise ValueError("write one of factor, per_mcg_hour, by_daily_dose")
        bounds = [upto for upto, _ in self.by_daily_dose]
        if bounds and (bounds[-1] is not None or None in bounds[:-1] or sorted(filter(None, bounds)) != bounds[:-1]):
            raise ValueError("by_daily_dose goes up, and its last entry begins with null")
        return self

    def factor_for(self, daily: float) -> float:
        """Return the factor at a daily dose in mg."""
        if self.factor is not None:
            return self.factor
        return next(factor for upto, factor in self.by_daily_dose if upto is None or daily <= upto)


class Region(_Entry):
    """A part of the body: its words, its muscles, its vertebrae, and how it lies to other parts."""

    name: str
    words: tuple[str, ...]
    muscles: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class _TreatmentFile(_Entry):
    source: str
    mark: Mark
    categories: dict[str, tuple[str, ...]] = {}
    treatments: dict[str, Treatment] = {}
    classes: dict[str, DrugClass] = {}
    forms: dict[str, tuple[str, ...]] = {}
    drugs: dict[str, DrugEntry] = {}
    regions: dict[str, Region] = {}
    morphine_equivalents: dict[str, MorphineEquivalent] = {}


@dataclass(frozen=True)
class Words:
    """All files of treatments together."""

    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    classes: Mapping[str, DrugClass] = field(default_factory=dict)
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drugs: Mapping[str, DrugEntry] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    morphine_equivalents: Mapping[str, MorphineEquivalent] = field(default_factory=dict)


Row = TypeVar("Row")


class _Reader:
    """Puts the files together; remembers where each entry stands, for the message about a wrong one."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.files = [(path, read_model(path, _TreatmentFile, shown_as=library.shown(path))) for path in library.files("treatments")]
        self.home: dict[tuple[str, str], Path] = {}

    def merged(self, part: str, rows: Iterable[tuple[Path, Mapping[str, Row]]]) -> dict[str, Row]:
        out: dict[str, Row] = {}
        for path, entries in rows:
            for slug, entry in entries.items():
                if slug in out:
                    raise self.wrong(path, (part, slug), f"'{slug}' is declared twice: keep one of them")
                out[slug] = entry
                self.home[part, slug] = path
        return out

    def wrong(self, path: Path, keys: tuple[str, ...], what: str) -> LibraryError:
        shown = self.library.shown(path)
        _, lines = parse(path.read_text(encoding="utf-8"), shown)
        return LibraryError(Place(shown, lines.get(keys, 1)), what)

    def wrong_entry(self, part: str, slug: str, key: str, what: str) -> LibraryError:
        return self.wrong(self.home[part, slug], (part, slug, key), f"{part}.{slug}.{key}: {what}")


def read_words(library: Library) -> Words:
    """Return what the files under `treatments` say together.

    Raises LibraryError with file, line and mend when a file is wrong, an entry stands twice, an entry names something undeclared,
    or the same words stand for two things.
    """
    reader = _Reader(library)
    files = reader.files
    words = Words(
        categories=reader.merged("categories", ((path, file.categories) for path, file in files)),
        treatments=reader.merged("treatments", ((path, file.treatments) for path, file in files)),
        classes=reader.merged("classes", ((path, file.classes) for path, file in files)),
        forms=reader.merged("forms", ((path, file.forms) for path, file in files)),
        drugs=reader.merged("drugs", ((path, file.drugs) for path, file in files)),
        regions=reader.merged("regions", ((path, file.regions) for path, file in files)),
        morphine_equivalents=reader.merged("morphine_equivalents", ((path, file.morphine_equivalents) for path, file in files)),
    )
    _check_treatments(reader, words)
    _check_drugs(reader, words)
    _check_regions(reader, words)
    return words


def _check_treatments(reader: _Reader, words: Words) -> None:
    taken: dict[str, str] = {}
    for slug, treatment in words.treatments.items():
        if treatment.category not in words.categories:
            raise reader.wrong_entry("treatments", slug, "category", f"'{treatment.category}' is not among the categories: correct it")
        if treatment.sub_category and treatment.sub_category not in words.categories[treatment.category]:
            raise reader.wrong_entry("treatments", slug, "sub_category", f"'{treatment.sub_category}' is not one of {treatment.category}")
        if treatment.form and treatment.form not in words.forms:
            raise reader.wrong_entry("treatments", slug, "form", f"'{treatment.form}' is not among the forms: correct it")
        if treatment.is_a and not _kind_is_known(treatment.is_a, slug, words):
            raise reader.wrong_entry(
                "treatments", slug, "is_a", f"'{treatment.is_a}' is no other treatment and no class of drugs: correct it"
            )
        for region, kind in treatment.at.items():
            if region not in words.regions or not _kind_is_known(kind, slug, words):
                raise reader.wrong_entry("treatments", slug, "at", f"'{region}: {kind}' names no region, or no other treatment: correct it")
        if slug in words.drugs:
            raise reader.wrong_entry("treatments", slug, "name", "a drug has the same name: rename one of them")
        for key, phrases in (("words", treatment.words), ("slips", treatment.slips)):
            for phrase in phrases:
                if phrase.lower() in taken:
                    raise reader.wrong_entry("treatments", slug, key, f"'{phrase}' already stands for {taken[phrase.lower()]}: remove one")
                taken[phrase.lower()] = slug


def _kind_is_known(kind: str, slug: str, words: Words) -> bool:
    seen = {slug}
    while kind in words.treatments and kind not in seen:
        seen.add(kind)
        above = words.treatments[kind].is_a
        if above is None:
            return True
        kind = above
    return kind in words.classes


def _check_drugs(reader: _Reader, words: Words) -> None:
    for slug, drug_class in words.classes.items():
        if drug_class.sub_category not in words.categories.get("Pharmaceuticals", ()):
            raise reader.wrong_entry("classes", slug, "sub_category", f"'{drug_class.sub_category}' is not one of Pharmaceuticals")
        if drug_class.topical and drug_class.topical not in words.treatments:
            raise reader.wrong_entry("classes", slug, "topical", f"'{drug_class.topical}' is not among the treatments: correct it")
    taken: dict[tuple[str, ...], str] = {}
    for slug, drug in words.drugs.items():
        if drug.drug_class not in words.classes:
            raise reader.wrong_entry("drugs", slug, "class", f"'{drug.drug_class}' is not among the classes: correct it")
        for key, kind in (("topical", drug.topical), ("is_a", drug.is_a)):
            if kind and kind not in words.treatments:
                raise reader.wrong_entry("drugs", slug, key, f"'{kind}' is not among the treatments: correct it")
    for slug in words.morphine_equivalents:
        if slug not in words.drugs:
            place = ("morphine_equivalents", slug)
            raise reader.wrong(reader.home[place], place, f"'{slug}' is not among the drugs: correct it")
    for slug, drug in words.drugs.items():
        for ingredient in drug.ingredients:
            if ingredient not in words.drugs:
                raise reader.wrong_entry("drugs", slug, "ingredients", f"'{ingredient}' is not among the drugs: correct it")
        for key, names in (("names", drug.names), ("brands", drug.brands), ("slips", drug.slips)):
            for name in names:
                _take(reader, ("drugs", slug, key), name, taken)


def _check_regions(reader: _Reader, words: Words) -> None:
    taken: dict[tuple[str, ...], str] = {}
    for slug, region in words.regions.items():
        for key, others in (("part_of", region.part_of), ("overlaps", region.overlaps)):
            for other in others:
                if other not in words.regions:
                    raise reader.wrong_entry("regions", slug, key, f"'{other}' is not among the regions: correct it")
        for key, names in (("words", region.words), ("muscles", region.muscles), ("levels", region.levels)):
            for name in names:
                _take(reader, ("regions", slug, key), name, taken)


def _take(reader: _Reader, place: tuple[str, str, str], name: str, taken: dict[tuple[str, ...], str]) -> None:
    part, slug, key = place
    words = words_of(name)
    if not words:
        raise reader.wrong_entry(part, slug, key, f"'{name}' has no word in it: remove it")
    if taken.get(words, slug) != slug:
        raise reader.wrong_entry(part, slug, key, f"'{name}' already stands for {taken[words]}: remove one of them")
    taken[words] = slug
