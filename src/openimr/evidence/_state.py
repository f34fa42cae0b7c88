"""From the findings of a case to the state of one fact on the governing date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openimr.library import Combine, Fact, Kind, Known, Truth

from ._findings import Finding, Standing
from ._site import Site

_ABOUT = 0.15  # durations told by two people differ a little; beyond this they disagree


@dataclass(frozen=True, slots=True)
class FactState:
    """The state of a fact: `known`, the findings that make it so, and those that do not count with the reason they do not.

    `older`: superseded by a later date; `elsewhere`: another part of the body; `claims`: said only by a party to the denial;
    `later`: dated after the governing date.
    """

    fact: str
    known: Known
    counted: tuple[Finding, ...] = ()
    older: tuple[Finding, ...] = ()
    elsewhere: tuple[Finding, ...] = ()
    claims: tuple[Finding, ...] = ()
    later: tuple[Finding, ...] = ()


def state(name: str, fact: Fact, findings: Iterable[Finding], on: date, site: Site) -> FactState:
    """Return the state of one fact at the requested site on the governing date, by the fact's own way of combining."""
    claims, later, elsewhere, proof = [], [], [], []
    for finding in findings:
        if finding.fact != name:
            continue
        if finding.standing is Standing.CLAIM:
            if finding.assertion.plain:
                claims.append(finding)
        elif not finding.counts:
            continue
        elif finding.date is not None and finding.date > on:
            later.append(finding)
        elif site.elsewhere(fact, finding.region, finding.side):
            elsewhere.append(finding)
        else:
            proof.append(finding)
    known, counted = _latest(proof, sign=fact.kind is Kind.SIGN) if fact.combine is Combine.LATEST else _COMBINE[fact.combine](proof)
    chosen = set(map(id, counted))
    older = [finding for finding in proof if id(finding) not in chosen]
    return FactState(name, known, tuple(counted), tuple(older), tuple(elsewhere), tuple(claims), tuple(later))


def _latest(proof: list[Finding], *, sign: bool) -> tuple[Known, list[Finding]]:
    if not proof:
        return Known(Truth.NOT_DOCUMENTED), []
    newest = max((finding.date or date.min) for finding in proof)
    group = [finding for finding in proof if (finding.date or date.min) == newest]
    highest = max(finding.standing for finding in group)
    group = [finding for finding in group if finding.standing == highest]
    voices = [_voice(said) for said in _by_record(group)]
    counted = [finding for voice in voices for finding in voice]
    values = [finding.value for finding in counted]
    if not isinstance(values[0], bool):
        return _number([float(value) for value in values]), counted
    agreed = {_agreed(voice, sign=sign) for voice in voices}
    if len(agreed) > 1 or None in agreed:
        return Known(Truth.CONFLICTING), counted
    return Known(Truth.TRUE if agreed.pop() else Truth.FALSE), counted


def _by_record(findings: list[Finding]) -> list[list[Finding]]:
    records: dict[tuple[str, str, str | None, str], list[Finding]] = {}
    for finding in findings:
        records.setdefault((finding.span.document, finding.kind, finding.author, str(finding.date)), []).append(finding)
    return list(records.values())


def _voice(said: list[Finding]) -> list[Finding]:
    """What one record says: its examination before its assessment before its history."""
    highest = max(finding.rank for finding in said)
    return [finding for finding in said if finding.rank == highest]


def _agreed(voice: list[Finding], *, sign: bool) -> bool | None:
    """The value one record gives, None when it disagrees with itself; a sign found at one spot and not at another is present."""
    values = {bool(finding.value) for finding in voice}
    if len(values) == 1:
        return values.pop()
    return True if sign else None


def _number(values: list[float]) -> Known:
    low, high = min(values), max(values)
    if high - low > _ABOUT * max(high, 1.0):
        return Known(Truth.CONFLICTING)
    return Known(Truth.TRUE, high)


def _ever(proof: list[Finding]) -> tuple[Known, list[Finding]]:
    affirmed = [finding for finding in proof if finding.value]
    if affirmed:
        return Known(Truth.TRUE), affirmed
    return Known(Truth.FALSE if proof else Truth.NOT_DOCUMENTED), proof


def _largest(proof: list[Finding]) -> tuple[Known, list[Finding]]:
    if not proof:
        return Known(Truth.NOT_DOCUMENTED), []
    top = max(float(finding.value) for finding in proof)
    return Known(Truth.TRUE, top), [finding for finding in proof if float(finding.value) == top]


def _sum(proof: list[Finding]) -> tuple[Known, list[Finding]]:
    return (Known(Truth.TRUE, sum(float(finding.value) for finding in proof)), proof) if proof else (Known(Truth.NOT_DOCUMENTED), [])


def _count(proof: list[Finding]) -> tuple[Known, list[Finding]]:
    given = [finding for finding in proof if finding.value]
    days = {(finding.date, finding.span.document) for finding in given}
    return (Known(Truth.TRUE, float(len(days))), given) if given else (Known(Truth.NOT_DOCUMENTED), [])


_COMBINE = {Combine.EVER: _ever, Combine.MAX: _largest, Combine.SUM: _sum, Combine.COUNT: _count}
