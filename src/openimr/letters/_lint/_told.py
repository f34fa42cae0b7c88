"""The words with which letters and records tell facts, as the library has them, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from openimr.library import Phrase, any_phrase

_Phrases = tuple[Phrase, ...]


class FirstLine(BaseModel):
    """The classes of drugs that "first-line" stands for where one of the words is near."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    where: _Phrases
    classes: tuple[str, ...]


class ToldWords(BaseModel):
    """How facts of a case are told, denied and recited; the file says what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    recital: _Phrases
    case: _Phrases
    claims: _Phrases
    asked: _Phrases
    visit: _Phrases
    earlier: _Phrases
    denied_before: _Phrases
    denied_after: _Phrases
    undone: _Phrases
    not_done: _Phrases
    never: _Phrases
    qualified: _Phrases
    not_itself: _Phrases
    tried: _Phrases
    failed: _Phrases
    unhelped: _Phrases
    first_line: _Phrases
    first_line_for: tuple[FirstLine, ...]
    loosely: _Phrases
    imaging: _Phrases
    imaging_kinds: tuple[str, ...]
    had: frozenset[str]
    conservative: _Phrases
    conservative_kinds: tuple[str, ...]
    examined: _Phrases
    neurologic: _Phrases
    classes: dict[str, _Phrases]
    studies: dict[str, _Phrases]
    result: _Phrases
    found: _Phrases
    normal: _Phrases
    tests: dict[str, _Phrases]
    positive: _Phrases
    negative: _Phrases
    motions: dict[str, _Phrases]
    scales: dict[str, _Phrases]
    relief: _Phrases
    completed: _Phrases
    visits_asked: _Phrases
    taking: _Phrases
    taking_now: _Phrases
    stopped: _Phrases
    stopped_after: _Phrases
    resumed: _Phrases
    decisive: dict[str, _Phrases]
    decisive_against: dict[str, _Phrases]
    spoken_of: dict[str, _Phrases]
    supposed: _Phrases
    plain_signs: frozenset[str]
    answered: frozenset[str]


class Told:
    """The words compiled; each list becomes one pattern when it is first used."""

    def __init__(self, words: ToldWords) -> None:
        self.words = words

    @cached_property
    def recital(self) -> re.Pattern[str]:
        """What a guideline says of patients in general."""
        return _any(self.words.recital)

    @cached_property
    def case(self) -> re.Pattern[str]:
        """What tells that a sentence is of this case."""
        return _any(self.words.case)

    @cached_property
    def claims(self) -> re.Pattern[str]:
        """What a party to the denial held."""
        return _any(self.words.claims)

    @cached_property
    def asked(self) -> re.Pattern[str]:
        """What somebody asked for or plans."""
        return _any(self.words.asked)

    @cached_property
    def visit(self) -> re.Pattern[str]:
        """Words of a day on which the patient was seen."""
        return _any(self.words.visit)

    @cached_property
    def earlier(self) -> re.Pattern[str]:
        """What is told of another time than the last visit."""
        return _any(self.words.earlier)

    @cached_property
    def denied_before(self) -> re.Pattern[str]:
        """What denies that something behind it is documented."""
        return _any(self.words.denied_before)

    @cached_property
    def denied_after(self) -> re.Pattern[str]:
        """What denies that something before it is documented."""
        return _any(self.words.denied_after)

    @cached_property
    def never(self) -> re.Pattern[str]:
        """What denies that something behind it was ever had."""
        return _any(self.words.never)

    @cached_property
    def qualified(self) -> re.Pattern[str]:
        """What makes a denial narrower than the bare fact."""
        return _any(self.words.qualified)

    @cached_property
    def not_itself(self) -> re.Pattern[str]:
        """What makes the name of a treatment stand for something else."""
        return _any(self.words.not_itself)

    @cached_property
    def tried(self) -> re.Pattern[str]:
        """Words of having had a treatment."""
        return _any(self.words.tried)

    @cached_property
    def failed(self) -> re.Pattern[str]:
        """Words of a treatment that failed."""
        return _any(self.words.failed)

    @cached_property
    def first_line(self) -> re.Pattern[str]:
        """Words for the treatment of first choice."""
        return _any(self.words.first_line)

    @cached_property
    def first_line_for(self) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
        """The classes "first-line" stands for, by the words near it."""
        return tuple((_any(each.where), each.classes) for each in self.words.first_line_for)

    @cached_property
    def classes(self) -> Mapping[str, re.Pattern[str]]:
        """Words for kinds of treatment and classes of drugs."""
        return _named(self.words.classes)

    @cached_property
    def studies(self) -> Mapping[str, re.Pattern[str]]:
        """Words for studies."""
        return _named(self.words.studies)

    @cached_property
    def result(self) -> re.Pattern[str]:
        """Words with which the result of a study is told."""
        return _any(self.words.result)

    @cached_property
    def found(self) -> re.Pattern[str]:
        """Words of what a study found, not of the study."""
        return _any(self.words.found)

    @cached_property
    def normal(self) -> re.Pattern[str]:
        """Words of a study that found nothing."""
        return _any(self.words.normal)

    @cached_property
    def tests(self) -> Mapping[str, re.Pattern[str]]:
        """Named tests of the examination."""
        return _named(self.words.tests)

    @cached_property
    def positive(self) -> re.Pattern[str]:
        """Words of a positive test."""
        return _any(self.words.positive)

    @cached_property
    def negative(self) -> re.Pattern[str]:
        """Words of a negative test."""
        return _any(self.words.negative)

    @cached_property
    def motions(self) -> Mapping[str, re.Pattern[str]]:
        """Motions of a joint, those with the longer names first."""
        return _named(self.words.motions)

    @cached_property
    def scales(self) -> Mapping[str, re.Pattern[str]]:
        """Scales and indexes that give a number."""
        return _named(self.words.scales)

    @cached_property
    def relief(self) -> re.Pattern[str]:
        """Words of what a treatment did, behind a percentage."""
        return _any(self.words.relief)

    @cached_property
    def completed(self) -> re.Pattern[str]:
        """Words of visits that took place."""
        return _any(self.words.completed)

    @cached_property
    def undone(self) -> re.Pattern[str]:
        """What behind "no ..." says that something did not take place or is not told of."""
        return _any(self.words.undone)

    @cached_property
    def unhelped(self) -> re.Pattern[str]:
        """Words of a treatment that did not help."""
        return _any(self.words.unhelped)

    @cached_property
    def imaging(self) -> re.Pattern[str]:
        """Imaging as a whole."""
        return _any(self.words.imaging)

    @cached_property
    def decisive_against(self) -> Mapping[str, re.Pattern[str]]:
        """Circumstances that decide against a treatment."""
        return _named(self.words.decisive_against)

    @cached_property
    def resumed(self) -> re.Pattern[str]:
        """Words of a drug that is taken again."""
        return _any(self.words.resumed)

    @cached_property
    def not_done(self) -> re.Pattern[str]:
        """What tells that something before it did not take place."""
        return _any(self.words.not_done)

    @cached_property
    def taking_now(self) -> re.Pattern[str]:
        """Words right before a drug that is taken to this day."""
        return _any(self.words.taking_now)

    @cached_property
    def loosely(self) -> re.Pattern[str]:
        """Treatments without their name, of which it is only likely what is meant."""
        return _any(self.words.loosely)

    @cached_property
    def conservative(self) -> re.Pattern[str]:
        """Care short of operation, as a whole."""
        return _any(self.words.conservative)

    @cached_property
    def examined(self) -> re.Pattern[str]:
        """Findings of the examination, as a whole."""
        return _any(self.words.examined)

    @cached_property
    def neurologic(self) -> re.Pattern[str]:
        """Findings of the nerves."""
        return _any(self.words.neurologic)

    @cached_property
    def visits_asked(self) -> re.Pattern[str]:
        """What tells that visits did not take place, but are asked for."""
        return _any(self.words.visits_asked)

    @cached_property
    def taking(self) -> re.Pattern[str]:
        """Words of a drug that is taken to this day."""
        return _any(self.words.taking)

    @cached_property
    def stopped(self) -> re.Pattern[str]:
        """Words before a drug that is no longer taken."""
        return _any(self.words.stopped)

    @cached_property
    def stopped_after(self) -> re.Pattern[str]:
        """Words near a drug that is no longer taken."""
        return _any(self.words.stopped_after)

    @cached_property
    def supposed(self) -> re.Pattern[str]:
        """What a sentence does not tell as found."""
        return _any(self.words.supposed)

    @cached_property
    def decisive(self) -> Mapping[str, re.Pattern[str]]:
        """Signs and findings that decide, as they are told."""
        return _named(self.words.decisive)

    @cached_property
    def spoken_of(self) -> Mapping[str, re.Pattern[str]]:
        """Whatever speaks of the same signs and findings."""
        return _named(self.words.spoken_of)


def _named(phrases: Mapping[str, Iterable[str]]) -> Mapping[str, re.Pattern[str]]:
    return {name: _any(each) for name, each in phrases.items()}


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    return any_phrase(phrases) or re.compile(r"(?!)")
