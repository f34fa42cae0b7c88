"""The shape of case.yaml: what may stand in it, and the messages for what may not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso(value: Any) -> date:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError(f"'{value}' is not a date: write it as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        month = int(value[5:7])
        if 1 <= month <= 12 and 1 <= int(value[8:]) <= 31 and value[:4] != "0000":
            raise ValueError(f"'{value}' is not a day of the calendar: correct it (YYYY-MM-DD)") from None
        raise ValueError(f"'{value}' is not a date: write it as YYYY-MM-DD") from None


def _text(value: Any) -> Any:
    # an unquoted number is a number to YAML, but a case number or a claim number is text
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listed(value: Any) -> Any:
    if value is None:
        return ()
    return [value] if isinstance(value, str) else value


def _disputed(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        raise ValueError("no disputed item: list at least one, as '- text: ...'")
    return value


Day = Annotated[date, BeforeValidator(_iso), WithJsonSchema({"type": "string", "format": "date"})]
Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int | float)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed, json_schema_input_type=list[str] | str | None)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _keyed(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValueError(f"keys are missing: write '{next(iter(cls.model_fields))}: ...' below it")
        return data


class DatesModel(_Part):
    """The dates of a case, each YYYY-MM-DD."""

    date_of_injury: Day | None = None
    rfa_date: Day | None = None
    rfa_received: Day | None = None
    service_date: Day | None = None
    ur_denial_date: Day | None = None
    ur_served: Day | None = None
    application_received: Day | None = None
    date_assigned: Day | None = None
    decision_date: Day | None = None


class PatientModel(_Part):
    """The injured worker, as far as a letter may say."""

    age: int | None = Field(default=None, ge=0, le=130)
    sex: Text | None = None
    date_of_birth: Day | None = None


class PartiesModel(_Part):
    """Who has a stake in the case, for conflicts of interest."""

    employee: Text | None = None
    employer: Text | None = None
    claims_administrator: Text | None = None
    ur_organization: Text | None = None
    ur_reviewer: Text | None = None
    requesting_physician: Text | None = None
    treating_physicians: Texts = ()
    facilities: Texts = ()
    attorney: Text | None = None
    manufacturers: Texts = ()


class ReviewerModel(_Part):
    """The reviewer's credentials."""

    licensure: Texts = ()
    specialties: Texts = ()
    subspecialties: Texts = ()

    @model_validator(mode="before")
    @classmethod
    def _nameless(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "name" in data:
            raise ValueError("a reviewer stays anonymous to the parties: remove 'name'")
        return data


class UrDecisionModel(_Part):
    """The utilization review decision under dispute; `basis` is the text that names its guidelines."""

    date: Day | None = None
    reasons: Text | None = None
    basis: Text | None = None


class RequestModel(_Part):
    """One disputed item as written; what was first asked for and what was authorized, where the denial was in part."""

    text: Text
    original: Text | None = None
    authorized: Text | None = None

    @model_validator(mode="after")
    def _said(self) -> RequestModel:
        if not self.text.strip():
            raise ValueError("the text of a request is empty: write the disputed item as the denial has it")
        return self


class StudyModel(_Part):
    """A study a side or the reviewer puts forward: what it speaks for, its level, and whether the reviewer finds it applicable, and why."""

    citation: Text
    question: Literal["treatment_benefit", "diagnostic_test", "prognosis", "treatment_harms"] = "treatment_benefit"
    supports: Literal["request", "guideline"]
    level: Text | None = None
    score: float | None = Field(default=None, ge=0, le=11)
    applicable: bool | None = None
    why: Text | None = None
    bias: Texts = ()
    recorded_by: Literal["reviewer", "requesting_physician", "claims_administrator", "employee"] = "reviewer"
    request: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _judged_by_the_reviewer(self) -> StudyModel:
        if self.applicable is not None and self.recorded_by != "reviewer" and not self.why:
            raise ValueError("'applicable' is the reviewer's judgement: give the reason under 'why'")
        if self.applicable is False and not self.why:
            raise ValueError("a study found not applicable needs the reason under 'why'")
        return self


class CaseModel(_Part):
    """A case file's case.yaml. Every key but program and requests may be missing or null."""

    program: Text
    case_number: Text | None = None
    priority: Literal["standard", "expedited"] | None = None
    track: Literal["general", "formulary"] | None = None
    dates: DatesModel | None = None
    ur_service: Literal["mail", "electronic", "personal"] | None = None
    patient: PatientModel | None = None
    parties: PartiesModel | None = None
    reviewer: ReviewerModel | None = None
    ur_decision: UrDecisionModel | None = None
    studies: tuple[StudyModel, ...] = ()
    requests: Annotated[tuple[RequestModel, ...], BeforeValidator(_disputed), Field(json_schema_extra={"minItems": 1})]
