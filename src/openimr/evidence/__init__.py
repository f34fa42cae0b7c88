"""Findings with assertion status: what the record says, of whom, when, where on the body, and in which words."""

from ._assertion import Assertion, Assertions
from ._days import Day, compatible, days_in
from ._findings import Finding, Reader, Standing
from ._gathered import Gathered, gather
from ._given import Course, Dose, Effect, Given, GivenReader, Response, State, courses
from ._passages import Cue, Passage, PassageReader, Silence
from ._site import Site
from ._state import FactState, state

__all__ = [
    "Assertion",
    "Assertions",
    "Course",
    "Cue",
    "Day",
    "Dose",
    "Effect",
    "FactState",
    "Finding",
    "Gathered",
    "Given",
    "GivenReader",
    "Passage",
    "PassageReader",
    "Reader",
    "Response",
    "Silence",
    "Site",
    "Standing",
    "State",
    "compatible",
    "courses",
    "days_in",
    "gather",
    "state",
]
