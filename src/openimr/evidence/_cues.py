"""The words that turn what a sentence names: read from the library, found in a sentence."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from openimr.library import Library, LibraryError, Phrase, Place, read_model

from ._lexicon import Candidates, Held, Lexicon

Spans = list[tuple[int, int]]

# `undergone` is what makes a treatment, and nothing else, a thing of the past: it was had, it gave relief
STATUSES = ("negated", "uncertain", "hypothetical", "planned", "historical", "undergone", "other_person", "quoted")
# titles and months are shortened with a point that ends nothing
_SHORT = r"(?<!\b[A-Za-z]\.)(?<!\b(?:Dr|Mr|Ms|St|vs|Jr|Sr)\.)(?<!\b(?:Mrs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\.)"
_CLAUSE = re.compile(rf"[;:]|\?\s|,\s*(?=(?:only|just|merely)\b)|\.{_SHORT}\s|\n\s*\n|\s[-\N{{EN DASH}}]\s|\s\(?\d{{1,2}}[.)]\s")
_NO_YEAR = re.compile(r"\b(?:19|20)(?!\d\d\b)\d*\b(?!\s+(?:years|months|weeks|days))")  # "200 mg" begins as a year does


class _Cues(BaseModel):
    """Cues of one status by where they stand and how far they reach.

    `before` acts on what follows it, `near` on the next few words only, `list` on all that follows in its clause; `after` acts on what
    precedes it, `behind` on the few words before it, `adjacent` only on what stands right before it, `answer` too where it stands alone;
    `clause` on all of its clause, `sentence` on everything. `masks` look like a cue and are none, save what is `always` one, which acts as
    `before` does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: tuple[Phrase, ...] = ()
    near: tuple[Phrase, ...] = ()
    list: tuple[Phrase, ...] = ()
    after: tuple[Phrase, ...] = ()
    behind: tuple[Phrase, ...] = ()
    adjacent: tuple[Phrase, ...] = ()
    answer: tuple[Phrase, ...] = ()
    clause: tuple[Phrase, ...] = ()
    sentence: tuple[Phrase, ...] = ()
    masks: tuple[Phrase, ...] = ()
    always: tuple[Phrase, ...] = ()


class _AssertionFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negated: _Cues
    uncertain: _Cues
    hypothetical: _Cues
    planned: _Cues
    historical: _Cues
    undergone: _Cues
    other_person: _Cues
    quoted: _Cues
    stops: tuple[Phrase, ...]
    person_stops: tuple[Phrase, ...]
    ongoing: tuple[Phrase, ...]
    narrated: tuple[Phrase, ...]
    treatments: tuple[Phrase, ...]


_KEYS = tuple(_Cues.model_fields)
PLACES = tuple(key for key in _KEYS if key != "masks")
_OTHER = ("stops", "person_stops", "ongoing", "narrated")


class Cues:
    """The cues of the library, compiled."""

    def __init__(self, library: Library, lexicon: Lexicon) -> None:
        files = [path for path in library.files("evidence") if path.name == "assertion.yaml"]
        if len(files) != 1:
            raise LibraryError(Place("evidence/assertion.yaml", 1), "there must be exactly one file of assertion cues")
        file = read_model(files[0], _AssertionFile, shown_as=library.shown(files[0]))
        self._lexicon = lexicon
        self.treatments = file.treatments
        every = [
            *((name, place, phrase) for name in STATUSES for place in _KEYS for phrase in getattr(getattr(file, name), place)),
            *((name, "", phrase) for name in _OTHER for phrase in getattr(file, name)),
        ]
        self._of = [(name, place) for name, place, _ in every]
        self._phrases = [lexicon.phrase(phrase) for *_, phrase in every]
        self._candidates = Candidates(self._phrases)

    def among(self, sentence: str, held: Held | None) -> Found:
        """Return the cues of a sentence; `held` are its words, where they are known already."""
        if held is None:
            held = self._lexicon.words(sentence).between(0, len(sentence))
        found: dict[tuple[str, str], Spans] = {}
        statuses: set[str] = set()
        for index in self._candidates.among(held.all):
            name, place = self._of[index]
            if (place == "masks" and name not in statuses) or (name == "person_stops" and "other_person" not in statuses):
                continue  # nothing to hide, and nobody whose talk could end
            spans = [match.span() for match in self._phrases[index].find(sentence, held)]
            if name == "historical":
                spans = [(a, b) for a, b in spans if not _NO_YEAR.search(sentence, a, b)]
            if spans:
                found.setdefault((name, place), []).extend(spans)
                statuses.add(name)
        return Found(sentence, found)


class Found:
    """The cues of one sentence."""

    def __init__(self, sentence: str, found: dict[tuple[str, str], Spans]) -> None:
        self._found = found
        self.stops = sorted(found.get(("stops", ""), []) + [match.span() for match in _CLAUSE.finditer(sentence)])
        self.person_stops = found.get(("person_stops", ""), [])
        self.ongoing = ("ongoing", "") in found
        self.narrated = ("narrated", "") in found
        self.statuses = {name for name, place in found if place}

    def of(self, status: str, place: str, start: int, end: int) -> Spans:
        """Return the cues of a status that stand at a place, without those that are part of a longer phrase which is none.

        What lies between `start` and `end` is what the cues are asked about; a phrase that takes in some of it hides nothing there ("no
        relief" is no denial of what relieved, but it is one of the relief).
        """
        spans = self._found.get((status, place))
        if not spans or place == "always":
            return spans or []
        masks = [mask for mask in self._found.get((status, "masks"), ()) if not (mask[0] < end and start < mask[1])]
        return [span for span in spans if not any(a < span[1] and span[0] < b for a, b in masks)] if masks else spans
