"""Dates and names behind their labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._kinds import Kinds, Labels

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE = re.compile(
    r"(?<![\d/-])(?:"
    r"(?P<y1>(?:19|20)\d\d)-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<m2>\d{1,2})(?P<sep>[/.-])(?P<d2>\d{1,2})(?P=sep)(?P<y2>(?:19|20)\d\d|\d\d)"
    rf"|(?P<m3>{MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>(?:19|20)\d\d)"
    rf"|(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<m4>{MONTH})\.?,?[\s-]+(?P<y4>(?:19|20)\d\d)"
    r")(?![\d/-]*\d)",
    re.I,
)
# Where a date may begin, found ten times as fast as by the full pattern: digits with marks between, or words before a year.
_IN_DIGITS = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}")
_YEAR = re.compile(r"[12][0-9]{3}")
_DAY_AND_MONTH = re.compile(rf"\b(?:{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+|\d{{1,2}}(?:st|nd|rd|th)?[\s-]+{MONTH}\.?,?[\s-]+)\Z", re.I)
_LONGEST_DAY = 24  # characters of "September 30th, " and some blanks
_PIVOT = 70  # two-digit years below it are of this century
_YEARS = (1940, 2099)
_HEAD_ROW = re.compile(r"[^\d.,;:]{4,160}")  # names of columns: no sentence, no values
_TO = re.compile(r"\s*(?:-|\u2013|to|through|thru)\s*", re.I)
_ASIDE = re.compile(r"\([^()\n]{0,30}\)\Z")
_LAST_WORD = re.compile(r"[A-Za-z][A-Za-z./'-]*\Z")
_BEFORE_NAME = re.compile(r"(?P<words>[A-Za-z][A-Za-z/'-]*(?:[ \t][A-Za-z][A-Za-z/'-]*)*)[ \t]*(?:\([^)\n]{0,30}\))?[ \t]*\Z")
_WINDOW = 80  # characters looked at before a date or name; the longest label is shorter
_HEAD_LINES = 8
_LONGEST_ROW_LABEL = 7  # words
# each choice begins with a plain letter, which lets the search skip ordinary text
_MARK = re.compile(
    r":|by\b|By\b|BY\b|sincerely|Sincerely|SINCERELY|respectfully|Respectfully"
    r"|truly yours|Truly yours|Truly Yours|yours truly|Yours truly|Yours Truly|Yours(?=,)|regards|Regards"
)
_ABBREVIATED = re.compile(r"\.\s?[A-Za-z]+\.\Z|\b(?:Jr|Sr|Esq)\.\Z")
_TO_NAME = re.compile(r"[ \t]*[:,]?[ \t_]*(?:\n[ \t_]*)?")
_PASSIVE = re.compile(r".*\b(?:was|were|is|been|and) ", re.I)
_SIGNING = re.compile(r"\b(?:sign(?:ed|ature)|authenticated|dictated)\b", re.I)

CREDENTIAL = (
    r"(?:M\.? ?D\.?|D\.? ?O\.?|D\.? ?C\.?|P\.? ?T\.?|DPT|MPT|O\.? ?T\.?|OTR(?:/L)?|PTA|PA-?C?|P\.A\.|NP(?:-C)?|FNP(?:-C)?|RN|"
    r"L\.? ?Ac\.?|Ph\.? ?D\.?|Psy\.? ?D\.?|Pharm\.? ?D\.?|R\.?Ph\.?|LCSW|LMFT|DPM|QME|CHT|Esq\.?)(?![A-Za-z])"
)
_FIRST_NAME = r"(?:Dr\.? )?[A-Z\u00c0-\u00de][\w'\u2019.-]*"
_LATER_NAME = r"(?:[A-Z\u00c0-\u00de][\w'\u2019.-]*|de|la|del|van|von|der|bin|al)"
_NAME = re.compile(rf"{_FIRST_NAME}(?:,? {_LATER_NAME}){{1,4}}?(?:, {CREDENTIAL})+|{_FIRST_NAME}(?: {_LATER_NAME}){{1,4}}")
_IS_CREDENTIAL = re.compile(CREDENTIAL)
_ENDS_IN_CREDENTIAL = re.compile(rf",? {CREDENTIAL}[ .]*\Z")
_SIGNED_ROW = re.compile(rf"\s*(?P<label>From|FROM|Sender|Signed|SIGNED|Signature)[ \t]+(?P<name>{_FIRST_NAME}(?: {_LATER_NAME}){{1,3}})")
_LAST_OF_CREDENTIAL = frozenset("DOCTRLAPNchWMEqd")
_NAME_ENDS = re.compile(rf",|;|\(| - |\s(?={CREDENTIAL})")
_NOT_NAMES = re.compile(
    r"\b(?:Date|Signature|Phone|Fax|License|Lic|NPI|Title|Time|Page|Patient|Name|Report|Address|Specialty|Number|Referring|Requesting|The|This|Not|See|Exam|"
    r"Examination|History|Claim|Department|Electronically|Signed|Physician|Provider|State|Telephone|Tel|Cc|CC|RE|Re|DOB|DOI|DOS|MRN)\b"
)
_HEADED = re.compile(  # "J. ROE PHD - SESSION NOTE": whose note it is
    r"(?P<name>[A-Z][A-Z.'\u2019-]*(?: [A-Z][A-Z.'\u2019-]*){1,3},? (?:MD|DO|DC|PSYD|PHD|DPM|LCSW|LMFT)) [-\u2013\u2014] [A-Z]"
)
_HEADED_LINES = 3
_JOBS = ("anager", "djuster", "xaminer", "upervisor", "irector", "ttorney", "oordinator")
_IN_OFFICE = re.compile(  # "Jane Roe, Office Manager"
    rf"(?P<name>{_FIRST_NAME}(?: {_LATER_NAME}){{1,3}}), (?:[A-Z][\w.]+ ){{0,2}}[A-Z][a-z]+"
)
_PRACTICE = re.compile(r"\b(?:clinic|center|rehab|rehabilitation|therapy|hospital|associates|institute|group)\b", re.I)
_SIGNATURE = re.compile(rf"(?:/s/|[ \t_\u2013\u2014-])*(?P<name>{_FIRST_NAME}(?: {_LATER_NAME}){{1,3}},? {CREDENTIAL}(?:, {CREDENTIAL})*)")


def dates_in(text: str) -> Iterator[tuple[int, int, date]]:
    """Yield each date written in `text` (ISO, American or in words) with its place; what is no day of the calendar is left out."""
    starts = {found.start() for found in _IN_DIGITS.finditer(text)}
    for year in _YEAR.finditer(text):
        first = max(0, year.start() - _LONGEST_DAY)
        before = _DAY_AND_MONTH.search(text[first : year.start()])
        if before:
            starts.add(first + before.start())
    for start in sorted(starts):
        found = _DATE.match(text, start)
        day = _as_date(found) if found else None
        if found and day:
            yield found.start(), found.end(), day


def month_number(name: str) -> int:
    """Return the number of a month written out or cut short, 1 to 12."""
    return _MONTHS.index(name[:3].lower()) + 1


def _as_date(found: re.Match[str]) -> date | None:
    form = next(n for n in "1234" if found[f"y{n}"])
    month = found[f"m{form}"]
    year = int(found[f"y{form}"])
    if year < 100:
        year += 2000 if year < _PIVOT else 1900
    number = int(month) if month.isdigit() else month_number(month)
    if not _YEARS[0] <= year <= _YEARS[1]:
        return None
    try:
        return date(year, number, int(found[f"d{form}"]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date with the words right before it.

    `alone` when its line has nothing else, `heads` when it stands at the top of the page and is not said to be the date of something
    else, `signed` when the line speaks of signing.
    """

    day: date
    words: tuple[str, ...]
    alone: bool
    heads: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """A name with the label before it; None when it stands on a line of its own as a signature does."""

    name: str
    label: str | None


