"""The kinds of record and the labels of their dates and authors, as the library has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import ahocorasick
from pydantic import BaseModel, ConfigDict, Field

from openimr.library import (
    Anchored,
    LibraryError,
    Phrase,
    Place,
    any_phrase,
    open_library,
    phrase_anchors,
    phrase_needs,
    phrase_pattern,
    read_model,
)

_NEVER = re.compile(r"(?!)")
_LONGEST_LABEL = 7  # words
_NAME_BEFORE, _NAME_BEHIND = 40, 90  # characters of the name of a paper before and behind the word it cannot do without
_MOST_KNOWN = 20_000
_Phrases = tuple[Phrase, ...]


class Kind(BaseModel):
    """A kind of record: titles it is known by, labels of its date, subject and author, and how many pages it has at most.

    A first page without a title is of the kind of which it says most (`says`), when it says at least two such things; `enough` of them
    decide at once, whatever else the page says: a denial speaks of therapy and examinations too, and must not pass for one.

    A `form` is mostly print: two of them are alike without one repeating the other. One that is `renewed` is sent again with a new date,
    and then stands in place of the first.

    Other records name it by its `mentions`, lists of records also by what is `listed`, one of the same kind by what is `compared`; the day
    they give may be `days_off` its date.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    label: str
    titles: _Phrases
    says: _Phrases = ()
    enough: Annotated[int, Field(ge=2)] | None = None
    dates: _Phrases = ()
    subjects: _Phrases = ()
    authors: _Phrases = ()
    pages: Annotated[int, Field(ge=1)] | None = None
    form: bool = False
    renewed: bool = False
    mentions: _Phrases = ()
    listed: _Phrases = ()
    compared: _Phrases = ()
    days_off: Annotated[int, Field(ge=0)] = 2


class Paper(BaseModel):
    """A sort of paper that records speak of without its day: what it is called, and what shows that it exists besides the general words.

    One that is `plain` is shown by its name alone; one that is `lacking` is told only where the file says that it is not there; what is the
    record's `own` needs no other paper. It is answered by a record of its kind, of its sort where the `heads` of records tell sorts apart,
    and of the part of the body where it has `parts`; one that goes `by_head` only by a page that has its name, or one of its `heads`, at
    the head; one of the `same_day` only by what is of the day of the record that speaks of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    label: str
    kind: str
    names: _Phrases
    heads: _Phrases = ()
    shown: _Phrases = ()
    shown_before: _Phrases = ()
    own: _Phrases = ()
    parts: bool = False
    same_day: bool = False
    plain: bool = False
    lacking: bool = False
    by_head: bool = False


class _KindFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kinds: dict[str, Kind] = {}
    date_labels: tuple[_Phrases, ...] = ()
    other_date_labels: _Phrases = ()
    not_after: tuple[str, ...] = ()
    author_labels: tuple[_Phrases, ...] = ()
    identity_labels: _Phrases = ()
    identity_numbers: _Phrases = ()
    amended: _Phrases = ()
    reports: tuple[str, ...] = ()
    mention_links: str = ""
    mention_planned: _Phrases = ()
    list_heads: _Phrases = ()
    papers: tuple[Paper, ...] = ()
    paper_shown_behind: _Phrases = ()
    paper_shown_before: _Phrases = ()
    paper_lacking: _Phrases = ()
    paper_lacked: _Phrases = ()
    body_parts: dict[str, _Phrases] = {}


class Labels:
    """Labels of dates; what words say is looked up once, records repeat it thousands of times."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self._sizes: dict[tuple[str, ...], int] = {}

    def size(self, words: tuple[str, ...]) -> int:
        """Return how many of the last words are a label, 0 when they are none."""
        words = words[-_LONGEST_LABEL:]
        found = self._sizes.get(words)
        if found is None:
            sizes = range(len(words), 0, -1)
            found = next((size for size in sizes if self.pattern.fullmatch(" ".join(words[-size:]))), 0)
            if len(self._sizes) < _MOST_KNOWN:
                self._sizes[words] = found
        return found


