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
        norms = [each for each in item.rationale.sentences if is_norm(each, desk)]
        if any(_speaks_of_own(each, own, desk) for each in norms):
            continue
        others = {name: each for name, each in desk.checks.criteria.families.items() if _may_be_taken(name, each, own)}
        for name, family in others.items():
            hits = [(each, line) for each in norms for line in family.criteria if _recites(each, line, desk)]
            named = [each for each in norms if _is_about(each, family, desk)]
            if hits or named or _sections_are(item, family, own, desk):
                place = _place(item.rationale, [each for each, _ in hits] or named)
                certain = len({each.start for each, _ in hits}) >= _CERTAIN
                told = f"The criteria told are those of {name}, not of {own.name}, which the item asks for"
                yield Named("basis.other_treatment", told, item.number, place, severity=Severity.ERROR if certain else Severity.WARNING)
                break


def is_norm(sentence: Sentence, desk: Desk) -> bool:
    """Whether a sentence tells what a guideline asks: it speaks of no case, and does not say that the guideline is silent."""
    words, bases = desk.checks.criteria, desk.checks.bases
    if not desk.pattern(words.norm).search(sentence.text) or desk.pattern(words.case).search(sentence.text):
        return False
    return not (desk.pattern(bases.gap).search(sentence.text) and desk.pattern(bases.schedule).search(sentence.text))


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
    return _Own(name, families[name], frozenset(kind for above in kinds for kind in above))


def _may_be_taken(name: str, family: Family, own: _Own) -> bool:
    return family.group == own.family.group and name != own.name and name not in own.family.near


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