def stamps(text: str, kinds: Kinds, title: str | None = None) -> tuple[Stamp, ...]:
    """Return the dates of a page, each with its label if it has one; words of the title itself are none ("Initial evaluation 6/20/12")."""
    found = list(dates_in(text))
    out = [_stamp(text, start, end, day, kinds, title) for start, end, day in found]
    for place, ((_, end, day), (start, _, last)) in enumerate(pairwise(found)):
        if last > day and _TO.fullmatch(text, end, start):
            out[place] = replace(out[place], day=last)  # what tells of a time was written at its end
    return tuple(out)


def _stamp(text: str, start: int, end: int, day: date, kinds: Kinds, title: str | None) -> Stamp:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    words = _words_before(text[max(line_start, start - _WINDOW) : start])
    if line_start == start and text[: line_start - 1].endswith(":"):
        words = _words_before(text[max(0, line_start - 1 - _WINDOW) : line_start - 1])  # the label at the end of the line above
    if line == title and not kinds.other_dates.size(words):
        words = ()
    elif not kinds.any_date.size(words):
        words = _row_label(text, line_start, line, start - line_start, kinds, alone=not words) or words
    alone = line.strip(" .") == text[start:end]
    heads = text.count("\n", 0, start) < _HEAD_LINES and not _of_something_else(words, kinds)
    return Stamp(day, words, alone, heads, _SIGNING.search(text[max(line_start, start - _WINDOW) : start]) is not None)


