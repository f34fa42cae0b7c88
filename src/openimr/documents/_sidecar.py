"""The file beside a record that says its type, date and author."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

from openimr.library import YamlError, read_model

from ._kinds import known_kinds


class SidecarError(YamlError):
    """A sidecar is wrong; the message gives file, line and mend."""


class SidecarFile(BaseModel):
    """The keys of a sidecar; each may be missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: str | None = None
    date: str | None = None
    author: str | None = None

    @field_validator("type")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in known_kinds().kinds:
            raise ValueError(f"is not a kind of record: use one of {', '.join(known_kinds().kinds)}")
        return value

    @field_validator("date")
    @classmethod
    def _day(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                date.fromisoformat(value)
            except ValueError:
                raise ValueError("is not a day: write it as 2014-03-17") from None
        return value


def read_sidecar(path: Path, shown_as: str) -> SidecarFile:
    """Return what the sidecar says. Raises SidecarError."""
    return read_model(path, SidecarFile, SidecarError, shown_as)
