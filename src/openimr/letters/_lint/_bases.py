"""Whether the standards a letter relies on are those that governed: in force, of the right rung, for this stage of the injury."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from openimr.determinations import Basis
from openimr.evidence import days_in
from openimr.guidelines import Asked, CandidateRole, Rule, Source, candidates
from openimr.library import Known
from openimr.sources import Citation
from openimr.treatments import Cover

from ._criteria import is_norm
from ._defect import Named, Place, Severity
from ._desk import Desk, document_of, plain_title
from ._parts import Beside, Item, Letter, Part

_MTUS, _ODG, _OTHER = "MTUS", "ODG", "Other"
# nerves are tested where the pain is felt, by the chapter of the part of the spine they come from
_NERVE_STUDIES = "EMG/NCV/NCS"
_PUBLISHERS = frozenset({"MTUS", "ODG", "ACOEM"})
# A request is seldom denied more than six weeks after it was made, and seldom waits longer than that for its first review; an application
# may come a month later, a decision took up to half a year. Wide on purpose: within these bounds nothing is an error.
_BEFORE_DENIAL = timedelta(days=45)
_BEFORE_ASSIGNMENT = timedelta(days=150)
_BEFORE_DECISION = timedelta(days=300)
_AFTER_DENIAL = timedelta(days=120)
_ODG_YEARS = 2
_MONTH_DAYS = 30.4
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_EDITION_BEHIND = re.compile(
    r"\s*,?\s*\(?(?:(?:of|from|dated|edition|version|effective|as of|the|in its|in the)\s+){0,3}"
    rf"(?:{_MONTH}\s+(?:\d{{1,2}},\s+)?)?(?P<year>(?:19|20)\d\d)\b(?!\s*-)",
    re.IGNORECASE,
)
_EDITION_BEFORE = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s+(?:(?:edition|version|text|revision|of|the|California|CA|MTUS|\S+'s)\s+){0,6}\(?$", re.IGNORECASE
)
_ASKED = re.compile(r"\b(?:request for authorization|RFA)\b", re.IGNORECASE)
_ASKED_ON = re.compile(rf"{_ASKED.pattern}[^.;]{{0,40}}$", re.IGNORECASE)
_INJURED = re.compile(r"\binjur|\baccident|\bhurt\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Days:
    """The days an edition may be held against: the likeliest, and the bounds beyond which it cannot have been (of request and service).

    Not `dated`: the letter gives none of its own dates, `on` is the last day told of in its summary.
    """

    on: date
    dated: bool
    request: tuple[date, date]
    service: tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Edition:
    """An edition a letter relies on, where it names it; `other` when it is only what the claims administrator cites.

    `inferred` when it is not named but follows from the pages cited.
    """

    document: str
    edition: str | None
    place: Place | None
    other: bool = False
    inferred: bool = False


def not_in_force(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name editions that were not in force on the date they go by."""
    for item in letter.items:
        days = _days_of(letter, item)
        if days is None:
            continue
        told: set[tuple[str, bool]] = set()
        for cited in (*_cited_editions(item, desk), *_spoken_editions(item, desk)):
            sources = _sources_of(desk, cited)
            if not sources or {(sources[0].document, False), (sources[0].document, cited.other)} & told:
                continue
            weight = _weight(sources, days)
            if weight is not None:
                told.add((sources[0].document, cited.other))
                unsure = cited.inferred or (cited.edition is None and len(sources) > 1)
                weight = Severity.INFORMATION if cited.other else Severity.WARNING if unsure else weight
                yield Named("basis.not_in_force", _told(sources[0], days, cited.other), item.number, cited.place, severity=weight)
        yield from _of_the_future(letter, item, desk)
        yield from _outdated(item, days)


def _told(source: Source, days: _Days, other: bool) -> str:
    side = "The claims administrator" if other else "The reviewer"
    return f"{side} relies on the {source.title}, in force {source.in_force}, which does not hold the governing date {days.on}"


def _of_the_future(letter: Letter, item: Item, desk: Desk) -> Iterator[Named]:
    decided = letter.determination.decision_date
    basis = item.request.reviewer_basis
    for citation in basis.citations if basis and decided else ():
        years = [int(year) for year in _YEAR.findall(citation.edition or "")]
        known = citation.authority == _MTUS and document_of(citation) in desk.schedule
        if decided and years and not known and min(years) > decided.year:
            told = f"The reviewer relies on {citation}, an edition of a year after the decision of {decided}"
            yield Named("basis.not_in_force", told, item.number, _whole(item.reviewer_basis))


