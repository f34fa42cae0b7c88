"""The passages of a record: its sentences with the part of the report they stand in, what they tell, and where on the body."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from openimr.documents import Document, Page, Record
from openimr.library import Anchored, Library, LibraryError, Phrase, Place, any_phrase, phrase_anchors, phrase_pattern, read_model
from openimr.sources import Span, digest
from openimr.treatments import RegionMention, Vocabulary

from ._assertion import Asserted, Assertions
from ._sentences import SECTIONLESS, Sections, Sentence, sentences

_HEADING_WORDS = 7
_HEAD = re.compile(r"\s*(?:\d{1,2}[.)]\s+)?([A-Z][A-Za-z0-9 /&'(),.-]{0,58}?)\s*:(?=\s|$)")
_TRIMMED = " \t\r\n#*_:.-|0123456789()"
_ENDED = re.compile(r"[.!?][\"')\]\u201d]*$")
_DAY = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}")
_LONG_WORD = re.compile(r"[A-Za-z]{3}")
_SIGNER = re.compile(
    r"(?:[A-Z][\w.'-]*,? ){1,4}(?:M\.?D|D\.?O|D\.?C|D\.?P\.?M|D?P\.?T|PTA|OTR|N\.?P|P\.?A-?C?|Ph\.?D|Psy\.?D|R\.?N|L\.?Ac)\b\.?"
    r"(?:,? [A-Z&,/-].*|\W*)?"
)
_BULLET = re.compile(r"(?:[-+*\u2022]|\d{1,2}[.)])\s+")
_TICKS = re.compile(r"\[\s*[xX]?\s*\]")
_MOST_KNOWN = 20_000  # sentences remembered
_FEWEST_WORDS = 4  # of a sentence; a shorter line is an item of a list, a heading or a remark
_NOISE_WORDS = 14  # a line that names the file is short; a longer one says something as well
_ASSERTED = frozenset(
    {"treatment", "drug", "study", "onset", "complaint", "helped", "no_help", "asked"}
)  # those that may be denied or planned


class _SilenceModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: tuple[str, ...]
    studies: tuple[str, ...]
    says: str
    facts: frozenset[str]


class _PassageFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    headings: dict[str, tuple[Phrase, ...]]
    sections: dict[str, str]
    noise: tuple[Phrase, ...]
    cues: dict[str, tuple[Phrase, ...]]
    own_denial: frozenset[str]
    idle: frozenset[str]
    treatments: dict[str, tuple[Phrase, ...]]
    studies: dict[str, tuple[Phrase, ...]]
    signs: dict[str, tuple[Phrase, ...]]
    silent: tuple[_SilenceModel, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words at characters `start` to `end` of a passage that tell something: a cue of the library, or `treatment`, `drug`, `study`
    or `sign` with its `name`; `said` tells whether it is said of the patient as a fact, `denied` whether it is denied.
    """

    kind: str
    name: str
    start: int
    end: int
    said: bool
    denied: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a record, or an item of a list (`whole` is False), with its place.

    `part` is the part of the report (complaints, examination, conclusion ...), `regions` the parts of the body it speaks of with their
    side, as far as it, its heading or the paragraph before it name any; `named`: it names them itself.
    """

    record: Record
    span: Span
    part: str
    whole: bool
    cues: tuple[Cue, ...]
    regions: tuple[tuple[str, str | None], ...]
    named: bool

    def says(self, kind: str) -> bool:
        """Tell whether it says something of the kind of the patient, as a fact."""
        return any(cue.kind == kind and cue.said for cue in self.cues)

    def names(self, kind: str) -> frozenset[str]:
        """Return the names of what it says of a kind: the treatments, drugs or studies it tells of as given or done."""
        return frozenset(cue.name for cue in self.cues if cue.kind == kind and cue.said)

    def count(self, kind: str) -> int:
        """Return how often it says something of the kind, be it affirmed or denied."""
        return sum(cue.kind == kind for cue in self.cues)


@dataclass(frozen=True, slots=True)
class Silence:
    """A sort of record (of one of `kinds`) or study that a reviewer has to know to be absent where a rule hangs on one of the facts."""

    kinds: tuple[str, ...]
    studies: tuple[str, ...]
    says: str
    facts: frozenset[str]


@dataclass(frozen=True)
class _Words:
    """One phrase of a cue, or a drug's name; few of the thousands occur in a file, so it is compiled when its first word does."""

    kind: str
    name: str
    written: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as a pattern."""
        plain = rf"(?<!\w){re.escape(self.written)}(?!\w)" if self.kind == "drug" else phrase_pattern(self.written)
        return re.compile(plain, re.IGNORECASE)


class PassageReader:
    """The cues of the library, compiled: `read` gives the passages of a record in order."""

    def __init__(self, library: Library, vocabulary: Vocabulary, assertions: Assertions | None = None) -> None:
        """Compile what is needed at once; `assertions` are shared with another reader where there is one."""
        file = _only_file(library)
        self._sections = Sections(library)
        self._assertions = assertions or Assertions(library)
        self._vocabulary = vocabulary
        self._part_of_section = file.sections
        self._own_denial = file.own_denial
        self._idle = file.idle
        self._noise = any_phrase(file.noise)
        self._headings = {part: _full(phrases) for part, phrases in file.headings.items()}
        self._known_headings: dict[str, str | None] = {}
        self._known_cues: dict[str, tuple[Cue, ...]] = {}
        self._words = [_Words(*phrase) for phrase in _phrases(file)]
        told = {number: words.name for number, words in enumerate(self._words) if words.kind == "treatment"}
        anchors = [phrase_anchors(words.written) for words in self._words]
        for name, drug in vocabulary.drugs.items():
            told[len(self._words)] = drug.ingredient
            self._words.append(_Words("drug", drug.drug_class, name))
            anchors.append(frozenset({name}))
        self._given_names = told
        self._anchored = Anchored(anchors)
        self._quick = [number for number, words in enumerate(self._words) if words.kind in ("treatment", "study")]
        self._quickly = Anchored(anchors[number] for number in self._quick)
        self.silences = tuple(Silence(each.kinds, each.studies, each.says, each.facts) for each in file.silent)

    def read(self, document: Document, record: Record) -> tuple[Passage, ...]:
        """Return the passages of one record in order of place; what merely names the file is left out."""
        out: list[Passage] = []
        section, part = SECTIONLESS, self._part_of_section.get(SECTIONLESS, SECTIONLESS)
        for page in document.pages[record.first_page - 1 : record.last_page]:
            cutter = _Page(self, document, record, page)
            section, part = cutter.read(section, part)
            out.extend(cutter.out)
        return tuple(out)

    def heading(self, text: str) -> str | None:
        """Return the part a line is the heading of, None when it is none."""
        key = text.strip(_TRIMMED).lower()
        if not key or len(key) > 70 or len(key.split()) > _HEADING_WORDS:
            return None
        if key not in self._known_headings:
            self._known_headings[key] = next((part for part, pattern in self._headings.items() if pattern.fullmatch(key)), None)
        return self._known_headings[key]

    def cues(self, sentence: str, candidates: frozenset[int]) -> tuple[Cue, ...]:
        """Return what a sentence tells, in order of place; of one kind and name the longest at each place.

        `candidates` are the cues of which a word stands in it. Notes are copied from visit to visit: each sentence is looked at once.
        """
        if sentence not in self._known_cues:
            if len(self._known_cues) >= _MOST_KNOWN:
                self._known_cues.clear()
            self._known_cues[sentence] = self._cues(sentence, sorted(candidates))
        return self._known_cues[sentence]

    def _cues(self, sentence: str, candidates: Iterable[int]) -> tuple[Cue, ...]:
        hits: list[tuple[int, int, _Words]] = []
        for index in candidates:
            words = self._words[index]
            hits.extend((match.start(), match.end(), words) for match in words.pattern.finditer(sentence))
        asserted = self._assertions.read(sentence) if any(words.kind in _ASSERTED for _, _, words in hits) else None
        kept: list[Cue] = []
        for start, end, words in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2].kind, hit[2].name)):
            if any(c.kind == words.kind and c.name == words.name and c.start < end and start < c.end for c in kept):
                continue
            if asserted is None or words.kind not in _ASSERTED:
                kept.append(Cue(words.kind, words.name, start, end, said=True, denied=False))
                continue
            status = asserted.status(start, end, says_no=words.kind in self._own_denial, inside=False)
            said = not (status.negated or status.hypothetical or status.other_person or status.planned or status.quoted)
            kept.append(Cue(words.kind, words.name, start, end, said, status.negated and not status.other_person))
        return tuple(sorted(kept, key=lambda cue: (cue.start, cue.end, cue.kind, cue.name)))

    def told(self, text: str) -> tuple[Cue, ...]:
        """Return what a text that is no part of a record (a request) tells."""
        return self.cues(text, frozenset(self._anchored.among(text)))

    def asserted(self, sentence: str) -> Asserted:
        """Return a sentence ready to be asked how its parts are said."""
        return self._assertions.read(sentence)

    def mentions(self, text: str) -> list[tuple[int, frozenset[str]]]:
        """Return where a word of a treatment or study may stand in a text, in order, with their names: a quick look before it is read."""
        return [
            (end - 1, frozenset(self._words[self._quick[number]].name for number in numbers))
            for _, end, numbers in self._quickly.places(text)
        ]

    def treatments_in(self, text: str) -> frozenset[str]:
        """Return the treatments and drugs of which a word may stand in a text: a quick look before it is read."""
        anchored = frozenset[int]().union(*{numbers for _, _, numbers in self._anchored.places(text)})
        return frozenset(self._given_names[number] for number in anchored if number in self._given_names)

    def anchored(self, text: str) -> tuple[list[int], list[frozenset[int]]]:
        """Return where in a page an anchor of a cue starts, in order, and which cues it may belong to."""
        found = sorted((start, numbers) for start, _, numbers in self._anchored.places(text))
        return [start for start, _ in found], [numbers for _, numbers in found]

    @property
    def always(self) -> frozenset[int]:
        """The cues without an anchor: they may stand in any sentence."""
        return self._anchored.always

    def is_noise(self, sentence: str) -> bool:
        """Tell whether a line merely names the file or signs it."""
        line = " ".join(sentence.split())
        if len(line) < 3 or (_DAY.search(line) and len(_LONG_WORD.findall(line)) < 2):
            return True
        if len(line.split()) > _NOISE_WORDS:
            return False
        return _SIGNER.fullmatch(line) is not None or bool(self._noise and self._noise.search(line))


class _Page:
    """Cuts one page of a record into passages."""

    def __init__(self, reader: PassageReader, document: Document, record: Record, page: Page) -> None:
        self.reader = reader
        self.document = document
        self.record = record
        self.text = page.text
        self.number = page.number
        self.digest = digest(page.text)
        self.out: list[Passage] = []

    def read(self, section: str, part: str) -> tuple[str, str]:
        """Read the page; return section and part in force at its end."""
        reader = self.reader
        cut, last = sentences(self.text, reader._sections, section)
        starts, indexes = reader.anchored(self.text)
        mentions = list(reader._vocabulary.regions(self.text))
        around: tuple[tuple[str, str | None], ...] = ()
        block: tuple[int, tuple[int, int] | None] = (-1, None)
        before, fresh = 0, False  # a heading that is a sentence of its own names the part more closely than its section does
        for each in _joined(self.text, cut):
            headed = self._headed(before, each.start)
            if headed is not None:
                part = headed
            elif each.section != section and not fresh:
                part = reader._part_of_section.get(each.section, each.section)
            section, before, fresh = each.section, each.end, False
            start = each.start
            sentence = self.text[start : each.end]
            if self._is_heading(sentence):
                part = reader.heading(sentence) or part
                around, fresh = (), True
                continue
            named = _HEAD.match(sentence)
            own = reader.heading(named.group(1)) if named else None
            if own is not None and named is not None:
                part, around = own, ()
                start += named.end() + len(sentence[named.end() :]) - len(sentence[named.end() :].lstrip())
                sentence = self.text[start : each.end]
            bullet = _BULLET.match(sentence)
            start += bullet.end() if bullet else 0
            sentence = self.text[start : each.end].rstrip()
            if reader.is_noise(sentence) or _TICKS.search(sentence):
                continue
            if (each.paragraph, each.label) != block:
                block = (each.paragraph, each.label)
                around = _regions(mentions, *each.label) if each.label else ()
            inside = _regions(mentions, start, start + len(sentence))
            around = inside or around
            low, high = bisect_left(starts, start), bisect_left(starts, start + len(sentence))
            idle = part in reader._idle
            told = () if idle else reader.cues(sentence, reader.always.union(*indexes[low:high]))
            self.out.append(
                Passage(
                    record=self.record,
                    span=Span(self.document.name, self.document.sha256, self.number, self.digest, start, start + len(sentence), sentence),
                    part=part,
                    whole=bool(_ENDED.search(sentence)) and len(sentence.split()) >= _FEWEST_WORDS and not sentence[:1].islower(),
                    cues=told,
                    regions=inside or around,
                    named=bool(inside),
                )
            )
        if last != section:
            part = self._headed(before, len(self.text)) or reader._part_of_section.get(last, last)
        return last, part

    def _headed(self, start: int, end: int) -> str | None:
        """The part named by the last heading between two sentences; those alone on their line are no sentences any more."""
        found = None
        for line in self.text[start:end].splitlines():
            found = self.reader.heading(line) or found
        return found

    def _is_heading(self, sentence: str) -> bool:
        return not sentence.rstrip().endswith(".") and self.reader.heading(sentence) is not None


def _joined(text: str, cut: list[Sentence]) -> Iterator[Sentence]:
    """The sentences, one that stops in the middle together with the next, which goes on in lower case."""
    held: Sentence | None = None
    for each in cut:
        if held is not None and _goes_on(text, held, each):
            held = Sentence(held.start, each.end, held.section, held.paragraph, held.label)
            continue
        if held is not None:
            yield held
        held = each
    if held is not None:
        yield held


def _goes_on(text: str, first: Sentence, then: Sentence) -> bool:
    said = text[first.start : first.end].rstrip()
    if _ENDED.search(said) or said.endswith((":", ";")) or len(said.split()) < _FEWEST_WORDS or _TICKS.search(said):
        return False
    return first.section == then.section and text[then.start : then.start + 1].islower() and not text[first.end : then.start].strip()


def _regions(mentions: list[RegionMention], start: int, end: int) -> tuple[tuple[str, str | None], ...]:
    return tuple(dict.fromkeys((m.region, m.side) for m in mentions if start <= m.start < end))


def _full(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(phrase_pattern(phrase) for phrase in phrases).replace("?P<n>", "?:").replace("?P<half>", "?:"), re.IGNORECASE
    )


def _phrases(file: _PassageFile) -> Iterator[tuple[str, str, str]]:
    """Each phrase with the kind of its cue and its name; one that is no treatment, study or sign is its own kind."""
    for name, phrases in file.cues.items():
        yield from ((name, name, phrase) for phrase in phrases)
    for kind, named in (("treatment", file.treatments), ("study", file.studies), ("sign", file.signs)):
        yield from ((kind, name, phrase) for name, phrases in named.items() for phrase in phrases)


def _only_file(library: Library) -> _PassageFile:
    files = [path for path in library.files("evidence") if path.name == "passages.yaml"]
    if len(files) != 1:
        raise LibraryError(Place("evidence/passages.yaml", 1), "there must be exactly one file of the parts and cues of a report")
    shown = library.shown(files[0])
    file = read_model(files[0], _PassageFile, shown_as=shown)
    unknown = sorted({fact for each in file.silent for fact in each.facts} - library.facts.keys())
    if unknown:
        raise LibraryError(Place(shown, 1), f"silent: no such fact: {', '.join(unknown)}: name facts of the library")
    wrong = sorted(file.own_denial - file.cues.keys())
    if wrong:
        raise LibraryError(Place(shown, 1), f"own_denial: no such cue: {', '.join(wrong)}: name one of cues")
    return file
