"""The vocabulary: names of treatments, drugs and regions, ready to be found in a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from openimr.library import Library

from ._data import Counts, Words, read_words
from ._diagnoses import codes_in
from ._dose import daily_morphine_equivalent
from ._names import Named, Names
from ._regions import SIDE_WORD, Cover, RegionMention, Regions, SaidSide
from ._request import Component, Draft, RequestTerms, finish, read_terms
from ._words import WordFinder

_DRUG_CATEGORY = "Pharmaceuticals"
_COUNTED_FORM = "oral"
_SUFFIX = re.compile(r"[\s-]*(?:hcl|hydrochloride|sodium|sod|potassium|er|xr|sr|cr|ir|dr|ec|xl|la)(?![A-Za-z])", re.I)
_LEFT_OUT = re.compile(r"(?:\bwithout|\bno|\bw/o|\bnot)\s+(?:the\s+)?(?:use of\s+)?$", re.I)
_SKIN = ("topical", "patch")
_ANY_TOPICAL = "topical_medication"
_COMPOUND = "topical_compound"
_PERCENT = re.compile(r"\d\s*(?:%|percent\b)", re.I)


class Drug(NamedTuple):
    """What a drug's name stands for: its ingredient and its class, both as slugs."""

    ingredient: str
    drug_class: str


