"""Where a statement comes from: a citation of a guideline, or a span of a document."""

from ._citation import Citation, parse_basis
from ._span import Box, Span, digest

__all__ = ["Box", "Citation", "Span", "digest", "parse_basis"]
