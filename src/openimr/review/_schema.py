"""The JSON Schema of worksheet.json."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_NUMBER: Schema = {"type": ["number", "null"]}
_PAIR: Schema = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
_SETS: Schema = {"type": "array", "items": {"type": "array", "items": _TEXT}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(*values: str | None) -> Schema:
    return {"enum": list(values)}


_CITATION = _object(authority=_TEXT, document=_TEXT, edition=_MAYBE, sections=_list(_TEXT), pages=_MAYBE)
_CONCLUSION = _one_of("Necessary", "NotNecessary", "NotEstablished", "NoGuideline")
_STATE = _one_of("Met", "NotMet", "NotDocumented", "Conflicting", "NotApplicable")
_EVIDENCE = _object(
    **{"from": _one_of("record", "case", "request")},
    use=_one_of("counted", "older", "elsewhere", "later", "claim"),
    says=_TEXT,
    document=_MAYBE,
    sha256=_MAYBE,
    page={"type": ["integer", "null"]},
    text_sha256=_MAYBE,
    span={"anyOf": [_PAIR, {"type": "null"}]},
    box={"type": ["array", "null"], "items": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}},
    quote=_TEXT,
    assertion=_TEXT,
    date=_MAYBE,
    author=_MAYBE,
    standing=_MAYBE,
    type=_MAYBE,
)
_SENTENCE = _object(
    part=_one_of(
        "person",
        "mechanism",
        "complaints",
        "examination",
        "diagnoses",
        "treatment",
        "diagnostics",
        "request",
        "ur_reason",
        "silent",
        "unread",
    ),
    text=_TEXT,
    evidence=_list(_EVIDENCE),
)
_EVENT = _object(
    date={"type": "string", "format": "date"},
    precision=_one_of("day", "month", "year"),
    event=_TEXT,
    kind=_one_of("injury", "operation", "study", "injection", "therapy", "visit", "rfa", "ur_decision", "application"),
    evidence=_list(_EVIDENCE),
)
_TREATMENT = _object(
    treatment=_TEXT,
    name=_TEXT,
    kind=_TEXT,
    state=_one_of("current", "past", "stopped", "tried and failed", "planned", "refused", "never had"),
    response=_one_of("helped", "helped in part or for a time", "did not help", None),
    differing={"type": "boolean"},
    failed={"type": "boolean"},
    dose=_MAYBE,
    count=_NUMBER,
    evidence=_list(_EVIDENCE),
)
_CRITERION = _object(
    id=_TEXT,
    label=_TEXT,
    state=_STATE,
    readings=_list(_object(name=_TEXT, state=_STATE, default={"type": "boolean"})),
    value=_NUMBER,
    limit=_MAYBE,
    assumed=_MAYBE,
    why=_TEXT,
    mark=_TEXT,
    citation=_TEXT,
    evidence=_list(_EVIDENCE),
    further={"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
)
_RULE = _object(
    id=_TEXT,
    role=_one_of("governing", "shadow", "cited_by_ur"),
    citation=_CITATION,
    stance=_one_of("for", "conditional", "against", "silent"),
    tier=_TEXT,
    verified=_TEXT,
    criteria=_list(_CRITERION),
    conclusion=_CONCLUSION,
    deciding=_list(_TEXT),
    would_change=_SETS,
    notes=_list(_TEXT),
    if_upheld=_list(_TEXT),
)
_REQUEST = _object(
    number={"type": "integer", "minimum": 1},
    text=_TEXT,
    unused_words=_list(_TEXT),
    cited_by_ur=_list(_CITATION),
    candidates=_list(
        _object(rule=_TEXT, tier=_TEXT, in_force={"type": "array", "minItems": 2, "maxItems": 2}, chosen={"type": "boolean"}, why=_TEXT)
    ),
    components=_list(_object(treatment=_TEXT, name=_TEXT, qualifiers={"type": "object"}, rules=_list(_RULE), conclusion=_CONCLUSION)),
    conclusion=_CONCLUSION,
    proposed=_one_of("upheld", "overturned", None),
    would_change=_SETS,
    notes=_list(_TEXT),
    evidence={
        "anyOf": [
            {"type": "null"},
            _object(
                method=_object(title=_TEXT, cite=_TEXT, verified=_TEXT),
                studies=_list(
                    _object(
                        citation=_TEXT,
                        question=_TEXT,
                        supports=_one_of("request", "guideline"),
                        level=_MAYBE,
                        score={"type": ["number", "null"]},
                        applicable={"type": ["boolean", "null"]},
                        why=_MAYBE,
                        bias=_list(_TEXT),
                        recorded_by=_TEXT,
                    )
                ),
                at_variance={"type": "boolean"},
                best=_list(_TEXT),
                speaks_for=_one_of("request", "guideline", None),
                unverified=_list(_TEXT),
            ),
        ]
    },
)


_INTEGER: Schema = {"type": "integer", "minimum": 1}
_TIE: Schema = {"anyOf": [{"type": "null"}, _object(number=_INTEGER, alike={"type": "number", "minimum": 0, "maximum": 1})]}
_PASSAGE = _object(record=_INTEGER, document=_TEXT, sha256=_TEXT, page=_INTEGER, text_sha256=_TEXT, span=_PAIR, quote=_TEXT)
_INVENTORY: dict[str, Schema] = {
    "records": _list(
        _object(
            number=_INTEGER,
            document=_TEXT,
            sha256=_MAYBE,
            pages={"anyOf": [_PAIR, {"type": "null"}]},
            type=_TEXT,
            title=_TEXT,
            date=_MAYBE,
            author=_MAYBE,
            verdict=_one_of("cited", "read without bearing", "superseded", "duplicate", "unreadable", "not reviewed"),
            cited={"type": ["boolean", "null"]},
            duplicate_of=_TIE,
            copies=_TIE,
            superseded_by=_TIE,
            unread=_list(_TEXT),
            flags=_list(_object(page=_INTEGER, what=_one_of("blank", "unread", "faint"), why=_TEXT)),
        )
    ),
    "missing": _list(_object(what=_TEXT, types=_list(_TEXT), citation=_TEXT, mark=_TEXT)),
    "gaps": _list(
        _object(
            what=_TEXT,
            type=_TEXT,
            date={"type": ["string", "null"], "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
            who=_MAYBE,
            perhaps_unread={"type": "boolean"},
            why=_TEXT,
            named_in=_list(_PASSAGE),
        )
    ),
}


def inventory_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of what `imr records index --json` prints."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openimr inventory of a case file",
        **_object(case=_TEXT, readers={"type": "object", "additionalProperties": _TEXT}, **_INVENTORY),
    }


def search_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of what `imr records search --json` prints."""
    hit = _object(
        rank=_INTEGER,
        record=_INTEGER,
        type=_TEXT,
        date=_MAYBE,
        author=_MAYBE,
        document=_TEXT,
        sha256=_TEXT,
        page=_INTEGER,
        text_sha256=_TEXT,
        span=_PAIR,
        quote=_TEXT,
        marks=_list(_PAIR),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openimr search in a case file",
        **_object(query=_TEXT, pages={"type": "integer"}, unread=_list(_TEXT), hits=_list(hit)),
    }


def worksheet_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) that every worksheet.json fits."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openimr worksheet",
        **_object(
            case=_TEXT,
            on=_TEXT,
            on_because=_TEXT,
            alternatives={"type": "object", "additionalProperties": _TEXT},
            mode=_one_of("advisory", "binding"),
            library_version=_TEXT,
            readers={"type": "object", "additionalProperties": _TEXT},
            warnings=_list(_TEXT),
            files={"type": "object", "additionalProperties": _TEXT},
            **_INVENTORY,
            summary=_list(_SENTENCE),
            timeline=_list(_EVENT),
            treatments=_list(_TREATMENT),
            requests=_list(_REQUEST),
        ),
    }
