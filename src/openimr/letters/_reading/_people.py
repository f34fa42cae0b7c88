"""Who reviewed, and of whom a letter speaks: the reviewer's credentials, the patient's age and sex."""

from __future__ import annotations

import re
from itertools import chain

from openimr.determinations import Reviewer

from ._shape import Found
from ._source import Place, Source

_LICENSURE = re.compile(r"State\s?\(s\)\s+of\s+Licensure\s*:")
_SPECIALTY = re.compile(r"Certification\s?\(s\)\s?/\s?Specialty\s*:")
_INLINE = re.compile(
    r"\bis\s+Board\s+Certified\s+in\s+(?P<specialties>.{1,300}?)(?:,?\s+has\s+a\s+subspecialty\s+in\s+(?P<subspecialties>.{1,300}?))?"
    r",?\s+and\s+is\s+licensed\s+to\s+practice\s+in\s+(?P<licensure>.{1,600}?)\.(?=\s|$)",
    re.S,
)
_ENDS = r"(?=\.(?:\s|$)|,?\s+(?:and\s+)?(?:is|has|holds|who)\b)"
_APART = {
    "licensure": re.compile(rf"\b(?:licensed\s+to\s+practice|holds\s+(?:a\s+)?licenses?)\s+in\s+(.{{1,600}}?){_ENDS}", re.S),
    "specialties": re.compile(rf"\bBoard\s+Certified\s+in\s+(.{{1,300}}?){_ENDS}", re.S),
    "subspecialties": re.compile(rf"\bsubspecialty\s+in\s+(.{{1,300}}?){_ENDS}", re.S),
}

_NUMBER_WORDS = {
    word: 20 + 10 * tens + units
    for tens, ten in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty"))
    for units, word in enumerate(
        (ten, *(f"{ten}-{unit}" for unit in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")))
    )
}
_AGE = re.compile(
    r"\b(?P<age>\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?:[-\s]*(?:years?|yrs?)\.?[-\s]*(?P<old>olds?|of\s+age)\b|\s*[-]?y[./]?o\b\.?)",
    re.I,
)
_AGED = re.compile(r"\b(?:age|aged)(?:\s+of)?[:\s]+(?P<age>\d{1,3})\b(?!\s*(?:months|weeks|days|mg))", re.I)
# what may be so many years old and is no patient
_THING = re.compile(
    r"[\s,]*(?:injur|claim|condition|complaint|fracture|tear|surg|mri|x-?ray|stud|report|history|accident|record|scar|prosthe)", re.I
)
_SEX = re.compile(r"\b(?:(?P<male>males?|man|men|gentleman|boy)|(?P<female>females?|wom[ae]n|lady|girl))\b", re.I)
_SHORT_SEX = re.compile(r"[\s,-]*(?:(?P<male>M)|(?P<female>F))\b(?![./-])")
_PRONOUN = re.compile(r"\b(?:(?P<male>he|his|him|himself)|(?P<female>she|hers?|herself))\b", re.I)
_FIRST = 300  # characters of a summary that mostly tell of whom it speaks
_NEAR = 80  # characters after the age within which the person is named


def read_reviewer(source: Source, place: Place | None, found: Found) -> None:
    """Read the credentials stated at a place, in any of the three wordings, into `found`."""
    if place is None:
        return
    plain = source.plain
    start, end = place
    licensure, specialty = _LICENSURE.search(plain, start, end), _SPECIALTY.search(plain, start, end)
    places: dict[str, Place | None] = {}
    if licensure or specialty:
        # either may stand first; each runs, over several lines if need be, up to the other or the end of the section
        if licensure:
            until = specialty.start() if specialty and specialty.start() > licensure.end() else end
            places["licensure"] = source.trimmed(licensure.end(), until)
        if specialty:
            until = licensure.start() if licensure and licensure.start() > specialty.end() else end
            places["specialties"] = source.trimmed(specialty.end(), until)
    elif inline := _INLINE.search(plain, start, end):
        places = {name: inline.span(name) for name in ("licensure", "specialties", "subspecialties") if inline[name]}
    else:
        # the three statements by themselves, in any order
        apart = {name: pattern.search(plain, start, end) for name, pattern in _APART.items()}
        places = {name: said.span(1) for name, said in apart.items() if said}
    known = {name: own for name, own in places.items() if own is not None}
    if not known:
        return
    listed = {name: _listed(source.value(own), states=name == "licensure") for name, own in known.items()}
    found.reviewer = Reviewer(**listed)
    found.spans.update({f"reviewer.{name}": own for name, own in known.items()})


def _listed(text: str, *, states: bool) -> tuple[str, ...]:
    if states:
        return tuple(part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", text) if part.strip())
    return tuple(part for part in text.split(", ") if part.strip())


def read_summary(source: Source, place: Place | None, found: Found) -> None:
    """Read the summary at a place, and of whom it speaks, into `found`."""
    if place is None:
        return
    found.summary, found.spans["summary"] = source.value(place), place
    _patient(source, *place, found)


def _patient(source: Source, start: int, end: int, found: Found) -> None:
    """Read age in years and sex ("male", "female") as the summary between two places states them.

    Sex is told by the word nearest after the age, by the first such word, or by pronouns when all are of one sex.
    """
    plain = source.plain
    near = start
    # nearly always in the first sentence; the rest is searched only where it is not
    for stated in chain(_AGE.finditer(plain, start, min(start + _FIRST, end)), _AGE.finditer(plain, start + _FIRST - _NEAR, end)):
        if _THING.match(plain, stated.end(), end):
            continue
        value = _years(stated["age"])
        if value is not None and value <= 120:
            found.age, found.spans["patient.age"], near = value, stated.span("age"), stated.end()
            break
    else:
        if (aged := _AGED.search(plain, start, end)) and int(aged["age"]) <= 120:
            found.age, found.spans["patient.age"], near = int(aged["age"]), aged.span("age"), aged.end()
    said = (
        _SEX.search(plain, near, min(end, near + _NEAR))
        or (_SHORT_SEX.match(plain, near, end) if found.age is not None else None)
        or _SEX.search(plain, start, end)
    )
    if said is None:
        pronouns = list(_PRONOUN.finditer(plain, start, end))
        said = pronouns[0] if len({pronoun.lastgroup for pronoun in pronouns}) == 1 else None
    if said is not None:
        found.sex, found.spans["patient.sex"] = said.lastgroup, said.span()


def _years(text: str) -> int | None:
    return int(text) if text.isdigit() else _NUMBER_WORDS.get(text.lower().replace(" ", "-"))
