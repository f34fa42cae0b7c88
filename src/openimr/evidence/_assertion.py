"""The assertion status of what a sentence names: denied, uncertain, planned, another person's, quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from pydantic import BaseModel, ConfigDict

from openimr.library import Library, LibraryError, Phrase, Place, any_phrase, read_model

from ._lexicon import Candidates, Held, Lexicon

_CLAUSE = re.compile(r"[;:]|(?<!\b[A-Za-z])\.\s|\n\s*\n")
_BEFORE_RELATIVE = r"\W*(?:(?:his|her|the|my|their|patient's|family|maternal|paternal|older|younger|elder|late|twin|one|a)\W+){0,3}"
_SHORT = ("no", "not", "without", "w/o")
_NEW_STATEMENT = re.compile(
    r"\band\s+(?:a\s+)?"
    r"(?:\w+\s+)?(?:they|he|she|it|this|these|we|i)\b|\band\s+(?:a\s+)?"
    r"(?:full|normal|positive|good|intact|marked|mild|moderate|severe|strong|palpable|there|has|is|was|the)\b",
    re.IGNORECASE,
)
_HISTORICAL_WORDS = 6
_AFTER_WORDS = 9
_LIST_WORDS = 2
_NEAR_WORDS = 10  # "no" and "without" deny what is near, "denies" and "negative for" a whole list
_FAR_WORDS = 40


class _Cues(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    before: tuple[Phrase, ...] = ()
    after: tuple[Phrase, ...] = ()
    sentence: tuple[Phrase, ...] = ()
    masks: tuple[Phrase, ...] = ()


class _AssertionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negated: _Cues
    uncertain: _Cues
    hypothetical: _Cues
    planned: _Cues
    historical: _Cues
    other_person: _Cues
    quoted: _Cues
    stops: tuple[Phrase, ...]
    person_stops: tuple[Phrase, ...]
    ongoing: tuple[Phrase, ...]
    relatives: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Assertion:
    """How something is said; all false: it is said of the patient as a present fact."""

    negated: bool = False
    uncertain: bool = False
    historical: bool = False
    hypothetical: bool = False
    other_person: bool = False
    planned: bool = False
    quoted: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is said of the patient as fact, be it affirmed or denied."""
        return not (self.uncertain or self.hypothetical or self.other_person or self.planned or self.quoted)

    def __str__(self) -> str:
        """Name what is true of it, or "affirmed"."""
        return ", ".join(field.name for field in fields(self) if getattr(self, field.name)) or "affirmed"

    def contract(self) -> tuple[str, ...]:
        """Return what holds of the five statuses of `imr evidence assert`, where a plan is a possibility: it has not come about."""
        told = {
            "negated": self.negated,
            "uncertain": self.uncertain,
            "historical": self.historical,
            "hypothetical": self.hypothetical or self.planned,
            "other_person": self.other_person,
        }
        return tuple(name for name, holds in told.items() if holds)


_NAMES = ("negated", "uncertain", "hypothetical", "planned", "historical", "other_person", "quoted")
_PLACES = ("before", "after", "sentence", "masks")


class Assertions:
    """The cues of the library: `read(sentence)` prepares a sentence, whose parts can then be asked for."""

    def __init__(self, library: Library, lexicon: Lexicon | None = None) -> None:
        files = [path for path in library.files("evidence") if path.name == "assertion.yaml"]
        if len(files) != 1:
            raise LibraryError(Place("evidence/assertion.yaml", 1), "there must be exactly one file of assertion cues")
        file = read_model(files[0], _AssertionFile, shown_as=library.shown(files[0]))
        self._lexicon = lexicon or Lexicon()
        cues = [
            *((name, place, phrase) for name in _NAMES for place in _PLACES for phrase in getattr(getattr(file, name), place)),
            *((name, "", phrase) for name in ("stops", "person_stops", "ongoing") for phrase in getattr(file, name)),
        ]
        self._of = [(name, place) for name, place, _ in cues]
        self._phrases = [self._lexicon.phrase(phrase) for *_, phrase in cues]
        self._candidates = Candidates(self._phrases)
        relatives = any_phrase(file.relatives)
        self.relative_first = re.compile(_BEFORE_RELATIVE + f"(?:{relatives.pattern})", re.IGNORECASE) if relatives else None

    def read(self, sentence: str, held: Held | None = None) -> Asserted:
        """Return the sentence with its cues found, ready to be asked about any part of it; `held` are its words, where known already."""
        if held is None:
            held = self._lexicon.words(sentence).between(0, len(sentence))
        found: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for index in self._candidates.among(held.all):
            spans = [match.span() for match in self._phrases[index].find(sentence, held)]
            if spans:
                found.setdefault(self._of[index], []).extend(spans)
        return Asserted(self, sentence, found)

    def said(self, sentence: str, start: int, end: int) -> Assertion:
        """Return how characters `start` to `end` of a sentence are said; a denial within them is part of what they name."""
        return self.read(sentence).status(start, end, inside=False)