def _outdated(item: Item, days: _Days) -> Iterator[Named]:
    """ODG is issued each year and goes by the issue current at the time; one years back is named, to be looked at."""
    basis = item.request.reviewer_basis
    for citation in basis.citations if basis else ():
        years = [int(year) for year in _YEAR.findall(citation.edition or "")] if citation.authority == _ODG else []
        if years and max(years) < days.on.year - _ODG_YEARS:
            told = f"The reviewer relies on {citation}, an issue of {max(years)}, for a request of {days.on.year}"
            yield Named("basis.not_in_force", told, item.number, _whole(item.reviewer_basis), severity=Severity.WARNING)


def _weight(sources: tuple[Source, ...], days: _Days) -> Severity | None:
    """None when one of the texts meant was in force; an error only when none can have been on any day in question."""
    if any(_in_force(source, days.on, days.on) for source in sources):
        return None
    if not days.dated or any(_may_be_in_force(source, days) for source in sources) or not all(source.mark.binding for source in sources):
        return Severity.WARNING
    return Severity.ERROR


def _in_force(source: Source, first: date, last: date) -> bool:
    return source.in_force.first <= first and (source.in_force.last is None or last <= source.in_force.last)


def _may_be_in_force(source: Source, days: _Days) -> bool:
    """Whether there is a request and a service date within bounds that the edition covers; a date it names none for may be either."""
    bounds = {"request_date": days.request, "service_date": days.service, None: (days.request[0], days.service[1])}
    latest_first = bounds[source.goes_by[0]][1]
    earliest_last = bounds[source.goes_by[1]][0]
    return _in_force(source, latest_first, earliest_last)


def _sources_of(desk: Desk, cited: _Edition) -> tuple[Source, ...]:
    """The texts of the MTUS a citation can mean; without an edition all that go by its name."""
    every = desk.schedule.get(cited.document) or desk.titles.get(plain_title(cited.document), ())
    return every if cited.edition is None else tuple(source for source in every if source.edition == cited.edition)


def _cited_editions(item: Item, desk: Desk) -> Iterator[_Edition]:
    for basis, part, other in ((item.request.reviewer_basis, item.reviewer_basis, False), (item.request.ur_basis, item.ur_basis, True)):
        for citation in basis.citations if basis else ():
            if citation.authority == _MTUS:
                name, year = document_of(citation), _YEAR.search(citation.edition or "")
                by_page = desk.checks.bases.paged.get(name) if citation.pages and not citation.edition else None
                yield _Edition(name, year.group() if year else by_page, _where(part, citation), other, by_page is not None)


def _where(part: Part | None, citation: Citation) -> Place | None:
    """The place of a citation by its edition, else of the whole basis."""
    if part is None:
        return None
    start = part.text.find(citation.document.split()[0])
    end = part.text.find(citation.edition, start) if citation.edition and start >= 0 else -1
    return part.place(start, end + len(citation.edition or "")) if end > start else _whole(part)


def _whole(part: Part | None) -> Place | None:
    return part.place(0, len(part.text)) if part is not None else None


def _spoken_editions(item: Item, desk: Desk) -> Iterator[_Edition]:
    """Editions the rationale names in words: "the May 2009 edition of the chronic pain guideline"."""
    part, words = item.rationale, desk.checks.bases
    if part is None:
        return
    for document, names in words.documents.items():
        for found in desk.pattern(names).finditer(part.text):
            sentence = part.sentence_at(found.start())
            behind = _EDITION_BEHIND.match(part.text, found.end())
            before = _EDITION_BEFORE.search(part.text, sentence.start, found.start())
            year = behind or before
            rest = desk.pattern((*words.replaced, *words.other_side)).search(sentence.text)
            if year is not None and rest is None:
                start, end = min(year.start("year"), found.start()), max(year.end("year"), found.end())
                yield _Edition(document, year["year"], part.place(start, end))


