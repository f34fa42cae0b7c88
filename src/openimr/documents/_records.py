"""Which records a packet holds: where each begins and ends, of what kind it is, of which day and by whom."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from ._edges import without_banners
from ._labels import CREDENTIAL
from ._values import Document, Page, Record

if TYPE_CHECKING:
    from ._kinds import Kinds
    from ._labels import Signer, Stamp

_HEAD = 3  # lines of a running head
_HEAD_LINES = 14  # a title stands below the letterhead, not farther down
_IDENTITY_LINES = 24
_EDGE_LINES = 4  # page numbers stand in the first or last lines
_LONGEST_TITLE = 110
_MOST_WORDS = 15
_MOSTLY = 0.6  # of a line's letters; a title that fills so much of its line is one
_SOME = 0.3  # enough for a line in capitals
_NEARLY = 0.8  # enough for a line written like a sentence
_CAPITALS = 0.7
_SAYS_ENOUGH = 2
_UNTITLED = "Untitled record"
_UNREAD = "Pages that could not be read"

_MARKERS = re.compile(
    r"\bpage[ :.#]*(\d{1,3}) ?(?:of|/) ?(\d{1,3})\b|^\W*(\d{1,3}) ?(?:of|/) ?(\d{1,3})\W*$|^\W*page[ :.#]*(\d{1,3})\W*$", re.I
)
_CONTINUED = re.compile(r"\b(?:continued|cont'd|contd)\b", re.I)
_SIGNED = re.compile(
    r"\b(?:(?:electronically|digitally) (?:signed|authenticated)|e-?signed|signed by|dictated (?:and signed )?by)\b"
    r"|\b(?:sincerely|respectfully|truly yours|yours truly|end of report)\b|\b(?:with|best|kind|warm) (?:best |kind |warm )?regards\b"
    r"|^\W*(?:\w+ )?signature\b|^\W*signed\b",
    re.I | re.M,
)
# the letters that begin a word of signing, in plain view of the search: it skips ordinary text fast
_SIGNING = re.compile(
    r"sign|Sign|SIGN|dictated|Dictated|DICTATED|authentic|Authentic|sincere|Sincere|SINCERE|respectfully|Respectfully|END OF|nd of r"
    r"|truly|Truly|TRULY|regards|Regards|REGARDS"
)
_CREDENTIAL = re.compile(rf"[ ,]{CREDENTIAL}")
_LETTER = re.compile(r"^\s*(?:dear\b|to whom it may concern|attention:|attn:)", re.I)
_PARTS = re.compile(r"\s[-\u2013\u2014|/]\s|,\s|:\s|\s?[()]\s?")
# a therapist signs evaluations, progress notes and discharge summaries under the titles physicians use
_THERAPIST = re.compile(
    r",\s*(?:D?PT|PTA|MPT|OTR(?:/L)?)\b|\bPT -|\b(?:Physical|PHYSICAL|Occupational|OCCUPATIONAL) (?:Therapy|THERAPY)\b"
    r"|\b(?:Functional Restoration|FUNCTIONAL RESTORATION|Rehab Center|REHAB CENTER|REHAB ASSOCIATES)\b"
)
_SHARED_TITLES = ("consultation", "progress_report", "operative_report", "correspondence", "other")
_LABELLED = re.compile(r"^\s*(?:re|subject|report|type of report|document|exam|examination|study|form|title)\s*:\s*", re.I)


@dataclass(frozen=True, slots=True)
class _Title:
    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Look:
    """What a page shows of the record it belongs to; `marker` is its own page number and, if given, of how many."""

    page: Page
    lines: tuple[str, ...]
    title: _Title | None
    markers: tuple[tuple[int, int | None], ...]
    continued: bool
    letter: bool
    signed: bool
    date: date | None
    stamps: tuple[Stamp, ...]
    signers: tuple[Signer, ...]

    def identified(self, kinds: Kinds) -> bool:
        """Whether the page says whom it is about or who writes to whom."""
        return any(kinds.identity.search(line) for line in self.lines[:_IDENTITY_LINES])

    @property
    def blind(self) -> bool:
        """Nothing of the page could be read."""
        return self.page.unread is not None and not self.lines

    @property
    def marker(self) -> tuple[int, int | None] | None:
        """The page's number within its record."""
        return self.markers[-1] if self.markers else None


@dataclass(slots=True)
class _Open:
    """A record of which pages are still being gathered."""

    looks: list[_Look] = field(default_factory=list)

    @property
    def title(self) -> _Title | None:
        return self.looks[0].title

    @property
    def last(self) -> _Look:
        return self.looks[-1]


