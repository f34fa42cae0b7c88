"""The only place where evidence meets guidelines: worksheet, clinical summary, draft determination, and reading quotes again."""

from ._ask import ask
from ._json import request_json
from ._json import to_json as worksheet_json
from ._known import KnownOf
from ._pictures import worksheet_html
from ._review import CaseProblem, Reference, Review, open_reference, review
from ._schema import worksheet_schema
from ._verify import Mismatch, verify
from ._words import alternatives, one_line
from ._worksheet import (
    CandidateSheet,
    ComponentSheet,
    CriterionSheet,
    Event,
    Evidence,
    RecordSheet,
    RequestSheet,
    RuleSheet,
    SummarySentence,
    TreatmentSheet,
    Worksheet,
)

__all__ = [
    "CandidateSheet",
    "CaseProblem",
    "ComponentSheet",
    "CriterionSheet",
    "Event",
    "Evidence",
    "KnownOf",
    "Mismatch",
    "RecordSheet",
    "Reference",
    "RequestSheet",
    "Review",
    "RuleSheet",
    "SummarySentence",
    "TreatmentSheet",
    "Worksheet",
    "alternatives",
    "ask",
    "one_line",
    "open_reference",
    "request_json",
    "review",
    "verify",
    "worksheet_html",
    "worksheet_json",
    "worksheet_schema",
]
