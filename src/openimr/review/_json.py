"""The worksheet as the JSON object of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openimr.guidelines import Weighed
from openimr.sources import Box, Citation

from ._worksheet import (
    ComponentSheet,
    CriterionSheet,
    Event,
    Evidence,
    GapSheet,
    Inventory,
    Place,
    RecordSheet,
    RequestSheet,
    RuleSheet,
    SummarySentence,
    Tie,
    TreatmentSheet,
    Worksheet,
)


def to_json(sheet: Worksheet) -> dict[str, Any]:
    """Return the worksheet as JSON-ready values (dates ISO, absent null)."""
    return {
        "case": sheet.case,
        "on": sheet.on.isoformat(),
        "on_because": sheet.on_because,
        "alternatives": {name: day.isoformat() for name, day in sheet.alternatives},
        "mode": sheet.mode,
        "library_version": sheet.library_version,
        "readers": dict(sheet.readers),
        "warnings": list(sheet.warnings),
        "files": dict(sheet.files),
        **inventory_json(Inventory(sheet.records, sheet.missing, sheet.gaps)),
        "summary": [_Writer(sheet.boxes).sentence(each) for each in sheet.summary],
        "timeline": [_Writer(sheet.boxes).event(each) for each in sheet.timeline],
        "treatments": [_Writer(sheet.boxes).treatment(each) for each in sheet.treatments],
        "requests": [_Writer(sheet.boxes).request(request) for request in sheet.requests],
    }


def inventory_json(held: Inventory) -> dict[str, Any]:
    """Return what a case file holds, lacks and speaks of as JSON-ready values, as it stands in a worksheet."""
    return {
        "records": [_record(record) for record in held.records],
        "missing": [{"what": one.what, "types": list(one.types), "citation": one.citation, "mark": one.mark} for one in held.missing],
        "gaps": [_gap(gap) for gap in held.gaps],
    }


def _record(record: RecordSheet) -> dict[str, Any]:
    return {
        "number": record.number,
        "document": record.document,
        "sha256": record.sha256,
        "pages": list(record.pages) if record.pages else None,
        "type": record.type,
        "title": record.title,
        "date": record.date.isoformat() if record.date else None,
        "author": record.author,
        "verdict": record.verdict,
        "cited": record.cited,
        "duplicate_of": _tie(record.duplicate_of),
        "copies": _tie(record.copies),
        "superseded_by": _tie(record.superseded_by),
        "unread": list(record.unread),
        "flags": [{"page": flag.page, "what": flag.what, "why": flag.why} for flag in record.flags],
    }


def _tie(tie: Tie | None) -> dict[str, Any] | None:
    return {"number": tie.number, "alike": tie.alike} if tie else None


def _gap(gap: GapSheet) -> dict[str, Any]:
    return {
        "what": gap.what,
        "type": gap.type,
        "date": gap.date,
        "who": gap.who,
        "perhaps_unread": gap.perhaps_unread,
        "why": gap.why,
        "named_in": [
            {
                "record": named.record,
                "document": named.span.document,
                "sha256": named.span.sha256,
                "page": named.span.page,
                "text_sha256": named.span.text_sha256,
                "span": [named.span.start, named.span.end],
                "quote": named.span.quote,
            }
            for named in gap.named_in
        ],
    }


def request_json(request: RequestSheet) -> dict[str, Any]:
    """Return the sheet of one request as JSON-ready values, as it stands in a worksheet, without places on pages."""
    return _Writer({}).request(request)


class _Writer:
    def __init__(self, boxes: Mapping[Place, tuple[Box, ...]]) -> None:
        self.boxes = boxes

    def sentence(self, each: SummarySentence) -> dict[str, Any]:
        return {"part": each.part, "text": each.text, "evidence": [self._evidence(one) for one in each.evidence]}

    def event(self, each: Event) -> dict[str, Any]:
        return {
            "date": each.date.isoformat(),
            "precision": each.precision,
            "event": each.event,
            "kind": each.kind,
            "evidence": [self._evidence(one) for one in each.evidence],
        }

    def treatment(self, each: TreatmentSheet) -> dict[str, Any]:
        return {
            "treatment": each.treatment,
            "name": each.name,
            "kind": each.kind,
            "state": each.state,
            "response": each.response,
            "differing": each.differing,
            "failed": each.failed,
            "dose": each.dose,
            "count": each.count,
            "evidence": [self._evidence(one) for one in each.evidence],
        }

    def request(self, request: RequestSheet) -> dict[str, Any]:
        return {
            "number": request.number,
            "text": request.text,
            "unused_words": list(request.unused_words),
            "cited_by_ur": [citation(each) for each in request.cited_by_ur],
            "candidates": [
                {
                    "rule": candidate.rule,
                    "tier": candidate.tier,
                    "in_force": [candidate.in_force[0].isoformat(), candidate.in_force[1].isoformat() if candidate.in_force[1] else None],
                    "chosen": candidate.chosen,
                    "why": candidate.why,
                }
                for candidate in request.candidates
            ],
            "components": [self._component(component) for component in request.components],
            "conclusion": str(request.conclusion),
            "proposed": str(request.proposed) if request.proposed else None,
            "would_change": [list(each) for each in request.would_change],
            "notes": list(request.notes),
            "evidence": _weighed(request.evidence) if request.evidence else None,
        }

    def _component(self, component: ComponentSheet) -> dict[str, Any]:
        return {
            "treatment": component.treatment,
            "name": component.name,
            "qualifiers": dict(component.qualifiers),
            "rules": [self._rule(rule) for rule in component.rules],
            "conclusion": str(component.conclusion),
        }

    def _rule(self, rule: RuleSheet) -> dict[str, Any]:
        return {
            "id": rule.id,
            "role": rule.role,
            "citation": citation(rule.citation),
            "stance": rule.stance,
            "tier": rule.tier,
            "verified": rule.verified,
            "criteria": [self._criterion(criterion) for criterion in rule.criteria],
            "conclusion": str(rule.conclusion),
            "deciding": list(rule.deciding),
            "would_change": [list(each) for each in rule.would_change],
            "notes": list(rule.notes),
            "if_upheld": list(rule.if_upheld),
        }

    def _criterion(self, criterion: CriterionSheet) -> dict[str, Any]:
        return {
            "id": criterion.id,
            "label": criterion.label,
            "state": criterion.state,
            "readings": [{"name": name, "state": state, "default": default} for name, state, default in criterion.readings],
            "value": criterion.value,
            "limit": criterion.limit,
            "assumed": criterion.assumed,
            "why": criterion.why,
            "mark": criterion.mark,
            "citation": criterion.citation,
            "evidence": [self._evidence(each) for each in criterion.evidence],
            "further": dict(criterion.further),
        }

    def _evidence(self, each: Evidence) -> dict[str, Any]:
        span = each.span
        boxes = self.boxes.get((span.document, span.page, span.start, span.end), ()) if span else ()
        return {
            "from": each.origin,
            "use": each.use,
            "says": each.says,
            "document": span.document if span else None,
            "sha256": span.sha256 if span else None,
            "page": span.page if span else None,
            "text_sha256": span.text_sha256 if span else None,
            "span": [span.start, span.end] if span else None,
            "box": [list(box) for box in boxes] or None,
            "quote": each.quote,
            "assertion": each.assertion,
            "date": each.date.isoformat() if each.date else None,
            "author": each.author,
            "standing": each.standing,
            "type": each.kind,
        }


def _weighed(each: Weighed) -> dict[str, Any]:
    return {
        "method": {"title": each.method.title, "cite": each.method.cite, "verified": str(each.method.mark)},
        "studies": [
            {
                "citation": study.citation,
                "question": study.question,
                "supports": str(study.side),
                "level": study.level,
                "score": study.score,
                "applicable": study.applicable,
                "why": study.why,
                "bias": list(study.bias),
                "recorded_by": study.recorded_by,
            }
            for study in each.studies
        ],
        "at_variance": each.at_variance,
        "best": [study.citation for study in each.best],
        "speaks_for": str(each.side) if each.side else None,
        "unverified": list(each.unverified),
    }


def citation(each: Citation) -> dict[str, Any]:
    """Return one citation as the contract has it."""
    return {
        "authority": each.authority,
        "document": each.document,
        "edition": each.edition,
        "sections": list(each.sections),
        "pages": each.pages,
    }