def records_in(document: Document) -> tuple[Record, ...]:
    """Return the records a document holds, in order; together they cover all its pages.

    A record begins where a page bears a title and says whom it is about; page numbers of its own, a running header or the want of a title
    keep its pages together. A document with a sidecar is one record, and the sidecar's word goes first.
    Raises LibraryError when the library's list of kinds is wrong.
    """
    from ._kinds import known_kinds  # the child process that reads files starts through this package and needs no library

    kinds = known_kinds()
    looks = _own_numbers([_look(page, kinds) for page in document.pages], kinds)
    groups = _grouped(looks, kinds) if document.sidecar is None else [_Open(looks)] * bool(looks)
    return tuple(_record(document, group.looks, kinds) for group in groups)


def _grouped(looks: Sequence[_Look], kinds: Kinds) -> list[_Open]:
    groups: list[_Open] = []
    for look in looks:
        if not groups or _begins(look, groups[-1], kinds):
            groups.append(_Open())
        groups[-1].looks.append(look)
    return groups


def _begins(look: _Look, now: _Open, kinds: Kinds) -> bool:
    """Whether a page begins a record rather than carry on the one before."""
    if look.blind or now.last.blind:
        return look.blind is not now.last.blind
    if not look.lines:
        return False
    number, before = look.marker, now.last.marker
    if number is not None:
        follows = before is not None and number[0] == before[0] + 1
        other = look.title is not None and (now.title is None or look.title.kind != now.title.kind)
        return number[0] == 1 or (other and not follows)
    if look.continued:
        return False
    if before is not None and before[0] == before[1]:
        return True  # its last page was the one before
    if look.title is not None:
        return _title_begins(look, look.title, now, kinds)
    if before is not None and before[1] is not None and before[0] < before[1]:
        return False
    most = kinds.kinds[now.title.kind].pages if now.title else None
    if most is not None and len(now.looks) >= most:
        return True
    # without a title: a letter, or a page with a head of its own after one that ends in a signature
    headed = look.letter or (now.last.signed and look.lines[0] not in (now.last.lines[0], now.looks[0].lines[0]))
    return headed and look.identified(kinds)


def _title_begins(look: _Look, title: _Title, now: _Open, kinds: Kinds) -> bool:
    if not (now.last.signed or look.identified(kinds)):
        return False  # a heading inside a report
    if now.title is None or title.kind != now.title.kind or _letters(title.text) != _letters(now.title.text):
        return True
    first = now.looks[0].date
    if look.date is not None and first is not None and look.date != first:
        return True
    # a running head repeats itself; the head of the next note names another visit
    return now.last.signed or look.lines[:_HEAD] != now.looks[0].lines[:_HEAD]


def _record(document: Document, looks: Sequence[_Look], kinds: Kinds) -> Record:
    from ._labels import record_author, record_date

    sidecar = document.sidecar
    found = looks[0].title
    kind = (sidecar.type if sidecar and sidecar.type else None) or _kind(looks, found, kinds)
    return Record(
        document=document.name,
        first_page=looks[0].page.number,
        last_page=looks[-1].page.number,
        kind=kind,
        date=(sidecar.date if sidecar else None) or record_date(kind, [look.stamps for look in looks], kinds),
        author=(sidecar.author if sidecar else None) or record_author(kind, [look.signers for look in looks], kinds),
        title=_shown_title(looks[0], kind, kinds),
    )


def _kind(looks: Sequence[_Look], title: _Title | None, kinds: Kinds) -> str:
    look = looks[0]
    kind = title.kind if title else _untitled_kind(look, kinds)
    if kind == "progress_report" and title is None and look.letter and not any(map(_by_clinician, looks)):
        return "correspondence"  # an employer's or insurer's letter speaks of restrictions and work status too
    if kind in _SHARED_TITLES and any(_THERAPIST.search(line) for line in look.lines[:_EDGE_LINES]):
        return "therapy_note"
    return kind


def _by_clinician(look: _Look) -> bool:
    return any(_CREDENTIAL.search(signer.name) for signer in look.signers)


def _untitled_kind(look: _Look, kinds: Kinds) -> str:
    """The kind of record that speaks as this page does, when it has no title."""
    text = "\n".join(look.lines)
    lower = text.lower()
    said = {
        kind: sum(
            pattern.search(text) is not None for anchors, pattern in patterns if not anchors or any(anchor in lower for anchor in anchors)
        )
        for kind, patterns in kinds.says.items()
    }
    decided = next((kind for kind, count in said.items() if (enough := kinds.kinds[kind].enough) and count >= enough), None)
    if decided:
        return decided
    best = max(said, key=lambda kind: said[kind], default="other")
    if said.get(best, 0) >= _SAYS_ENOUGH:
        return best
    return "correspondence" if look.letter else "other"


def _shown_title(look: _Look, kind: str, kinds: Kinds) -> str:
    """The title as printed, with what was examined or done where the title alone does not say."""
    if look.blind:
        return _UNREAD
    title = look.title.text if look.title else next(iter(look.lines), _UNTITLED)[:_LONGEST_TITLE]
    for line in look.lines[: _IDENTITY_LINES * 2]:
        label = kinds.subjects[kind].match(line)
        value = line[label.end() :].lstrip(" \t") if label else ""
        if value.startswith(":") and len(value) > 1:
            subject = value[1:].strip()[:_LONGEST_TITLE]
            return title if not subject or _letters(subject) in _letters(title) else f"{title}: {subject}"
    return title


