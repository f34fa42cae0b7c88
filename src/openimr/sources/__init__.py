"""Where a statement comes from: a citation of a guideline, or a span of a document."""

from ._citation import Citation
from ._grammar import Cited, Grammar, Publisher
from ._span import Box, Span, digest

__all__ = ["Box", "Citation", "Cited", "Grammar", "Publisher", "Span", "digest"]