def _words_before(text: str) -> tuple[str, ...]:
    """The words right before a date, without the mark and the remark in parentheses between them: "Date of exam (first):"."""
    text = text.rstrip(" \t_-").rstrip(":#=").rstrip(" \t")
    text = _ASIDE.sub("", text).rstrip(" \t") if text.endswith(")") else text
    words: list[str] = []
    for token in reversed(text.replace("\t", " ").split(" ")):
        found = _LAST_WORD.search(token)
        if not found or _IS_CREDENTIAL.fullmatch(token):
            break  # "Ann Roe, MD Date: ..."
        words.append(found.group())
        if found.start():
            break  # the word stands behind a mark
    return tuple(reversed(words))


def _row_label(text: str, line_start: int, line: str, at: int, kinds: Kinds, *, alone: bool) -> tuple[str, ...]:
    """Read a table whose labels stand on one line and whose dates stand on the next; a lone label may stand above its date."""
    above = text[text.rfind("\n", 0, max(0, line_start - 1)) + 1 : max(0, line_start - 1)][-4 * _WINDOW :]
    columns_only = _HEAD_ROW.fullmatch(above if not alone else above.replace(":", " "))
    if not columns_only:
        words = _words_before(above) if alone else ()
        return words if kinds.any_date.size(words) else ()
    labels = [found for found in kinds.any_date.pattern.finditer(above) if not _DATE.search(above, found.end())]
    days = [start for start, *_ in dates_in(line)]
    columns = len(labels)
    others = [label for label in labels if kinds.other_dates.size(tuple(label.group().split()))]
    if len(labels) > len(days) == len(others):
        labels = others  # the other columns hold no dates
    if not labels or at not in days or len(labels) not in (1, len(days)) or (columns == 1 and not alone):
        return ()
    index = days.index(at)
    return tuple(labels[index].group().split()) if index < len(labels) else ()


def record_date(kind: str, pages: Sequence[Sequence[Stamp]], kinds: Kinds) -> date | None:
    """Return the date a record was made of: behind the best label, else on a line of its own, else beside the signature."""
    every = [stamp for page in pages for stamp in page]
    for labels in kinds.dates[kind]:
        for stamp in every:
            if _bears(stamp, labels, kinds):
                return stamp.day
    first = pages[0] if pages else ()
    rest = [
        next((stamp.day for stamp in first if stamp.alone and not _of_something_else(stamp.words, kinds)), None),
        next((stamp.day for stamp in first if stamp.heads), None),
        next((stamp.day for stamp in reversed(every) if stamp.signed), None),
    ]
    plain = [stamp.day for stamp in every if not _of_something_else(stamp.words, kinds)]
    # nothing names it: a record is no older than the last day it speaks of
    return next((day for day in rest if day), max(plain, default=None))


def own_days(kind: str, stamps: Sequence[Stamp], kinds: Kinds) -> frozenset[date]:
    """Return all days a record gives for itself: behind a label, on a line of their own, beside the signature."""
    labelled = kinds.dates[kind]
    return frozenset(
        stamp.day for stamp in stamps if stamp.alone or stamp.signed or any(_bears(stamp, labels, kinds) for labels in labelled)
    )


