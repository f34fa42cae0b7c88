"""Whether the decision on an item follows from its own rationale, and is one on what is in dispute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openimr.determinations import Decision

from ._defect import Named, Severity
from ._desk import Desk
from ._parts import Beside, Item, Letter, Part, Sentence

_PRINTED = {Decision.UPHELD: "Upheld", Decision.OVERTURNED: "Overturned"}
_SAID = {Decision.UPHELD: "not medically necessary", Decision.OVERTURNED: "medically necessary"}
_SIDES = {"left": "right", "right": "left"}
_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][\w-]+")
_SHORT = 4  # letters; a shorter word of a heading names nothing by itself, unless it is an abbreviation


def contradicted(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name an item whose heading says the other thing than its rationale concludes."""
    for item in letter.items:
        decision, concluded, said = item.request.decision, item.concluded, item.concluding
        if item.rationale is not None and said is None:
            said = _lets_go_ahead(item.rationale, desk)
            concluded = Decision.OVERTURNED if said else None
        if item.rationale is None or decision is None or concluded in (None, decision) or said is None:
            continue
        if decision is Decision.UPHELD and not _whole(said, item, item.rationale):
            continue
        yield Named(
            "decision.contradicted",
            f"The heading says {_PRINTED[decision]}; the rationale concludes that the treatment is {_SAID[concluded]}.",
            item.number,
            item.rationale.place(said.start, said.end),
            against=(item.heading.place(0, len(item.heading.text)),),
        )


