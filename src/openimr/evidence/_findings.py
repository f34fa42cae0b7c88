"""What one record says of each fact, where, of whom and when."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from openimr.documents import Document, Page, Record
from openimr.library import Fact, Kind, Library, number
from openimr.sources import Span, digest
from openimr.treatments import RegionMention, Vocabulary

from ._assertion import Asserted, Assertion, Assertions
from ._phrasebook import Line, Phrasebook
from ._sentences import SECTIONLESS, Sections, Sentence, sentences
from ._site import Site, read_limbs


class Standing(IntEnum):
    """How much a statement weighs by who makes it; a claim is never proof."""

    CLAIM = 0
    PATIENT = 1
    HISTORY = 2
    EXAMINATION = 3


_STANDING = {
    "ur_decision": Standing.CLAIM,
    "application": Standing.CLAIM,
    "fax_cover": Standing.CLAIM,
    "questionnaire": Standing.PATIENT,
    "correspondence": Standing.PATIENT,
    "rfa": Standing.HISTORY,
    "therapy_note": Standing.HISTORY,
    "psychology_note": Standing.HISTORY,
    "other": Standing.HISTORY,
}
_PHYSICIAN = re.compile(r"\b(?:M\.?D|D\.?O|D\.?C|D\.?P\.?M|N\.?P|P\.?A(?:-C)?|Ph\.?D|Psy\.?D)\b\.?")
_FAMILY = "family"
Day = date  # a finding has a field of the name date
_RANK = {"objective": 3, "assessment": 2, "plan": 1, "past": 0, "subjective": 0, "social": 0, "review_of_systems": 0}
_MONTHS = {"y": 12.0, "m": 1.0, "w": 12 / 52.18, "d": 12 / 365.25}
_WEEKS = {"y": 52.18, "m": 52.18 / 12, "w": 1.0, "d": 1 / 7}
_UNIT_WORD = re.compile(r"(years?|yrs?|months?|mos?|weeks?|wks?|days?)\b", re.IGNORECASE)
_AND_A_HALF = re.compile(r"[\s\-]+and[\s\-]+a[\s\-]+half\b", re.IGNORECASE)
_AND_MONTHS = re.compile(
    r"[\s,]+(?:and\s+)?(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven)\s+(?:months?|mos?)\b", re.IGNORECASE
)
_YEARS_AND = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)\s+years?\s+(?:and\s+)?$",
    re.IGNORECASE,
)
_TARGET = re.compile(r"\b(?:to|into|toward|towards|down|onto|reach|reaches|reaching)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_SENT_TO = re.compile(
    r"\b(?:sen[dt]s?|sending|refer\w*|radiat\w*|spread\w*|shoot\w*|travel\w*)\b[^.;]{0,60}\b(?:to|into|toward|towards|down|around)\s+"
    r"(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_HISTORY = re.compile(r"\b(?:status post|s/p|history of|previous|prior|past|undergone|had|earlier|last)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(?:patient|he|she|his|her|claimant|worker|employee|mr|ms|mrs)\b", re.IGNORECASE)
_BOX = re.compile(r"\[\s*([xX]?)\s*\]\s*(?:(no|never|none|not)\b|(\w+))?", re.IGNORECASE)
_DATE = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_SINCE = re.compile(r"\b(?:since|began on|started on|onset)\s+(?:on\s+|the\s+\w+\s+(?:of|on)\s+)?", re.IGNORECASE)
_OLD_DAYS = 21
_FLOWING = ("objective", "subjective", "body", "past")  # sections whose sentences go on about the region named before
_CARRIED = 250  # characters before a sentence in which its subject may have been named
_LONG_QUOTE = 320  # characters; a longer sentence (a table, a list run together) is quoted by its phrase alone


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a record says: `value` of `fact` (True, False or a number in the fact's unit) at `span`, within the sentence `context`.

    `counts` tells whether it may prove anything: said of the patient, as fact, by somebody who is no party to the denial. `region` and
    `side` are where on the body it is said to be (None: not said). `rank` orders statements of one record: examination before history.
    `told` is the last day a treatment's sentence gives for it.
    """

    fact: str
    value: bool | float
    assertion: Assertion
    span: Span
    context: Span
    date: date | None
    author: str | None
    kind: str
    standing: Standing
    section: str
    rank: int
    region: str | None
    side: str | None
    counts: bool
    told: Day | None = None


@dataclass(frozen=True, slots=True)
class _Here:
    """What surrounds a finding: its sentence and record, the page's regions, the record's main one, where its paragraph begins, and by how
    many characters the sentence is shifted behind the end of the page before.
    """

    part: Sentence
    record: Record
    regions: list[RegionMention]
    main: str | None
    block: int
    shift: int