@dataclass(frozen=True)
class Vocabulary:
    """What may be asked for, in the words people use for it."""

    words: Words

    def parse(self, text: str) -> RequestTerms:
        """Return the request taken apart; a text that names no known treatment has no components. Reads nothing but this text."""
        whole = self._parse(text)
        mains = sorted((part for part in whole.components if not self.is_part(part.treatment)), key=lambda part: part.start)
        if len(mains) < 2:
            return replace(whole, components=tuple(replace(part, terms=whole.terms, said=text) for part in whole.components))
        shares = [text[start:end] for start, end in _shares(text, mains)]
        own = {share: self._parse(share).terms for share in shares}
        once = {name: term for name, term in whole.terms.items() if sum(name in terms for terms in own.values()) == 1}
        parts = []
        for part in whole.components:
            place = max((index for index, main in enumerate(mains) if main.start <= part.start), default=0)
            mine = own[shares[place]]
            located = "region" in mine
            shared = {name: once[name] for name in _SAID_ONCE if name in once and not (located and name in _WHERE)}
            parts.append(replace(part, terms={**shared, **mine}, said=shares[place]))
        return replace(whole, components=tuple(parts))

    def _parse(self, text: str) -> RequestTerms:
        draft = Draft(text, counts=self._counts)
        for start, end, code in codes_in(text):
            draft.add("diagnoses", code)
            draft.use(start, end)
        mentioned, loose = self._regions.find_all(text)
        sites = self._regions.narrowest(mentioned)
        for site in mentioned:
            draft.use(site.start, site.end)
        named = self._names.find(text)
        draft.components = self._components(draft, named)
        self._mark_forms(draft)
        _mark_sites(draft, sites, loose)
        read_terms(draft)
        for place in (place for part in draft.components for place in part.also):
            draft.use(*place)
        self._mark_oral_forms(draft)
        return finish(draft, sites)

    def regions(self, text: str) -> tuple[RegionMention, ...]:
        """Return the regions a text names, in order, with the side said of each (None when none is said).

        Names of several vertebrae at one place (L4-5) give one mention each.
        """
        return self._regions.find(text)

    def named(self, text: str) -> tuple[Named, ...]:
        """Return the treatments, studies and drugs a text names, in order of place, each time it names them."""
        return tuple(self._names.find(text))

    def names_treatment(self, text: str) -> bool:
        """Tell whether a few words name a treatment, a study or a drug."""
        return self._names_treatment(text)

    @cached_property
    def _names_treatment(self) -> Callable[[str], bool]:
        return lru_cache(maxsize=4096)(lambda text: bool(self._names.find(text)))

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

    def counts(self, treatment: str) -> Counts | None:
        """Return what a treatment is counted in (visits, units ...), None where it is not counted."""
        return self._counts.get(treatment)

    def sub_category(self, treatment: str) -> str | None:
        """Return the sub-category, None where the category has none; KeyError when the treatment is not known."""
        if treatment in self.words.drugs:
            return self.words.classes[self.words.drugs[treatment].drug_class].sub_category
        return self.words.treatments[treatment].sub_category

    def daily_morphine_equivalent(self, terms: RequestTerms) -> float | None:
        """Return the most a request allows in mg of oral morphine a day; None without an opioid, or where strength or doses are open."""
        return daily_morphine_equivalent(terms, self.words.morphine_equivalents)

    def kinds(self, treatment: str, region: str | None = None) -> tuple[str, ...]:
        """Return the treatment itself and what it is a kind of, nearest first (a drug's class); KeyError when it is not known.

        A rule for the kind speaks of all that is of it. Some are of a kind at one part of the body only (arthroscopy of the knee).
        """
        if treatment in self.words.drugs:
            drug = self.words.drugs[treatment]
            return (treatment, *(self.kinds(drug.is_a) if drug.is_a else ()), drug.drug_class)
        if treatment in self.words.classes:
            return (treatment,)
        entry = self.words.treatments[treatment]
        above = [kind for kind in (entry.at.get(region or ""), entry.is_a) if kind]
        return (treatment, *dict.fromkeys(kind for each in above for kind in self.kinds(each)))

    def name(self, treatment: str) -> str:
        """Return the name of a treatment, drug or class of drugs as people read it; KeyError when it is not known."""
        if treatment in self.words.drugs:
            return self.words.drugs[treatment].names[0].capitalize()
        if treatment in self.words.classes:
            return self.words.classes[treatment].name
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
    def _names(self) -> Names:
        return Names(self.words)

    @cached_property
    def _form_words(self) -> WordFinder[str]:
        return WordFinder((name, form) for form, names in self.words.forms.items() for name in names)

    def _components(self, draft: Draft, named: list[Named]) -> list[Component]:
        """The components, each treatment once; what is left out, injected or merely a loose name for another goes elsewhere."""
        kept: dict[str, Component] = {}
        excluded: list[str] = []
        injectate: list[str] = []
        mixed: list[tuple[str, int, int]] = []
        injection = any(self._is_injection(each.slug) for each in named)
        on_skin = not injection and self._on_skin(draft.text)
        own, loose = self._without_generic(named)
        for start, end, slug, slip in own:
            draft.use(start, end)
            drug = self.words.drugs.get(slug)
            if drug is not None:
                _mark_suffix(draft, end)
            left_out = _LEFT_OUT.search(draft.text[:start])
            if left_out:
                draft.use(left_out.start(), start)
                excluded.append(slug)
            elif drug is not None and injection and drug.injected:
                injectate.append(slug)
            elif drug is not None and on_skin and not drug.transdermal:
                mixed.append((slug, start, end))
            else:
                first = kept.get(slug)
                ingredients = drug.ingredients if drug else ()
                kept[slug] = (
                    replace(first, also=(*first.also, (start, end)))
                    if first
                    else Component(slug, draft.text[start:end], start, end, slip, ingredients)
                )
        for part in self._put_on_skin(draft, mixed, kept):
            kept.setdefault(part.treatment, part)
        for start, end, slug, _ in loose:
            first = next((part for part in kept.values() if self.category(part.treatment) == self.category(slug)), None)
            if first is not None:
                kept[first.treatment] = replace(first, also=(*first.also, (start, end)))
        if excluded:
            draft.put("excluded", tuple(dict.fromkeys(excluded)))
        if injectate:
            draft.put("injectate", tuple(dict.fromkeys(injectate)))
        return sorted(kept.values(), key=lambda c: (self.is_part(c.treatment), c.start))

    def _on_skin(self, text: str) -> bool:
        """Tell whether the drugs of a request are put on the skin: it says the form, or gives a percentage."""
        return bool(_PERCENT.search(text)) or any(form in _SKIN for _, _, form in self._form_words.find(text))

    def _put_on_skin(self, draft: Draft, mixed: list[tuple[str, int, int]], kept: dict[str, Component]) -> list[Component]:
        """The product that drugs put on the skin make: one drug by itself, several together a compound.

        Names of one drug ("diclofenac (Voltaren)") count once; a product with a name of its own stays what it is.
        """
        if not mixed:
            return []
        start, end = mixed[0][1], mixed[-1][2]
        drugs = self.words.drugs
        parts = [
            Component(slug, draft.text[a:b], a, b, ingredients=drugs[slug].ingredients) for slug, a, b in mixed if drugs[slug].ingredients
        ]
        covered = {ingredient for part in parts for ingredient in part.ingredients}
        plain = [slug for slug in dict.fromkeys(slug for slug, _, _ in mixed) if not drugs[slug].ingredients and slug not in covered]
        if len(plain) > 1:
            kept.pop(_ANY_TOPICAL, None)
            kept.pop(_COMPOUND, None)
            return [Component(_COMPOUND, draft.text[start:end], start, end, ingredients=tuple(dict.fromkeys((*plain, *covered))))]
        if plain:
            drug = drugs[plain[0]]
            slug = _COMPOUND if _COMPOUND in kept else drug.topical or self.words.classes[drug.drug_class].topical or _ANY_TOPICAL
            kept.pop(_COMPOUND, None)
            kept.pop(_ANY_TOPICAL, None)
            parts.append(Component(slug, draft.text[start:end], start, end, ingredients=(plain[0],)))
        return parts

    def _is_injection(self, slug: str) -> bool:
        treatment = self.words.treatments.get(slug)
        return treatment is not None and treatment.category == "Injection" and not treatment.part

    def is_part(self, slug: str) -> bool:
        """Tell whether a treatment only comes with another one (image guidance, anesthesia)."""
        treatment = self.words.treatments.get(slug)
        return treatment is not None and treatment.part

    def _without_generic(self, named: list[Named]) -> tuple[list[Named], list[Named]]:
        """Part off what only says "injection" beside an injection that is named, "consultation" beside a visit that is."""
        generic = {slug for slug, treatment in self.words.treatments.items() if treatment.generic}
        own = {self.category(each.slug) for each in named if each.slug not in generic and not self.is_part(each.slug)}
        loose = [each for each in named if each.slug in generic and self.category(each.slug) in own]
        return [each for each in named if each not in loose], loose

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


