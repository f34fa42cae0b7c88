"""A case: its dates, parties, requests and records folder (later its history as events)."""

from ._case import Case, CaseError, Parties, Patient, RecordedStudy, UrDecision, case_schema, load_case

__all__ = ["Case", "CaseError", "Parties", "Patient", "RecordedStudy", "UrDecision", "case_schema", "load_case"]
