"""How a criterion stands: its guard, its test, and what silence means for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openimr.library import Known, Truth

from ._rule import Assumption, Criterion, Node, OnMissing, State, Subject
from ._truth import View, conflict_decides, conflicts, holds


@dataclass(frozen=True, slots=True)
class Standing:
    """A criterion's state on a view.

    `guard` is None where the criterion has none or it is not documented; `assumed` holds the notes of the assumptions made, `by_silence`
    tells that silence decided; `view` is what the test was held against.
    """

    state: State
    guard: bool | None
    assumed: tuple[str, ...]
    by_silence: bool
    view: View


def standing(criterion: Criterion, view: View) -> Standing:
    """Return how the criterion stands in its default reading."""
    view, assumed = assuming(criterion.assume, view)
    guard = None if criterion.when is None else holds(criterion.when, view)
    if guard is False:
        return Standing(State.NOT_APPLICABLE, guard, assumed, False, view)
    state, by_silence = reading_state(criterion.test, criterion.on_missing, view)
    return Standing(state, guard, assumed, by_silence, view)


def assuming(assumptions: Iterable[Assumption], view: View) -> tuple[View, tuple[str, ...]]:
    """Return the view in which what can be assumed is taken for known, and the notes of what was."""
    made = [each for each in assumptions if view.of(each.subject).truth is Truth.NOT_DOCUMENTED and not _said(each.unless, view)]
    taken = view.taking({each.subject.name: Known.of(each.value) for each in made}) if made else view
    return taken, tuple(each.note for each in made)


def _said(unless: Iterable[Subject], view: View) -> bool:
    return any(view.of(subject).truth is Truth.TRUE for subject in unless)


def reading_state(test: Node, on_missing: OnMissing, view: View) -> tuple[State, bool]:
    """Return the state of a test, and whether silence decided it."""
    truth = holds(test, view)
    if truth is not None:
        return (State.MET if truth else State.NOT_MET), False
    if conflicts(test, view):
        return (State.CONFLICTING if conflict_decides(test, view) else State.NOT_DOCUMENTED), False
    if on_missing is OnMissing.UNKNOWN:
        return State.NOT_DOCUMENTED, False
    return (State.MET if on_missing is OnMissing.MET else State.NOT_MET), True