@dataclass(frozen=True, slots=True)
class Name:
    """What a record is called by others: anywhere, only in a list of records, or only by records of its own kind."""

    kind: str
    pattern: re.Pattern[str]
    listed: bool = False
    compared: bool = False


@dataclass(frozen=True)
class Papers:
    """The papers that are spoken of without a day, with their patterns compiled; what shows one stands by its place in the list."""

    papers: tuple[Paper, ...]
    names: tuple[re.Pattern[str], ...]
    by_anchor: ahocorasick.Automaton
    heads: tuple[re.Pattern[str], ...]
    heads_by_anchor: ahocorasick.Automaton
    shown_behind: tuple[re.Pattern[str], ...]
    shown_before: tuple[re.Pattern[str], ...]
    own: tuple[re.Pattern[str], ...]
    lacking: re.Pattern[str]
    lacked: re.Pattern[str]
    parts: tuple[tuple[str, re.Pattern[str]], ...]

    def names_on(self, text: str) -> list[tuple[int, int, int]]:
        """Return where a text names papers, as start, end and the paper's place; in order, of two at one place the longer first."""
        found = {
            (match.start(), match.end(), place)
            for at, places in _words_in(text.lower(), self.by_anchor)
            for place in places
            for match in self.names[place].finditer(text, max(0, at - _NAME_BEFORE), at + _NAME_BEHIND)
            if text[match.end() : match.end() + 1] != "-"  # an "MRI-safe" pump
        }
        return sorted(found, key=lambda each: (each[0], -each[1]))

    def headed_by(self, lines: Sequence[str]) -> frozenset[int]:
        """Return the places of the papers of which a line names one."""
        text = "\n".join(lines)
        near = {place for _, places in _words_in(text.lower(), self.heads_by_anchor) for place in places}
        return frozenset(place for place in near if any(self.heads[place].search(line) for line in lines))

    def sorts_of(self, kind: str, title: str) -> frozenset[int]:
        """Return the places of the papers of a kind, of those that tell sorts of it apart, that a title names."""
        return frozenset(place for place in self.headed_by([title]) if self.papers[place].kind == kind and self.papers[place].heads)

    def parts_in(self, text: str) -> frozenset[str]:
        """Return the parts of the body a text names."""
        return frozenset(part for part, pattern in self.parts if pattern.search(text))


@dataclass(frozen=True)
class Kinds:
    """All kinds with their patterns compiled; groups of labels stand best first, those of the kind before the general ones."""

    kinds: dict[str, Kind]
    titles: tuple[tuple[str, re.Pattern[str]], ...]
    titles_by_anchor: Anchored
    says: dict[str, tuple[tuple[frozenset[str], re.Pattern[str]], ...]]
    dates: dict[str, tuple[Labels, ...]]
    any_date: Labels
    other_dates: Labels
    not_after: frozenset[str]
    subjects: dict[str, re.Pattern[str]]
    authors: dict[str, tuple[re.Pattern[str], ...]]
    identity: re.Pattern[str]
    amended: re.Pattern[str]
    names: tuple[Name, ...]
    names_by_anchor: Anchored
    reports: frozenset[str]
    links: frozenset[str]
    planned: re.Pattern[str]
    list_heads: re.Pattern[str]
    list_heads_by_anchor: Anchored
    papers: Papers

    def titles_on(self, line: str) -> list[tuple[str, re.Pattern[str]]]:
        """Return the titles, in the order of the library, of which a line has a word they cannot do without."""
        return [self.titles[place] for place in self.titles_by_anchor.among(line)]

    def list_words_in(self, text: str) -> list[int]:
        """Return where in a text words end that the heading of a list of records cannot do without."""
        return [end for _, end, _ in self.list_heads_by_anchor.places(text)]

    def names_in(self, text: str) -> list[Name]:
        """Return the names of records of which a text has a word they cannot do without, in the order of the library."""
        return [self.names[place] for place in self.names_by_anchor.among(text)]


