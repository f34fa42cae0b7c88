"""The files of programs: strict models, and the checks that one file alone cannot pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from openimr.library import Library, LibraryError, Mark, Place, read_model

from ._program import CaseDate, NecessityStandard, Program, RequiredContent, RequiredRecord, Trigger, in_order

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso(value: Any) -> date:
    if isinstance(value, str) and _ISO.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError(f"'{value}' is not a date: write it as YYYY-MM-DD")


_Day = Annotated[date, BeforeValidator(_iso)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _DateEntry(_Entry):
    name: str
    start: _Day | None = Field(default=None, alias="from")
    citation: str | None = None
    mark: Mark | None = None

    @model_validator(mode="after")
    def _sourced(self) -> _DateEntry:
        if self.start and not (self.citation and self.mark):
            raise ValueError("a date with 'from' needs citation and mark")
        return self


class _Range(_Entry):
    start: _Day = Field(alias="from")
    end: _Day = Field(alias="to")


class _Chain(_Entry):
    order: tuple[str, ...] = Field(min_length=2)
    citation: str
    mark: Mark


class _TriggerEntry(_Entry):
    dates: tuple[str, ...] = Field(min_length=1)
    used_by: str
    citation: str
    mark: Mark


class _GoverningEntry(_Entry):
    order: tuple[str, ...] = Field(min_length=1)
    citation: str
    mark: Mark
    triggers: dict[str, _TriggerEntry] = {}


class _Version(_Entry):
    id: str
    start: _Day = Field(alias="from")
    until: _Day | None = None
    how: str
    citation: str
    mark: Mark
    from_mark: Mark | None = None
    until_mark: Mark | None = None


class _Standard(_Entry):
    by: tuple[str, ...] = Field(min_length=1)
    citation: str
    mark: Mark
    rungs: tuple[str, ...] = Field(min_length=1)
    versions: tuple[_Version, ...] = Field(min_length=1)


class _Content(_Entry):
    id: str
    what: str
    citation: str
    mark: Mark


class _Within(_Entry):
    months: int = Field(ge=1)
    before: str


class _RecordEntry(_Entry):
    what: str
    kinds: tuple[str, ...] = Field(min_length=1)
    within: _Within | None = None
    citation: str
    mark: Mark


class _ProgramFile(_Entry):
    id: str
    name: str
    authority: str
    citation: str
    mark: Mark
    dates: dict[str, _DateEntry]
    plausible: _Range
    chain: _Chain
    governing_date: _GoverningEntry
    necessity_standard: _Standard
    required_contents: tuple[_Content, ...]
    required_records: tuple[_RecordEntry, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> _ProgramFile:
        used = [*self.chain.order, *self.governing_date.order, *(set(self.necessity_standard.by) - {"governing_date"})]
        used += [key for trigger in self.governing_date.triggers.values() for key in trigger.dates]
        used += [one.within.before for one in self.required_records if one.within]
        unknown = sorted(set(used) - set(self.dates))
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not among the dates of the program: add it there or correct it")
        versions = sorted(self.necessity_standard.versions, key=lambda version: version.start)
        for one, following in pairwise(versions):
            if one.until is None or one.until >= following.start:
                raise ValueError(
                    f"versions '{one.id}' and '{following.id}' of the necessity standard overlap: end the first before {following.start}"
                )
        return self


def load(library: Library) -> Mapping[str, Program]:
    """Return the programs of the library by id (the files `program.yaml`; what stands beside them belongs to other rooms).

    Raises LibraryError with file, line and mend when a file is wrong or a program is declared twice.
    """
    programs: dict[str, Program] = {}
    for path in library.files("programs"):
        if path.name != "program.yaml":
            continue
        entry = read_model(path, _ProgramFile, shown_as=library.shown(path))
        if entry.id in programs:
            raise LibraryError(Place(library.shown(path), 1), f"program '{entry.id}' is declared twice: keep one of them")
        programs[entry.id] = _program(entry)
    return programs


def _program(entry: _ProgramFile) -> Program:
    governing, standard = entry.governing_date, entry.necessity_standard
    return Program(
        id=entry.id,
        name=entry.name,
        authority=entry.authority,
        citation=entry.citation,
        mark=entry.mark,
        dates={key: CaseDate(key, one.name, one.start, one.citation, one.mark) for key, one in entry.dates.items()},
        plausible=(entry.plausible.start, entry.plausible.end),
        chain=entry.chain.order,
        chain_citation=entry.chain.citation,
        governing_order=governing.order,
        governing_citation=governing.citation,
        governing_mark=governing.mark,
        triggers={name: Trigger(name, one.dates, one.used_by, one.citation, one.mark) for name, one in governing.triggers.items()},
        standards=in_order([_version(version, standard.rungs) for version in standard.versions]),
        standard_by=standard.by,
        required_contents=tuple(RequiredContent(one.id, one.what, one.citation, one.mark) for one in entry.required_contents),
        required_records=tuple(_record(one) for one in entry.required_records),
    )


def _record(one: _RecordEntry) -> RequiredRecord:
    within = one.within
    return RequiredRecord(one.what, one.kinds, one.citation, one.mark, within.months if within else None, within.before if within else None)


def _version(version: _Version, rungs: tuple[str, ...]) -> NecessityStandard:
    marks = [mark for mark in (version.from_mark, version.until_mark) if mark is not None]
    return NecessityStandard(
        id=version.id,
        start=version.start,
        end=version.until,
        how=version.how,
        rungs=rungs,
        citation=version.citation,
        mark=version.mark,
        dates_mark=next((mark for mark in marks if not mark.binding), version.mark),
    )
