"""The vocabulary: names of treatments, drugs and regions, ready to be found in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from openimr.library import Library, phrase_pattern

from ._data import Counts, DrugEntry, Treatment, Words, read_words
from ._regions import SIDE_WORD, Cover, RegionMention, Regions, SaidSide
from ._request import Component, Draft, RequestTerms, finish, read_terms
from ._words import WordFinder

_DRUG_CATEGORY = "Pharmaceuticals"
_COUNTED_FORM = "oral"
_SUFFIX = re.compile(r"[\s-]*(?:hcl|hydrochloride|sodium|sod|potassium|er|xr|sr|cr|ir|dr|ec|xl|la)(?![A-Za-z])", re.I)
_LEFT_OUT = re.compile(r"(?:\bwithout|\bno|\bw/o|\bnot)\s+(?:the\s+)?(?:use of\s+)?$", re.I)
_PERCENT = re.compile(r"\d\s*(?:%|percent\b)", re.I)


class Drug(NamedTuple):
    """What a drug's name stands for: its ingredient and its class, both as slugs."""

    ingredient: str
    drug_class: str


class _Named(NamedTuple):
    """A treatment or drug named somewhere in a text."""

    start: int
    end: int
    slug: str
    slip: bool


@dataclass(frozen=True)
class Vocabulary:
    """What may be asked for, in the words people use for it."""

    words: Words

    def parse(self, text: str) -> RequestTerms:
        """Return the request taken apart; a text that names no known treatment has no components. Reads nothing but this text."""
        draft = Draft(text, counts=self._counts)
        sites, loose = self._regions.find_all(text)
        named = self._named(text)
        draft.components = self._components(draft, named)
        self._mark_forms(draft)
        _mark_sites(draft, sites, loose)
        read_terms(draft)
        self._mark_oral_forms(draft)
        return finish(draft, sites)

    def regions(self, text: str) -> tuple[RegionMention, ...]:
        """Return the regions a text names, in order, with the side said of each (None when none is said).

        Names of several vertebrae at one place (L4-5) give one mention each.
        """
        return self._regions.find(text)

    def covers(self, requested: str, mentioned: str) -> Cover:
        """Tell how a mentioned region lies to the requested one: the same, elsewhere, or too wide to tell.

        A part counts as the whole (an upper trapezius is a trapezius), neighbours that share muscles as the same (head and neck).
        Raises KeyError for a region the vocabulary does not know.
        """
        return self._regions.covers(requested, mentioned)

    def region_name(self, region: str) -> str:
        """Return the name of a region as people read it; KeyError when it is not known."""
        return self.words.regions[region].name

    def category(self, treatment: str) -> str:
        """Return the category the Division files a treatment or drug under; KeyError when it is not known."""
        if treatment in self.words.drugs:
            return _DRUG_CATEGORY
        return self.words.treatments[treatment].category

    def sub_category(self, treatment: str) -> str | None:
        """Return the sub-category, None where the category has none; KeyError when the treatment is not known."""
        if treatment in self.words.drugs:
            return self.words.classes[self.words.drugs[treatment].drug_class].sub_category
        return self.words.treatments[treatment].sub_category

    def kinds(self, treatment: str) -> tuple[str, ...]:
        """Return the treatment itself and what it is a kind of, nearest first (a drug's class); KeyError when it is not known.

        A rule for the class speaks of every drug in it.
        """
        if treatment in self.words.drugs:
            return (treatment, self.words.drugs[treatment].drug_class)
        if treatment in self.words.classes:
            return (treatment,)
        above = self.words.treatments[treatment].is_a
        return (treatment, *(self.kinds(above) if above else ()))

    def name(self, treatment: str) -> str:
        """Return the name of a treatment or drug as people read it; KeyError when it is not known."""
        if treatment in self.words.drugs:
            return self.words.drugs[treatment].names[0].capitalize()
        return self.words.treatments[treatment].name

    @cached_property
    def drugs(self) -> Mapping[str, Drug]:
        """Every name, brand and misspelling of a drug in lower case, with its ingredient and class."""
        return {
            name.lower(): Drug(slug, drug.drug_class)
            for slug, drug in self.words.drugs.items()
            for name in (*drug.names, *drug.brands, *drug.slips)
        }

    @cached_property
    def _regions(self) -> Regions:
        return Regions(self.words.regions)

    @cached_property
    def _counts(self) -> Mapping[str, Counts]:
        counts: dict[str, Counts] = dict.fromkeys(self.words.drugs, "units")
        for slug, treatment in self.words.treatments.items():
            if treatment.counts is not None:
                counts[slug] = treatment.counts
        return counts

    @cached_property
    def _phrases(self) -> tuple[tuple[str, re.Pattern[str], bool], ...]:
        return tuple(
            (slug, re.compile(phrase_pattern(phrase), re.I), slip)
            for slug, treatment in self.words.treatments.items()
            for phrases, slip in ((treatment.words, False), (treatment.slips, True))
            for phrase in phrases
        )

    @cached_property
    def _beside(self) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
        return tuple(
            (slug, treatment.beside.category, re.compile(phrase_pattern(phrase), re.I))
            for slug, treatment in self.words.treatments.items()
            if treatment.beside is not None
            for phrase in treatment.beside.words
        )

    @cached_property
    def _other_meanings(self) -> Mapping[str, tuple[re.Pattern[str], ...]]:
        return {
            slug: tuple(re.compile(phrase_pattern(phrase), re.I) for phrase in treatment.unless)
            for slug, treatment in self.words.treatments.items()
            if treatment.unless
        }

    @cached_property
    def _drug_words(self) -> WordFinder[tuple[str, bool]]:
        return WordFinder(
            (name, (slug, slip))
            for slug, drug in self.words.drugs.items()
            for names, slip in ((drug.names, False), (drug.brands, False), (drug.slips, True))
            for name in names
        )

    @cached_property
    def _form_words(self) -> WordFinder[str]:
        return WordFinder((name, form) for form, names in self.words.forms.items() for name in names)

    def _named(self, text: str) -> list[_Named]:
        """The treatments and drugs a text names, in order, none inside another; of two at one place the longer."""
        found = list(self._matches(text))
        if any(self._is_main(named.slug, "Injection") for named in found):
            found += self._beside_matches(text, "Injection")
        chosen: list[_Named] = []
        for named in sorted(found, key=lambda named: (named.start - named.end, named.start, named.slip)):
            if not any(named.start < other.end and other.start < named.end for other in chosen):
                chosen.append(named)
        return sorted(chosen)

    def _is_main(self, slug: str, category: str) -> bool:
        treatment = self.words.treatments.get(slug)
        return treatment is not None and treatment.category == category and not treatment.part

    def _matches(self, text: str) -> Iterator[_Named]:
        for start, end, (slug, slip) in self._drug_words.find(text):
            yield _Named(start, end, slug, slip)
        hidden = {
            slug: [match.span() for pattern in patterns for match in pattern.finditer(text)]
            for slug, patterns in self._other_meanings.items()
        }
        for slug, pattern, slip in self._phrases:
            for match in pattern.finditer(text):
                start, end = match.span()
                if not any(a < end and start < b for a, b in hidden.get(slug, ())):
                    yield _Named(start, end, slug, slip)

    def _beside_matches(self, text: str, category: str) -> list[_Named]:
        return [
            _Named(*match.span(), slug, False)
            for slug, beside, pattern in self._beside
            if beside == category
            for match in pattern.finditer(text)
        ]

    def _components(self, draft: Draft, named: list[_Named]) -> list[Component]:
        """The components, each treatment once; what is left out, injected or merely a loose name for another goes elsewhere."""
        kept: dict[str, Component] = {}
        excluded: list[str] = []
        injectate: list[str] = []
        injection = any(self._is_main(each.slug, "Injection") for each in named)
        topical = None if injection else self._topical(draft.text)
        for start, end, slug, slip in self._without_generic(named):
            draft.use(start, end)
            drug = self.words.drugs.get(slug)
            if drug is not None:
                _mark_suffix(draft, end)
            left_out = _LEFT_OUT.search(draft.text[:start])
            if left_out:
                draft.use(left_out.start(), start)
                excluded.append(slug)
                continue
            if drug is not None and injection and drug.injected:
                injectate.append(slug)
                continue
            treatment = self._of_form(drug, topical) or slug
            kept.setdefault(treatment, Component(treatment, draft.text[start:end], start, end, slip))
        if excluded:
            draft.put("excluded", tuple(dict.fromkeys(excluded)))
        if injectate:
            draft.put("injectate", tuple(dict.fromkeys(injectate)))
        return sorted(kept.values(), key=lambda c: (self._is_part(c.treatment), c.start))

    def _topical(self, text: str) -> str | None:
        """The form a drug is asked for in when that form is a treatment of its own; a percentage alone tells a topical."""
        forms = {form for _, _, form in self._form_words.find(text)}
        own = [treatment.form for treatment in self.words.treatments.values() if treatment.form]
        return next((form for form in own if form in forms or _PERCENT.search(text)), None)

    def _of_form(self, drug: DrugEntry | None, form: str | None) -> str | None:
        if drug is None or form is None or drug.drug_class == form:
            return None
        return next(slug for slug, treatment in self.words.treatments.items() if treatment.form == form)

    def _treatment(self, slug: str) -> Treatment | None:
        return self.words.treatments.get(slug)

    def _is_part(self, slug: str) -> bool:
        treatment = self._treatment(slug)
        return treatment is not None and treatment.part

    def _without_generic(self, named: list[_Named]) -> list[_Named]:
        """Leave out what only says "injection" beside an injection that is named."""
        generic = {slug for slug, treatment in self.words.treatments.items() if treatment.generic}
        own = {self.category(each.slug) for each in named if each.slug not in generic and not self._is_part(each.slug)}
        return [each for each in named if each.slug not in generic or self.category(each.slug) not in own]

    def _mark_forms(self, draft: Draft) -> None:
        for start, end, form in self._form_words.find(draft.text):
            if form != _COUNTED_FORM and draft.free(start, end):
                draft.put("form", form)
                draft.use(start, end)

    def _mark_oral_forms(self, draft: Draft) -> None:
        """Mark the forms that are counted ("30 tablets") after the grammar of numbers has read its own."""
        for start, end, form in self._form_words.find(draft.text):
            if form == _COUNTED_FORM:
                draft.terms.setdefault("form", form)
                draft.use(start, end)