@cache
def known_kinds() -> Kinds:
    """Return the kinds of record of the opened library. Raises LibraryError when their file is wrong or a kind is declared twice."""
    library = open_library()
    files = [(library.shown(path), read_model(path, _KindFile, shown_as=library.shown(path))) for path in library.files("documents")]
    kinds: dict[str, Kind] = {}
    for shown, file in files:
        for name, kind in file.kinds.items():
            if name in kinds:
                raise LibraryError(Place(shown, 1), f"kind '{name}' is declared twice: keep one of them")
            kinds[name] = kind
            phrases = (*kind.titles, *kind.mentions, *kind.listed, *kind.compared)
            loose = next((phrase for phrase in phrases if not phrase_anchors(phrase)), None)
            if loose:
                raise LibraryError(Place(shown, 1), f"kind '{name}': '{loose}' has no word that must stand there: add one")
        loose = next((phrase for phrase in file.list_heads if not phrase_anchors(phrase)), None)
        if loose:
            raise LibraryError(Place(shown, 1), f"list_heads: '{loose}' has no word that must stand there: add one")
    for shown, file in files:
        _check_papers(shown, file.papers, kinds)
    for shown, file in files:
        unknown = sorted(set(file.reports) - kinds.keys())
        if unknown:
            raise LibraryError(Place(shown, 1), f"reports: '{unknown[0]}' is not a kind of record: use one of {', '.join(kinds)}")
    return _compiled(kinds, [file for _, file in files])


def _compiled(kinds: dict[str, Kind], files: list[_KindFile]) -> Kinds:
    date_groups = [Labels(_any(group)) for file in files for group in file.date_labels]
    author_groups = [_any(group) for file in files for group in file.author_labels]
    every_date = [phrase for kind in kinds.values() for phrase in kind.dates]
    every_date += [phrase for file in files for group in file.date_labels for phrase in group]
    every_date += [phrase for file in files for phrase in file.other_date_labels]
    names = tuple(_names(kinds))
    return Kinds(
        kinds=kinds,
        titles=tuple((name, re.compile(phrase_pattern(phrase), re.I)) for name, kind in kinds.items() for phrase in kind.titles),
        titles_by_anchor=Anchored(phrase_anchors(phrase) for kind in kinds.values() for phrase in kind.titles),
        says={name: tuple((phrase_anchors(phrase), _any([phrase])) for phrase in kind.says) for name, kind in kinds.items() if kind.says},
        dates={name: (Labels(_any(kind.dates)), *date_groups) for name, kind in kinds.items()},
        any_date=Labels(_any(every_date)),
        other_dates=Labels(_any(phrase for file in files for phrase in file.other_date_labels)),
        not_after=frozenset(word for file in files for word in file.not_after),
        subjects={name: _any(kind.subjects) for name, kind in kinds.items()},
        authors={name: (_any(kind.authors), *author_groups) for name, kind in kinds.items()},
        identity=_identity(
            [phrase for file in files for phrase in file.identity_labels], [phrase for file in files for phrase in file.identity_numbers]
        ),
        amended=_any(phrase for file in files for phrase in file.amended),
        names=names,
        names_by_anchor=Anchored(phrase_anchors(phrase) for kind in kinds.values() for phrases in _named(kind) for phrase in phrases),
        reports=frozenset(kind for file in files for kind in file.reports),
        links=frozenset(word for file in files for word in file.mention_links.split()),
        planned=_any(phrase for file in files for phrase in file.mention_planned),
        list_heads=_any(phrase for file in files for phrase in file.list_heads),
        list_heads_by_anchor=Anchored(phrase_anchors(phrase) for file in files for phrase in file.list_heads),
        papers=_papers(files),
    )


