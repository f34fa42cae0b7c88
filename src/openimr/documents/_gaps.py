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
from ._values import Document, Record, UnreadableDocument

if TYPE_CHECKING:
    from ._kinds import Kinds

_BY_DAY = ("other", "correspondence")  # what is spoken of as a letter or a test may have been filed as anything
_ANYTHING = ("other",)  # a record of no known kind may be what is spoken of


@dataclass(frozen=True, slots=True)
class Gap:
    """A record that others speak of and that is not in the case file.

    `when` is the day or the month (2012-06-14, 2012-06); `named_in` every place that speaks of it, with the record the place stands in;
    `perhaps_unread` says that a record without date or a page that could not be read may be it, and `why` in words what was looked for.
    """

    what: str
    kind: str
    when: str
    who: str | None
    named_in: tuple[tuple[Record, Span], ...]
    perhaps_unread: bool
    why: str


def gaps(documents: Sequence[Document], records: Sequence[Record], unreadable: Sequence[UnreadableDocument] = ()) -> tuple[Gap, ...]:
    """Return what the records speak of as existing and no record of the file answers, by day; each once, with all places.

    A mention is answered by a record of its kind (a report by any physician's report) of the same day or a few days off, as the library
    has it; one that tells the month only by any of that month. What is asked for or planned is no gap. `records` are those of the
    documents; `unreadable` are the files nothing is known of.
    """
    from ._kinds import known_kinds  # the child process that reads files starts through this package and needs no library

    kinds = known_kinds()
    shelf = _Shelf(documents, records, kinds)
    open_mentions = [each for each in shelf.mentions() if not shelf.answers(each)]
    unread = bool(unreadable) or any(page.unread for document in documents for page in document.pages)
    return tuple(_gap(group, shelf, kinds, unread) for group in _grouped(open_mentions, kinds))


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
        return [
            mention
            for record in self.records
            for number in range(record.first_page, record.last_page + 1)
            if number in self.pages[record.document]
            for mention in mentions_on(self.pages[record.document][number], record, self.kinds)
        ]

    def answers(self, mention: Mention) -> bool:
        """Whether a record of the file is the one spoken of: by its date, a few days off, or by another day it gives for itself."""
        off = self.kinds.kinds[mention.kind].days_off
        near = (record for day in _days(mention, off) for record in self.by_date.get(day, ()))
        if any(self._is_it(mention, record) for record in near):
            return True
        return any(self._is_it(mention, record) for day in _days(mention, 0) for record in self.by_own_day.get(day, ()))

    def undated(self, mention: Mention) -> list[Record]:
        """The records of the kind that bear no date."""
        return [record for record in self.by_kind.get(mention.kind, ()) if record.date is None]

    def _is_it(self, mention: Mention, record: Record) -> bool:
        """Whether a record of the day may be the one spoken of: by its kind, and where reports have several names by its author."""
        if record.kind == mention.kind or record.kind in _ANYTHING or mention.kind in _BY_DAY:
            return True
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
    """Mentions of one record together: of a kind and a day, or of a month with the day in it."""
    by_days: dict[tuple[str, date, date], list[Mention]] = {}
    by_month: dict[tuple[str, int, int], list[Mention]] = {}
    for mention in sorted(mentions, key=lambda each: each.by_month):
        kind = "report" if mention.kind in kinds.reports else mention.kind
        days, month = (kind, mention.first, mention.last), (kind, mention.first.year, mention.first.month)
        home = by_month.get(month) if mention.by_month else by_days.get(days)
        if home is None:
            home = by_days[days] = []
            by_month.setdefault(month, home)  # of several days in a month the first takes what tells the month only
        home.append(mention)
    return sorted(by_days.values(), key=lambda group: (group[0].first, group[0].kind))


def _gap(group: Sequence[Mention], shelf: _Shelf, kinds: Kinds, unread: bool) -> Gap:
    first = group[0]
    order = {document: place for place, document in enumerate(shelf.documents)}
    places = sorted(group, key=lambda each: (order[each.record.document], each.page, each.start))
    undated = shelf.undated(first)
    label = kinds.kinds[first.kind].label.lower()
    when = f"{first.first:%Y-%m}" if first.by_month else first.first.isoformat()
    span = f" from {first.first.isoformat()} through {first.last.isoformat()}" if first.spans_time else f" of {when}"
    perhaps = []
    if undated:
        perhaps.append(f"{len(undated)} of the kind without a date")
    if unread:
        perhaps.append("the pages that could not be read")
    why = f"no {label}{span} is in the file" + (f"; it may be among {' or '.join(perhaps)}" if perhaps else "")
    return Gap(
        what=max((each.what for each in group), key=len),
        kind=first.kind,
        when=when,
        who=next((each.who for each in places if each.who), None),
        named_in=tuple(dict.fromkeys((each.record, _span(each, shelf)) for each in places)),
        perhaps_unread=bool(perhaps),
        why=why,
    )


def _span(mention: Mention, shelf: _Shelf) -> Span:
    document = shelf.documents[mention.record.document]
    text = shelf.pages[document.name][mention.page].text
    quote = text[mention.start : mention.end]
    return Span(document.name, document.sha256, mention.page, digest(text), mention.start, mention.end, quote)
