"""Statutory rules as data: governing standard, dates and required contents of a determination."""

from ._program import (
    CaseDate,
    DateProblem,
    Governing,
    NecessityStandard,
    NoGoverningDate,
    Program,
    RequiredContent,
    RequiredRecord,
    Severity,
    Trigger,
)
from ._read import load

__all__ = [
    "CaseDate",
    "DateProblem",
    "Governing",
    "NecessityStandard",
    "NoGoverningDate",
    "Program",
    "RequiredContent",
    "RequiredRecord",
    "Severity",
    "Trigger",
    "load",
]
