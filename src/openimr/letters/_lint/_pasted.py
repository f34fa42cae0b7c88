"""Whether text of another item, or of an earlier letter, stands where it does not belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ._defect import Named
from ._desk import Desk
from ._parts import Beside, Item, Letter, Part, Sentence

_TOGETHER = {"Diagnostic Testing", "DMEPOS"}  # studies and equipment are often asked for, and argued, together
_FEWEST = 8  # words; shorter sentences are alike by chance
_ENOUGH = 18  # words of argument in common before they are called pasted
_FOREIGN = 30  # words that speak of the other item alone before they are worth a look
_MUCH = 60  # words in common between items on different treatments before it is worth a look
_FROM_BEFORE = 60  # words of facts of a case that two letters cannot have in common


def of_another_item(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name what stands in two items on different treatments: the argument of one under the other, or more than the facts of the case."""
    seen: list[Item] = []
    for item in letter.items:
        for other in seen:
            found = _shared(item, other, desk)
            if found is not None:
                yield found
                break
        seen.append(item)


def _shared(item: Item, other: Item, desk: Desk) -> Named | None:
    rationale, first = item.rationale, other.rationale
    if rationale is None or first is None or _alike(item, other, desk) or desk.words.depends.search(rationale.text):
        return None
    known = {said.key: said for said in first.sentences}
    common = [said for said in rationale.sentences if len(said.words) >= _FEWEST and said.key in known]
    if common and _has_nothing_of_its_own(item, rationale, common, desk) and _is_of(other, item, rationale, common, desk):
        message = (
            f"All that is said of the case here is what is said of item {other.number} ({other.request.disputed or other.request.text})."
        )
        return _named("rationale.pasted", message, item, common, known, first)
    argued = [said for said in common if said != item.concluding and _argues(said, other, item, rationale, desk)]
    if sum(len(said.words) for said in argued) >= _ENOUGH:
        what = other.request.disputed or other.request.text
        if any(desk.related(slug, own) for said in argued for slug in _named_in(said, rationale) for own in other.treatments):
            return _named("rationale.pasted", f"What is argued here is that of item {other.number} ({what}).", item, argued, known, first)
        if len(argued) > 1:
            message = f"Item {other.number} ({what}) is argued in the same words: see whether they fit here."
            return _named("rationale.shared", message, item, argued, known, first)
    if len(common) > 1 and sum(len(said.words) for said in common) >= _FOREIGN and _is_of(other, item, rationale, common, desk):
        message = f"What is said of item {other.number} and never of this one stands here too: see whether it belongs."
        return _named("rationale.shared", message, item, common, known, first)
    if sum(len(said.words) for said in common) >= _MUCH:
        message = f"Much of this rationale is that of item {other.number}, word for word: see whether it fits."
        return _named("rationale.shared", message, item, common, known, first)
    return None


def _has_nothing_of_its_own(item: Item, rationale: Part, common: Sequence[Sentence], desk: Desk) -> bool:
    """Whether all that a rationale says of the case is what it shares with another one."""
    own = (each for each in rationale.sentences if each not in common and each != item.concluding and len(each.words) >= _FEWEST)
    return all(desk.words.recital.search(each.text) for each in own)


def _is_of(other: Item, item: Item, rationale: Part, common: Sequence[Sentence], desk: Desk) -> bool:
    """Whether shared sentences speak of the other item's treatment and nowhere of this one's."""
    named = [slug for said in common for slug in _named_in(said, rationale)]
    of_other = any(desk.related(slug, own) for slug in named for own in other.treatments)
    return of_other and not any(desk.related(slug, own) for slug in named for own in item.treatments)


def _named(code: str, message: str, item: Item, said: Sequence[Sentence], known: dict[str, Sentence], first: Part) -> Named | None:
    if item.rationale is None:
        return None
    there = known[said[0].key]
    return Named(
        code, message, item.number, item.rationale.place(said[0].start, said[-1].end), against=(first.place(there.start, there.end),)
    )


def _alike(item: Item, other: Item, desk: Desk) -> bool:
    """Whether two items ask for things of one kind, or nothing is known of what one of them asks for."""
    if not item.treatments or not other.treatments:
        return True
    categories = {desk.vocabulary.category(each) for each in item.treatments | other.treatments}
    if len(categories) == 1 and categories <= _TOGETHER:
        return True
    return any(desk.related(one, two) for one in item.treatments for two in other.treatments)


def _argues(said: Sentence, other: Item, item: Item, rationale: Part, desk: Desk) -> bool:
    """Whether a sentence argues on the other item: it names that treatment and not this one, or weighs what only that one can mean."""
    named = _named_in(said, rationale)
    of_other = any(desk.related(slug, own) for slug in named for own in other.treatments)
    of_own = any(desk.related(slug, own) for slug in named for own in item.treatments)
    if of_own:
        return False
    weighs = bool(desk.words.weighs.search(said.text)) or bool(desk.words.recital.search(said.text))
    return (of_other and weighs) or (weighs and not named)


def _named_in(said: Sentence, rationale: Part) -> list[str]:
    return [each.slug for each in rationale.named if said.start <= each.start < said.end]


def of_an_earlier_letter(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name facts of the case that stand word for word in an earlier letter of another case: what guidelines say may be told alike."""
    number = letter.determination.case_number
    like = [each for each in beside.earlier if each.determination.case_number != number and not each.argued.isdisjoint(letter.argued)]
    for item in letter.items if like else ():
        rationale = item.rationale
        if rationale is None:
            continue
        for earlier in like:
            common = [said for said in rationale.sentences if said.key in earlier.argued and _of_the_case(said, desk)]
            if sum(len(said.words) for said in common) < _FROM_BEFORE:
                continue
            name = earlier.determination.case_number or earlier.determination.source or "an earlier letter"
            message = f"What is told of this case stands word for word in the letter of another one ({name})."
            yield Named("rationale.pasted", message, item.number, rationale.place(common[0].start, common[-1].end))
            break


def _of_the_case(said: Sentence, desk: Desk) -> bool:
    return len(said.words) >= _FEWEST and desk.words.recital.search(said.text) is None and any(each.isdigit() for each in said.text)
