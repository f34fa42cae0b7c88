"""The JSON Schema of a determination: what `imr read --json` prints and `determination.json` holds."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_DAY: Schema = {"type": ["string", "null"], "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_PLACE: Schema = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2}
_DECISION: Schema = {"enum": ["upheld", "overturned", None]}


def _object(optional: dict[str, Schema] | None = None, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_CITATION = _object(authority=_TEXT, document=_TEXT, edition=_MAYBE, sections=_TEXTS, pages=_MAYBE)
_BASIS = _object(
    text=_TEXT,
    stated_none={"type": "boolean"},
    outside_mtus={"type": "boolean"},
    citations={"type": "array", "items": _CITATION},
)
_REQUEST = _object(
    number={"type": "integer", "minimum": 1},
    text=_TEXT,
    original=_MAYBE,
    authorized=_MAYBE,
    disputed=_MAYBE,
    category=_MAYBE,
    timing={"enum": ["prospective", "concurrent", "retrospective", None]},
    dates_of_service={"type": "array", "items": {"type": "string", "format": "date"}},
    decision=_DECISION,
    proposed=_DECISION,
    ur_basis=_or_null(_BASIS),
    reviewer_basis=_or_null(_BASIS),
    rationale=_MAYBE,
    conclusion=_MAYBE,
)


def determination_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a determination; `spans` is there when places were asked for."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openimr determination",
        "description": "A Final Determination, issued or draft. What is absent is null. Places count characters of the text read.",
        **_object(
            {"spans": {"type": "object", "additionalProperties": _PLACE}},
            source=_MAYBE,
            program=_TEXT,
            layout=_MAYBE,
            case_number=_MAYBE,
            priority=_MAYBE,
            date_of_injury=_DAY,
            ur_denial_date=_DAY,
            application_received=_DAY,
            date_assigned=_DAY,
            decision_date=_DAY,
            reviewer=_or_null(_object(licensure=_TEXTS, specialties=_TEXTS, subspecialties=_TEXTS)),
            patient=_object(age={"type": ["integer", "null"]}, sex=_MAYBE),
            documents_reviewed=_or_null(_TEXTS),
            summary=_MAYBE,
            outcome={"enum": ["upheld", "overturned", "partially_overturned", None]},
            requests={"type": "array", "items": _REQUEST},
            warnings={"type": "array", "items": _object(code=_TEXT, message=_TEXT, span=_or_null(_PLACE))},
        ),
    }
