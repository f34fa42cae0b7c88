"""The kinds of record and the labels of their dates and authors, as the library has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import ahocorasick
from pydantic import BaseModel, ConfigDict, Field

from openimr.library import LibraryError, Phrase, Place, open_library, phrase_anchors, phrase_pattern, read_model

_NEVER = re.compile(r"(?!)")
_LONGEST_LABEL = 7  # words
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


class _KindFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kinds: dict[str, Kind] = {}
    date_labels: tuple[_Phrases, ...] = ()
    other_date_labels: _Phrases = ()
    not_after: tuple[str, ...] = ()
    author_labels: tuple[_Phrases, ...] = ()
    identity_labels: _Phrases = ()
    amended: _Phrases = ()
    reports: tuple[str, ...] = ()
    mention_links: str = ""
    mention_planned: _Phrases = ()
    list_heads: _Phrases = ()


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
class Kinds:
    """All kinds with their patterns compiled; groups of labels stand best first, those of the kind before the general ones."""

    kinds: dict[str, Kind]
    titles: tuple[tuple[str, re.Pattern[str]], ...]
    titles_by_anchor: ahocorasick.Automaton
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
    names_by_anchor: ahocorasick.Automaton
    reports: frozenset[str]
    links: frozenset[str]
    planned: re.Pattern[str]
    list_heads: re.Pattern[str]
    list_heads_by_anchor: ahocorasick.Automaton

    def titles_on(self, line: str) -> list[tuple[str, re.Pattern[str]]]:
        """Return the titles, in the order of the library, of which a line (in small letters) has a word they cannot do without."""
        return [self.titles[place] for place in _near(self.titles_by_anchor, line)]

    def list_words_in(self, text: str) -> list[int]:
        """Return where in a text (in small letters) words end that the heading of a list of records cannot do without."""
        return [end for end, _ in self.list_heads_by_anchor.iter(text)]

    def names_in(self, text: str) -> list[Name]:
        """Return the names of records of which a text (in small letters) has a word they cannot do without, in the order of the library."""
        return [self.names[place] for place in _near(self.names_by_anchor, text)]


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
        titles_by_anchor=_by_anchor([phrase for kind in kinds.values() for phrase in kind.titles]),
        says={name: tuple((phrase_anchors(phrase), _any([phrase])) for phrase in kind.says) for name, kind in kinds.items() if kind.says},
        dates={name: (Labels(_any(kind.dates)), *date_groups) for name, kind in kinds.items()},
        any_date=Labels(_any(every_date)),
        other_dates=Labels(_any(phrase for file in files for phrase in file.other_date_labels)),
        not_after=frozenset(word for file in files for word in file.not_after),
        subjects={name: _any(kind.subjects) for name, kind in kinds.items()},
        authors={name: (_any(kind.authors), *author_groups) for name, kind in kinds.items()},
        identity=_identity(phrase for file in files for phrase in file.identity_labels),
        amended=_any(phrase for file in files for phrase in file.amended),
        names=names,
        names_by_anchor=_by_anchor([phrase for kind in kinds.values() for phrases in _named(kind) for phrase in phrases]),
        reports=frozenset(kind for file in files for kind in file.reports),
        links=frozenset(word for file in files for word in file.mention_links.split()),
        planned=_any(phrase for file in files for phrase in file.mention_planned),
        list_heads=_any(phrase for file in files for phrase in file.list_heads),
        list_heads_by_anchor=_by_anchor([phrase for file in files for phrase in file.list_heads]),
    )


def _by_anchor(phrases: list[str]) -> ahocorasick.Automaton:
    """Return an automaton that finds in a line the words of which phrases need one, and gives their places in the list."""
    places: dict[str, list[int]] = {}
    for place, phrase in enumerate(phrases):
        for anchor in phrase_anchors(phrase):
            places.setdefault(anchor, []).append(place)
    automaton = ahocorasick.Automaton()
    for anchor, at in places.items():
        automaton.add_word(anchor, tuple(at))
    automaton.make_automaton()
    return automaton


def _near(automaton: ahocorasick.Automaton, text: str) -> list[int]:
    return sorted({place for _, places in automaton.iter(text) for place in places})


def _named(kind: Kind) -> tuple[_Phrases, _Phrases, _Phrases]:
    return kind.mentions, kind.listed, kind.compared


def _names(kinds: dict[str, Kind]) -> Iterator[Name]:
    for key, kind in kinds.items():
        for group, phrases in enumerate(_named(kind)):
            for phrase in phrases:
                yield Name(key, re.compile(phrase_pattern(phrase), re.I), listed=group == 1, compared=group == 2)


def _identity(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for a label with its mark, or at the beginning of a line as in a table without marks."""
    labels = _any(phrases).pattern
    return re.compile(f"(?:{labels})\\s*[:#]|^(?:{labels})(?:\\s*$|\\s+(?-i:[A-Z0-9]))", re.I)


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of the phrases, the longer first; one that never matches when there are none."""
    patterns = [phrase_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True)]
    return re.compile("|".join(patterns), re.I) if patterns else _NEVER
