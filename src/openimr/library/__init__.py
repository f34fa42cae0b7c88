"""Opens openimr_library: strict YAML with file and line, dates, marks, version; the facts guidelines and evidence share."""

from ._anchored import Anchored
from ._citations import open_grammar
from ._facts import Combine, Fact, Kind
from ._known import Known, Truth
from ._library import Library, Mark, open_library
from ._phrases import NUMBER_WORDS, Needs, Phrase, any_phrase, number, phrase_anchors, phrase_needs, phrase_pattern
from ._yaml import LibraryError, Place, YamlError, parse, read_model

__all__ = [
    "NUMBER_WORDS",
    "Anchored",
    "Combine",
    "Fact",
    "Kind",
    "Known",
    "Library",
    "LibraryError",
    "Mark",
    "Needs",
    "Phrase",
    "Place",
    "Truth",
    "YamlError",
    "any_phrase",
    "number",
    "open_grammar",
    "open_library",
    "parse",
    "phrase_anchors",
    "phrase_needs",
    "phrase_pattern",
    "read_model",
]
