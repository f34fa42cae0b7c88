"""Letters this program wrote, in any of its formats: read back to the determination they were written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openimr.determinations import Basis, Decision, Request, Reviewer
from openimr.sources import Grammar

from .._writing._wording import SectionWording, Wording
from ._dates import us_day
from ._header import read_header
from ._shape import Found, Layout
from ._source import Place, Source

NAME = "openimr"
_AGE = re.compile(r"age (\d{1,3})(?:, )?")
_OPENING = 2_000  # characters within which the title stands
_TABLE_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+$")
_TABLE_ROW = re.compile(r"\|\s*(.*?)\s*\|\s*(.*?)\s*\|$")
_SECTIONS = ("how_made", "documents_reviewed", "summary", "issues", "notice")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the letter itself: its place, its text, and whether an empty line stands before it."""

    place: Place
    text: str
    parted: bool


_Part = list[_Line]


def own_layout(wording: Wording) -> Layout:
    """Return the layout of the letters written with a program's wording."""
    sections = wording.sections
    own = {each.lower() for each in (wording.title, sections.how_made.heading, sections.issues.heading, sections.notice.heading)}

    def fits(source: Source) -> bool:
        if wording.title.lower() not in " ".join(source.plain[:_OPENING].lower().split()):
            return False
        lines = {" ".join(line.split()).lower() for line in source.plain.split("\n")}
        return own <= lines

    def read(source: Source, grammar: Grammar) -> Found:
        return _Letter(source, wording, grammar).read()

    return Layout(NAME, described=False, marks=(wording.title,), fits=fits, read=read)


