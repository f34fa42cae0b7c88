"""Whether a rationale speaks of what its item asks for: the treatment, where on the body, and how much of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from openimr.treatments import Cover, RegionMention, Term

from ._criteria import is_norm
from ._defect import Named, Severity
from ._desk import STEM, Desk
from ._parts import Beside, Item, Letter, Part, Sentence

_WORD = re.compile(r"[A-Za-z][A-Za-z-]{2,}")
_FEWEST = 45  # words; a shorter rationale leans on another item
_SUBJECT = 70  # characters within which a sentence names what it is on
_OFTEN = 2  # times another part of the body is named before it counts
_VISITS = ("visit", "session", "therapist", "therapy")  # what is said of a treatment that is counted in visits
_AMOUNTS = ("strength", "quantity", "requested_visits", "refills", "injections_per_session", "series", "course_days")
_NAMES = {
    "strength": "a strength of {}",
    "quantity": "a quantity of {}",
    "requested_visits": "{} visits",
    "refills": "{} refills",
    "injections_per_session": "{} injections",
    "series": "a series of {}",
    "course_days": "{} days",
}


def not_discussed(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name an item of which the rationale, but for its last words, says nothing: neither its name nor what it is a kind of."""
    for item in letter.items:
        rationale = item.rationale
        if rationale is None or not item.treatments or len(rationale.text.split()) < _FEWEST or desk.words.depends.search(rationale.text):
            continue
        body = [each for each in rationale.sentences if each != item.concluding]
        if not body:
            continue
        subject = _subject(body, item, rationale, desk)
        if subject is None and _speaks_of(body, item, rationale, desk):
            continue
        asked = item.request.disputed or item.request.text
        told = f"But for its conclusion the rationale never speaks of what the item asks for: {asked}."
        if subject is not None:
            other = desk.vocabulary.name(subject).lower()
            told = f"The rationale is on {other} and, but for its conclusion, never names what the item asks for: {asked}."
        yield Named(
            "item.not_discussed",
            told,
            item.number,
            rationale.place(body[0].start, body[-1].end),
            against=(item.heading.place(0, len(item.heading.text)),),
        )


def _subject(body: Sequence[Sentence], item: Item, rationale: Part, desk: Desk) -> str | None:
    """Return the other treatment that a rationale is on: the first it names, where its guideline or again, and the item's it never names.

    None where it names what the item asks for, its kind or its class, or where what it names is no treatment by itself.
    """
    named = [(each.slug, said) for said in body for each in rationale.named if said.start <= each.start < said.end]
    if not named or any(desk.related(slug, own) for slug, _ in named for own in item.treatments) or _told_as_class(body, item, desk):
        return None
    slug, first = named[0]
    begins = next(each.start for each in rationale.named if each.start >= first.start) - first.start < _SUBJECT
    often = sum(each == slug for each, _ in named) >= _OFTEN
    if (
        slug in desk.checks.words.in_passing
        or _loose(slug, desk)
        or not begins
        or not (is_norm(first, desk) or first == body[0])
        or not (often or first == body[0])
    ):
        return None
    rest = {desk.vocabulary.category(each) for each in item.treatments}
    return slug if desk.vocabulary.category(slug) in rest or often else None


def _told_as_class(body: Sequence[Sentence], item: Item, desk: Desk) -> bool:
    """Whether a sentence calls what is asked for by the name of its family, or by two of the words of its heading."""
    families = desk.checks.criteria.families.values()
    kinds = {kind for own in item.treatments for kind in desk.vocabulary.kinds(own)}
    names = [desk.pattern(each.names) for each in families if each.treatments & kinds]
    own = _stems(item.request.disputed or item.request.text) - desk.words.idle_stems
    return any(name.search(each.text) for name in names for each in body) or any(
        len(own & _stems(each.text)) >= min(len(own), _OFTEN) for each in body
    )