def _days_of(letter: Letter, item: Item) -> _Days | None:
    """The dates of the case as the letter tells them; None when it tells none."""
    said = letter.determination
    asked = _asked_on(letter, item)
    served = item.request.dates_of_service
    on = said.ur_denial_date or asked or said.application_received or said.date_assigned or said.decision_date
    if on is None:
        on = _last_told(letter)
        return _Days(on, False, (on, on), (on, on)) if on else None
    if said.ur_denial_date:
        earliest = on - _BEFORE_DENIAL
    elif said.application_received or said.date_assigned:
        earliest = on - _BEFORE_ASSIGNMENT
    else:
        earliest = on - _BEFORE_DECISION
    request = (asked, asked) if asked else (earliest, on)
    latest = max(filter(None, (said.decision_date, on + _AFTER_DENIAL)))
    return _Days(asked or on, True, request, (min(served), max(served)) if served else (request[0], latest))


def _last_told(letter: Letter) -> date | None:
    days = days_in(letter.summary.text) if letter.summary else []
    return max((day.on for day in days if day.precision == "day"), default=None)


def _asked_on(letter: Letter, item: Item) -> date | None:
    """The day of the request for authorization, if the letter tells one and no other."""
    told = {
        day.on
        for part in (letter.summary, item.rationale)
        if part is not None
        for sentence in part.sentences
        if _ASKED.search(sentence.text)
        for day in days_in(sentence.text)
        if day.precision == "day" and _ASKED_ON.search(sentence.text[: day.start])
    }
    denied = letter.determination.ur_denial_date
    likely = {day for day in told if denied is None or denied - timedelta(days=120) <= day <= denied}
    return likely.pop() if len(likely) == 1 else None


def _injured_on(letter: Letter) -> date | None:
    """The day of injury by the header, else the first day that the opening of the summary gives with the injury."""
    if letter.determination.date_of_injury or letter.summary is None:
        return letter.determination.date_of_injury
    for sentence in letter.summary.sentences[:2]:
        days = [day.on for day in days_in(sentence.text) if day.precision == "day"]
        if days and _INJURED.search(sentence.text):
            return days[0]
    return None


def _age_of_injury(letter: Letter, days: _Days | None) -> timedelta | None:
    injured = _injured_on(letter)
    return days.on - injured if injured and days and injured <= days.on else None


def _governing(letter: Letter, item: Item, desk: Desk, days: _Days | None) -> list[Rule]:
    """The rules of the library that govern what is in dispute on the date; none without a date."""
    if days is None:
        return []
    age = _age_of_injury(letter, days)
    known = {"months_since_injury": Known.of(age.days / _MONTH_DAYS)} if age is not None else {}
    region = next((site.region for site in item.asked.sites), None)
    out = []
    for treatment in item.treatments:
        for kind in desk.vocabulary.kinds(treatment, region):
            asked = Asked(kind, days.on, known, region, days={"request_date": days.on, "service_date": days.on})
            chosen = [each.rule for each in candidates(desk.guidelines, asked) if each.role is CandidateRole.GOVERNING]
            out += chosen
            if chosen:
                break
    return out


def _says_why(item: Item, desk: Desk) -> bool:
    """Whether the rationale says that the MTUS leaves the question open, is departed from, or has something put beside it."""
    words = desk.checks.bases
    schedule, gap = desk.pattern(words.schedule), desk.pattern(words.gap)
    sentences = item.rationale.sentences if item.rationale else ()
    pairs = zip(sentences, ("", *(each.text for each in sentences)), strict=False)
    # "The ACOEM chapter favors exercise. As it gives no number, ODG was used": the name may stand in the sentence before
    return any(gap.search(each.text) and schedule.search(f"{before} {each.text}") for each, before in pairs)


