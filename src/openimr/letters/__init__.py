"""A determination as a document: tagged PDF and Markdown out (reading letters comes with its own layouts)."""

from ._writing._contents import LetterNotReady
from ._writing._markdown import to_markdown
from ._writing._pdf import to_pdf
from ._writing._wording import Wording, open_wording

__all__ = ["LetterNotReady", "Wording", "open_wording", "to_markdown", "to_pdf"]
