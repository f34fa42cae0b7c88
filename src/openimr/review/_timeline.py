"""The timeline of a case: what happened and when, from the dates of the records and from what they say of earlier events."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openimr.documents import Record
from openimr.evidence import Cue, Day, Passage, compatible, days_in
from openimr.sources import Span, digest

from ._chart import STUDIES, Chart, as_evidence, words_of
from ._words import day, one_line, record_type
from ._worksheet import Event, Evidence

_KINDS = {"surgery": "operation", "stimulator": "operation", "injection": "injection", "program": "therapy", "therapy": "therapy"}
_TELLING = ("progress_report", "consultation", "correspondence", "operative_report", "therapy_note", "psychology_note", "other", *STUDIES)
_NOT_PAST = frozenset({"review", "family", "social", "advice", "list", "plan", "guideline", "medications"})
_MOST_VISITS = 8
_MOST_TOLD = 2  # records that tell of one event; more say nothing new
_MOST_READ = 60  # records read closely for what they tell of earlier events
_WRITTEN = 8  # characters before a year that tell which date is written
_YEAR = re.compile(r"\d/\d{1,2}/\d\d(?:\d\d)?|(?:19|20)\d\d")
_FAR = 90  # characters between an event and its date
_COURSE_DAYS = 60  # visits of a course of therapy are not farther apart
_EVENT_WORDS = 14
_MOST_OPERATIONS = 30
_TITLE = 60  # characters of a title shown
_HEAD = 600  # characters of the first page in which a study is named
_LEADING_WORDS = 3  # before a date that begins its clause ("In November 2011 a laminectomy was done")
_PAPERS = ("rfa", "ur_decision", "application")
_PAPER_DAYS = 14  # a form is dated, sent and received within days
_CASE_DATES = (
    ("date_of_injury", "injury", "Industrial injury"),
    ("rfa_date", "rfa", "Request for authorization"),
    ("ur_denial_date", "ur_decision", "Utilization review denied the request"),
    ("application_received", "application", "Application for Independent Medical Review received"),
)
_ORDER = ("injury", "operation", "study", "injection", "therapy", "visit", "rfa", "ur_decision", "application")
_EDGES = " ,.;:()-\u2013\n\t"
_LEAD = re.compile(r"^(?:and|then|the|a|an|but|followed by|on|in|of|dated|at)\s+", re.IGNORECASE)
_TRAIL = re.compile(r"\s+(?:on|in|of|dated|from|at|and|was|were|done|performed|since|the|a|by)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Told:
    """An event as one record has it; `name` is what kind of study or treatment, `own` that the record is its report."""

    on: date
    precision: str
    kind: str
    name: str
    event: str
    evidence: Evidence
    own: bool = False


def timeline(chart: Chart, mechanism: Passage | None = None) -> tuple[Event, ...]:
    """Return the events of a case by date, each once; what is dated after the governing date is told as such.

    `mechanism` is the passage that tells how the injury came about.
    """
    told = [*_of_case(chart, mechanism), *_of_records(chart), *_courses(chart), *_statements(chart)]
    events = [_event(group, chart.on) for group in _merged(told)]
    return tuple(sorted(events, key=lambda each: (each.date, _ORDER.index(each.kind), each.event)))


def _of_case(chart: Chart, mechanism: Passage | None) -> Iterator[_Told]:
    for key, kind, event in _CASE_DATES:
        on = chart.case.dates.get(key)
        if on is not None:
            yield _Told(on, "day", kind, kind, event, Evidence("case", "counted", key.replace("_", " "), on.isoformat(), date=on), own=True)
            if kind == "injury" and mechanism is not None:
                yield _Told(on, "day", kind, kind, event, as_evidence(mechanism, "how it came about"), own=True)


def _of_records(chart: Chart) -> Iterator[_Told]:
    """Operations, studies, visits, the request and the decision, each from its own record."""
    for record in (
        *chart.of("operative_report", *STUDIES, later=True),
        *_visits(chart),
        *chart.of("rfa", "ur_decision", "application", later=True),
    ):
        if record.date is None:
            continue
        span = _title(chart, record)
        if span is None:
            continue
        kind = {"operative_report": "operation", "progress_report": "visit", "consultation": "visit", "correspondence": "visit"}.get(
            record.kind, record.kind
        )
        kind = "study" if record.kind in STUDIES else kind
        evidence = as_evidence_of(record, span)
        name, event = _named(chart, record, span, kind)
        yield _Told(record.date, "day", kind, name, event, evidence, own=True)


def as_evidence_of(record: Record, span: Span) -> Evidence:
    """Return the title of a record as evidence that there is such a record of that day."""
    use = "claim" if record.kind in ("ur_decision", "application") else "counted"
    return Evidence("record", use, record_type(record.kind), span.quote, span, date=record.date, author=record.author, kind=record.kind)


def _visits(chart: Chart) -> list[Record]:
    """The first visit and the latest ones, one a day and author."""
    found = [each for each in chart.of("progress_report", "consultation", later=True) if each.date is not None]
    found = sorted(
        [*found, *(each for each in chart.letters if each.date is not None)], key=lambda each: each.date or date.min, reverse=True
    )
    once = list({(each.date, each.author): each for each in found}.values())
    return once if len(once) <= _MOST_VISITS else [*once[: _MOST_VISITS - 1], once[-1]]


def _named(chart: Chart, record: Record, span: Span, kind: str) -> tuple[str, str]:
    """What the event is called: a study by its name, an operation by its procedure, a visit by who saw the patient."""
    if kind == "visit":
        who = f" by {record.author}" if record.author else ""
        return f"visit {record.author or ''}", f"{record_type(record.kind).capitalize()}{who}"
    if kind == "operation":
        title = one_line(span.quote)
        if not any(cue.name in _KINDS for cue in chart.reader.told(title)):
            title = _procedure(chart, record) or title
        return "operation", _shortened(title)
    if kind == "study":
        titled = _studies_in(chart, span.quote)
        names = titled or _studies_in(chart, chart.documents[record.document].pages[record.first_page - 1].text[:_HEAD])
        name = "electrodiagnostic study" if record.kind == "electrodiagnostic" else next(iter(sorted(names)), "imaging")
        return name, _shortened(one_line(span.quote)) if name in titled else _first(name)
    return kind, _first(record_type(record.kind))


def _procedure(chart: Chart, record: Record) -> str:
    """The operation an operative report names below the heading for it; of the latest reports only, which may be many."""
    if record not in chart.of("operative_report", later=True)[:_MOST_OPERATIONS]:
        return ""
    return next((one_line(passage.span.quote) for passage in chart.passages(record) if passage.part == "procedure"), "")


def _studies_in(chart: Chart, text: str) -> frozenset[str]:
    return frozenset(cue.name for cue in chart.reader.told(text) if cue.kind == "study") if chart.reader.mentions(text) else frozenset()


def _title(chart: Chart, record: Record) -> Span | None:
    """Where the title of a record stands on its first page, else its first line; None for a page without text."""
    document = chart.documents[record.document]
    page = document.pages[record.first_page - 1]
    at = page.text.find(record.title) if record.title else -1
    lines = [line.strip() for line in page.text.splitlines() if line.strip()]
    quote = record.title if at >= 0 else next(iter(lines), "")
    if not quote:
        return None
    at = page.text.find(quote)
    return Span(document.name, document.sha256, page.number, digest(page.text), at, at + len(quote), quote)


def _courses(chart: Chart) -> Iterator[_Told]:
    """Therapy and psychology notes in a row as one course, from its first note to its last."""
    for kind in ("therapy_note", "psychology_note"):
        course: list[Record] = []
        for record in [each for each in reversed(chart.of(kind, later=True)) if each.date is not None]:
            if course and record.date and course[-1].date and (record.date - course[-1].date) > timedelta(days=_COURSE_DAYS):
                yield from _course(chart, course)
                course = []
            course.append(record)
        yield from _course(chart, course)


def _course(chart: Chart, notes: Sequence[Record]) -> Iterator[_Told]:
    """A course of treatment: one event at its first note, and one at its last, which often tells what came of it."""
    if not notes or notes[0].date is None or notes[-1].date is None:
        return
    kind = notes[0].kind
    what = "Psychological treatment" if kind == "psychology_note" else "Course of therapy"
    until = f" to {day(notes[-1].date)}" if notes[-1].date != notes[0].date else ""
    count = f", {len(notes)} notes" if len(notes) > 1 else ", one note"
    first, last = notes[0], notes[-1]
    span = _title(chart, first)
    if span is not None:
        yield _Told(
            notes[0].date, "day", "therapy", f"course {kind}", f"{what}{until}{count} in the file", as_evidence_of(first, span), own=True
        )
    span = _title(chart, last)
    if span is not None and last.date != first.date:
        event = f"Last {record_type(kind)} of the course, {one_line(span.quote)[:_TITLE]}"
        yield _Told(notes[-1].date, "day", "therapy", f"end {kind}", event, as_evidence_of(last, span), own=True)


def _statements(chart: Chart) -> Iterator[_Told]:
    """What records say of dated events: an operation, study, injection or course named within the clause of a date.

    Later notes copy earlier ones, so a record is read closely only if a date stands in it beside an event that few before it had so, and
    no more than a number a reviewer could look through.
    """
    told: dict[tuple[str, date, str], int] = {}
    tried: dict[tuple[str, str], int] = {}
    read = 0
    for record in chart.of(*_TELLING):
        pairs = _pairs(chart, record)
        if read >= _MOST_READ or all(tried.get(pair, 0) >= _MOST_TOLD for pair in pairs):
            continue
        read += 1
        for pair in pairs:
            tried[pair] = tried.get(pair, 0) + 1
        for passage in chart.passages(record):
            if passage.part in _NOT_PAST or (record.kind in STUDIES and passage.part != "technique"):
                continue
            for each in _dated(passage, chart):
                key = (each.name, each.on, each.precision)
                if told.get(key, 0) < _MOST_TOLD:
                    told[key] = told.get(key, 0) + 1
                    yield each


def _pairs(chart: Chart, record: Record) -> frozenset[tuple[str, str]]:
    """The events and dates that stand near each other in a record, unread, the date as it is written."""
    out: set[tuple[str, str]] = set()
    for page in chart.documents[record.document].pages[record.first_page - 1 : record.last_page]:
        years = list(_YEAR.finditer(page.text))
        places = chart.reader.mentions(page.text) if years else []
        starts = [place for place, _ in places]
        for year in years:
            near = places[bisect_left(starts, year.start() - _FAR) : bisect_left(starts, year.end() + _FAR)]
            written = page.text[max(year.start() - _WRITTEN, 0) : year.end()]
            out.update((name, written) for _, names in near for name in names)
    return frozenset(out)


def _dated(passage: Passage, chart: Chart) -> Iterator[_Told]:
    text = passage.span.quote
    days = [found for found in days_in(text) if found.on <= chart.on]
    cues = [cue for cue in passage.cues if cue.said and (cue.kind == "study" or cue.name in _KINDS)]
    for index, found in enumerate(days):
        cue, start, end = _clause(text, days, index, cues)
        if cue is None or cue.name == "laboratory test" or found.on == chart.case.dates.get("date_of_injury"):
            continue
        kind = "study" if cue.kind == "study" else _KINDS[cue.name]
        words = text[start:end]
        event = _shortened(one_line(words[: found.start - start] + words[found.end - start :])) if kind != "study" else _first(cue.name)
        at = passage.span.start
        span = replace(passage.span, start=at + start, end=at + end, quote=words)
        yield _Told(found.on, found.precision, kind, cue.name, event, as_evidence(passage, cue.name, span))


def _clause(text: str, days: Sequence[Day], index: int, cues: Sequence[Cue]) -> tuple[Cue | None, int, int]:
    """The event a date belongs to, and where the words for both begin and end: before the date, or behind it up to the next."""
    found = days[index]
    begin = max([days[index - 1].end if index else 0, *(mark.end() for mark in re.finditer(r";\s*|\.\s+", text[: found.start]))])
    before = [cue for cue in cues if begin <= cue.start and cue.end <= found.start and found.start - cue.end <= _FAR]
    if before:
        start = begin + len(text[begin:]) - len(text[begin:].lstrip(_EDGES))
        return before[-1], start, found.end
    stop = min(
        [
            days[index + 1].start if index + 1 < len(days) else len(text),
            *(m.start() for m in re.finditer(r";|\.\s", text) if m.start() > found.end),
        ]
    )
    if len(text[begin : found.start].split()) > _LEADING_WORDS:
        return None, 0, 0
    behind = [cue for cue in cues if found.end <= cue.start and cue.end <= stop and cue.start - found.end <= _FAR]
    return (behind[0], found.start, max(behind[0].end, len(text[:stop].rstrip(_EDGES)))) if behind else (None, 0, 0)


def _shortened(text: str) -> str:
    if ":" in text:  # "four operations on the low back: left L4-L5 microdiscectomy"
        text = text.rpartition(":")[2].strip(_EDGES) or text
    said = _TRAIL.sub("", _LEAD.sub("", text.strip(_EDGES)).strip(_EDGES)).strip(_EDGES)
    words = said.split()
    return _first(" ".join(words[:_EVENT_WORDS]) + (" \u2026" if len(words) > _EVENT_WORDS else ""))


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _merged(told: Iterable[_Told]) -> list[list[_Told]]:
    """What is told of one event together: the same kind, the same study or treatment, and dates that may be one."""
    by_month: dict[tuple[str, int], list[list[_Told]]] = {}
    groups: list[list[_Told]] = []
    for each in sorted(told, key=lambda t: (not t.own, t.evidence.origin != "case", t.precision != "day", t.precision == "year", t.on)):
        near = by_month.setdefault((each.kind, each.on.year), [])
        same = next((group for group in near if _one(group[0], each)), None)
        if same is None:
            near.append([each])
            groups.append(near[-1])
        else:
            same.append(each)
    return groups


def _one(first: _Told, other: _Told) -> bool:
    if first.kind in _PAPERS:
        return abs((first.on - other.on).days) <= _PAPER_DAYS
    if not compatible((first.on, first.precision), (other.on, other.precision)):
        return False
    if first.kind == "study":
        return first.name == other.name
    if first.kind == "therapy" and other.precision == "year":
        return first.name.startswith("course") or first.name == other.name
    if first.kind in ("visit", "therapy"):
        return first.name == other.name
    if other.precision == "year" and first.kind in ("operation", "injection"):
        return bool(words_of(first.event) & words_of(other.event))
    return True


def _event(group: Sequence[_Told], on: date) -> Event:
    first = group[0]
    evidence = list(dict.fromkeys(each.evidence for each in group))[:_MOST_TOLD]
    event = first.event
    if first.on > on and first.kind not in _PAPERS:
        event += " (after the governing date)"
    return Event(first.on, first.precision, event, first.kind, tuple(evidence))
