"""How a criterion stands: its guard, its test, and what silence means for it."""

from __future__ import annotations

from dataclasses import dataclass

from openimr.library import Known, Truth

from ._rule import Assumption, Criterion, Node, OnMissing, State
from ._truth import View, conflict_decides, conflicts, holds


@dataclass(frozen=True, slots=True)
class Standing:
    """A criterion's state on a view.

    `guard` is None where the criterion has none or it is not documented; `assumed` tells that its assumption was made, `by_silence` that
    silence decided; `view` is what the test was held against.
    """

    state: State
    guard: bool | None
    assumed: bool
    by_silence: bool
    view: View


def standing(criterion: Criterion, view: View) -> Standing:
    """Return how the criterion stands in its default reading."""
    assumed = criterion.assume is not None and _assume(criterion.assume, view)
    if criterion.assume is not None and assumed:
        view = view.taking({criterion.assume.subject.name: Known.of(criterion.assume.value)})
    guard = None if criterion.when is None else holds(criterion.when, view)
    if guard is False:
        return Standing(State.NOT_APPLICABLE, guard, assumed, False, view)
    state, by_silence = reading_state(criterion.test, criterion.on_missing, view)
    return Standing(state, guard, assumed, by_silence, view)


def _assume(assume: Assumption, view: View) -> bool:
    if view.of(assume.subject).truth is not Truth.NOT_DOCUMENTED:
        return False
    return not any(view.of(subject).truth is Truth.TRUE for subject in assume.unless)


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
