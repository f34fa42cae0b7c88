"""The only place where evidence meets guidelines: worksheet, clinical summary, draft determination, and reading quotes again."""

from ._ask import ask
from ._inventory import inventory
from ._json import inventory_json, request_json
from ._json import to_json as worksheet_json
from ._known import KnownOf
from ._pictures import page_pictures, worksheet_html
from ._review import CaseProblem, Reference, Review, open_reference, review
from ._schema import inventory_schema, search_schema, worksheet_schema
from ._verify import Mismatch, verify
from ._words import alternatives, one_line
from ._worksheet import (
    CandidateSheet,
    ComponentSheet,
    CriterionSheet,
    Event,
    Evidence,
    Flag,
    GapSheet,
    Inventory,
    MissingSheet,
    NamedIn,
    RecordSheet,
    RequestSheet,
    RuleSheet,
    SummarySentence,
    Tie,
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
    "Flag",
    "GapSheet",
    "Inventory",
    "KnownOf",
    "Mismatch",
    "MissingSheet",
    "NamedIn",
    "RecordSheet",
    "Reference",
    "RequestSheet",
    "Review",
    "RuleSheet",
    "SummarySentence",
    "Tie",
    "TreatmentSheet",
    "Worksheet",
    "alternatives",
    "ask",
    "inventory",
    "inventory_json",
    "inventory_schema",
    "one_line",
    "open_reference",
    "page_pictures",
    "request_json",
    "review",
    "search_schema",
    "verify",
    "worksheet_html",
    "worksheet_json",
    "worksheet_schema",
]
