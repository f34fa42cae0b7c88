"""The grammar of a request: how many, how often, how long, at which strength, of what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ._data import Counts
from ._numbers import NO_RANGE, ONE, RANGE, lower, value
from ._regions import RegionMention

Term = float | str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """One treatment a request names, as written at characters `start` to `end`; `slip` when it is written with a key slip or loosely.

    `ingredients` are the drugs of a product put on the skin, in the order of the request; `also` the places where it is named again.
    `terms` are its own: in a request of several treatments what stands in its part of the text, and what is said once for all;
    `said` is its part of the text.
    """

    treatment: str
    name: str
    start: int
    end: int
    slip: bool = False
    ingredients: tuple[str, ...] = ()
    also: tuple[tuple[int, int], ...] = ()
    terms: Mapping[str, Term] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True, slots=True)
class RequestTerms:
    """A request taken apart. Every word is used by a component, a site or a term, or stands in `unused`; function words are left out.

    `components`: the treatments, those that come with another one (image guidance) last. `sites`: the regions it names.

    `terms`, each only when the text gives it. Where: region, regions, side (left, right, bilateral), levels. How many:
    injections_per_session, quantity (of one fill), refills, requested_visits, visits_per_week, series, interval_days. Of a drug:
    strength with strength_unit (or strengths), amount (or amounts), doses_per_day (the most allowed), units_per_dose, form,
    injectate. How often and how long, as written: frequency ("3 a week"), duration ("6 weeks"). How long: course_days (calendar days,
    all fills). Else: level_count, hours, hours_per_day, hours_per_week, contrast (with, without, with and without),
    diagnoses (ICD codes), timing, phase, dates, acquisition. Flags: associated (announced as a service of an operation), possible,
    quantity_unspecified, as_needed, additional, initial, repeat; `excluded` names what it says to leave out, `disagreeing` the
    terms it gives twice with different values (the first, or the total written out, is kept). Of a range the upper end is kept.

    `stated`: the names of the terms that carry a value the text gives or that follows from it by arithmetic.
    """

    text: str
    components: tuple[Component, ...]
    terms: Mapping[str, Term]
    stated: frozenset[str]
    unused: tuple[str, ...]
    sites: tuple[RegionMention, ...] = ()


_FLAGS = frozenset(
    {"associated", "possible", "quantity_unspecified", "as_needed", "additional", "initial", "repeat", "excluded", "disagreeing"}
)
# Words of a request that say nothing of what is asked for; nouns of the grammar stand here for when no number is with them.
_FUNCTION_WORDS = frozenset(
    """
    a an and any are as at be but by each every for from he her his if in into is it its of on one's or per she site sites that
    the their then these they this those through to under up was were when which while with within without patient injured worker
    please vs versus request requests requested requesting authorization authorize region regions area areas spine muscle muscles
    musculature level levels side sides sided body part parts session sessions visit visits treatment treatments therapy
    procedure procedures service services injection injections medication medications total qty quantity number times time day
    days week weeks month months x
    """.split()  # noqa: SIM905 - a hundred words read better in lines
)
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[./'’-][A-Za-z0-9]+)*")  # noqa: RUF001 - either apostrophe


@dataclass
class Draft:
    """A request while it is read: which characters are spoken for, and the terms found so far."""

    text: str
    components: list[Component] = field(default_factory=list)
    counts: Mapping[str, Counts] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    used: bytearray = field(default_factory=bytearray)
    disagreeing: list[str] = field(default_factory=list)
    several: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.used = bytearray(len(self.text))

    def free(self, start: int, end: int) -> bool:
        """Tell whether nothing between the places has been read yet."""
        return not any(self.used[start:end])

    def use(self, start: int, end: int) -> None:
        """Mark the characters between the places as read."""
        self.used[start:end] = b"\1" * (end - start)

    def put(self, key: str, term: Term) -> None:
        """Keep a term; a second, different value is noted and the first kept."""
        if key not in self.terms:
            self.terms[key] = term
        elif self.terms[key] != term and key not in self.disagreeing:
            self.disagreeing.append(key)

    def add(self, key: str, item: str) -> None:
        """Keep one more of what a request may give several times (strengths of a compound)."""
        items = self.several.setdefault(key, [])
        if item not in items:
            items.append(item)

    def owner(self, place: int) -> Counts | None:
        """Return what a bare number at this place counts: that of the treatment named before it, else of the next one."""
        counted = [component for component in self.components if component.treatment in self.counts]
        before = [component for component in counted if component.end <= place]
        nearest = max(before, key=lambda component: component.end) if before else next(iter(counted), None)
        return self.counts[nearest.treatment] if nearest else None


Handler = Callable[[Draft, re.Match[str]], bool]

_UNIT_DAYS = {"d": 1.0, "w": 7.0, "m": 30.0, "y": 365.0}
_WORD_OF_UNIT = {"d": "day", "w": "week", "m": "month", "y": "year"}
_COUNTED: Mapping[Counts, str] = {
    "injections": "injections_per_session",
    "visits": "requested_visits",
    "units": "quantity",
    "days": "quantity",
}
_UNIT = r"(?:days?|weeks?|wks?|wk|months?|mos?|mths?|years?|yrs?)(?![A-Za-z])"
_START = r"(?<![\w.])"
_DATE = r"\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}"


def _days(unit: str) -> float:
    return _UNIT_DAYS[unit[0].lower()]


def _length(number: str, unit: str) -> str:
    """A length of time as it was written, in full words: "6 weeks"."""
    return f"{value(number):g} {_WORD_OF_UNIT[unit[0].lower()]}s"


def _dates(draft: Draft, match: re.Match[str]) -> bool:
    for day in re.findall(_DATE, match.group()):
        draft.add("dates", day)
    if re.match(r"DOS|dates? of service", match.group(), re.I):
        draft.put("timing", "retrospective")
    return True


def _word(key: str, term: Term) -> Handler:
    def keep(draft: Draft, match: re.Match[str]) -> bool:
        draft.put(key, term)
        return True

    return keep


def _phase(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("phase", "preoperative" if match.group().lower().startswith("pre") else "postoperative")
    return True


def _timing(draft: Draft, match: re.Match[str]) -> bool:
    word = match.group().lower()
    draft.put("timing", next(kind for kind in ("retrospective", "concurrent", "prospective") if kind.startswith(word[:5])))
    return True


def _strength(draft: Draft, match: re.Match[str]) -> bool:
    number, unit = re.sub(r"\s+", "", match["number"]), match["unit"].lower().replace("percent", "%") or "mg"
    draft.add("strengths", f"{number} {unit}")
    return True


def _amount(draft: Draft, match: re.Match[str]) -> bool:
    draft.add("amounts", f"{match['number']} {match['unit'].lower()}")
    return True


def _refills(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("refills", 0.0 if match["n"].lower() in ("no", "without") else value(match["n"]))
    return True


def _schedule(draft: Draft, match: re.Match[str]) -> bool:
    """Read "2 times a week for 6 weeks"; of a drug "2 times a day for 14 days"."""
    often = value(match["often"]) if match["often"] else 1.0
    unit = match["unit"]
    length = value(match["length"]) * _days(match["length_unit"]) if match["length"] else None
    draft.put("frequency", f"{often:g} a {_WORD_OF_UNIT[unit[0].lower()]}")
    if match["length"]:
        draft.put("duration", _length(match["length"], match["length_unit"]))
    if unit[0].lower() == "d" and "visits" not in {draft.owner(match.start())}:
        draft.put("doses_per_day", often)
        if length:
            draft.put("course_days", length)
        return True
    if unit[0].lower() == "w":
        draft.put("visits_per_week", often)
    if length:
        draft.put("course_days", length)
        # whole weeks of whole visits: thirty days a month are a convention, so the product is rounded
        draft.terms.setdefault("_scheduled_visits", float(round(often * length / _days(unit))))
    return True


def _pair(draft: Draft, match: re.Match[str]) -> bool:
    """Read "2x6" or "2 times 6": visits a week and weeks, of a treatment that is given by the visit."""
    if draft.owner(match.start()) != "visits":
        return False
    draft.put("visits_per_week", value(match["often"]))
    draft.put("frequency", f"{value(match['often']):g} a week")
    draft.put("duration", f"{value(match['length']):g} weeks")
    draft.put("course_days", value(match["length"]) * 7.0)
    draft.terms.setdefault("_scheduled_visits", value(match["often"]) * value(match["length"]))
    return True


def _visits(draft: Draft, match: re.Match[str]) -> bool:
    number = match["before"] or match["after"]
    if draft.owner(match.start()) == "injections" and match["noun"].lower().startswith("treatment"):
        return False
    draft.put("requested_visits", value(number))
    if re.search(r"\b(?:additional|more|further|extra)\b", match.group(), re.I):
        draft.put("additional", True)
    return True


def _injections(draft: Draft, match: re.Match[str]) -> bool:
    if draft.owner(match.start()) != "injections":
        return False
    number = value(match["n"])
    each = match["each"]
    if each:
        many = 2 if each.lower() == "side" and draft.terms.get("side") == "bilateral" else 1
        levels = draft.terms.get("levels")
        number *= len(levels) if each.lower() == "level" and isinstance(levels, tuple) else many
    draft.put("injections_per_session", number)
    return True


def _series(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("series", value(match["n"]))
    draft.put("repeat", True)
    return True


def _interval(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("interval_days", value(match["n"]) * _days(match["unit"]))
    return True


def _dose(draft: Draft, match: re.Match[str]) -> bool:
    if draft.owner(match.start()) not in ("units", None):
        return False
    units = value(match["units"]) if match["units"] else 1.0
    draft.put("doses_per_day", units * _times_a_day(match))
    draft.put("frequency", f"{_times_a_day(match):g} a day")
    return True


def _one_dose(draft: Draft, match: re.Match[str]) -> bool:
    """Read "take 1 tablet" without how often: what is taken at once, not the quantity."""
    draft.put("units_per_dose", value(match["n"] or match["n2"]))
    return True


def _times_a_day(match: re.Match[str]) -> float:
    if match["hours"]:
        return 24.0 / lower(match["hours"])
    if match["often"]:
        return value(match["often"])
    code = re.sub(r"[^a-z]", "", match["code"].lower())
    return {"bid": 2.0, "tid": 3.0, "qid": 4.0}.get(code, 1.0)


def _days_supply(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("duration", f"{value(match['n']):g} days")
    draft.put("course_days", value(match["n"]))
    return True


def _duration(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("duration", _length(match["n"], match["unit"]))
    if draft.owner(match.start()) == "days" and match["unit"][0].lower() == "d":
        draft.put("quantity", value(match["n"]))
    draft.put("course_days", value(match["n"]) * _days(match["unit"]))
    return True


def _contrast(draft: Draft, match: re.Match[str]) -> bool:
    words = set(re.findall(r"with(?:out)?|w/?o?\b", match["how"].lower()))
    none, some = bool(words & {"without", "w/o", "wo"}), bool(words & {"with", "w/", "w"})
    draft.put("contrast", "with and without" if none and some else "without" if none else "with")
    return True


def _hours(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("hours_per_week" if match["unit"][0].lower() == "w" else "hours_per_day", value(match["n"]))
    return True


def _total_hours(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("hours", value(match["n"]))
    return True


def _regularly(draft: Draft, match: re.Match[str]) -> bool:
    times, per = {"w": (1, "week"), "m": (1, "month"), "q": (4, "year")}.get(match["word"][0].lower(), (1, "year"))
    draft.put("frequency", f"{times} a {per}")
    return True


def _levels(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("level_count", value(match["n"]))
    return True


def _units(draft: Draft, match: re.Match[str]) -> bool:
    draft.put("quantity", value(match["n"]))
    return True


def _bare(draft: Draft, match: re.Match[str]) -> bool:
    """Read a number without a noun ("x 2", "#14", "QTY: 2", "total of 4") as what the treatment beside it is counted in."""
    counted = draft.owner(match.start())
    if counted is None:
        return False
    draft.put(_COUNTED[counted], value(match["n"]))
    return True


_MEASURES = (
    r"(?:mg|mcg|ml|cc|gm?|grams?|%|percent|hours?|hrs?|min\w*|days?(?!\s+supply)|weeks?|wks?|months?|mos?|years?|"
    r"times|per|a\s+(?:day|week))"
)
_NO_MEASURE = rf"{NO_RANGE}(?!\s*-?\s*{_MEASURES}(?![A-Za-z]))"
_EVERY_WEEK = (
    r"(?:\s*(?:x|times?|visits?|sessions?|treatments?|days))?\s*"
    r"(?:(?:per|an?|each|every|/|x(?=\s*(?:week|wk|day|month)\b))\s*(?P<unit>days?|weeks?|wks?|months?)(?![A-Za-z]))"
)
_FOR = r"[\s,;]*(?:for|x|times|over|per|during)?\s*(?:the next|a total of)?\s*"
_LENGTH = rf"(?:{_FOR}(?P<length>{RANGE})\s*(?:more\s+|additional\s+)?-?(?P<length_unit>{_UNIT}))"
_CODE = (
    r"(?P<code>b\.?i\.?d\b\.?|t\.?i\.?d\b\.?|q\.?i\.?d\b\.?|q\.?\s?h\.?s\b\.?|q\.?d\b\.?|q\.?[ap]\.?m\b\.?|hs\b|"
    r"daily|nightly|at bedtime|at night|"
    r"(?:each|every|per|a) (?:day|night|evening|morning))"
)
_OFTEN_DAILY = rf"(?P<often>{RANGE})\s*(?:x|times?)?\s*(?:daily|an?\s+day|per\s+day|each\s+day|/\s*day)"
_HOURLY = r"(?:q\.?\s*|every\s+)(?P<hours>\d+(?:\s*(?:-|–|to)\s*\d+)?)\s*(?:h|hrs?|hours?)\b\.?"  # noqa: RUF001 - requests print either dash
_ROUTE_WORD = r"(?:\s*(?:by mouth|orally|oral|p\.?o\b\.?|per os))"
_ROUTE = rf"{_ROUTE_WORD}*"
_TABLET = r"(?:(?:tablets?|tabs?|capsules?|caps?|caplets?|pills?|patch(?:es)?)(?![A-Za-z]))"

# Order decides: a longer form is read before a shorter one that it contains.
_GRAMMAR: tuple[tuple[str, Handler], ...] = (
    (rf"\bDOS\b:?\s*(?:{_DATE})(?:\s*(?:-|to|and|,|through)\s*(?:{_DATE}))*|\bdates? of service:?\s*(?:{_DATE})", _dates),
    (rf"(?:\bper\s+|\bon\s+|\bdated\s+)?(?:{_DATE})(?:\s+order)?", _dates),
    (r"\bretro(?:spective(?:ly)?)?\b|\bconcurrent(?:ly)?\b|\bprospective(?:ly)?\b", _timing),
    (r"\b(?:pre|post)[ -]?op(?:erative(?:ly)?)?\b", _phase),
    (
        r"\b(?:unspecified|unknown|undetermined|undisclosed)(?:\s+(?:quantity|quantities|amount|number|qty|dose|duration|frequency|refills))?(?:\s+of)?\b|"
        r"\b(?:no|without)\s+(?:a\s+)?(?:stated\s+|specified\s+)?(?:quantity|qty|amount)(?:\s+(?:stated|given|specified))?\b|"
        r"\b(?:quantity|qty|number)(?:\s+of\s+\w+)?\.?:?\s*(?:is\s+)?(?:unspecified|unknown|not\s+(?:specified|stated|given|indicated))\b",
        _word("quantity_unspecified", True),
    ),
    (
        r"(?<![\w.])(?P<number>\d+(?:\.\d+)?(?:\s*[-/]\s*\d+(?:\.\d+)?)*)\s*-?(?P<unit>mg|mcg|%|percent)(?:\s*/\s*(?:\d+\s*)?(?:ml|g|gm|hr|h))?(?![A-Za-z])",
        _strength,
    ),
    (r"(?<![\w./])(?P<number>\d+(?:\.\d+)?\s*[/-]\s*(?:200|300|325|500|650|750))(?P<unit>)(?![\w/])", _strength),
    (r"(?<![\w.])(?P<number>\d{1,3},\d{3}|\d{3,6})\s*(?P<unit>units?|IU)(?![A-Za-z])", _amount),
    (r"#?\s*(?<![\w.])(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>grams?|gms?|g|ml|cc|oz)(?![A-Za-z])", _amount),
    (r"\bassociated\s+surgical\s+(?:services?|items?|procedures?)\b", _word("associated", True)),
    (
        r"\b(?P<how>with\s*(?:and|or|&|/|\+)\s*without|without\s*(?:and|or|&|/|\+)\s*with|with|without|w/wo|w/o|w/|non)[\s-]*(?:IV\s+)?"
        r"(?:contrast|gadolinium|dye)(?:\s+(?:material|dye|agent))?\b",
        _contrast,
    ),
    (
        rf"{_START}(?P<n>{RANGE})\s*(?:hours?|hrs?)\s*(?:(?:per|an?|each|/)\s*)(?P<unit>days?|weeks?|shift|visit)(?![A-Za-z])",
        _hours,
    ),
    (rf"{_START}(?:(?:x|times|at|over)\s*)?(?P<n>{RANGE})[\s-]*levels?\b", _levels),
    (rf"{_START}(?P<n>{ONE}|no|without)\s+(?:additional\s+)?refills?\b", _refills),
    (rf"\brefills?\s*(?::|x|times|=|-)?\s*(?P<n>{ONE})", _refills),
    (rf"\b(?:days?'?\s+supply|supply)\s*:?\s*(?P<n>{ONE})(?:\s*days?)?\b", _days_supply),
    (rf"(?<![\w.#])(?P<n>{RANGE})[\s-]*days?'?[\s-]+supply\b", _days_supply),
    (rf"{_START}(?P<often>{RANGE}){_EVERY_WEEK}{_LENGTH}?", _schedule),
    (rf"{_START}(?P<often>{RANGE})\s*(?:x|times?)?\s*(?P<unit>w)eekly{_LENGTH}?", _schedule),
    (rf"(?P<often>)\b(?P<unit>w)eekly{_LENGTH}", _schedule),
    (r"\b(?P<word>weekly|monthly|quarterly|yearly|annual(?:ly)?)\b", _regularly),
    (rf"\bevery\s+(?P<n>{RANGE})\s*(?P<unit>{_UNIT})", _interval),
    (rf"{_START}(?:take\s+)?(?:(?P<units>{RANGE})\s*{_TABLET}?)?{_ROUTE}\s*{_HOURLY}(?P<often>)(?P<code>)", _dose),
    (rf"{_START}(?:take\s+)?(?:(?P<units>{RANGE})\s*{_TABLET}?{_ROUTE}\s+)?{_OFTEN_DAILY}(?P<hours>)(?P<code>)", _dose),
    (rf"{_START}(?:take\s+)?(?:(?P<units>{RANGE})\s*{_TABLET}?)?{_ROUTE}\s*(?<![A-Za-z]){_CODE}(?P<hours>)(?P<often>)", _dose),
    (rf"{_START}(?:take\s+(?P<n>{RANGE})\s*{_TABLET}|(?P<n2>{RANGE})\s*{_TABLET}{_ROUTE_WORD}){_ROUTE}", _one_dose),
    (r"\bas needed\b|\bp\.?r\.?n\b\.?", _word("as_needed", True)),
    (rf"\b(?:a\s+)?series of\s+(?P<n>{RANGE})", _series),
    (
        rf"{_START}(?:(?:x|times|up to|at most|maximum(?: of)?|no more than|total of)\s*)?(?P<n>{RANGE})\s*"
        r"(?:(?:more\s+)?injections?\b(?=(?P<alone>))|(?=(?:per|each|at|on|in|/)\s))"
        r"(?:\s*(?:per|each|at each|on each|in each|in one|in a single|at one|/)\s*"
        r"(?:(?P<each>side|level)|session|visit|sitting|setting|time)\b)?"
        r"(?(alone)|(?<=side|evel|sion|isit|ting|time))",
        _injections,
    ),
    (
        rf"{_START}(?:(?:x|times)\s*)?(?P<before>{RANGE})(?:\s+(?!times\b|weeks?\b|days?\b|months?\b|x\b)[A-Za-z-]+){{0,4}}?\s+(?P<noun>visits?|sessions?|treatments?|sets?)\b(?P<after>)",
        _visits,
    ),
    (rf"(?P<before>)\b(?P<noun>visits?|sessions?|treatments?)\s*(?:,|:|x|times|#|\()?\s*#?(?P<after>{RANGE}){_NO_MEASURE}\)?", _visits),
    (rf"{_START}(?P<often>{RANGE})\s*(?:x|×|times)\s*(?P<length>{RANGE})(?:\s*(?:weeks?|wks?))?{_NO_MEASURE}", _pair),  # noqa: RUF001 - a sign of times
    (rf"{_START}(?:x\s*)?(?P<n>{RANGE})\s*(?:hours?|hrs?)\b(?!\s*(?:before|after|prior|as|prn))", _total_hours),
    (rf"{_START}(?:for|x|times|over|during)?\s*(?P<n>{RANGE})[\s-]*(?P<unit>{_UNIT})(?:\s+(?:course|period|use))?", _duration),
    (rf"{_START}(?:(?:x|dispense|disp\.?)\s*#?\s*)?(?P<n>{ONE})\s*{_TABLET}", _units),
    (
        r"(?:(?<![A-Za-z])(?:x|times|qty\.?|quantity(?: of)?|total of|up to|dispense|disp\.?|number of|no\.)|×|#)"  # noqa: RUF001 - a sign of times
        rf"\s*[:=#]?\s*\(?(?P<n>{RANGE}){_NO_MEASURE}\)?",
        _bare,
    ),
    (r"\b(?:additional|further|extra|more)\b", _word("additional", True)),
    (r"\b(?:initial|first|trial)\b", _word("initial", True)),
    (
        r"\b(?:repeat(?:ed)?|second|third|another|series|continu(?:e|ed|ing|ation)(?:\s+of)?|ongoing|maintenance|follow[ -]up)\b",
        _word("repeat", True),
    ),
    (r"\bpossibl[ey]\b", _word("possible", True)),
    (r"\brental\b|\brent\b", _word("acquisition", "rental")),
    (r"\bpurchase\b", _word("acquisition", "purchase")),
)
_COMPILED = tuple((re.compile(pattern, re.I), handler) for pattern, handler in _GRAMMAR)


def read_terms(draft: Draft) -> None:
    """Read all terms of a draft whose components, sites and forms are already marked."""
    for pattern, handler in _COMPILED:
        for match in _free_matches(pattern, draft):
            if handler(draft, match):
                draft.use(match.start(), match.end())
    _number_beside_component(draft)
    for match in _IN_BRACKETS.finditer(draft.text):
        if draft.free(match.start(), match.end()) and _bare(draft, match):
            draft.use(match.start(), match.end())
    _work_out(draft)


_MOST_TABLETS = 240.0  # a bare number above it behind a drug's name is its strength


def _free_matches(pattern: re.Pattern[str], draft: Draft) -> Iterator[re.Match[str]]:
    """Yield the matches of what has not been read; one that begins in something read is tried again behind its beginning."""
    at = 0
    while match := pattern.search(draft.text, at):
        free = bool(match.group().strip()) and draft.free(match.start(), match.end())
        if free:
            yield match
        at = max(match.end() if free else match.start() + 1, at + 1)


_IN_BRACKETS = re.compile(rf"\(\s*(?P<n>{ONE})\s*\)", re.I)
_SESSIONS = re.compile(r"\s*(?:sessions?|visits?|sets?)\b", re.I)
_NUMBER = re.compile(rf"(?<![\w.#])(?P<n>{RANGE}){_NO_MEASURE}", re.I)


def _number_beside_component(draft: Draft) -> None:
    """Read "two lumbar trigger point injections" and "TPI 2": a number with only read words between it and what it counts."""
    for match in _NUMBER.finditer(draft.text):
        if not draft.free(match.start(), match.end()):
            continue
        for component in draft.components:
            counted = draft.counts.get(component.treatment)
            between = (match.end(), component.start) if match.end() <= component.start else (component.end, match.start())
            if counted and between[0] <= between[1] and (_nothing_unread(draft, *between) or _set_off(draft.text, component.end, match)):
                sessions = _SESSIONS.match(draft.text, component.end)
                # "Robaxin 750" is a strength, "30 Robaxin" and "Robaxin, 30" are quantities
                strength = counted == "units" and component.end < match.start() and "," not in draft.text[component.end : match.start()]
                key = (
                    "requested_visits" if sessions else "strength" if strength and value(match["n"]) > _MOST_TABLETS else _COUNTED[counted]
                )
                draft.put(key, value(match["n"]))
                draft.use(match.start(), match.end())
                break


def _set_off(text: str, end: int, match: re.Match[str]) -> bool:
    """Tell whether the number stands between commas after the component: "injections, five, with ..."."""
    return re.fullmatch(r"\s*,\s*", text[end : match.start()]) is not None and re.match(r"\s*(?:[,;.]|$)", text[match.end() :]) is not None


def _nothing_unread(draft: Draft, start: int, end: int) -> bool:
    if re.search(r"[,;.(]", draft.text[start:end]):
        return False
    return all(
        any(draft.used[start + token.start() : start + token.end()]) or token.group().lower() in _FUNCTION_WORDS
        for token in _TOKEN.finditer(draft.text[start:end])
    )


def _work_out(draft: Draft) -> None:
    """Add what follows by arithmetic: visits of a schedule, the quantity or the days of a course of tablets."""
    _settle_several(draft)
    terms = draft.terms
    scheduled = terms.pop("_scheduled_visits", None)
    if scheduled is not None:
        draft.put("requested_visits", scheduled)
    hours, often = terms.get("hours_per_day"), terms.get("visits_per_week")
    if isinstance(hours, float) and isinstance(often, float):
        terms.setdefault("hours_per_week", hours * often)
    doses, quantity, refills = terms.get("doses_per_day"), terms.get("quantity"), terms.get("refills", 0.0)
    days = terms.get("course_days")
    fills = 1.0 + (refills if isinstance(refills, float) else 0.0)
    if isinstance(days, float):
        terms["course_days"] = days * fills
    if not isinstance(doses, float) or not doses:
        return
    if isinstance(quantity, float):
        draft.put("course_days", quantity * fills / doses)
    elif isinstance(days, float):
        terms["quantity"] = days * doses


def _settle_several(draft: Draft) -> None:
    """Set strength and amount when there is one, strengths and amounts when there are more, and dates."""
    strengths, amounts = draft.several.get("strengths", []), draft.several.get("amounts", [])
    if len(strengths) == 1:
        number, unit = strengths[0].split(" ")
        draft.put("strength", float(number) if re.fullmatch(r"[\d.]+", number) else number)
        draft.put("strength_unit", unit)
    elif strengths:
        draft.put("strengths", tuple(strengths))
    if len(amounts) == 1:
        draft.put("amount", amounts[0])
    elif amounts:
        draft.put("amounts", tuple(amounts))
    for key in ("dates", "diagnoses"):
        if key in draft.several:
            draft.put(key, tuple(draft.several[key]))


def unused_words(draft: Draft) -> tuple[str, ...]:
    """Return the words nothing was made of, in order; function words left out."""
    return tuple(
        token.group()
        for token in _TOKEN.finditer(draft.text)
        if draft.free(token.start(), token.end()) and token.group().lower() not in _FUNCTION_WORDS
    )


def finish(draft: Draft, sites: tuple[RegionMention, ...]) -> RequestTerms:
    """Return the request a fully read draft amounts to."""
    if draft.disagreeing:
        draft.terms["disagreeing"] = tuple(draft.disagreeing)
    return RequestTerms(
        text=draft.text,
        components=tuple(draft.components),
        terms=dict(draft.terms),
        stated=frozenset(draft.terms) - _FLAGS,
        unused=unused_words(draft),
        sites=sites,
    )