def _mark_suffix(draft: Draft, end: int) -> None:
    while suffix := _SUFFIX.match(draft.text, end):
        draft.use(end, suffix.end())
        end = suffix.end()


def _mark_sites(draft: Draft, sites: tuple[RegionMention, ...], loose: tuple[SaidSide, ...]) -> None:
    """Set the terms region, regions, side and levels; the side is that of the first region, or one said apart from any region."""
    for site in sites:
        draft.use(site.start, site.end)
    for match in SIDE_WORD.finditer(draft.text):
        if sites or match.end() - match.start() > 1:
            draft.use(match.start(), match.end())
    if sites:
        regions = tuple(dict.fromkeys(site.region for site in sites))
        draft.put("region", regions[0])
        draft.put("regions", regions)
    levels = tuple(dict.fromkeys(site.level for site in sites if site.level))
    if levels:
        draft.put("levels", levels)
    said = {site.side for site in sites if site.side and site.region == sites[0].region} or {side for _, _, side in loose}
    if said:
        draft.put("side", said.pop() if len(said) == 1 else "bilateral")


def load(library: Library) -> Vocabulary:
    """Return the vocabulary the library's files under `treatments` hold together.

    Raises LibraryError with file, line and mend when one of them is wrong.
    """
    return Vocabulary(read_words(library))
