"""The treatments of a case as the worksheet lists them: each with what became of it and the passages that say so."""

from __future__ import annotations

from openimr.evidence import Course, Given

from ._chart import Chart, as_evidence
from ._worksheet import Evidence, TreatmentSheet

_MOST_PASSAGES = 4  # of one treatment; more say nothing new


def treatments(chart: Chart) -> tuple[TreatmentSheet, ...]:
    """Return the treatments the records up to the governing date tell of: those given first, then the planned and refused ones."""
    return tuple(_sheet(course) for course in chart.courses)


def _sheet(course: Course) -> TreatmentSheet:
    answered = [each for each in course.given if each.effect.response is not None]
    shown = list(dict.fromkeys([*course.given[:1], *answered, *course.given]))[:_MOST_PASSAGES] + list(course.claims[:1])
    return TreatmentSheet(
        course.treatment,
        course.name,
        course.kind,
        str(course.state),
        str(course.response) if course.response is not None else None,
        course.differing,
        course.failed,
        str(course.dose) if course.dose is not None and str(course.dose) else None,
        course.count,
        tuple(_evidence(each) for each in shown),
    )


def _evidence(each: Given) -> Evidence:
    effect = each.effect
    parts = [
        str(each.state),
        str(effect.response) if effect.response is not None and str(effect.response) not in str(each.state) else "",
        f"{effect.percent:g} % relief" if effect.percent is not None else "",
        f"for {effect.weeks:g} weeks" if effect.weeks is not None else "",
        *effect.effects,
        f"count {each.count:g}" if each.count is not None else "",
        str(each.dose) if each.dose is not None else "",
    ]
    return as_evidence(each.passage, ", ".join(part for part in parts if part), each.span)
