"""The findings of a whole case file, kept to what can decide: a long file says the same thing hundreds of times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from openimr.library import Combine, Fact

from ._findings import Finding

_MOST = 30  # of one kind of statement; more of them change no state, and nobody reads them
_HELD = 10_000  # findings read before those that can decide nothing are let go
_THINNED = (Combine.LATEST, Combine.EVER)  # what is counted, added up or compared needs every finding

_Group = tuple[str, str | None, str | None, int, bool, bool, bool | None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Findings in the order of the file, and how many of each fact were left out: older ones that say what newer ones say."""

    findings: tuple[Finding, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def gather(parts: Iterable[Gathered], facts: Mapping[str, Fact], on: date) -> Gathered:
    """Return the findings of several parts of a case file, in their order, without those that can decide nothing on the governing date.

    Of statements alike in fact, value, place on the body, standing and assertion the newest up to `on` are kept, the newest after it, and
    the one that tells of the latest day.
    """
    every: list[Finding] = []
    left_out: Counter[str] = Counter()
    limit = _HELD
    for part in parts:
        every.extend(part.findings)
        left_out.update(part.left_out)
        if len(every) > limit:
            every = _thinned(every, facts, on, left_out)
            limit = len(every) + _HELD
    return Gathered(tuple(_thinned(every, facts, on, left_out)), left_out)


def _thinned(every: list[Finding], facts: Mapping[str, Fact], on: date, left_out: Counter[str]) -> list[Finding]:
    """The findings without those that can decide nothing; these are counted in `left_out`."""
    groups: dict[_Group, list[int]] = {}
    for place, finding in enumerate(every):
        if facts[finding.fact].combine in _THINNED:
            groups.setdefault(_group(finding), []).append(place)
    dropped: set[int] = set()
    for (fact, *_), places in groups.items():
        if len(places) > _MOST:
            gone = set(places) - _kept(every, places, on)
            dropped |= gone
            left_out[fact] += len(gone)
    return [finding for place, finding in enumerate(every) if place not in dropped]


def _group(finding: Finding) -> _Group:
    value = finding.value if isinstance(finding.value, bool) else None
    return finding.fact, finding.region, finding.side, finding.standing, finding.counts, finding.assertion.plain, value


def _kept(every: list[Finding], places: list[int], on: date) -> set[int]:
    def day(place: int) -> date:
        return every[place].date or date.min

    newest = sorted(places, key=day, reverse=True)
    until = [place for place in newest if day(place) <= on][:_MOST]
    after = [place for place in newest if day(place) > on][-_MOST:]
    told = [place for place in places if every[place].told is not None and (every[place].told or date.min) < on]
    return {*until, *after, *([max(told, key=lambda place: every[place].told or date.min)] if told else ())}