class Asserted:
    """One sentence with its cues."""

    def __init__(self, cues: Assertions, sentence: str, found: dict[tuple[str, str], list[tuple[int, int]]]) -> None:
        self.text = sentence
        self.stops = sorted(found.get(("stops", ""), []) + [match.span() for match in _CLAUSE.finditer(sentence)])
        self.person_stops = found.get(("person_stops", ""), [])
        first = cues.relative_first.match(sentence) if cues.relative_first else None
        if first:  # "Father living, disabled with ...": the sentence is about the father
            found.setdefault(("other_person", "before"), []).append(first.span())
        self.before: dict[str, list[tuple[int, int]]] = {}
        self.after: dict[str, list[tuple[int, int]]] = {}
        self.whole: dict[str, list[tuple[int, int]]] = {}
        for (name, place), spans in found.items():
            if place == "sentence":
                self.whole[name] = spans
            elif place in ("before", "after"):
                masks = found.get((name, "masks"))
                of_place = self.before if place == "before" else self.after
                of_place[name] = list(_unmasked(spans, masks)) if masks else spans
        self.ongoing = ("ongoing", "") in found

    def status(self, start: int, end: int, *, says_no: bool = False, inside: bool = True) -> Assertion:
        """Return the assertion status of characters `start` to `end` of the sentence.

        `says_no` tells that the words themselves hold a denial as part of what they say ("did not help"); otherwise a denial among them
        ("pain is not well controlled") denies them, unless `inside` is False.
        """
        held = {name: self._holds(name, start, end) for name in _NAMES}
        within = not says_no and inside and any(start <= a and b <= end for a, b in self.before.get("negated", ()))
        # words that bring their own denial ("neither helped", "did not hold") are not turned round by another one before them
        held["negated"] = within or (held["negated"] and not says_no)
        return Assertion(**held)

    def _holds(self, name: str, start: int, end: int) -> bool:
        if any(not (a >= start and b <= end) for a, b in self.whole.get(name, ())):
            return True
        reach_back = any(self._reaches_forward(name, cue, start) for cue in self.before.get(name, ()) if cue[0] < start)
        return reach_back or any(self._reaches_back(name, cue, end) for cue in self.after.get(name, ()) if cue[0] >= end - 1)

    def _reaches_forward(self, name: str, cue: tuple[int, int], start: int) -> bool:
        if name == "other_person":
            return not any(cue[1] <= a < start for a, _ in self.person_stops)
        if name == "hypothetical":
            return not any(cue[1] <= a < start and self.text[a : a + 1] == ";" for a, _ in self.stops)
        between = self.text[cue[1] : start]  # empty where the cue runs into what it acts on ("father | had | two operations")
        if any(cue[1] <= a and b <= start for a, b in self.stops if name != "planned" or self.text[a:b] != ":"):
            return False
        if name == "historical":
            return len(between.split()) <= _HISTORICAL_WORDS and "," not in between
        if name == "negated":
            short = self.text[cue[0] : cue[1]].lower() in _SHORT
            if _NEW_STATEMENT.search(between) or len(between.split()) > (_NEAR_WORDS if short else _FAR_WORDS):
                return False
            if "," in between and short:
                return self._in_list(cue[1], start)
        return True

    def _in_list(self, begin: int, start: int) -> bool:
        """Whether "no a, b, c" goes on to the part that starts at `start`: an "or" follows, or every item is a bare word or two."""
        rest = self.text[begin:].split(".")[0]
        if re.search(r"\b(?:or|nor)\b", rest):
            return True
        return all(len(item.split()) <= _LIST_WORDS for item in rest.split(","))

    def _reaches_back(self, name: str, cue: tuple[int, int], end: int) -> bool:
        between = self.text[end : cue[0]]
        if any(end <= a and b <= cue[0] for a, b in self.stops if self.text[a:b] != ":"):
            return False
        if name == "other_person":
            return True
        if len(between.split()) > _AFTER_WORDS:
            return False
        joined = re.search(r"\b(?:and|or)\b", between)
        if joined and re.match(r"(?:is|was)\b", self.text[cue[0] : cue[1]], re.IGNORECASE):
            return False
        return "," not in between or bool(joined)


def _unmasked(spans: list[tuple[int, int]], masks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for a, b in spans:
        if not any(c < b and a < d for c, d in masks):
            yield a, b