def skipped_tier(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name items judged by a lower standard though the MTUS speaks of the treatment, without a word of why."""
    for item in letter.items:
        basis = item.request.reviewer_basis
        if _passes_over(basis) and not _says_why(item, desk):
            reason = _schedule_speaks(letter, item, desk)
            if reason:
                told = f"The reviewer relies on a standard outside of the MTUS and does not say why, though {reason}"
                yield Named("basis.tier_skipped", told, item.number, _whole(item.reviewer_basis))


def _passes_over(basis: Basis | None) -> bool:
    return basis is not None and bool(basis.citations) and all(each.authority != _MTUS for each in basis.citations)


def _schedule_speaks(letter: Letter, item: Item, desk: Desk) -> str | None:
    """Why the MTUS must be taken to speak of the treatment: a rule of the library, or the very section the claims administrator cites."""
    days = _days_of(letter, item)
    rule = next((rule for rule in _governing(letter, item, desk, days) if rule.tier == "mtus"), None)
    if rule is not None:
        return f"{rule.source.title} does ({rule.citation})"
    age = _age_of_injury(letter, days)
    recent = age is not None and age.days <= desk.checks.phases.recent_days
    basis = item.request.ur_basis
    for citation in basis.citations if basis else ():
        chronic = citation.document in desk.checks.phases.chronic_documents
        if citation.authority == _MTUS and not (chronic and recent) and _names_of(item, desk) & _treatments_in(citation, desk):
            return f"the claims administrator cites the section of the MTUS on it ({citation})"
    return None


def _names_of(item: Item, desk: Desk) -> frozenset[str]:
    return frozenset(kind for each in item.treatments for kind in desk.vocabulary.kinds(each))


def _treatments_in(citation: Citation, desk: Desk) -> frozenset[str]:
    """What the sections of a citation are about, by themselves and by the families of the library."""
    out: set[str] = set()
    for section in citation.sections:
        for each in desk.vocabulary.parse(section).components:
            out.update(desk.vocabulary.kinds(each.treatment))
        for family in desk.checks.criteria.families.values():
            if desk.pattern(family.names).search(section):
                out |= family.treatments
    return frozenset(out)


def diverging(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name items of which the two sides go by different texts, where the rationale speaks neither of the other side nor of its text."""
    for item in letter.items:
        ours, theirs = _texts(item.request.reviewer_basis), _texts(item.request.ur_basis)
        if not ours or not theirs or ours & theirs or _speaks_of_other(item, theirs, desk) or _says_why(item, desk):
            continue
        if _passes_over(item.request.reviewer_basis) and _schedule_speaks(letter, item, desk):
            continue  # told as a skipped tier
        told = f"The claims administrator relies on {_list(theirs)}, the reviewer on {_list(ours)}, and the rationale does not say why"
        publishers = {each[0] for each in ours} & {each[0] for each in theirs}
        weight = Severity.INFORMATION if publishers and _phase_of(ours, desk) == _phase_of(theirs, desk) else None
        places = (place,) if (place := _whole(item.ur_basis)) else ()
        yield Named("basis.diverge", told, item.number, _whole(item.reviewer_basis), places, severity=weight)


def _texts(basis: Basis | None) -> frozenset[tuple[str, str]]:
    """What a side relies on as (publisher, document). The chapters of ODG are one text, and any source of another kind is one."""
    if basis is None or basis.stated_none:
        return frozenset()
    texts = {(each.authority, document_of(each) if each.authority == _MTUS else each.authority) for each in basis.citations}
    return frozenset(("ACOEM", "ACOEM") if publisher not in _PUBLISHERS | {_OTHER} else (publisher, text) for publisher, text in texts)


def _phase_of(texts: frozenset[tuple[str, str]], desk: Desk) -> bool:
    """Whether the texts are those for chronic pain, for between them and the others a letter has to choose."""
    return all(text in desk.checks.phases.chronic_documents for publisher, text in texts if publisher == _MTUS)


def _list(texts: frozenset[tuple[str, str]]) -> str:
    names = sorted(publisher if text == publisher else f"{publisher} {text}" for publisher, text in texts)
    return " and ".join("another source" if name == _OTHER else name for name in names)


def _speaks_of_other(item: Item, theirs: frozenset[tuple[str, str]], desk: Desk) -> bool:
    """Whether the rationale names the other side beside a standard, or the publisher only the other side goes by."""
    if item.rationale is None:
        return False
    words = desk.checks.bases
    ours = {publisher for publisher, _ in _texts(item.request.reviewer_basis)}
    publishers = {publisher for publisher, _ in theirs} - ours
    if any(desk.pattern(words.authorities.get(each, ())).search(item.rationale.text) for each in publishers):
        return True
    if publishers == {_OTHER}:  # what else the other side found it by has no name to look for
        return bool(desk.pattern(words.other_side).search(item.rationale.text))
    other, standard = (
        desk.pattern(words.other_side),
        desk.pattern((*words.schedule, *(name for each in words.authorities.values() for name in each))),
    )
    return any(other.search(each.text) and standard.search(each.text) for each in item.rationale.sentences)


def other_region(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name items judged by a chapter of the MTUS on another part of the body, where the part in dispute has a chapter of its own."""
    for item in letter.items:
        days = _days_of(letter, item)
        every = [source for sources in desk.schedule.values() for source in sources if days and _in_force(source, days.on, days.on)]
        chapters = {region for source in every for region in source.region}
        regions = {site.region for site in item.asked.sites}
        basis = item.request.reviewer_basis
        of_nerves = any(desk.vocabulary.sub_category(each) == _NERVE_STUDIES for each in item.treatments)
        if basis is None or not item.treatments or not regions or of_nerves or not regions <= chapters:
            continue
        cited = {document_of(each) for each in basis.citations}
        covered = {region for name in cited for source in desk.schedule.get(name, ()) for region in source.region}
        if covered and cited <= desk.schedule.keys() and all(_elsewhere(desk, each, covered) for each in regions):
            part = desk.vocabulary.region_name(sorted(regions)[0])
            told = f"The reviewer relies on {' and '.join(sorted(cited))} for a treatment of another part of the body: {part}"
            yield Named("basis.other_region", told, item.number, _whole(item.reviewer_basis))


def _elsewhere(desk: Desk, region: str, covered: set[str]) -> bool:
    return all(desk.vocabulary.covers(region, each) is Cover.ELSEWHERE for each in covered)


def wrong_phase(letter: Letter, beside: Beside, desk: Desk) -> Iterator[Named]:
    """Name texts on chronic pain applied to an injury weeks old, and texts on recent complaints applied to one years old."""
    phases = desk.checks.phases
    for item in letter.items:
        basis, days = item.request.reviewer_basis, _days_of(letter, item)
        age = _age_of_injury(letter, days)
        if basis is None or age is None or (item.rationale and desk.pattern(phases.said).search(item.rationale.text)):
            continue
        cited = [each for each in basis.citations if each.authority == _MTUS]
        if age.days <= phases.recent_days and cited and all(_is_chronic(each, desk) for each in cited):
            told = f"{cited[0]} is for chronic pain, but the injury was {_old(age)} old when the treatment was asked for"
            weight = None if age.days < phases.fresh_days or _applies_limits(item, desk) else Severity.INFORMATION
            yield Named("basis.acute_chronic", told, item.number, _whole(item.reviewer_basis), severity=weight)
        elif age.days >= phases.old_days and cited and all(_is_acute(each, desk) for each in cited):
            rule = _chronic_rule(letter, item, desk, days)
            if rule is not None:
                head = f"{cited[0]} is for recent complaints, but the injury was {_old(age)} old"
                told = f"{head}, and {rule.source.title} speaks of the treatment"
                yield Named("basis.acute_chronic", told, item.number, _whole(item.reviewer_basis))


def _applies_limits(item: Item, desk: Desk) -> bool:
    """Whether the rationale holds the request to numbers for chronic pain, or to what it says itself is for chronic pain.

    That the chronic text is looked to for want of another is common in the weeks before pain is chronic by definition; that its numbers
    of visits and weeks are taken for those of a fresh injury is not.
    """
    phases = desk.checks.phases
    norms = [each for each in item.rationale.sentences if is_norm(each, desk)] if item.rationale else []
    numbers, chronic = desk.pattern(phases.numbers), desk.pattern(phases.chronic_case)
    return any(numbers.search(each.text) or chronic.search(each.text) for each in norms)


def _old(age: timedelta) -> str:
    return f"{age.days // 7} weeks" if age.days < 365 else f"{age.days // 365} years"


def _is_chronic(citation: Citation, desk: Desk) -> bool:
    phases = desk.checks.phases
    sections = desk.pattern(phases.chronic_sections)
    return citation.document in phases.chronic_documents or any(sections.search(each) for each in citation.sections)


def _is_acute(citation: Citation, desk: Desk) -> bool:
    phases = desk.checks.phases
    acute, operation = desk.pattern(phases.acute_sections), desk.pattern(phases.after_operation)
    if any(operation.search(each) for each in citation.sections):
        return False
    return citation.document in phases.acute_documents or any(acute.search(each) for each in citation.sections)


def _chronic_rule(letter: Letter, item: Item, desk: Desk, days: _Days | None) -> Rule | None:
    """The rule on chronic pain that governs the treatment, if one does."""
    names = desk.checks.phases.chronic_documents
    governing = _governing(letter, item, desk, days)
    return next((rule for rule in governing if any(rule.source.document.startswith(name) for name in names)), None)
