"""Findings with assertion status: what the record says, of whom, when, where on the body, and in which words."""

from ._assertion import Assertion, Assertions
from ._findings import Finding, Reader, Standing
from ._gathered import Gathered, gather
from ._passages import Cue, Passage, PassageReader, Silence
from ._site import Site
from ._state import FactState, state

__all__ = [
    "Assertion",
    "Assertions",
    "Cue",
    "FactState",
    "Finding",
    "Gathered",
    "Passage",
    "PassageReader",
    "Reader",
    "Silence",
    "Site",
    "Standing",
    "gather",
    "state",
]
