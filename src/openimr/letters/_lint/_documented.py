"""What a rationale says is not documented, or was never had, though the summary or a record of the case tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openimr.evidence import Effect, Finding, Given, Response, State
from openimr.sources import Span

from ._account import Account, Line, same_place
from ._amounts import figures
from ._defect import Named, Place, Severity
from ._desk import Desk
from ._held import studies
from ._parts import Item

_STOP = re.compile(
    r"[;:]|\.\s|\)\s|"
    r",?\s+\b(?:but|however|although|though|while|whereas|given|which|who|so that|as (?:she|he|the|they)|when|prior to|before)\b"
)
_NON = re.compile(r"\bnon[\s-]*$", re.IGNORECASE)
# what stands behind these is when or with what something else took place
_BESIDE = re.compile(
    r"\b(?:during|after|following|from|while|throughout|since|alongside|(?<!treatment )(?<!treated )(?<!trial )with)\b", re.IGNORECASE
)
_WIDER = re.compile(r"\b(?:complet\w+|conservative|course of care)\b", re.IGNORECASE)
_OR = re.compile(r"\b(?:or|nor|and/or|either|any)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|neither|not a single|none of the)\s", re.IGNORECASE)
_ON = re.compile(r"\b(?:on|of|by|from|during|in|for|to)\s+(?:the\s+|his\s+|her\s+)?$", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:other|further|additional|new|such|similar|these)\b", re.IGNORECASE)
_THERAPY = re.compile(r"\W*(?:(?:any|prior|previous|earlier|course of|trial of)\s+)*(?:therapy|rehabilitation)\W*", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{3,}")
_SOON = 45  # characters of what is denied in which a study has to be named
_FEW = 4  # words beside the names of treatments in a denial that says nothing but that they are not there
_BARE = 8  # words in a denial of findings that says nothing of what kind they should be of
_FULL = 5.0
_NERVES = frozenset({"motor_deficit", "sensory_deficit"})
_EXAMINED = _NERVES | {"muscle_spasm", "decreased_rom", "tenderness", "trigger_points_asserted"}
_OF_NERVES = frozenset({"straight leg raise", "Spurling's test", "Tinel's sign", "Phalen's test", "Hoffmann's sign", "Durkan's test"})
_HAD = frozenset({State.PAST, State.STOPPED, State.FAILED, State.CURRENT})
_SURELY_HAD = frozenset({State.PAST, State.STOPPED, State.FAILED})


@dataclass(frozen=True, slots=True)
class _Denial:
    """A denial of a rationale: the words that deny, what they deny (both by their place in the line), and its kind."""

    line: Line
    start: int
    end: int
    topic: tuple[int, int]
    never: bool
    undone: bool = False  # "no ... has been tried": of the case or of the papers, which cannot be told

    @property
    def said(self) -> str:
        return self.line.text[slice(*self.topic)]


@dataclass(frozen=True, slots=True)
class _Had:
    """A treatment that summary or record tells of, with the place of its words."""

    given: Given
    place: Place | None
    record: Span | None
    unhelped: bool = False  # the sentence that tells of it says that it, or what is told with it, did not help

    @property
    def failed(self) -> bool:
        helped = self.given.effect.response is Response.HELPED
        return (
            self.given.state is State.FAILED
            or self.given.effect.response is Response.NOT
            or self._unbearable
            or (self.unhelped and not helped)
        )

    @property
    def _unbearable(self) -> bool:
        return self.given.state is State.STOPPED and self.given.effect != Effect()


def documented_after_all(account: Account) -> Iterator[Named]:
    """Name what a rationale says is not documented though the summary, or a record of the case, documents it."""
    desk = account.desk
    for item in account.letter.items:
        seen: set[str] = set()
        places: set[Place | None] = set()
        for denial in (each for line in account.rationale(item) for each in _denials(line, desk)):
            if denial.said in seen:
                continue
            seen.add(denial.said)
            if not desk.told.qualified.search(denial.said):
                named = _answered(denial, item, account)
            elif not desk.told.qualified.search(desk.told.examined.sub("", denial.said, count=1)):
                named = _examined(denial, account, item)
            else:
                continue
            if named is not None and named.span not in places:
                places.add(named.span)
                yield named


def _answered(denial: _Denial, item: Item, account: Account) -> Named | None:
    """Name what answers a denial: a treatment, a study, a fact, a course of care, or an examination."""
    classes = _classes(denial, item, account.desk)
    named = _treatments(denial, classes, item, account) if classes else _care(denial, item, account)
    named = named or _study(denial, item, account)
    return named or (None if classes else _facts(denial, item, account) or _examined(denial, account, item))


def _denials(line: Line, desk: Desk) -> Iterator[_Denial]:
    """The denials of a line: what stands behind their words in the clause, or before them."""
    text, told = line.text, desk.told
    end = 0
    for found in told.denied_before.finditer(text):
        if found.start() < end:
            continue
        stop = _STOP.search(text, found.end())
        end = stop.start() if stop else len(text)
        yield _Denial(line, found.start(), found.end(), (found.end(), end), False)
    for found in told.never.finditer(text):
        if found.start() < end:
            continue
        stop = _STOP.search(text, found.end())
        yield _Denial(line, found.start(), found.end(), (found.end(), stop.start() if stop else len(text)), True)
    for found in told.denied_after.finditer(text):
        begins = [stop.end() for stop in _STOP.finditer(text, 0, found.start())]
        yield _Denial(line, found.start(), found.end(), (begins[-1] if begins else 0, found.start()), False)
    for found in told.not_done.finditer(text):
        begins = [stop.end() for stop in _STOP.finditer(text, 0, found.start())]
        yield _Denial(line, found.start(), found.end(), (begins[-1] if begins else 0, found.start()), False, True)
    yield from _undone(line, desk)


def _undone(line: Line, desk: Desk) -> Iterator[_Denial]:
    """What a line tells by "no ... has been tried" or "neither ... nor ... is on record"."""
    for found in desk.told.undone.finditer(line.text):
        begins = [stop.end() for stop in _STOP.finditer(line.text, 0, found.start())]
        begin = begins[-1] if begins else 0
        no = list(_NO.finditer(line.text, begin, found.start()))
        if no and ("," not in line.text[no[0].end() : found.start()] or _OR.search(line.text, no[0].end(), found.start())):
            yield _Denial(line, no[0].start(), found.end(), (no[0].end(), found.start()), False, True)


def _classes(denial: _Denial, item: Item, desk: Desk) -> tuple[str, ...]:
    """The classes of drugs and kinds of treatment that a denial speaks of as tried; none where it speaks of something else."""
    told, said = desk.told, denial.said
    if told.not_itself.search(said):
        return ()
    named = [name for name, pattern in told.classes.items() if any(_is_head(said, found.start()) for found in pattern.finditer(said))]
    parts = [each for each in desk.vocabulary.parse(said).components if _is_head(said, each.start)]
    drugs = [each.treatment for each in parts if each.treatment in desk.vocabulary.words.drugs]
    named.extend(drug for drug in drugs if not set(desk.vocabulary.kinds(drug)) & set(named))
    if not named and told.first_line.search(said):
        around = f"{said} {item.heading.text}"
        named = [name for where, classes in told.first_line_for if where.search(around) for name in classes]
    return tuple(named)


def _is_head(said: str, start: int) -> bool:
    """Whether what is named at a place of a denial is itself denied."""
    return not _NON.search(said[:start]) and not _BESIDE.search(said[:start])


def _treatments(denial: _Denial, classes: tuple[str, ...], item: Item, account: Account) -> Named | None:
    """Name treatments that were had though the denial says that none of them was tried, or that none failed."""
    desk, said = account.desk, denial.said
    told = desk.told
    failed = told.failed.search(said) is not None
    both = failed and told.tried.search(said) is not None  # who is told to have had it, and not that it helped, had it to no end
    tried = denial.never or denial.undone or failed or told.tried.search(said) is not None
    if not tried and len(_WORD.findall(said)) > _FEW:
        return None
    had = _all_had(account)
    of: dict[str, list[_Had]] = {
        name: [
            each for each in had if is_kind(each.given.treatment, name, desk) and each.given.state in _HAD and _asked(each, failed, both)
        ]
        for name in classes
    }
    if not _enough(of, said, first_line=told.first_line.search(said) is not None):
        return None
    found = [each for group in of.values() for each in group]
    sites: list[tuple[str | None, str | None]] = [(region.region, region.side) for region in denial.line.regions] or [_site_of(item)]
    here = [each for each in found if _is_there(each.given, sites, desk)]
    if not here:
        return None
    # who had therapy need not have completed conservative care
    sure = any(each.given.state in _SURELY_HAD and (each.failed or not failed) for each in here) and not denial.undone
    sure = sure and (failed or not _WIDER.search(said)) and told.loosely.search(said) is None
    names = ", ".join(dict.fromkeys(each.given.name for each in here))
    what = "failed" if failed else "tried"
    code = "fact.contradicted" if denial.never else "fact.documented"
    saying = "was never had" if denial.never else f"is not documented as {what}"
    records = tuple(each.record for each in here if each.record is not None)
    where = f"record {records[0].document}" if records and not any(each.place for each in here) else "case summary"
    return Named(
        code,
        f"The rationale says that treatment {saying}, the {where} tells of it: {names}",
        item.number,
        denial.line.span(denial.start, denial.topic[1] if denial.topic[1] > denial.end else denial.end),
        tuple(each.place for each in here if each.place is not None),
        records,
        None if sure else Severity.WARNING,
    )


def _asked(had: _Had, failed: bool, both: bool) -> bool:
    """Whether a treatment that was had answers a denial, be it that it failed, or that it was tried and failed."""
    helped = had.given.effect.response is Response.HELPED
    return had.failed or not failed or (both and not helped and had.given.state in _SURELY_HAD)


def _care(denial: _Denial, item: Item, account: Account) -> Named | None:
    """Name the conservative care the summary tells of though the denial says that there was none."""
    told, said = account.desk.told, denial.said
    found = told.conservative.search(said) or _THERAPY.fullmatch(said)
    behind = denial.undone and denial.topic[1] <= denial.start  # "which conservative measures have not done": they were had
    if found is None or behind or told.not_itself.search(said):
        return None
    failed = told.failed.search(said) is not None
    kinds = told.words.conservative_kinds
    had = [
        each
        for each in _all_had(account)
        if each.given.state in _SURELY_HAD
        and any(is_kind(each.given.treatment, kind, account.desk) for kind in kinds)
        and (not failed or each.given.effect.response is not Response.HELPED)
        and _is_there(each.given, [_site_of(item)], account.desk)
    ]
    had = [each for each in had if not _spoken_of(each.given, item, account.desk)]
    if not had:
        return None
    names = ", ".join(dict.fromkeys(each.given.name for each in had))
    records = tuple(each.record for each in had if each.record is not None)
    where = f"record {records[0].document}" if records and not any(each.place for each in had) else "case summary"
    return Named(
        "fact.documented",
        f"The rationale says that {found.group().strip().lower()} is not documented, the {where} tells of it: {names}",
        item.number,
        denial.line.span(denial.start, max(denial.end, denial.topic[1])),
        tuple(each.place for each in had if each.place is not None),
        records,
        Severity.WARNING,
    )


def _spoken_of(given: Given, item: Item, desk: Desk) -> bool:
    """Whether the rationale itself speaks of a treatment, or of its kind: then it knows of it, and finds it too little."""
    if item.rationale is None:
        return False
    kinds = [pattern for name, pattern in desk.told.classes.items() if is_kind(given.treatment, name, desk)]
    parts = desk.vocabulary.parse(item.rationale.text).components
    return any(each.treatment == given.treatment for each in parts) or any(each.search(_case_of(item, desk)) for each in kinds)


def _case_of(item: Item, desk: Desk) -> str:
    """The sentences of a rationale that recite no guideline."""
    sentences = item.rationale.sentences if item.rationale else ()
    return " ".join(each.text for each in sentences if not desk.told.recital.search(each.text) or desk.told.case.search(each.text))


def _examined(denial: _Denial, account: Account, item: Item) -> Named | None:
    """Name the findings of the examination the summary tells of though the denial says that there are none."""
    told, summary = account.desk.told, account.letter.summary
    found = told.examined.search(denial.said[:_SOON])
    if (
        found is None
        or summary is None
        or _OTHER.search(denial.line.text, denial.start, denial.end + _SOON)
        or _ON.search(denial.said[: found.start()])
        or len(_WORD.findall(denial.said)) > _BARE
    ):
        return None
    nerves = told.neurologic.search(denial.said) is not None
    facts = _NERVES if nerves else _EXAMINED
    places = [summary.place(each.span.start, each.span.end) for each in account.said(summary) if each.fact in facts and _found(each)]
    for figure in (each for line in account.summary for each in figures(line, account.desk)):
        weak = figure.kind == "grade" and max(figure.values) < _FULL
        positive = figure.kind == "sign" and figure.values[0] > 0 and (not nerves or figure.name in _OF_NERVES)
        if weak or positive or (figure.kind == "degrees" and not nerves):
            places.append(figure.line.span(figure.start, figure.end))
    if not places:
        return None
    message = f"The rationale says that there is no documentation of {found.group().lower()}, the case summary tells of it"
    span = denial.line.span(denial.start, max(denial.end, denial.topic[1]))
    return Named("fact.documented", message, item.number, span, tuple(places), severity=Severity.WARNING)


def _found(finding: Finding) -> bool:
    return finding.value is True and finding.counts and not finding.assertion.negated


def _enough(of: dict[str, list[_Had]], said: str, *, first_line: bool) -> bool:
    """Whether one treatment answers the denial ("an antidepressant or an anticonvulsant") or each of them has to ("A and B")."""
    if first_line or len(of) == 1 or _OR.search(said):
        return any(of.values())
    return all(of.values())


def is_kind(treatment: str, name: str, desk: Desk) -> bool:
    """Tell whether a treatment is what the name says, or of that kind or class."""
    words = desk.vocabulary.words
    known = treatment in words.drugs or treatment in words.classes or treatment in words.treatments
    return treatment == name or (known and name in desk.vocabulary.kinds(treatment))


def _site_of(item: Item) -> tuple[str | None, str | None]:
    regions = item.heading.regions
    return (regions[0].region, regions[0].side) if regions else (None, None)


def _is_there(given: Given, sites: Sequence[tuple[str | None, str | None]], desk: Desk) -> bool:
    """Whether a treatment that is given to a part of the body was given to one of some; a drug goes everywhere."""
    if given.kind == "drug" or not given.passage.named:
        return True
    return any(same_place(site, place, desk) for site in sites for place in given.passage.regions)


def _all_had(account: Account) -> list[_Had]:
    """The treatments that the summary and the records of the case tell of."""
    summary = account.letter.summary
    told = (
        [_Had(each, summary.place(each.span.start, each.span.end), None, _unhelped(each, account)) for each in account.given]
        if summary
        else []
    )
    return [*told, *(_Had(each, None, each.span) for each in account.recorded)]


def _unhelped(given: Given, account: Account) -> bool:
    """Whether the sentence of the summary, in which a treatment is told of, says that it did not help."""
    if account.letter.summary is None:
        return False
    said = account.letter.summary.text[given.span.start : given.span.end]
    return account.desk.told.unhelped.search(said) is not None


def _study(denial: _Denial, item: Item, account: Account) -> Named | None:
    """Name a study that is done by the summary, or by a record, though the denial says that it is not documented."""
    told = account.desk.told
    kinds = [kind for kind, pattern in told.studies.items() if pattern.search(denial.said[:_SOON])]
    whole = not kinds and told.imaging.search(denial.said[:_SOON]) is not None
    kinds = list(told.words.imaging_kinds) if whole else kinds
    if not kinds or told.found.search(denial.said):
        return None
    sites: list[tuple[str | None, str | None]] = [(each.region, each.side) for each in denial.line.regions] or [_site_of(item)]
    done = [
        study
        for line in (*account.summary, *account.records)
        for study in studies(line, account.desk)
        if study.kind in kinds and any(same_place(site, study.site, account.desk) for site in sites)
    ]
    if not done:
        return None
    records = tuple(quote for each in done if (quote := each.line.quote()) is not None)
    where = f"record {records[0].document}" if len(records) == len(done) else "case summary"
    return Named(
        "fact.documented",
        f"The rationale says that there is no documentation of the {done[0].kind}, the {where} tells of it",
        item.number,
        denial.line.span(denial.start, max(denial.end, denial.topic[1])),
        tuple(each.line.span(each.start, each.end) for each in done if each.line.quote() is None),
        records,
        Severity.WARNING if whole or denial.undone else None,
    )


def _facts(denial: _Denial, item: Item, account: Account) -> Named | None:
    """Name findings that the summary, or a record, tells though the denial says that they are not documented."""
    if item.rationale is None:
        return None
    start, end = denial.line.start + denial.topic[0], denial.line.start + denial.topic[1]
    words = account.desk.told.words
    answered = words.had if denial.never else words.answered
    asked = {
        each.fact: each
        for each in account.said(item.rationale)
        if each.fact in answered and denial.line.start <= each.span.start and start < each.span.end <= end
    }
    told = {fact: _telling(each, item, account) for fact, each in asked.items()}
    if not any(told.values()) or (not all(told.values()) and not _OR.search(denial.said)):
        return None  # "trigger points with a twitch response" are documented where both are
    fact, (places, records) = next((fact, found) for fact, found in told.items() if found)
    label = account.desk.library.facts[fact].label.lower()
    where = f"record {records[0].document}" if records else "case summary"
    return Named(
        "fact.documented",
        f"The rationale says that there is no documentation of '{label}', the {where} tells of it",
        item.number,
        denial.line.span(denial.start, max(denial.end, denial.topic[1])),
        places,
        records,
        Severity.WARNING if denial.never or denial.undone else None,
    )


def _telling(asked: Finding, item: Item, account: Account) -> tuple[tuple[Place, ...], tuple[Span, ...]] | None:
    """Where summary or records tell a fact that is asked for, at its place of the body; None where they do not."""
    region, side = _site_of(item)
    site = (asked.region or region, asked.side or side)
    summary = account.letter.summary

    def tells(found: Finding) -> bool:
        sure = found.fact == asked.fact and found.value is True and found.counts and not found.assertion.negated
        return sure and same_place(site, (found.region, found.side), account.desk)

    if summary is not None:
        spans = [found.span for found in account.said(summary) if tells(found) and account.tells(found.span.start)]
        if spans:
            return tuple(summary.place(span.start, span.end) for span in spans), ()
    records = tuple(found.span for found in account.findings({asked.fact}) if tells(found))
    return ((), records) if records else None
