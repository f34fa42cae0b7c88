"""What the records of a case file speak of and the file does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from openimr.sources import Span, digest

from ._labels import own_days, stamps, surname
from ._mentions import Mention, mentions_on
from ._papers import PaperShelf, Spoken
from ._values import Document, Page, Record, UnreadableDocument

if TYPE_CHECKING:
    from ._kinds import Kinds

_BY_DAY = ("other", "correspondence")  # what is spoken of as a letter or a test may have been filed as anything
_ANYTHING = ("other",)  # a record of no known kind may be what is spoken of


@dataclass(frozen=True, slots=True)
class Gap:
    """A record that others speak of and that is not in the case file.

    `when` is the day, the month or the year (2012-06-14, 2012-06, 2012), None where no record tells it; `named_in` every place that speaks
    of it, with the record the place stands in; `perhaps_unread` says that a record without date or a page that could not be read may be it,
    and `why` in words what was looked for.
    """

    what: str
    kind: str
    when: str | None
    who: str | None
    named_in: tuple[tuple[Record, Span], ...]
    perhaps_unread: bool
    why: str


def gaps(documents: Sequence[Document], records: Sequence[Record], unreadable: Sequence[UnreadableDocument] = ()) -> tuple[Gap, ...]:
    """Return what the records speak of as existing and no record answers: by day, then what has none; each once, with all places.

    A mention is answered by a record of its kind (a report by any physician's report) of the same day or a few days off, as the library
    has it; one that tells the month or year only by any of that time. One without a day is told where the words show that the paper exists,
    and is answered by any record of its sort that is not of a later day. What is asked for, planned or done (and no paper) is no gap.
    `records` are those of the documents; `unreadable` are the files nothing is known of.
    """
    from ._kinds import known_kinds  # the child process that reads files starts through this package and needs no library

    kinds = known_kinds()
    shelf = _Shelf(documents, records, kinds)
    dated = _grouped([each for each in shelf.mentions() if not shelf.answers(each)], kinds)
    papers = PaperShelf({record: shelf.pages_of(record) for record in records}, kinds)
    known, undated = _joined([each for each in papers.spoken() if not papers.answers(each)], dated, kinds)
    unread = bool(unreadable) or any(page.unread for document in documents for page in document.pages)
    return (
        *(_gap(group, known.get(place, ()), shelf, unread) for place, group in enumerate(dated)),
        *(_undated_gap(group, shelf, unread) for group in undated),
    )


class _Shelf:
    """The records at hand, by kind."""

    def __init__(self, documents: Sequence[Document], records: Sequence[Record], kinds: Kinds) -> None:
        self.kinds = kinds
        self.records = records
        self.documents = {document.name: document for document in documents}
        self.pages = {document.name: {page.number: page for page in document.pages} for document in documents}
        self.by_date: dict[date, list[Record]] = defaultdict(list)
        self.by_kind: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            self.by_kind[record.kind].append(record)
            if record.date is not None:
                self.by_date[record.date].append(record)

    def mentions(self) -> list[Mention]:
        """What all records say of others."""
        return [mention for record in self.records for page in self.pages_of(record) for mention in mentions_on(page, record, self.kinds)]

    def pages_of(self, record: Record) -> list[Page]:
        """The pages of a record."""
        pages = self.pages[record.document]
        return [pages[number] for number in range(record.first_page, record.last_page + 1) if number in pages]

    def answers(self, mention: Mention) -> bool:
        """Whether a record of the file is the one spoken of: by its date, a few days off, or by another day it gives for itself."""
        if mention.told == "year" and any(record.date is None for record in self.by_kind.get(mention.kind, ())):
            return True  # too little is told of it to say that one without a date is not the one
        off = self.kinds.kinds[mention.kind].days_off
        near = (record for day in _days(mention, off) for record in self.by_date.get(day, ()))
        if any(self._is_it(mention, record) for record in near):
            return True
        return any(self._is_it(mention, record) for day in _days(mention, 0) for record in self.by_own_day.get(day, ()))

    def _is_it(self, mention: Mention, record: Record) -> bool:
        """Whether a record of the day may be the one spoken of: by its kind, and where reports have several names by its author."""
        if record.kind == mention.kind or record.kind in _ANYTHING:
            return True
        if mention.kind in _BY_DAY:
            return record.date is not None and mention.first <= record.date <= mention.last
        if not {mention.kind, record.kind} <= self.kinds.reports:
            return False
        authors = surname(mention.who), surname(record.author)
        return not (authors[0] and authors[1] and authors[0] != authors[1])

    @cached_property
    def by_own_day(self) -> dict[date, list[Record]]:
        """The records by the days they give for themselves on their first and last page: of examination, dictation, signature."""
        found: dict[date, list[Record]] = defaultdict(list)
        for record in self.records:
            pages = self.pages[record.document]
            for number in dict.fromkeys((record.first_page, record.last_page)):
                for day in own_days(record.kind, stamps(pages[number].text, self.kinds), self.kinds) if number in pages else ():
                    found[day].append(record)
        return found


def _days(mention: Mention, off: int) -> Iterator[date]:
    for step in range(-off, (mention.last - mention.first).days + off + 1):
        yield mention.first + timedelta(days=step)


def _grouped(mentions: Sequence[Mention], kinds: Kinds) -> list[list[Mention]]:
    """Mentions of one record together: of a kind and a day, or of a month or year with the day in it."""
    by_days: dict[tuple[str, date, date], list[Mention]] = {}
    by_kind: dict[str, list[list[Mention]]] = defaultdict(list)
    for mention in sorted(mentions, key=lambda each: (each.loose, each.told == "year")):
        kind = "report" if mention.kind in kinds.reports else mention.kind
        days = (kind, mention.first, mention.last)
        home = by_days.get(days)
        if home is None and mention.loose:  # of several days in a month the first takes what tells the month only
            home = next((group for group in by_kind[kind] if mention.first <= group[0].first <= mention.last), None)
        if home is None:
            home = by_days[days] = []
            by_kind[kind].append(home)
        home.append(mention)
    return sorted(by_days.values(), key=lambda group: (group[0].first, group[0].kind))


def _joined(
    spoken: Sequence[Spoken], dated: Sequence[Sequence[Mention]], kinds: Kinds
) -> tuple[dict[int, list[Spoken]], list[list[Spoken]]]:
    """What is spoken of without a day: by the missing record (its place) of which others tell the day, and each other paper together."""
    known: dict[int, list[Spoken]] = defaultdict(list)
    by_paper: dict[tuple[str, frozenset[str], date | None], list[Spoken]] = {}
    for each in spoken:
        home = next((place for place, group in enumerate(dated) if _same(each, group[0], kinds)), None)
        if home is not None:
            known[home].append(each)
        else:
            by_paper.setdefault((kinds.papers.papers[each.paper].label, each.parts, each.when), []).append(each)
    for key in list(by_paper):
        named = [other for other in by_paper if other[0] == key[0] and other[1]]
        if not key[1] and len(named) == 1:  # only one part of the body is told of
            by_paper[named[0]] += by_paper.pop(key)
    return known, list(by_paper.values())


def _same(spoken: Spoken, mention: Mention, kinds: Kinds) -> bool:
    """Whether a paper may be the one of which another record tells the day."""
    papers = kinds.papers
    if papers.papers[spoken.paper].kind != mention.kind or (spoken.record.date is not None and spoken.record.date < mention.first):
        return False
    sorts, parts = papers.sorts_of(mention.kind, mention.what), papers.parts_in(mention.what)
    return (not sorts or spoken.paper in sorts) and (not parts or not spoken.parts or bool(parts & spoken.parts))


def _gap(group: Sequence[Mention], more: Sequence[Spoken], shelf: _Shelf, unread: bool) -> Gap:
    first = group[0]
    span = f" from {first.first.isoformat()} through {first.last.isoformat()}" if first.told == "time" else f" of {first.when}"
    perhaps, why = _why(first.kind, shelf.kinds.kinds[first.kind].label, span, shelf, unread)
    return Gap(
        what=max((each.what for each in group), key=len),
        kind=first.kind,
        when=first.when,
        who=_who([*group, *more], shelf),
        named_in=_named_in([*group, *more], shelf),
        perhaps_unread=perhaps,
        why=why,
    )


def _undated_gap(group: Sequence[Spoken], shelf: _Shelf, unread: bool) -> Gap:
    paper = shelf.kinds.papers.papers[group[0].paper]
    parts = sorted(next((each.parts for each in group if each.parts), ()))
    when = group[0].when
    what = f"{paper.label} ({', '.join(parts)})" if parts else paper.label
    perhaps, why = _why(paper.kind, what, f" of {when.isoformat()}" if when else ", spoken of without a date,", shelf, unread)
    return Gap(
        what=what,
        kind=paper.kind,
        when=when.isoformat() if when else None,
        who=_who(group, shelf),
        named_in=_named_in(group, shelf),
        perhaps_unread=perhaps,
        why=why,
    )


def _why(kind: str, label: str, span: str, shelf: _Shelf, unread: bool) -> tuple[bool, str]:
    """Whether the record may be among those not known, and in words what was looked for."""
    undated = sum(record.date is None for record in shelf.by_kind.get(kind, ()))
    perhaps = [f"{undated} of the kind without a date"] if undated else []
    if unread:
        perhaps.append("the pages that could not be read")
    name = label if label[:2].isupper() else label[:1].lower() + label[1:]
    why = f"no {name}{span} is in the file" + (f"; it may be among {' or '.join(perhaps)}" if perhaps else "")
    return bool(perhaps), why


def _who(group: Sequence[Mention | Spoken], shelf: _Shelf) -> str | None:
    return next((each.who for each in _in_order(group, shelf) if each.who), None)


def _named_in(group: Sequence[Mention | Spoken], shelf: _Shelf) -> tuple[tuple[Record, Span], ...]:
    return tuple(dict.fromkeys((each.record, _span(each, shelf)) for each in _in_order(group, shelf)))


def _in_order(group: Sequence[Mention | Spoken], shelf: _Shelf) -> list[Mention | Spoken]:
    order = {document: place for place, document in enumerate(shelf.documents)}
    return sorted(group, key=lambda each: (order[each.record.document], each.page, each.start))


def _span(mention: Mention | Spoken, shelf: _Shelf) -> Span:
    document = shelf.documents[mention.record.document]
    text = shelf.pages[document.name][mention.page].text
    quote = text[mention.start : mention.end]
    return Span(document.name, document.sha256, mention.page, digest(text), mention.start, mention.end, quote)