def _check_papers(shown: str, papers: Iterable[Paper], kinds: dict[str, Kind]) -> None:
    for paper in papers:
        if paper.kind not in kinds:
            raise LibraryError(Place(shown, 1), f"papers: '{paper.kind}' is not a kind of record: use one of {', '.join(kinds)}")
        loose = next((phrase for phrase in (*paper.names, *paper.heads) if not _anchor_words(phrase)), None)
        if loose:
            raise LibraryError(Place(shown, 1), f"paper '{paper.label}': '{loose}' has no word that must stand there: add one")


def _papers(files: list[_KindFile]) -> Papers:
    papers = tuple(paper for file in files for paper in file.papers)
    behind = [phrase for file in files for phrase in file.paper_shown_behind]
    before = [phrase for file in files for phrase in file.paper_shown_before]
    return Papers(
        papers=papers,
        names=tuple(_any(paper.names) for paper in papers),
        by_anchor=_by_word([paper.names for paper in papers]),
        heads=tuple(_any(paper.heads or paper.names) for paper in papers),
        heads_by_anchor=_by_word([paper.heads or paper.names for paper in papers]),
        shown_behind=tuple(_any([*behind, *paper.shown]) for paper in papers),
        shown_before=tuple(_any([*before, *paper.shown_before]) for paper in papers),
        own=tuple(_any(paper.own) for paper in papers),
        lacking=_any(phrase for file in files for phrase in file.paper_lacking),
        lacked=_any(phrase for file in files for phrase in file.paper_lacked),
        parts=tuple((part, _any(phrases)) for file in files for part, phrases in file.body_parts.items()),
    )


def _by_word(groups: Sequence[Iterable[str]]) -> ahocorasick.Automaton:
    """Return an automaton that finds the words of which each phrase needs one (a star: more of the word may follow), for `_words_in`."""
    places: dict[str, set[int]] = {}
    for place, phrases in enumerate(groups):
        for phrase in phrases:
            for word in _anchor_words(phrase):
                places.setdefault(word, set()).add(place)
    automaton = ahocorasick.Automaton()
    for word in {word.strip("*") for word in places}:
        forms = (word, f"{word}*", f"*{word}", f"*{word}*")
        automaton.add_word(word, (len(word), tuple((form, tuple(sorted(places[form]))) for form in forms if form in places)))
    automaton.make_automaton()
    return automaton


def _anchor_words(phrase: str) -> frozenset[str]:
    """The words of which a phrase needs one, as few and as long as there are."""
    return max(phrase_needs(phrase).words, key=lambda words: min(len(word.strip("*")) for word in words), default=frozenset())


def _words_in(text: str, automaton: ahocorasick.Automaton) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield where a word of the automaton begins in a text (in small letters), and the places of the groups that need it."""
    for end, (size, forms) in automaton.iter(text):
        start = end + 1 - size
        front = start > 0 and _in_word(text[start - 1])
        back = end + 1 < len(text) and _in_word(text[end + 1])
        for form, places in forms:
            if (not front or form[0] == "*") and (not back or form[-1] == "*"):
                yield start, places


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _named(kind: Kind) -> tuple[_Phrases, _Phrases, _Phrases]:
    return kind.mentions, kind.listed, kind.compared


def _names(kinds: dict[str, Kind]) -> Iterator[Name]:
    for key, kind in kinds.items():
        for group, phrases in enumerate(_named(kind)):
            for phrase in phrases:
                yield Name(key, re.compile(phrase_pattern(phrase), re.I), listed=group == 1, compared=group == 2)


def _identity(phrases: Iterable[str], numbered: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for a label with its mark, at the beginning of a line as in a table without marks, or before its number."""
    labels, numbers = _any(phrases).pattern, _any(numbered).pattern
    return re.compile(f"(?:{labels})\\s*[:#]|^(?:{labels})(?:\\s*$|\\s+(?-i:[A-Z0-9]))|(?:{numbers})\\s+(?=[A-Z-]*\\d)", re.I)


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the phrases, the longer first; one that never matches when there are none."""
    return any_phrase(sorted(phrases, key=len, reverse=True)) or _NEVER