def _look(page: Page, kinds: Kinds) -> _Look:
    from ._labels import record_date, signers, stamps

    lines = without_banners([line.strip() for line in page.text.split("\n") if line.strip()])
    head, edges = lines[:_HEAD_LINES], [*lines[:_EDGE_LINES], *lines[_EDGE_LINES:][-_EDGE_LINES:]]
    title = _title(head, kinds)
    text = "\n".join(lines)
    dates = stamps(text, kinds, title.text if title else None)
    return _Look(
        page=page,
        lines=tuple(lines),
        title=title,
        markers=tuple(marker for line in edges for marker in _markers(line)),
        continued=any(_CONTINUED.search(line) for line in lines[:_EDGE_LINES]),
        letter=any(_LETTER.match(line) for line in lines[:_IDENTITY_LINES]),
        signed=_SIGNING.search(text) is not None and any(_SIGNED.search(line) for line in lines if _SIGNING.search(line)),
        date=record_date(title.kind, [dates], kinds) if title else None,
        stamps=dates,
        signers=signers(text),
    )


def _markers(line: str) -> list[tuple[int, int | None]]:
    out: list[tuple[int, int | None]] = []
    for found in _MARKERS.finditer(line):
        numbers = [int(group) for group in found.groups() if group]
        if len(numbers) == 1 or numbers[0] <= numbers[1]:
            out.append((numbers[0], numbers[1] if len(numbers) > 1 else None))
    return out


def _own_numbers(looks: list[_Look], kinds: Kinds) -> list[_Look]:
    """Forget page numbers that run through the whole packet: they were stamped on it and tell nothing of its records."""
    total = len(looks)

    def stamped(look: _Look, marker: tuple[int, int | None]) -> bool:
        return marker[0] == look.page.number and marker[1] in (None, total)

    numbered = [look for look in looks if look.markers]
    if not numbered or not all(any(stamped(look, marker) for marker in look.markers) for look in numbered):
        return looks
    if len({look.title.kind for look in looks if look.title and look.identified(kinds)}) < 2:
        return looks
    return [replace(look, markers=tuple(marker for marker in look.markers if not stamped(look, marker))) for look in looks]


def _title(head: Sequence[str], kinds: Kinds) -> _Title | None:
    """Return the first line of the head that is mostly a title, else the one that is most of one."""
    best: tuple[float, _Title] | None = None
    for index, line in enumerate(head):
        found = _title_on(line, kinds)
        if found is None:
            continue
        kind, share = found
        if share >= _MOSTLY:
            return _Title(kind, line, index)
        if best is None or share > best[0]:
            best = share, _Title(kind, line, index)
    return best[1] if best else None


def _title_on(line: str, kinds: Kinds) -> tuple[str, float] | None:
    """Return the kind a line names and how much of the line names it; None when the line is a sentence, a label or no title."""
    text = _LABELLED.sub("", line.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    letters = sum(map(str.isalpha, text))
    if not letters or len(text) > _LONGEST_TITLE or len(text.split()) > _MOST_WORDS or text.endswith((",", ";")):
        return None
    capitals = sum(map(str.isupper, text)) >= _CAPITALS * letters
    _, colon, value = text.partition(":")
    if colon and value.strip() and not capitals and not _is_date_or_number(value):
        return None
    found = _longest(text, kinds)
    if found is None:
        return None
    kind, share = found[0], found[1] / letters
    for part in _PARTS.split(text):  # a letterhead or a remark may stand before or behind the title
        alone = _longest(part, kinds) if part != text else None
        if alone and alone[0] == kind and part[:1].isupper():
            share = max(share, alone[1] / max(sum(map(str.isalpha, part)), 1))
    return (kind, share) if share >= (_SOME if capitals else _needed(text)) else None


def _needed(text: str) -> float:
    """How much of a line not in capitals must name the kind: most where it is written like a title, nearly all where like a sentence."""
    if text.endswith(".") or not text[0].isupper():
        return math.inf
    return _MOSTLY if all(word[0].isupper() or not word[0].isalpha() for word in text.split() if len(word) > 4) else _NEARLY


def _longest(text: str, kinds: Kinds) -> tuple[str, int] | None:
    """The kind of the longest title within a line, and its letters."""
    best: tuple[str, int] | None = None
    for kind, pattern in kinds.titles_on(text.lower()):
        found = pattern.search(text)
        size = sum(map(str.isalpha, found.group())) if found else 0
        if size and (best is None or size > best[1]):
            best = kind, size
    return best


def _is_date_or_number(value: str) -> bool:
    return not any(len(word) > 3 and word.isalpha() for word in value.split()) or bool(
        re.fullmatch(r"\s*[A-Z][a-z]+ \d{1,2}, \d{4}\s*", value)
    )


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
