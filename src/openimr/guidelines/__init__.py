"""Criteria as dated, cited data: which rule governs, what it requires, what follows from what is known."""

from ._assess import CriterionAssessment, Reading, RuleAssessment, assess, weakest_mark
from ._check import CheckReport, Fault, RuleCheck, check, differences, read_tests
from ._choose import Candidate, CandidateRole, candidates, facts_of, why_none
from ._format import RuleTests, schema
from ._load import load
from ._rule import (
    Applies,
    Criterion,
    Guidelines,
    Ladder,
    Mode,
    Parameter,
    Period,
    Role,
    Rule,
    Source,
    Stance,
    State,
    Subject,
    Value,
    part_of,
)
from ._strength import Method, Side, Study, Weighed, load_methods, method_on, weigh
from ._tell import history, told, told_applies, told_stance

__all__ = [
    "Applies",
    "Candidate",
    "CandidateRole",
    "CheckReport",
    "Criterion",
    "CriterionAssessment",
    "Fault",
    "Guidelines",
    "Ladder",
    "Method",
    "Mode",
    "Parameter",
    "Period",
    "Reading",
    "Role",
    "Rule",
    "RuleAssessment",
    "RuleCheck",
    "RuleTests",
    "Side",
    "Source",
    "Stance",
    "State",
    "Study",
    "Subject",
    "Value",
    "Weighed",
    "assess",
    "candidates",
    "check",
    "differences",
    "facts_of",
    "history",
    "load",
    "load_methods",
    "method_on",
    "part_of",
    "read_tests",
    "schema",
    "told",
    "told_applies",
    "told_stance",
    "weakest_mark",
    "weigh",
    "why_none",
]