class Reader:
    """All facts of a library, compiled: `find` reads a record in one pass."""

    def __init__(self, library: Library, vocabulary: Vocabulary) -> None:
        self._book = Phrasebook(library.facts)
        self._sections = Sections(library)
        self._assertions = Assertions(library)
        self._vocabulary = vocabulary
        self._limbs, self._passing = read_limbs(library)
        self._limb_regions = self._passing.union(*self._limbs.values())

    def site(self, region: str | None, side: str | None) -> Site:
        """Return the site of a request, for asking which findings are there."""
        return Site(region, side, self._vocabulary, self._limbs)

    def find(self, document: Document, record: Record, facts: frozenset[str] | None = None) -> tuple[Finding, ...]:
        """Return the findings of one record in order of place, those that do not count included; of `facts` only, where given."""
        wanted = self._book.lines_of(facts)
        out: list[Finding] = []
        section = SECTIONLESS
        pages = [page for page in document.pages if record.first_page <= page.number <= record.last_page]
        main = self._main_region(pages, record)
        lead = ""
        for page in pages:
            parts, section = sentences(page.text, self._sections, section)
            out.extend(self._page(document, record, page, parts, main, lead, wanted))
            lead = page.text[parts[-1].start : parts[-1].end] + " " if parts else ""
        return tuple(out)

    def _main_region(self, pages: list[Page], record: Record) -> str | None:
        """The region a record speaks of when a sentence names none: that of its title, else the one most of its words name, else none."""
        titled = self._vocabulary.regions(record.title)
        if titled:
            return titled[0].region
        counts: dict[str, int] = {}
        for page in pages:
            for mention in self._vocabulary.regions(page.text):
                if mention.region not in self._passing:
                    counts[mention.region] = counts.get(mention.region, 0) + 1
        most = max(counts, key=lambda region: counts[region], default=None)
        return most if most is not None and counts[most] * 2 > sum(counts.values()) else None

    def _page(
        self,
        document: Document,
        record: Record,
        page: Page,
        parts: list[Sentence],
        main: str | None,
        lead: str,
        wanted: frozenset[int],
    ) -> list[Finding]:
        """Find on one page; `lead` is the last sentence of the page before, which a first one in lower case goes on with."""
        text = page.text
        places = self._book.occurring(text)
        starts = [start for start, _ in places]
        regions = list(self._vocabulary.regions(text))
        page_digest = digest(text)
        blocks: dict[int, int] = {}
        for part in parts:
            blocks.setdefault(part.paragraph, part.start)
        out: list[Finding] = []
        for part in parts:
            low, high = bisect_left(starts, part.start), bisect_left(starts, part.end)
            lines = wanted.intersection(self._book.always.union(*(indexes for _, indexes in places[low:high])))
            if not lines:
                continue
            sentence = text[part.start : part.end]
            hits = self._hits(sentence, sorted(lines), text[max(part.start - _CARRIED, 0) : part.end])
            if not hits:
                continue
            before = lead if part is parts[0] and sentence[:1].islower() else ""
            asserted = self._assertions.read(before + sentence)
            for line, start, end, measured in hits:
                if line.role == "bare" and part.section not in line.fact.fact.bare_in and record.kind not in line.fact.fact.bare_in:
                    continue
                value = _value(line, measured, sentence)
                if value is None:
                    continue
                quoting = _PageText(document, page.number, page_digest, text)
                span = quoting.span(part.start + start, part.start + end)
                context = quoting.span(part.start, part.end) if part.end - part.start <= _LONG_QUOTE else span
                here = _Here(part, record, regions, main, blocks[part.paragraph], len(before))
                found = self._finding(line, value, (span, context), asserted, (start, end), here)
                if found is not None:
                    out.append(found)
        return out

    def _hits(self, sentence: str, lines: list[int], around: str) -> list[tuple[Line, int, int, re.Match[str]]]:
        hits: list[tuple[Line, int, int, re.Match[str]]] = []
        for index in lines:
            line = self._book.lines[index]
            if line.fact.near and not line.fact.near.search(around if line.fact.fact.carried else sentence):
                continue
            masked: list[tuple[int, int]] | None = None
            for match in line.pattern.finditer(sentence):
                if masked is None:
                    masked = [m.span() for m in line.fact.unless.finditer(sentence)] if line.fact.unless else []
                start, end = match.span()
                if any(a < end and start < b for a, b in masked):
                    continue
                hits.append((line, start, end, match))
        return _longest(hits)

    def _finding(
        self, line: Line, value: bool | float, quoted_at: tuple[Span, Span], asserted: Asserted, at: tuple[int, int], here: _Here
    ) -> Finding | None:
        fact = line.fact.fact
        span, context = quoted_at
        status = asserted.status(at[0] + here.shift, at[1] + here.shift, says_no=line.says_no)
        ticked = _ticked(asserted.text, at[0] + here.shift)
        if ticked is None:
            return None
        if isinstance(value, bool):
            value = value != (status.negated or not ticked)
        quoted = status.quoted or here.part.section == "guideline"
        other = status.other_person or here.part.section == _FAMILY
        planned = status.planned
        if fact.kind is Kind.TREATMENT and here.part.section == "plan" and not asserted.ongoing and not _HISTORY.search(span.quote):
            planned = True
        if fact.kind in (Kind.STATEMENT, Kind.MEASURE) or (fact.kind is Kind.SIGN and here.part.section == "objective"):
            planned = False
        if fact.kind is Kind.STATEMENT:
            quoted = quoted and not _SUBJECT.search(asserted.text)
        said_on = self._said_on(asserted.text, fact.kind, here.record)
        historical = status.historical or said_on is not None
        past_matters = fact.kind in (Kind.SIGN, Kind.DIAGNOSIS)
        status = Assertion(status.negated, status.uncertain, historical, status.hypothetical, other, planned, quoted)
        standing = _standing(here.record)
        region, side = self._where(fact, span, asserted, here)
        counts = not (
            status.uncertain
            or status.hypothetical
            or other
            or planned
            or quoted
            or (historical and past_matters)
            or _is_being_done(line, here.part, here.record, span.quote)
            or standing is Standing.CLAIM
            or (isinstance(value, float) and status.negated)
            or _is_asked(asserted.text)
        )
        return Finding(
            fact=line.fact.name,
            value=value,
            assertion=status,
            span=span,
            context=context,
            date=said_on or here.record.date,
            author=here.record.author,
            kind=here.record.kind,
            standing=standing,
            section=here.part.section,
            rank=_RANK.get(here.part.section, 1),
            region=region,
            side=side,
            counts=counts,
            told=_told(asserted.text) if fact.kind is Kind.TREATMENT else None,
        )

    def _where(self, fact: Fact, span: Span, asserted: Asserted, here: _Here) -> tuple[str | None, str | None]:
        """Region and side a finding is of; parts named in passing or as the place something goes to are left out."""
        given = fact.kind in (Kind.TREATMENT, Kind.STATEMENT, Kind.MEASURE)

        def aside(mention: RegionMention) -> bool:
            if mention.region in self._passing and given and not span.start <= mention.start < span.end:
                return True
            before = asserted.text[: max(mention.start - here.part.start + here.shift, 0)]
            return _SENT_TO.search(before) is not None or (mention.region in self._limb_regions and _TARGET.search(before) is not None)

        regions = [mention for mention in here.regions if not aside(mention)]
        block = here.part.start if given else here.block
        return _where(span, here.part, regions, here.main, block=block, outward=fact.outward, passing=self._limb_regions)

    @staticmethod
    def _said_on(sentence: str, kind: Kind, record: Record) -> date | None:
        """The earlier date a sign is dated to within its sentence, None when it is of the record's own date."""
        if kind is not Kind.SIGN or record.date is None:
            return None
        for match in _DATE.finditer(sentence):
            found = _as_date(match)
            if found and (record.date - found).days > _OLD_DAYS and not _SINCE.search(sentence[: match.start()]):
                return found
        return None