class _Letter:
    def __init__(self, source: Source, wording: Wording, grammar: Grammar) -> None:
        self._source, self._wording, self._labels, self._grammar = source, wording, wording.labels, grammar
        self._found = Found(NAME)
        labels = wording.labels
        case, page, of = (re.escape(label) for label in (labels.case, labels.page, labels.of))
        self._foot = re.compile(rf"{case} .*?(?P<on>\({re.escape(labels.continued)}\) *)?{page} \d+ {of} \d+$")
        self._item = re.compile(rf"{re.escape(labels.item)} (\d+) {of} (\d+):\s*")
        self._draft = False
        self._apart = True  # whether empty lines part the paragraphs of this text
        self._bullets: tuple[str, ...] = ("- ", "• ")

    def read(self) -> Found:
        parts = self._parts(self._lines())
        self._header(parts["header"])
        self._reviewer(parts["how_made"])
        self._documents(parts["documents_reviewed"])
        self._summary(parts["summary"])
        self._requests(parts["issues"])
        if self._draft:
            self._found.warn("letter.draft", "the letter is marked as a draft: nothing in it is decided")
        return self._found

    # --- lines

    def _lines(self) -> list[_Line]:
        """The lines of the letter without the head and foot of its pages; a paragraph the foot says goes on is not parted."""
        out: list[_Line] = []
        parted, goes_on = True, False
        start = 0
        for raw in self._source.plain.split("\n"):
            place = self._source.trimmed(start, start + len(raw))
            start += len(raw) + 1
            if place is None:
                parted = parted or not goes_on
                continue
            text = self._source.value(place)
            if foot := self._foot.match(text):
                goes_on = foot["on"] is not None
                parted = not goes_on
                self._bullets = ("• ",)  # pages have feet only on paper, and there a line may begin with a dash by chance
                continue
            if text == self._labels.draft:
                self._draft = True
                continue
            out.append(_Line(place, text, parted))
            parted = goes_on = False
        return out

    def _parts(self, lines: _Part) -> dict[str, _Part]:
        """The lines of each section; headings come in their order."""
        headings = [getattr(self._wording.sections, name).heading.lower() for name in _SECTIONS]
        # an extractor that leaves no empty lines leaves none before headings either
        self._apart = all(line.parted for line in lines[1:] if line.text.lower() in headings)
        parts: dict[str, _Part] = {name: [] for name in ("header", *_SECTIONS)}
        at = 0
        for line in lines:
            if (line.parted or not self._apart) and line.text.lower() in headings[at:]:
                at = headings.index(line.text.lower(), at) + 1
            else:
                parts[("header", *_SECTIONS)[at]].append(line)
        return parts

    def _paragraphs(self, lines: _Part) -> Iterator[_Part]:
        """The paragraphs of a stretch; each entry of a list is one."""
        paragraph: _Part = []
        for line in lines:
            if paragraph and (line.parted or line.text.startswith(self._bullets)):
                yield paragraph
                paragraph = []
            paragraph.append(line)
        if paragraph:
            yield paragraph

    def _text(self, lines: _Part) -> str | None:
        """The text of a stretch in its normal form: paragraphs parted by an empty line, entries of a list after a dash."""
        out: list[str] = []
        listed = False
        for paragraph in self._paragraphs(lines):
            text = _joined(paragraph)
            entry = text.startswith(self._bullets)
            out.append(("\n" if listed else "\n\n") + f"- {text[2:].strip()}" if entry else f"\n\n{text}")
            listed = entry
        text = "".join(out).strip("\n")
        return text if text and text != self._labels.not_stated else None

    def _under(self, lines: _Part, ranked: Sequence[tuple[str, ...]]) -> tuple[_Part, dict[str, _Part]]:
        """The lines before the first label, and those under each one; labels come in their order, those of a rank stand for each other."""
        before: _Part = []
        under: dict[str, _Part] = {}
        rank = -1
        into = before
        for line in lines:
            text = line.text.lstrip("| ")  # on a scan the rule beside a decision is a character
            found = next(((at, label) for at in range(rank + 1, len(ranked)) for label in ranked[at] if text.startswith(f"{label}:")), None)
            if found is None:
                into.append(line)
                continue
            rank, label = found
            into = under.setdefault(label, [])
            if rest := self._rest(line, label):
                into.append(rest)
        return before, under

    def _rest(self, line: _Line, label: str) -> _Line | None:
        """What follows a label on its line."""
        named = re.compile(r"[|\s]*" + r"\s+".join(map(re.escape, label.rstrip(": ").split())) + r"\s*:").match(
            self._source.plain, line.place[0]
        )
        place = self._source.trimmed(named.end(), line.place[1]) if named else line.place
        return _Line(place, self._source.value(place), line.parted) if place else None

    def _keep(self, path: str, lines: _Part) -> None:
        if lines:
            self._found.spans[path] = (lines[0].place[0], lines[-1].place[1])

    # --- sections

    def _header(self, lines: _Part) -> None:
        labels, found = self._labels, self._found
        if not lines:
            return
        spaced = {name: r"\s+".join(map(re.escape, label.split())) for name, label in labels.of_header().items()}
        pattern = "|".join(f"(?P<{name}>{label})" for name, label in spaced.items())
        marks = list(re.finditer(rf"(?<!\S)(?:{pattern})\s*:", self._source.plain[: lines[-1].place[1]]))
        scrambled = False
        for at, mark in enumerate(marks):
            place = self._source.trimmed(mark.end(), marks[at + 1].start() if at + 1 < len(marks) else lines[-1].place[1])
            text = self._source.value(place) if place else ""
            if place is None or text == labels.not_stated:
                continue
            name = mark.lastgroup or ""
            if name == "case_number":
                found.case_number = text
            elif name == "priority":
                found.priority = text
            elif (day := us_day(text)) is not None:
                found.dates[name] = day
            else:
                scrambled = True
                continue
            found.spans[name] = place
        if scrambled:
            # the cells of the table came out of their order, as those of other letters do
            read_header(self._source, 0, lines[-1].place[1], found)

    def _reviewer(self, lines: _Part) -> None:
        labels = self._labels
        names = labels.of_reviewer()
        _, under = self._under(lines, [(label,) for label in names.values()])
        said = {name: _joined(under.get(label, [])) for name, label in names.items()}
        if not under or labels.not_assigned in said.values():
            return
        listed = {name: () if text in ("", labels.not_stated) else tuple(text.split(", ")) for name, text in said.items()}
        self._found.reviewer = Reviewer(listed["licensure"], listed["specialties"], listed["subspecialties"])
        for name, label in names.items():
            if listed[name]:
                self._keep(f"reviewer.{name}", under[label])

    def _documents(self, lines: _Part) -> None:
        rows: list[_Part] = []
        head = f"{self._labels.number} {self._labels.document}"
        own = self._without_statements(lines, self._wording.sections.documents_reviewed)
        # on paper a row stands apart from the one before; elsewhere it is one line
        apart: bool | None = None
        for line in own:
            text = self._cells(line)
            if text is None or text == head:
                continue
            starts = text.split(" ", 1)[0] == str(len(rows) + 1) and (line.parted or not apart)
            apart = line.parted if apart is None else apart
            if starts:
                rows.append([_Line(line.place, text.partition(" ")[2], line.parted)])
            elif rows:
                rows[-1].append(line)
        self._found.documents_reviewed = tuple(_joined(row) for row in rows) or None
        for index, row in enumerate(rows):
            self._keep(f"documents_reviewed[{index}]", row)

    def _cells(self, line: _Line) -> str | None:
        """The text of a row's two cells, None for the rule under the head of a Markdown table."""
        if not self._source.marked or not line.text.startswith("|"):
            return line.text
        raw = " ".join(self._source.plain[slice(*line.place)].split())
        row = _TABLE_ROW.fullmatch(raw)
        if _TABLE_RULE.fullmatch(raw) or row is None:
            return None
        return self._source.unescaped(f"{row.group(1)} {row.group(2)}")

    def _summary(self, lines: _Part) -> None:
        found = self._found
        own = self._without_statements(lines, self._wording.sections.summary)
        if own and own[0].text.startswith(f"{self._labels.patient}:"):
            # one line: what follows may stand close, where an extractor left no empty line
            patient, *own = own
            told = self._rest(patient, self._labels.patient)
            text = told.text if told else ""
            age = _AGE.match(text)
            found.age = int(age.group(1)) if age else None
            found.sex = (text[age.end() :] if age else text) or None
            for path, value in (("patient.age", found.age), ("patient.sex", found.sex)):
                if value is not None:
                    self._keep(path, [patient])
        found.summary = self._text(own)
        if found.summary:
            self._keep("summary", own)

    def _without_statements(self, lines: _Part, section: SectionWording) -> _Part:
        """The lines without the paragraphs every letter carries in this section."""
        said = {" ".join(statement.text.split()) for statement in section.statements}
        out: _Part = []
        for paragraph in self._paragraphs(lines):
            # what follows may stand close, where an extractor left no empty line
            end = next((end for end in range(len(paragraph), 0, -1) if _joined(paragraph[:end]) in said), 0)
            rest = paragraph[end:]
            out += [replace(rest[0], parted=True), *rest[1:]] if end and rest else rest
        return out

    def _requests(self, lines: _Part) -> None:
        items: list[_Part] = []
        for line in lines:
            opening = self._item.match(line.text)
            if opening and (line.parted or not self._apart) and int(opening.group(1)) == len(items) + 1:
                items.append([])
            if items:
                items[-1].append(line)
        for index, item in enumerate(items):
            self._request(index, item)

    def _request(self, index: int, lines: _Part) -> None:
        labels, path = self._labels, f"requests[{index}]"
        fields = labels.of_item()
        title, under = self._under(lines, list(fields.values()))
        opening = self._item.match(title[0].text) if title else None
        first = self._rest(title[0], opening.group()) if opening else None
        title = [*([first] if first else []), *title[1:]]

        def said(name: str) -> str | None:
            own = next((under[label] for label in fields[name] if label in under), [])
            text = _joined(own)
            if not text or text == labels.not_stated:
                return None
            self._keep(f"{path}.{name}", own)
            return text

        text = _joined(title)
        text = "" if text == labels.not_stated else text
        if text:
            self._keep(f"{path}.text", title)
        verdict = said("decision") or ""
        decisions = {labels.upheld: Decision.UPHELD, labels.overturned: Decision.OVERTURNED}
        decided = decisions.get(verdict) if labels.decision in under else None
        timing, days = _service(said("timing") or "")
        rationale = self._text(under.get(labels.rationale, []))
        if rationale:
            self._keep(f"{path}.rationale", under[labels.rationale])
        self._found.requests.append(
            Request(
                number=index + 1,
                text=text,
                original=said("original"),
                authorized=said("authorized"),
                disputed=said("disputed") or text or None,
                category=said("category"),
                timing=timing,
                dates_of_service=days,
                decision=decided,
                proposed=decisions.get(verdict.removesuffix(f" ({labels.not_decided})")) if labels.proposed in under else None,
                ur_basis=self._basis(said("ur_basis.text")),
                reviewer_basis=self._basis(said("reviewer_basis.text")),
                rationale=rationale,
                conclusion=said("conclusion"),
            )
        )

    def _basis(self, text: str | None) -> Basis | None:
        if text is None:
            return None
        return Basis("", stated_none=True) if text == self._labels.none_cited else Basis.read(text, self._grammar)


def _joined(lines: Iterable[_Line]) -> str:
    return " ".join(line.text for line in lines)


def _service(text: str) -> tuple[str | None, tuple[date, ...]]:
    parts = [(part, us_day(part)) for part in text.split(", ") if part]
    return next((part.lower() for part, day in parts if day is None), None), tuple(day for _, day in parts if day is not None)
