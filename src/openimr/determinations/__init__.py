"""The value the other rooms pass on: a determination, its requests, decisions, bases and the reviewer's credentials."""

from ._determination import Basis, Conclusion, Decision, Determination, LetterWarning, Outcome, Request, Reviewer
from ._json import from_json, to_json
from ._schema import determination_schema

__all__ = [
    "Basis",
    "Conclusion",
    "Decision",
    "Determination",
    "LetterWarning",
    "Outcome",
    "Request",
    "Reviewer",
    "determination_schema",
    "from_json",
    "to_json",
]
