"""In which language a page is written, by the words every sentence of a language needs and by its script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openimr.library import LibraryError, Place, open_library, read_model

_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[a-z]+")
_Share = Annotated[float, Field(gt=0, le=1)]
_Character = Annotated[str, Field(min_length=1, max_length=1)]


class _LanguageFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    home: str
    enough_words: Annotated[int, Field(ge=1)]
    enough_letters: Annotated[int, Field(ge=1)]
    share: _Share
    times: Annotated[float, Field(ge=1)]
    words: dict[str, frozenset[str]]
    scripts: dict[str, tuple[tuple[_Character, _Character], ...]]

    @model_validator(mode="after")
    def _sound(self) -> _LanguageFile:
        if self.home not in self.words:
            raise ValueError(f"words: has none of the home language: add a list for '{self.home}'")
        if unfit := sorted(word for words in self.words.values() for word in words if not _PLAIN.fullmatch(word)):
            raise ValueError(f"words: write each in small letters without accents: {', '.join(unfit)}")
        if turned := [name for name, stretches in self.scripts.items() if any(first > last for first, last in stretches)]:
            raise ValueError(f"scripts: a stretch ends before it begins: turn it round in {', '.join(turned)}")
        return self


@dataclass(frozen=True)
class Languages:
    """The languages the library can tell apart."""

    said: _LanguageFile
    scripts: dict[str, re.Pattern[str]]

    def of(self, text: str) -> str | None:
        """Return the name of the language a text is written in, None where it is too short or is no sentences."""
        if not text.isascii() and (foreign := self._by_script(text)):
            return foreign
        words = _WORD.findall(_unaccented(text.lower()))
        if len(words) < self.said.enough_words:
            return None
        counts = Counter(words)
        shares = {name: sum(counts[word] for word in known) / len(words) for name, known in self.said.words.items()}
        home = shares.pop(self.said.home)
        name, best = max(shares.items(), key=lambda each: each[1], default=("", 0.0))
        if best >= self.said.share and best >= self.said.times * home:
            return name
        return self.said.home if home >= self.said.share and home >= best else None

    def _by_script(self, text: str) -> str | None:
        counts = {name: len(pattern.findall(text)) for name, pattern in self.scripts.items()}
        foreign = sum(counts.values())
        if foreign < self.said.enough_letters or 2 * foreign < sum(map(str.isalpha, text)):
            return None
        # Japanese is known by its own letters among the more that it borrows from Chinese: the first of some weight tells
        return next((name for name, count in counts.items() if count >= self.said.share * foreign), None)


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    plain = "".join(character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character))
    return plain.replace("đ", "d").replace("ß", "ss")


@cache
def known_languages() -> Languages:
    """Return the languages of the opened library. Raises LibraryError when their file is wrong, missing or there twice."""
    library = open_library()
    paths = library.files("languages")
    if len(paths) != 1:
        raise LibraryError(Place("languages", 1), f"there are {len(paths)} files of languages: keep one")
    said = read_model(paths[0], _LanguageFile, shown_as=library.shown(paths[0]))
    patterns = {
        name: re.compile("[" + "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in stretches) + "]")
        for name, stretches in said.scripts.items()
    }
    return Languages(said, patterns)
