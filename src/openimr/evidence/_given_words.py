"""The words that tell what was given and what became of it, read from the library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from openimr.library import Library, LibraryError, Phrase, Place, phrase_pattern, read_model
from openimr.treatments import Vocabulary

_NAMED_GROUPS = re.compile(r"\?P<\w+>")
Places = Iterator[tuple[int, int]]


class _Word(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    treatment: str
    name: str | None = None


class _GivenFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[str, str]
    not_given: frozenset[str]
    words: dict[str, _Word]
    classes: dict[str, tuple[Phrase, ...]]
    had: tuple[Phrase, ...]
    current: tuple[Phrase, ...]
    stopped: tuple[Phrase, ...]
    refused: tuple[Phrase, ...]
    partly: tuple[Phrase, ...]
    effects: dict[str, tuple[Phrase, ...]]
    would: tuple[Phrase, ...]
    allergy: tuple[Phrase, ...]
    unchanged: tuple[Phrase, ...]
    relief: tuple[Phrase, ...]
    goes_on: tuple[Phrase, ...]


class GivenWords:
    """The words, compiled when first asked for."""

    def __init__(self, file: _GivenFile, vocabulary: Vocabulary) -> None:
        self.kinds: Mapping[str, str] = file.kinds
        self.not_given = file.not_given
        self.own = frozenset(kind for kind, word in file.words.items() if word.name)
        self.sorts = frozenset(file.words)
        self._file = file
        self._vocabulary = vocabulary

    def fallback(self, kind: str) -> tuple[str, str]:
        """Return the slug and name of what a word for a sort of treatment stands for."""
        word = self._file.words[kind]
        return word.treatment, word.name or self._vocabulary.name(word.treatment)

    def classes_in(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where a text names a class of drugs."""
        for slug, pattern in self._classes.items():
            yield from ((*match.span(), slug) for match in pattern.finditer(text))

    def effects(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        """Yield the side effects a text names, with their place, be they denied or not."""
        for name, pattern in self._effects.items():
            yield from ((name, match.span()) for match in pattern.finditer(text))

    def stopped(self, text: str) -> Places:
        """Yield where a text says that something was stopped."""
        return (match.span() for match in self._stopped.finditer(text))

    def partly(self, text: str) -> Places:
        """Yield where a text says that something helped in part or for a time."""
        return (match.span() for match in self._partly.finditer(text))

    def had(self, text: str) -> bool:
        """Tell whether a text says that something was had."""
        return self._had.search(text) is not None

    def current(self, text: str) -> bool:
        """Tell whether a text says that something goes on."""
        return self._current.search(text) is not None

    def refused(self, text: str) -> bool:
        """Tell whether a text says that the patient would not have something."""
        return self._refused.search(text) is not None

    def would(self, text: str) -> bool:
        """Tell whether a text speaks of what would be given some day."""
        return self._would.search(text) is not None

    def allergy(self, text: str) -> bool:
        """Tell whether a text says that the patient cannot take something."""
        return self._allergy.search(text) is not None

    def unchanged(self, text: str) -> bool:
        """Tell whether words of a denial only say that something goes on as it was."""
        return self._unchanged.search(text) is not None

    def relief(self, text: str) -> bool:
        """Tell whether a percentage in a text may be one of relief."""
        return self._relief.search(text) is not None

    def goes_on(self, text: str) -> bool:
        """Tell whether a sentence begins so that it goes on about what the one before it names."""
        return self._goes_on.match(text) is not None

    @cached_property
    def _classes(self) -> Mapping[str, re.Pattern[str]]:
        return {slug: _any(phrases) for slug, phrases in self._file.classes.items()}

    @cached_property
    def _effects(self) -> Mapping[str, re.Pattern[str]]:
        return {name: _any(phrases) for name, phrases in self._file.effects.items()}

    @cached_property
    def _stopped(self) -> re.Pattern[str]:
        return _any(self._file.stopped)

    @cached_property
    def _partly(self) -> re.Pattern[str]:
        return _any(self._file.partly)

    @cached_property
    def _had(self) -> re.Pattern[str]:
        return _any(self._file.had)

    @cached_property
    def _current(self) -> re.Pattern[str]:
        return _any(self._file.current)

    @cached_property
    def _refused(self) -> re.Pattern[str]:
        return _any(self._file.refused)

    @cached_property
    def _would(self) -> re.Pattern[str]:
        return _any(self._file.would)

    @cached_property
    def _allergy(self) -> re.Pattern[str]:
        return _any(self._file.allergy)

    @cached_property
    def _unchanged(self) -> re.Pattern[str]:
        return _any(self._file.unchanged)

    @cached_property
    def _relief(self) -> re.Pattern[str]:
        return _any(self._file.relief)

    @cached_property
    def _goes_on(self) -> re.Pattern[str]:
        return _any(self._file.goes_on)


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_NAMED_GROUPS.sub("?:", phrase_pattern(phrase)) for phrase in phrases), re.IGNORECASE)


def read_given_words(library: Library, vocabulary: Vocabulary) -> GivenWords:
    """Return the words of the library. Raises LibraryError for a file that is missing or names what the vocabulary does not know."""
    files = [path for path in library.files("evidence") if path.name == "given.yaml"]
    if len(files) != 1:
        raise LibraryError(Place("evidence/given.yaml", 1), "there must be exactly one file of what is given")
    shown = library.shown(files[0])
    file = read_model(files[0], _GivenFile, shown_as=shown)
    known = vocabulary.words.treatments.keys() | vocabulary.words.classes.keys()
    asked = [word.treatment for word in file.words.values() if word.name is None] + [*file.classes, *file.not_given]
    unknown = sorted(set(asked) - known)
    if unknown:
        raise LibraryError(Place(shown, 1), f"no such treatment or class of drugs: {', '.join(unknown)}: name one of the vocabulary")
    return GivenWords(file, vocabulary)