def other_request(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a sentence of the summary that tells the request as one for something none of the items asks for, where none tells theirs."""
    summary = letter.summary
    known = [own for item in letter.items for own in item.treatments]
    if summary is None or not known or not all(item.treatments for item in letter.items):
        return
    told = [each for each in summary.named if desk.words.asked.search(summary.sentence_at(each.start).text)]
    told = [each for each in told if not desk.words.past.search(summary.sentence_at(each.start).text) and not _loose(each.slug, desk)]
    if not told or any(desk.related(each.slug, own) for each in told for own in known):
        return
    said = summary.sentence_at(told[0].start)
    name = desk.vocabulary.name(told[0].slug).lower()
    yield Named(
        "item.other_request",
        f"The summary tells a request for {name}, which is none of the items.",
        None,
        summary.place(said.start, said.end),
    )


def _loose(slug: str, desk: Desk) -> bool:
    treatment = desk.vocabulary.words.treatments.get(slug)
    return treatment is not None and (treatment.generic or treatment.part)


def loosely_asked(letter: Letter, _beside: Beside, _desk: Desk) -> Iterator[Named]:
    """Name an item that says itself that its quantity is not specified: what is decided on cannot be told."""
    for item in letter.items:
        if item.asked.terms.get("quantity_unspecified"):
            place = item.heading.place(0, len(item.heading.text))
            yield Named("item.unspecified", "The quantity in dispute is not specified: say how much is decided on.", item.number, place)


def _speaks_of(body: Sequence[Sentence], item: Item, rationale: Part, desk: Desk) -> bool:
    """Whether some sentences name what an item asks for: the treatment, one like it, its class, or the words of heading and bases."""
    inside = [each.slug for each in rationale.named if any(said.start <= each.start < said.end for said in body)]
    if any(desk.related(each, own) for each in inside for own in item.treatments):
        return True
    vocabulary = desk.vocabulary
    kinds = {kind for own in item.treatments for kind in vocabulary.kinds(own)}
    names = [vocabulary.name(kind) for kind in kinds] + [vocabulary.sub_category(own) or "" for own in item.treatments]
    bases = [section for basis in item.cited if basis for citation in basis.citations for section in citation.sections]
    visits = {word[:STEM] for word in _VISITS} if any(vocabulary.counts(own) == "visits" for own in item.treatments) else set()
    own_stems = {stem for text in (item.request.disputed or item.request.text, *names, *bases) for stem in _stems(text)}
    return bool((own_stems - desk.words.idle_stems | visits) & {stem for each in body for stem in _stems(each.text)})


def _stems(text: str) -> set[str]:
    return {word.lower()[:STEM] for word in _WORD.findall(text)}


def wrong_site(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name an item whose rationale judges another part of the body, another side or another level of the spine."""
    for item in letter.items:
        if item.rationale is None or not item.asked.sites:
            continue
        found = (
            _other_level(item, item.rationale)
            or _other_side(item, item.rationale, letter, desk)
            or _other_region(item, item.rationale, desk)
        )
        if found is not None:
            said, what = found
            yield Named(
                "item.site",
                f"The item asks for {_where(item.asked.sites, desk)}; the rationale speaks of {what}.",
                item.number,
                item.rationale.place(said.start, said.end),
                against=(item.heading.place(0, len(item.heading.text)),),
            )


def _levels(mentions: Sequence[RegionMention]) -> list[tuple[int, frozenset[str]]]:
    """The levels of the spine named together, with their place."""
    leveled = [each for each in mentions if each.level]
    return [(start, frozenset(each.level or "" for each in group)) for start, group in groupby(leveled, key=lambda each: each.start)]


def _other_level(item: Item, rationale: Part) -> tuple[Sentence, str] | None:
    """Where a rationale names discs or joints of the spine, none of which is asked for."""
    asked = [levels for _, levels in _levels(item.asked.sites) if len(levels) > 1]
    told = [(start, levels) for start, levels in _levels(rationale.regions) if len(levels) > 1]
    if not asked or not told or any(levels & each for _, levels in told for each in asked if levels <= each or each <= levels):
        return None
    proposed = [(start, levels) for start, levels in told if item.desk.words.asked.search(rationale.sentence_at(start).text)]
    if not proposed:
        return None
    start, levels = proposed[0]
    return rationale.sentence_at(start), "-".join(sorted(levels))


def _other_side(item: Item, rationale: Part, letter: Letter, desk: Desk) -> tuple[Sentence, str] | None:
    """Where a rationale, or a summary, knows the part of the body on the other side only."""
    side, region = item.asked.terms.get("side"), item.asked.sites[0].region
    if side not in ("left", "right"):
        return None
    told = [each for each in rationale.regions if each.side and desk.vocabulary.covers(region, each.region) is Cover.SAME]
    if not told or any(each.side in (side, "bilateral") for each in told):
        return None
    asked = [each for each in told if desk.words.asked.search(rationale.sentence_at(each.start).text) or _concludes(item, each)]
    summary = letter.summary.regions if letter.summary else ()
    known = {each.side for each in summary if each.side and desk.vocabulary.covers(region, each.region) is Cover.SAME}
    chosen = asked or (told if known and side in known and "bilateral" not in known else [])
    if not chosen:
        return None
    return rationale.sentence_at(chosen[0].start), f"the {chosen[0].side} {desk.vocabulary.region_name(chosen[0].region).lower()}"


def _concludes(item: Item, mention: RegionMention) -> bool:
    return item.concluding is not None and item.concluding.start <= mention.start < item.concluding.end


def _other_region(item: Item, rationale: Part, desk: Desk) -> tuple[Sentence, str] | None:
    """Where a rationale, but for what guidelines say, names other parts of the body and never the one asked for."""
    asked = {each.region for each in item.asked.sites}
    body = [
        each
        for each in rationale.regions
        if not desk.words.recital.search(rationale.sentence_at(each.start).text) and not _concludes(item, each)
    ]
    if any(
        desk.vocabulary.covers(region, each.region) is not Cover.ELSEWHERE
        for each in rationale.regions
        for region in asked
        if not _concludes(item, each)
    ):
        return None
    by_region: dict[str, list[RegionMention]] = {}
    for each in body:
        by_region.setdefault(each.region, []).append(each)
    told = max(by_region.values(), key=len, default=[])
    if len(told) < _OFTEN:
        return None
    return rationale.sentence_at(told[0].start), f"the {desk.vocabulary.region_name(told[0].region).lower()}"


def _where(sites: Sequence[RegionMention], desk: Desk) -> str:
    levels = "-".join(dict.fromkeys(each.level for each in sites if each.level))
    side = next((each.side for each in sites if each.side), None)
    name = desk.vocabulary.region_name(sites[0].region).lower()
    return " ".join(part for part in ("the", side, name, levels) if part)


def wrong_quantity(letter: Letter, _beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name a sentence that tells the request otherwise than the item: another strength, quantity or number of visits.

    In the summary that may be an earlier request, and only a strength is looked at: a warning.
    """
    for item in letter.items:
        for part, looked_at, severity in ((item.rationale, _AMOUNTS, None), (letter.summary, ("strength",), Severity.WARNING)):
            found = _first_wrong(part, item, looked_at) if part else None
            if part is None or found is None:
                continue
            said, name, value, known = found
            what = "rationale" if part is item.rationale else "summary"
            yield Named(
                "item.quantity",
                f"The {what} tells the request with {_NAMES[name].format(_number(value))}; the item asks for "
                f"{' or '.join(_number(each) for each in sorted(known, key=str))}.",
                item.number,
                part.place(said.start, said.end),
                against=(item.heading.place(0, len(item.heading.text)),),
                severity=severity,
            )
            break


def _first_wrong(part: Part, item: Item, looked_at: Sequence[str]) -> tuple[Sentence, str, Term, set[Term]] | None:
    """The first sentence that gives an amount otherwise than the item, with the amount and those the item gives."""
    for said in part.telling:
        told = _told(said, part, item)
        for name in looked_at:
            known = item.amounts.get(name, set()) if name in told else set()
            if known and not _among(told[name], known):
                return said, name, told[name], known
    return None


def _told(said: Sentence, part: Part, item: Item) -> dict[str, Term]:
    """The amounts with which a sentence tells the request: it names the treatment and says that it is asked for, or is the conclusion."""
    desk = item.desk
    asked = desk.words.asked.search(said.text)
    if asked is None and said != item.concluding:
        return {}
    if desk.words.recital.search(said.text, 0, asked.start() if asked else len(said.text)):
        return {}
    whole = part.parsed(said)
    own = [each for each in whole.components if any(desk.related(each.treatment, asked_for) for asked_for in item.treatments)]
    if len(whole.components) > 1 or (whole.components and not own):
        return {}
    terms = own[0].terms if own else whole.terms
    return {name: value for name, value in terms.items() if name in _AMOUNTS and isinstance(value, float)}


def _among(value: Term, known: set[Term]) -> bool:
    """Whether an amount is one of those the item gives, be it one of several strengths of a drug (7.5-325)."""
    return value in known or any(isinstance(each, str) and _number(value) in re.split(r"[-/ ]", each) for each in known)


def _number(value: Term) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
