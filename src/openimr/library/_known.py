"""What is known of one fact: the value guidelines reason with and evidence fills."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Truth(StrEnum):
    """The four states of a fact. Silence (not documented) is never a no."""

    TRUE = "true"
    FALSE = "false"
    NOT_DOCUMENTED = "not_documented"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True)
class Known:
    """The state of one fact on the governing date; `value` is its number in the fact's unit, when it has one.

    A fact that carries a number is TRUE with that number, or NOT_DOCUMENTED / CONFLICTING without one.
    """

    truth: Truth
    value: float | None = None

    @classmethod
    def of(cls, value: bool | float | str | None) -> Known:
        """Return what a plain value means: a truth value, a number, None for silence, or "conflicting"."""
        if value is None:
            return cls(Truth.NOT_DOCUMENTED)
        if isinstance(value, bool):
            return cls(Truth.TRUE if value else Truth.FALSE)
        if isinstance(value, str):
            return cls(Truth(value))
        return cls(Truth.TRUE, float(value))