_WHERE = ("region", "regions", "side", "levels", "level_count")
_SAID_ONCE = (*_WHERE, "timing", "dates", "diagnoses", "associated", "acquisition")
_PARTED = re.compile(r"[;,+&\n]|\band\b|\bwith\b", re.I)
_SIDE_BY_SIDE = re.compile(r"\s*(?:/|&|\+|and|and/or|or|-|,)?\s*", re.I)


def _shares(text: str, mains: list[Component]) -> list[tuple[int, int]]:
    """The part of a request that belongs to each of its treatments.

    Two that are named side by side ("EMG/NCV", "physical therapy and acupuncture") share theirs; others are parted where the words
    between them are last parted.
    """
    firsts, cuts = [0], [0]
    for index, (one, other) in enumerate(pairwise(mains), 1):
        if _SIDE_BY_SIDE.fullmatch(text, one.end, other.start):
            firsts.append(firsts[-1])
            continue
        marks = [match.start() for match in _PARTED.finditer(text, one.end, other.start)]
        firsts.append(index)
        cuts.append(marks[-1] if marks else other.start)
    groups = list(pairwise((*cuts, len(text))))
    numbers = {first: place for place, first in enumerate(dict.fromkeys(firsts))}
    return [groups[numbers[first]] for first in firsts]


def _mark_suffix(draft: Draft, end: int) -> None:
    while suffix := _SUFFIX.match(draft.text, end):
        draft.use(end, suffix.end())
        end = suffix.end()


def _mark_sites(draft: Draft, sites: tuple[RegionMention, ...], loose: tuple[SaidSide, ...]) -> None:
    """Set the terms region, regions, side and levels; the side is that of the first region, or one said apart from any region."""
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
        # "L4-5" is one level between two vertebrae, "L5 and S1" are two
        at_place = Counter((site.start, site.end) for site in sites if site.level)
        draft.put("level_count", float(sum(max(count - 1, 1) for count in at_place.values())))
    sided = [site for site in sites if site.side]
    said = {site.side for site in sided if site.region == sites[0].region} or {side for _, _, side in loose}
    side = said.pop() if len(said) == 1 else "bilateral" if said else None
    if side:
        draft.put("side", side)


def load(library: Library) -> Vocabulary:
    """Return the vocabulary the library's files under `treatments` hold together.

    Raises LibraryError with file, line and mend when one of them is wrong.
    """
    return Vocabulary(read_words(library))
