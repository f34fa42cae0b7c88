"""How guidelines are cited, as files of the library say it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from openimr.sources import Grammar, Publisher

from ._library import Library, Mark
from ._yaml import LibraryError, Place, read_model

_STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
_Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Document(BaseModel):
    model_config = _STRICT

    number: Annotated[int, Field(ge=1)] | None = None
    only_numbered: bool = False
    names: tuple[_Name, ...] = ()


class _Titles(BaseModel):
    model_config = _STRICT

    mark: Mark
    titles: tuple[_Name, ...]


class _PublisherFile(BaseModel):
    model_config = _STRICT

    authority: _Name
    names: Annotated[tuple[_Name, ...], Field(min_length=1)]
    whole: _Name | None = None
    dropped: tuple[_Name, ...] = ()
    documents: dict[_Name, _Document] = {}
    sections: tuple[_Titles, ...] = ()


def open_grammar(library: Library) -> Grammar:
    """Return the grammar that reads the basis of a decision, with every publisher, chapter and section title of the library.

    Raises LibraryError with file, line and mend when a file is wrong or a publisher is described twice.
    """
    publishers: dict[str, Publisher] = {}
    for path in library.files("citations"):
        shown = library.shown(path)
        said = read_model(path, _PublisherFile, shown_as=shown)
        if said.authority in publishers:
            raise LibraryError(Place(shown, 1), f"{said.authority} is described twice: keep one file")
        publishers[said.authority] = Publisher(
            said.authority,
            said.names,
            {name: document.names for name, document in said.documents.items() if not document.only_numbered},
            {document.number: name for name, document in said.documents.items() if document.number},
            tuple(title for group in said.sections for title in group.titles),
            said.whole,
            said.dropped,
        )
    return Grammar(publishers.values())