def _where(
    span: Span, part: Sentence, regions: list[RegionMention], main: str | None, *, block: int, outward: bool, passing: frozenset[str]
) -> tuple[str | None, str | None]:
    """The nearest region of the sentence, else its sub-heading's, else the last of the paragraph before it, else the record's.

    Of a finding that goes outward (referred pain) the regions named from its first word on are where it goes, not where it is.
    """
    end = span.start if outward else part.end
    inside = [mention for mention in regions if part.start <= mention.start < end]
    if inside:
        best = min(inside, key=lambda m: max(m.start - span.end, span.start - m.end, 0))
        side = best.side or next((m.side for m in inside if m.side and m.region == best.region), None)
        return best.region, side
    if part.label is not None:
        labelled = [mention for mention in regions if part.label[0] <= mention.start < part.label[1]]
        if labelled:
            return labelled[-1].region, labelled[-1].side
    before = [mention for mention in regions if block <= mention.start < part.start and mention.region not in passing]
    if before and part.section in _FLOWING:
        return before[-1].region, None
    if outward and any(mention.region == main for mention in regions if span.start <= mention.start < part.end):
        return None, None
    return main, None


@dataclass(frozen=True, slots=True)
class _PageText:
    document: Document
    page: int
    digest: str
    text: str

    def span(self, start: int, end: int) -> Span:
        return Span(self.document.name, self.document.sha256, self.page, self.digest, start, end, self.text[start:end])