def _bears(stamp: Stamp, labels: Labels, kinds: Kinds) -> bool:
    """Whether the words before a date end in one of the labels, and the word before those does not make it another one."""
    size = labels.size(stamp.words)
    before = stamp.words[-size - 1].lower().strip(".") if len(stamp.words) > size else None
    return size > 0 and (before is None or (size > 1 and before not in kinds.not_after))


def _of_something_else(words: tuple[str, ...], kinds: Kinds) -> bool:
    """Whether a date is said to be of an injury, a birth, a printing and so on, or to be a past or coming one."""
    return kinds.other_dates.size(words) > 0 or any(word.lower().strip(".") in kinds.not_after for word in words[-3:])


def signers(text: str) -> tuple[Signer, ...]:
    """Return the names on a page that stand behind a label or as a signature."""
    labelled = (_signer(text, mark) for mark in _MARK.finditer(text))
    lines = text.split("\n")
    rows = (signer for line in lines for signer in _in_row(line))
    lone = (_SIGNATURE.match(line) for line in lines)
    return (
        *(signer for signer in labelled if signer),
        *rows,
        *(Signer(_tidy(found["name"]), None) for line in lines[:_HEADED_LINES] if (found := _HEADED.match(line))),
        *(Signer(_tidy(found["name"]), None) for line in lines if line.endswith(_JOBS) and (found := _IN_OFFICE.fullmatch(line.strip()))),
        *(
            Signer(_tidy(found["name"]), None)
            for found in lone
            if found and not _NOT_NAMES.search(found["name"]) and not _PRACTICE.search(found["name"])
        ),
    )


def _in_row(line: str) -> Iterator[Signer]:
    """Read a row of a table whose labels have no mark: the words before a name with a credential may be its label."""
    signed = _SIGNED_ROW.match(line)
    if signed:
        yield Signer(_tidy(signed["name"]), signed["label"].lower())
    if len(line) > _WINDOW or line.rstrip(" .")[-1:] not in _LAST_OF_CREDENTIAL or not _ENDS_IN_CREDENTIAL.search(line):
        return
    words = line.split()
    for size in range(1, min(_LONGEST_ROW_LABEL, len(words) - 1)):
        found = _NAME.fullmatch(" ".join(words[size:]))
        if found and not _NOT_NAMES.search(found.group()):
            yield Signer(_tidy(found.group()), " ".join(words[:size]))


def _signer(text: str, mark: re.Match[str]) -> Signer | None:
    value = _TO_NAME.match(text, mark.end())
    found = _NAME.match(text, value.end() if value else mark.end())
    if not found:
        return None
    cut = _NOT_NAMES.search(found.group())
    name = _tidy(found.group()[: cut.start()] if cut else found.group())
    until = mark.start() if mark.group() == ":" else mark.end()
    line_start = max(text.rfind("\n", 0, mark.start()) + 1, until - _WINDOW)
    before = _BEFORE_NAME.search(text[line_start:until].rstrip(","))
    if before is None or len(name.split()) < 2:
        return None
    if mark.group().lower() == "by" and name.startswith("Dr") and ":" not in text[mark.end() : found.start()]:
        return None  # "seen by Dr. Roe" is told of somebody else; nobody signs so
    return Signer(name, _PASSIVE.sub("", before["words"]))


def record_author(kind: str, pages: Sequence[Sequence[Signer]], kinds: Kinds) -> str | None:
    """Return who wrote a record: the name behind the best label, else the last line that is a name with a credential."""
    every = [signer for page in pages for signer in page]
    for labels in kinds.authors[kind]:
        for signer in every:
            if signer.label and labels.fullmatch(signer.label):
                return signer.name
    return next((signer.name for signer in reversed(every) if signer.label is None), None)


def surname(author: str | None) -> str | None:
    """Return the last name of an author in small letters, None when there is none."""
    name = _NAME_ENDS.split(author, maxsplit=1)[0].split() if author else []
    return name[-1].lower().strip(".,") if name else None


def _tidy(name: str) -> str:
    name = name.strip(" ,;-_")
    return name if _ABBREVIATED.search(name) else name.rstrip(".")