def part_necessary(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name an item that is denied whole though a sentence of its rationale finds part of it necessary for this patient."""
    for item in letter.items:
        if item.request.decision is not Decision.UPHELD or item.rationale is None:
            continue
        if item.concluded is Decision.OVERTURNED:
            continue
        said = next((each for each in item.rationale.sentences if _affirms(each, item, desk)), None)
        if said is not None:
            yield Named(
                "decision.part_necessary",
                "The rationale finds a part of the item necessary, but the item is denied whole: say whether that part is overturned.",
                item.number,
                item.rationale.place(said.start, said.end),
                against=(item.heading.place(0, len(item.heading.text)),),
                # the part may be the one that was authorized
                severity=Severity.WARNING if desk.words.modified.search(item.rationale.text) else None,
            )


def _lets_go_ahead(rationale: Part, desk: Desk) -> Sentence | None:
    """The last sentence, where it says in other words than those of necessity that the treatment is to be had."""
    last = rationale.sentences[-1] if rationale.sentences else None
    found = desk.words.go_ahead.search(last.text) if last else None
    if last is None or found is None or desk.words.recital.search(last.text):
        return None
    clause = max(last.text.rfind(mark, 0, found.start()) for mark in (";", ":", ", but ", ", and ")) + 1
    return None if desk.words.denies.search(last.text, clause, found.end()) else Sentence(last.text[clause:], last.start + clause, last.end)


def _whole(said: Sentence, item: Item, rationale: Part) -> bool:
    """Whether a conclusion that affirms speaks of the item and not of another treatment."""
    named = [each.slug for each in rationale.named if said.start <= each.start < said.end]
    return not named or any(item.desk.related(each, own) for each in named for own in item.treatments)


def _affirms(said: Sentence, item: Item, desk: Desk) -> bool:
    """Whether a sentence finds a part of the item necessary: it says so of this patient, denies nothing, and names that part."""
    words = desk.words
    affirmed = words.affirms.search(said.text)
    if affirmed is None or words.recital.search(said.text) or words.supposed.search(said.text):
        return False
    clause = max(said.text.rfind(mark, 0, affirmed.start()) for mark in (";", ":", ", but ", ", and ", ", however")) + 1
    if words.denies.search(said.text, max(clause, 0), affirmed.end()):
        return False
    subject = desk.vocabulary.named(said.text[clause : affirmed.start()])
    if subject and not any(desk.related(each.slug, own.treatment) for each in subject for own in item.asked.components):
        return False  # something else is found necessary
    return any(_names_part(said.text[clause : affirmed.end() + _BEHIND], item, desk))


_BEHIND = 60  # characters behind "is appropriate" in which what is appropriate may still be named


def _names_part(clause: str, item: Item, desk: Desk) -> Iterator[bool]:
    """Whether a clause names one of several things asked for, or one side of both."""
    heading = item.request.disputed or item.request.text
    amount, asked_for = _amount(clause, desk), _amount(heading, desk)
    yield amount is not None and asked_for is not None and amount < asked_for
    yield desk.words.less.search(clause) is not None and any(
        desk.related(each.slug, own) for each in desk.vocabulary.named(clause) for own in item.treatments
    )
    sides = {found.group(1).lower() for found in _SIDE.finditer(clause)}
    yield item.asked.terms.get("side") == "bilateral" and len(sides) == 1
    named = {each.slug for each in desk.vocabulary.named(clause)}
    asked = {each.treatment for each in item.asked.components}
    yield len(asked) > 1 and bool(named & asked) and not asked <= named
    listed = [part for part in re.split(r"[,;:/]|\band\b|\bwith\b|\bplus\b", heading) if part.strip()]
    keys = [{word.lower() for word in _WORD.findall(part) if len(word) >= _SHORT or word.isupper()} for part in listed]
    said = {word.lower() for word in _WORD.findall(clause)}
    full = [key for key in keys if key]
    yield len(full) > 1 and 0 < sum(key <= said for key in full) < len(full) and item.asked.terms.get("side") != "bilateral"


def wrong_part(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a modified request whose rationale judges what was asked for at first, or what is authorized already."""
    for item in letter.items:
        request, rationale = item.request, item.rationale
        if rationale is None or request.authorized is None or request.disputed is None or request.original is None:
            continue
        acquired = _acquired(item, rationale, desk)
        if acquired is not None:
            yield _wrong(item, rationale, acquired, "the rental that is authorized already")
            continue
        parts = {name: _amount(text, desk) for name, text in (("original", request.original), ("authorized", request.authorized))}
        disputed = _amount(request.disputed, desk)
        first = next((each for each in rationale.sentences if desk.words.first_course.search(each.text)), None)
        aware = desk.words.authorized_part.search(rationale.text)
        if first is not None and not aware and not desk.words.recital.search(first.text):
            yield _wrong(item, rationale, first, "the part that is authorized already, a first course,")
            continue
        said = item.concluding
        amount = _amount(said.text, desk) if said else None
        if said is None or amount is None or disputed is None or amount == disputed:
            continue
        name = next((name for name, value in parts.items() if value == amount), None)
        if name is not None and not (aware and name == "original"):
            yield _wrong(item, rationale, said, "the original request" if name == "original" else "the part that is authorized already")


def _acquired(item: Item, rationale: Part, desk: Desk) -> Sentence | None:
    """The last sentence on the case, where a purchase is in dispute, a rental authorized, and no purchase is spoken of."""
    rented = re.search(r"\brent", item.request.authorized or "", re.IGNORECASE)
    bought = re.search(r"\bpurchas", item.request.disputed or "", re.IGNORECASE)
    if not rented or not bought or re.search(r"\bpurchas|\bbuy|\bown\b", rationale.text, re.IGNORECASE):
        return None
    own = [each for each in rationale.sentences if not desk.words.recital.search(each.text) and each != item.concluding]
    return own[-1] if own else None


def _wrong(item: Item, rationale: Part, said: Sentence, what: str) -> Named:
    return Named(
        "decision.wrong_part",
        f"The rationale judges {what}; in dispute is: {item.request.disputed}.",
        item.number,
        rationale.place(said.start, said.end),
        against=(item.heading.place(0, len(item.heading.text)),),
    )


def _amount(text: str, desk: Desk) -> float | None:
    """How many visits or units a text asks for, None when it does not say."""
    terms = desk.vocabulary.parse(text).terms
    found = terms.get("requested_visits", terms.get("quantity"))
    return found if isinstance(found, float) else None
