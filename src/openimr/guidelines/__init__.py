"""Criteria as dated, cited data: which rule governs, what it requires, what follows from what is known."""

from ._assess import CriterionAssessment, Reading, RuleAssessment, assess
from ._check import CheckReport, Fault, RuleCheck, check
from ._choose import Candidate, CandidateRole, candidates, why_none
from ._format import schema
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
    "Mode",
    "Parameter",
    "Period",
    "Reading",
    "Role",
    "Rule",
    "RuleAssessment",
    "RuleCheck",
    "Source",
    "Stance",
    "State",
    "Subject",
    "Value",
    "assess",
    "candidates",
    "check",
    "load",
    "part_of",
    "schema",
    "why_none",
]
