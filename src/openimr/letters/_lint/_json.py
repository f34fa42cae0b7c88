"""The defects of a letter as JSON, and its schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openimr.sources import Span

from .._reading._shape import Reading
from ._defect import Defect, Severity

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_OFFSET: Schema = {"type": "integer", "minimum": 0}
_PAIR: Schema = {"type": "array", "items": _OFFSET, "minItems": 2, "maxItems": 2}


def defects_json(reading: Reading, defects: Iterable[Defect]) -> dict[str, Any]:
    """Return a letter's defects as JSON-ready values (absent null); places count characters of the letter's text, from 0, end excluded."""
    return {
        "source": reading.determination.source,
        "case_number": reading.determination.case_number,
        "defects": [_defect(defect) for defect in defects],
    }


def _defect(defect: Defect) -> dict[str, Any]:
    return {
        "code": defect.code,
        "severity": str(defect.severity),
        "item": defect.item,
        "message": defect.message,
        "ground": defect.ground,
        "span": list(defect.span) if defect.span else None,
        "quote": defect.quote,
        "against": [list(place) for place in defect.against],
        "record": [_passage(span) for span in defect.record],
    }


def _passage(span: Span) -> dict[str, Any]:
    return {
        "document": span.document,
        "sha256": span.sha256,
        "page": span.page,
        "text_sha256": span.text_sha256,
        "span": [span.start, span.end],
        "quote": span.quote,
    }


def lint_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of each line that `imr lint --json` prints, and of lint.json."""
    passage = _object(
        document=_TEXT, sha256=_TEXT, page={"type": "integer", "minimum": 1}, text_sha256=_TEXT, span=_PAIR, quote={"type": "string"}
    )
    defect = _object(
        code={"type": "string", "pattern": r"^[a-z_]+\.[a-z_]+$"},
        severity={"enum": [str(severity) for severity in Severity]},
        item={"type": ["integer", "null"], "minimum": 1},
        message=_TEXT,
        ground=_TEXT,
        span={"anyOf": [_PAIR, {"type": "null"}]},
        quote=_TEXT,
        against=_list(_PAIR),
        record=_list(passage),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openimr defects of a letter",
        **_object(source=_MAYBE, case_number=_MAYBE, defects=_list(defect)),
    }


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
