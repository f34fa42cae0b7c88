"""Whether the criteria a rationale recites are those of the treatment in dispute, not of one it may be taken for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ._defect import Named, Place, Severity
from ._desk import Desk, Family
from ._parts import Beside, Item, Letter, Part, Sentence

# one sentence on another treatment may stand there in passing; two are its criteria
_CERTAIN = 2
_SUBJECT = 70


@dataclass(frozen=True, slots=True)
class _Confused:
    """A family by its name, and the sentences that tell its criteria."""

    name: str
    sentences: list[Sentence]
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _Own:
    """The family of the treatment in dispute, and all names its kinds go by in the vocabulary."""

    name: str
    family: Family
    kinds: frozenset[str]


def other_criteria(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name items whose rationale recites what is asked of another treatment, and nothing that is asked of this one."""
    for item in letter.items:
        own = _own(item, desk)
        if own is None or item.rationale is None:
            continue
        found = _confused(item, item.rationale, own, desk)
        if found is not None:
            told = f"The criteria told are those of {found.name}, not of {own.name}, which the item asks for"
            leans = desk.words.depends.search(item.rationale.text)  # on another item, whose criteria may be told
            severity = Severity.ERROR if found.certain and not leans else Severity.WARNING
            yield Named("basis.other_treatment", told, item.number, _place(item.rationale, found.sentences), severity=severity)


def _confused(item: Item, rationale: Part, own: _Own, desk: Desk) -> _Confused | None:
    """The family whose criteria stand in place of those of the treatment in dispute, the surest first."""
    norms = [each for each in rationale.sentences if is_norm(each, desk)]
    demands = [each for each in rationale.sentences if each in norms or (each != item.concluding and _demands(each, desk))]
    others = [(name, each) for name, each in desk.checks.criteria.families.items() if name != own.name]
    alike = [(name, each) for name, each in others if each.group == own.family.group and name not in own.family.near]
    if not any(_speaks_of_own(each, own, desk) for each in norms):
        # the family told of most first; of equals that of the library's order
        for name, family in sorted(alike, key=lambda each: -len(_hits(norms, each[1], desk)) - _named_often(norms, each[1], desk)):
            hits = _hits(norms, family, desk)
            named = [each for each in norms if _is_about(each, family, desk)]
            if hits or named or _sections_are(item, family, own, desk):
                return _Confused(name, hits or named, certain=len({each.start for each in hits}) >= _CERTAIN)
    if not any(_speaks_of_own(each, own, desk) for each in demands):
        for name, family in alike:
            if hits := _hits(demands, family, desk):
                return _Confused(name, hits)
    for name, family in others:
        if name in own.family.near and _replaces(norms, family, own, desk):
            return _Confused(name, _hits(norms, family, desk))
    return None


def _named_often(sentences: list[Sentence], family: Family, desk: Desk) -> int:
    return sum(_is_about(each, family, desk) for each in sentences)


def _hits(sentences: list[Sentence], family: Family, desk: Desk) -> list[Sentence]:
    """The sentences that recite a criterion of a family, in order."""
    return [each for each in sentences if any(_recites(each, line, desk) for line in family.criteria)]


def _replaces(norms: list[Sentence], family: Family, own: _Own, desk: Desk) -> bool:
    """Whether criteria of a family near to the own are told, and every guideline told is of it: of two names its comes first."""
    theirs, ours = desk.pattern(family.names), desk.pattern(own.family.names)
    subjects = [(theirs.search(each.text), ours.search(each.text)) for each in norms]
    if any(our and not (their and their.start() < our.start()) for their, our in subjects):
        return False
    if any(_recites(each, line, desk) for each in norms for line in own.family.criteria):
        return False
    first = next((their for their, _ in subjects if their), None)
    return first is not None and first.start() < _SUBJECT and bool(_hits(norms, family, desk))


def is_norm(sentence: Sentence, desk: Desk) -> bool:
    """Whether a sentence tells what a guideline asks: it speaks of no case, and does not say that the guideline is silent."""
    words = desk.checks.criteria
    if not desk.pattern(words.norm).search(sentence.text):
        return False
    if desk.pattern(words.case).search(desk.pattern(words.anyone).sub(" ", sentence.text)):
        return False
    return not _is_silent(sentence, desk)


def _is_silent(sentence: Sentence, desk: Desk) -> bool:
    bases = desk.checks.bases
    return bool(desk.pattern(bases.gap).search(sentence.text) and desk.pattern(bases.schedule).search(sentence.text))


def _demands(sentence: Sentence, desk: Desk) -> bool:
    """Whether a sentence tells what is to be found in a case before the treatment is given, though it speaks of the case."""
    return bool(desk.pattern(desk.checks.criteria.demands).search(sentence.text)) and not _is_silent(sentence, desk)


def _own(item: Item, desk: Desk) -> _Own | None:
    """None where the item asks for no treatment of a family, or for several; of a treatment the nearest kind counts."""
    families = desk.checks.criteria.families
    kinds = [desk.vocabulary.kinds(each) for each in item.treatments]
    nearest = {
        next((name for kind in above for name, family in families.items() if kind in family.treatments), None): None for above in kinds
    }
    name = next(iter(nearest), None)
    if name is None or len(nearest) > 1:
        return None
    others = {kind for other, family in families.items() if other != name for kind in family.treatments}
    return _Own(name, families[name], frozenset(kind for above in kinds for kind in above) - others)


def _speaks_of_own(sentence: Sentence, own: _Own, desk: Desk) -> bool:
    if desk.pattern(own.family.names).search(sentence.text) or any(_recites(sentence, line, desk) for line in own.family.criteria):
        return True
    named = desk.vocabulary.parse(sentence.text).components
    return any(own.kinds & set(desk.vocabulary.kinds(each.treatment)) for each in named)


def _recites(sentence: Sentence, line: tuple[str, ...], desk: Desk) -> bool:
    """Whether all words of a line stand in the sentence, and not as what must be absent."""
    return all(desk.pattern((phrase,)).search(sentence.text) for phrase in line) and not desk.pattern(desk.checks.criteria.absent).search(
        sentence.text
    )


def _is_about(sentence: Sentence, family: Family, desk: Desk) -> bool:
    """Whether a sentence on what a guideline asks begins with the treatments of a family."""
    return desk.pattern(family.names).search(sentence.text, 0, _SUBJECT) is not None


def _sections_are(item: Item, family: Family, own: _Own, desk: Desk) -> bool:
    """Whether every section the reviewer cites is on treatments of a family."""
    basis = item.request.reviewer_basis
    sections = [section for citation in basis.citations for section in citation.sections] if basis else []
    theirs, ours = desk.pattern(family.names), desk.pattern(own.family.names)
    return bool(sections) and all(theirs.search(each) and not ours.search(each) for each in sections)


def _place(part: Part, sentences: list[Sentence]) -> Place | None:
    return part.place(sentences[0].start, sentences[-1].end) if sentences else None