def _value(line: Line, match: re.Match[str], sentence: str) -> bool | float | None:
    if line.role != "measured":
        return line.role != "denied"
    amount = number(match.group("n"), bool(match.groupdict().get("half")))
    unit = line.fact.fact.unit
    if unit in ("months", "weeks"):
        word = _UNIT_WORD.search(sentence, match.end("n"))
        if word is None:
            return None
        amount += 0.5 if _AND_A_HALF.match(sentence, word.end()) else 0.0
        more = _AND_MONTHS.match(sentence, word.end()) if word.group(1)[0].lower() == "y" else None
        amount += number(more.group(1)) / 12 if more else 0.0
        years = _YEARS_AND.search(sentence[: match.start("n")]) if word.group(1)[0].lower() == "m" else None
        amount += number(years.group(1)) * 12 if years else 0.0
        amount *= (_MONTHS if unit == "months" else _WEEKS)[word.group(1)[0].lower()]
    return round(amount, 2)


def _longest(hits: list[tuple[Line, int, int, re.Match[str]]]) -> list[tuple[Line, int, int, re.Match[str]]]:
    """Of overlapping hits of one fact keep the longest, and of a statement and a denial the one that is complete first."""
    kept: list[tuple[Line, int, int, re.Match[str]]] = []
    roles: dict[str, set[str]] = {}
    for line, *_ in hits:
        if line.fact.fact.kind is Kind.SIGN:  # "strength 4/5 left, 5/5 right": the first grade is what is said of the strength
            roles.setdefault(line.fact.name, set()).add(line.role)
    opposed = {name for name, found in roles.items() if {"said", "denied"} <= found}
    for hit in sorted(hits, key=lambda item: (item[2] if item[0].fact.name in opposed else 0, item[1] - item[2], item[1])):
        if not any(k[0].fact.name == hit[0].fact.name and k[1] < hit[2] and hit[1] < k[2] for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda item: (item[1], item[0].fact.name))


def _told(sentence: str) -> date | None:
    return max((day for day in map(_as_date, _DATE.finditer(sentence)) if day), default=None)


def _standing(record: Record) -> Standing:
    """How much a record weighs: by its kind, and a letter by whether a physician signs it."""
    if record.kind == "correspondence" and record.author and _PHYSICIAN.search(record.author):
        return Standing.HISTORY
    return _STANDING.get(record.kind, Standing.EXAMINATION)


def _is_asked(sentence: str) -> bool:
    """Whether the sentence is a question that no box on its line answers."""
    return sentence.rstrip().endswith("?") and not _BOX.search(sentence)


def _is_being_done(line: Line, part: Sentence, record: Record, words: str) -> bool:
    """Whether the words tell of the operation the record itself describes, which is no history yet and no examination."""
    narrated = line.fact.fact.kind in (Kind.SIGN, Kind.TREATMENT) and part.section == "procedure"
    told = line.fact.fact.kind is Kind.TREATMENT and _HISTORY.search(words) is not None
    return narrated and not told and not (line.role == "bare" and record.kind in line.fact.fact.bare_in)


def _ticked(sentence: str, start: int) -> bool | None:
    """Whether a statement on a form is ticked: True also when there is no box; False: answered no; None: its box is empty."""
    boxes = list(_BOX.finditer(sentence))
    before = [box for box in boxes if box.end() <= start]
    after = [box for box in boxes if box.end() > start]
    if before and not after:
        return True if before[-1].group(1) else None
    if not after:
        return True
    ticked = next((place for place, box in enumerate(after) if box.group(1)), None)
    if ticked is None:
        return None
    worded = any(box.group(2) for box in after) or all(box.group(3) for box in after)
    # boxes without words stand in the columns yes and no
    return after[ticked].group(2) is None if worded else ticked == 0


def _as_date(match: re.Match[str]) -> date | None:
    month, day, year, y2, m2, d2 = match.groups()
    try:
        if y2:
            return date(int(y2), int(m2), int(d2))
        whole = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)
        return date(whole, int(month), int(day))
    except ValueError:
        return None
