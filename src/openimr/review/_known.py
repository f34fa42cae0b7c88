"""What is known for one component of a request: facts of the record, terms of the request, and what follows from the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from openimr.cases import Case
from openimr.evidence import FactState, Finding, Gathered, Site, state
from openimr.guidelines import Guidelines, part_of
from openimr.library import Known, Library, Truth
from openimr.treatments import Component, RequestTerms, Vocabulary

_DAYS_A_MONTH = 30.4375
# words of a request that are yes-or-no terms of their own
_AS_YES_OR_NO: Mapping[str, Mapping[str, str]] = {
    "acquisition": {"rental": "rental", "purchase": "purchase"},
    "phase": {"postoperative": "says_postoperative"},
}


@dataclass(frozen=True, slots=True)
class KnownOf:
    """The states of all facts for one request, and the bare values the guidelines reason with.

    `derived` says in words where a value comes from that is not read in the record; `labels` names the facts for people; `left_out` counts
    the older passages of a fact that say what newer ones say and were not kept.
    """

    states: Mapping[str, FactState]
    known: Mapping[str, Known]
    derived: Mapping[str, str]
    labels: Mapping[str, str]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def with_review(self, name: str, value: Known, why: str) -> KnownOf:
        """Return the same with what the review itself has come to on a fact, in place of what records say."""
        states = {fact: state for fact, state in self.states.items() if fact != name}
        return replace(self, states=states, known={**self.known, name: value}, derived={**self.derived, name: why})


def known_of(
    case: Case,
    terms: RequestTerms,
    findings: Gathered,
    on: date,
    shelf: tuple[Library, Guidelines],
    site: Site,
    supported: Known,
) -> KnownOf:
    """Return what is known for a request on the governing date; `supported` is the state of the item it may depend on."""
    library, guidelines = shelf
    by_fact: dict[str, list[Finding]] = {}
    for finding in findings.findings:
        by_fact.setdefault(finding.fact, []).append(finding)
    states = {name: state(name, fact, by_fact.get(name, ()), on, site) for name, fact in library.facts.items()}
    known = {name: each.known for name, each in states.items()}
    derived: dict[str, str] = {}
    for name, value in terms.terms.items():
        if isinstance(value, bool | int | float):
            known[name] = Known.of(value)
            derived[name] = "request"
    for name, words in guidelines.says.items():
        known[name] = Known.of(words.search(terms.text) is not None)
        derived[name] = "request"
    for name, said in _AS_YES_OR_NO.items():
        if terms.terms.get(name) in said:
            known[said[str(terms.terms[name])]] = Known(Truth.TRUE)
            derived[said[str(terms.terms[name])]] = "request"
    if terms.terms.get("associated"):
        known["says_postoperative"] = Known(Truth.TRUE)
        derived["says_postoperative"] = "request"
    injury = case.dates.get("date_of_injury")
    if injury is not None:
        known["months_since_injury"] = Known.of(round((on - injury).days / _DAYS_A_MONTH, 1))
        derived["months_since_injury"] = f"injury of {injury.isoformat()}"
    for name, fact in guidelines.since.items():
        last = _last_given(states.get(fact), on)
        if last is not None:
            known[name] = Known.of(round((on - last).days / _DAYS_A_MONTH, 1))
            derived[name] = f"last given on {last.isoformat()}, as the record dates it"
    known["parent_supported"] = supported
    if supported.truth is not Truth.NOT_DOCUMENTED:
        derived["parent_supported"] = "conclusion on the other disputed item"
    return KnownOf(states, known, derived, {name: fact.label for name, fact in library.facts.items()}, findings.left_out)


def known_of_part(known: KnownOf, part: Component, terms: RequestTerms, guidelines: Guidelines, vocabulary: Vocabulary) -> KnownOf:
    """Return what is known for one component: the request's, and which of the things criteria name it, and each of its ingredients, is."""
    beside = [other.treatment for other in terms.components if vocabulary.is_part(other.treatment)]
    own = {*vocabulary.kinds(part.treatment), *beside, str(terms.terms.get("form"))}
    more: dict[str, Known] = {}
    for name, wanted in guidelines.asks_for.items():
        if name in guidelines.several:
            continue
        said = guidelines.says.get(name)
        more[name] = Known.of(bool(own.intersection(wanted)) or bool(said and said.search(part.said or terms.text)))
        for number, ingredient in enumerate(part.ingredients, 1):
            more[part_of(name, number)] = Known.of(bool(set(vocabulary.kinds(ingredient)).intersection(wanted)))
    if part.ingredients:
        more["parts"] = Known.of(float(len(part.ingredients)))
    return replace(known, known={**known.known, **more}, derived={**known.derived, **dict.fromkeys(more, "request")})


def _last_given(given: FactState | None, on: date) -> date | None:
    """The last day before the governing date that the record gives for the treatment."""
    days = [each.told for each in given.counted if each.told is not None and each.told < on] if given else []
    return max(days, default=None)
