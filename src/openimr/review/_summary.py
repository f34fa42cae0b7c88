"""The clinical case summary: passages of the record in the order a reviewer tells a case, each with its place; nothing else is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from openimr.documents import Record
from openimr.evidence import Passage, State, days_in

from ._chart import STUDIES, Chart, alike, as_evidence, copied, words_of
from ._words import day, ended, in_quotes, listed, record_type, short_day
from ._worksheet import Evidence, SummarySentence

_MOST_WORDS = 300  # quoted; with what stands around them what a reviewer reads before the issues (letters of the field: 100 to 400)
_LONGEST = 60  # words of one quoted passage
_FEWEST = {
    "mechanism": 1,
    "complaints": 2,
    "examination": 5,
    "diagnoses": 5,
    "treatment": 5,
    "diagnostics": 3,
    "request": 2,
    "ur_reason": 1,
}
_HEADS = {
    "mechanism": "How it came about",
    "complaints": "Complaints",
    "examination": "On examination",
    "diagnoses": "Diagnoses",
    "treatment": "Treatment to date",
    "diagnostics": "Diagnostics",
    "request": "Asked for",
    "ur_reason": "Reason given",
}
_RECENT_VISITS = 6
_FIRST_VISITS = 3
_TOLD_OF_HISTORY = ("mechanism", "complaints", "history", "past", "body", "conclusion", "discussion", "request", "medications", "told")
# how much each new thing adds: what a reviewer of most requests has to know first
_SIGN_WORTH = {
    "trigger points": 2.0,
    "tenderness": 1.5,
    "strength": 2.0,
    "motion": 1.5,
    "swelling": 0.6,
    "gait": 0.3,
    "skin": 0.3,
    "reflexes": 0.4,
    "mood": 0.4,
}
_WORTH_OF_A_SIGN = 1.2
_KIND_WORTH = {"surgery": 2.0, "injection": 2.0, "therapy": 1.8, "stimulator": 1.5, "exercise": 2.2, "medication": 1.0, "equipment": 0.4}
_WORTH_OF_A_KIND = 1.2
_WORTH_OF_A_DRUG = 0.7
_WORTH_OF_AN_ANSWER = 1.2
_LEAST_GAIN = 1.2
_REASONS = 1  # sentences of a denial told, but one a request
_OF_THE_LATEST = 0.8  # the latest visit tells where things stand
_ENOUGH = 3.0  # a passage that adds so much is as worth telling as any other
_GOES_ON = 4.0  # a score of the sentence beside the mechanism that tells more of it
_MOST_STALE = 3.0
_STALE_DAYS = 180  # so long after a note was written it tells less of where things stand
_DAYS_BESIDE = 45  # another physician's visit so near to the last one tells of the same time
_SAME_TIME = 3  # complaints change from week to week


_Rated = tuple[float, frozenset[str], Passage]  # how well a passage fits, and what it would add


@dataclass(frozen=True, slots=True)
class Picked:
    """A passage chosen for a part of the summary, with how well it fits."""

    part: str
    passage: Passage
    score: float
    says: str


def summarize(chart: Chart, silent: Sequence[str], unread: Sequence[str]) -> tuple[SummarySentence, ...]:
    """Return the summary in order: person and injury, mechanism, complaints, examination, diagnoses, treatment with its response,
    diagnostics, request, reason of the denial; then what is missing (`silent`) and what could not be read (`unread`).
    """
    picked: list[Picked] = []
    for pick in (_mechanism, _complaints, _examination, _diagnoses, _treatment, _diagnostics, _request, _reason):
        picked.extend(each for each in pick(chart) if not copied(each.passage.span.quote, (p.passage.span.quote for p in picked)))
    told = _short_enough(picked)
    out = [_who(chart)]
    for part, head in _HEADS.items():
        if part == "request":
            out.extend(_asked(chart))
        if part == "ur_reason":
            out.append(_denied(chart, any(each.part == part for each in told)))
        out.extend(_sentences(part, head, [each for each in told if each.part == part]))
        if part == "treatment" and not any(each.part == part for each in told):
            out.append(SummarySentence("treatment", "No earlier treatment of the requested region is documented.", ()))
    out.extend(SummarySentence("silent", text, ()) for text in silent)
    out.extend(SummarySentence("unread", text, ()) for text in unread)
    return tuple(each for each in out if each.text)


def as_text(sentences: Sequence[SummarySentence]) -> str:
    """Return the summary as paragraphs, one a part."""
    paragraphs: dict[str, list[str]] = {}
    for each in sentences:
        part = {"mechanism": "person", "ur_reason": "request", "unread": "silent"}.get(each.part, each.part)
        paragraphs.setdefault(part, []).append(each.text)
    return "\n\n".join(" ".join(texts) for texts in paragraphs.values())


def _short_enough(picked: list[Picked]) -> list[Picked]:
    """Leave out the weakest passages, part by part not below its least, until the whole can be read in a minute or two."""
    kept = list(picked)
    words = sum(len(each.passage.span.quote.split()) for each in kept)
    best = {part: max(each.score for each in picked if each.part == part) for part in {each.part for each in picked}}
    for weakest in sorted(picked, key=lambda each: each.score / max(best[each.part], 1.0) - len(each.passage.span.quote.split()) / 200):
        if words <= _MOST_WORDS:
            break
        if sum(each.part == weakest.part for each in kept) > _FEWEST[weakest.part]:
            kept.remove(weakest)
            words -= len(weakest.passage.span.quote.split())
    return kept


def _sentences(part: str, head: str, picked: Sequence[Picked]) -> Iterator[SummarySentence]:
    """One sentence a record, in the order the records were turned to, its passages in the order of their places."""
    by_record: dict[Record, list[Picked]] = {}
    for each in picked:
        by_record.setdefault(each.passage.record, []).append(each)
    for record, chosen in by_record.items():
        chosen.sort(key=lambda each: (each.passage.span.page, each.passage.span.start))
        quotes = "; ".join(in_quotes(each.passage.span) for each in chosen)
        text = ended(f"{head} ({record_type(record.kind)}, {short_day(record.date)}): {quotes}")
        yield SummarySentence(part, text, tuple(as_evidence(each.passage, each.says) for each in chosen))


def _best(part: str, passages: Iterable[Passage], score: Callable[[Passage], float | None], most: int, says: str = "") -> list[Picked]:
    """The passages of the highest score, in the order of the record, each thing once; those without a score are no candidates."""
    rated = []
    for passage in passages:
        value = score(passage) if len(passage.span.quote.split()) <= _LONGEST else None
        if value is not None:
            rated.append(Picked(part, passage, value, says or part.replace("_", " ")))
    chosen: list[Picked] = []
    for each in sorted(rated, key=lambda each: -each.score):
        if len(chosen) < most and not alike(each.passage.span.quote, (other.passage.span.quote for other in chosen)):
            chosen.append(each)
    return sorted(chosen, key=lambda each: (each.passage.span.page, each.passage.span.start))


def _who(chart: Chart) -> SummarySentence:
    case = chart.case
    age, sex = case.patient.age, case.patient.sex
    person = " ".join(part for part in (f"{age}-year-old" if age is not None else "", sex or "") if part) or "injured worker"
    article = "an" if person[:1].lower() in "aeiou8" or person.startswith(("11-", "18-")) else "a"
    injury = case.dates.get("date_of_injury")
    text = f"The patient is {article} {person}" + (f" with an industrial injury of {day(injury)}." if injury else ".")
    known = [("age", str(age) if age is not None else None), ("sex", sex), ("date of injury", injury.isoformat() if injury else None)]
    return SummarySentence("person", text, tuple(_of_case(says, quote) for says, quote in known if quote))


def _of_case(says: str, quote: str) -> Evidence:
    return Evidence("case", "counted", says, quote)


def _mechanism(chart: Chart) -> list[Picked]:
    """How the injury came about: the sentence that tells most of it, from the first report or history rather than one that sums it up."""
    injury = chart.case.dates.get("date_of_injury")

    def score(passage: Passage) -> float | None:
        if not passage.whole or passage.part not in _TOLD_OF_HISTORY or not passage.says("onset"):
            return None
        told = sum(cue.kind == "onset" and cue.said for cue in passage.cues)
        words = len(passage.span.quote.split())
        value = 1.5 * told + 3.0 * (passage.part == "mechanism") + 0.5 * chart.place(passage) + min(words, 30) / 15
        value += 1.5 * any(found.on == injury for found in days_in(passage.span.quote)) - 1.5 * passage.says("person")
        return value - 1.5 * bool(passage.names("treatment") or passage.names("drug")) - passage.count("sign") - passage.says("rating")

    visits = dict.fromkeys([*chart.visits[:_RECENT_VISITS], *chart.visits[-_FIRST_VISITS:], *chart.of("consultation")[-_FIRST_VISITS:]])
    for records in (visits, chart.of("ur_decision")[:1]):
        best = [each for record in records for each in _best("mechanism", chart.passages(record), score, 1)]
        if best:
            chosen = max(best, key=lambda each: each.score)
            return [chosen, *_goes_on(chart, chosen, score)]
    return []


def mechanism_of(chart: Chart) -> Passage | None:
    """Return the passage that tells best how the injury came about, None where none does."""
    return next((each.passage for each in _mechanism(chart)), None)


def _goes_on(chart: Chart, chosen: Picked, score: Callable[[Passage], float | None]) -> Iterator[Picked]:
    """The sentence beside it, where that tells more of the same."""
    passages = chart.passages(chosen.passage.record)
    at = passages.index(chosen.passage)
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(passages) and passages[beside].span.page == chosen.passage.span.page:
            near = passages[beside]
            value = score(near)
            if value is not None and value >= _GOES_ON:
                yield replace(chosen, passage=near, score=value or 1.0)
                return


def _complaints(chart: Chart) -> list[Picked]:
    """What hurts at the latest visit: where, how much, how long, and where it goes or does not go."""

    def score(passage: Passage) -> float | None:
        rated = passage.says("rating")
        if not (passage.count("complaint") or rated) or not passage.whole:
            return None
        if passage.part not in ("complaints", "history", "body", "mechanism"):
            return None
        value = 0.5 * min(passage.count("complaint"), 3) + (1.2 if passage.named else 0.6) * chart.place(passage) + 2.5 * rated
        value += 0.8 * passage.says("duration") + 1.2 * bool(passage.count("radiating"))
        value -= 1.5 * bool(passage.names("treatment") or passage.names("drug")) + 1.0 * (passage.says("onset") and not rated)
        value -= 1.0 * (passage.part == "body") + 1.5 * (passage.says("arrival") and not rated)
        return value if value > 1 else None

    return _from_latest_visit(chart, "complaints", score, most=3, days=_SAME_TIME)


def _examination(chart: Chart) -> list[Picked]:
    """The signs at the requested site, each kind of sign once; what a criterion goes by comes first."""

    def score(passage: Passage) -> float | None:
        place = chart.place(passage)
        if passage.part != "examination" or not (passage.count("sign") or passage.count("abnormal")) or passage.names("study"):
            return None
        if passage.count("undone"):
            return None
        bears = chart.bears(passage)
        if any(cue.name == "trigger points" for cue in passage.cues if cue.kind == "sign"):
            place = max(place, 0.0)  # where the pain of a point is referred to is no other part examined
        if (place < 0 or not passage.span.quote.endswith((".", ")"))) and not bears:
            return None
        value = 0.5 * place + 1.0 * bool(passage.count("abnormal")) + 2.5 * bears - 1.5 * passage.says("rating")
        return value - 0.04 * len(passage.span.quote.split())

    def adds(passage: Passage) -> frozenset[str]:
        return frozenset(cue.name for cue in passage.cues if cue.kind == "sign")

    def worth(sign: str) -> float:
        return _SIGN_WORTH.get(sign, _WORTH_OF_A_SIGN)

    for index, record in enumerate(chart.visits[: _RECENT_VISITS + 1]):
        chosen = _covering("examination", _rated(chart.passages(record), score, adds), worth, most=6, alone=1.3)
        if chosen:
            return [*chosen, *_beside(chart, "examination", index, score, chosen, days=_DAYS_BESIDE, bearing=True)]
    return []


def _diagnoses(chart: Chart) -> list[Picked]:
    """The first diagnosis, and those of the requested site before the others."""
    first: dict[Record, Passage] = {}

    def score(passage: Passage) -> float | None:
        words = len(passage.span.quote.split())
        if passage.part != "conclusion" or words > 25 or passage.says("asked") or passage.names("study"):
            return None
        place = chart.place(passage)
        place = max(place, 0.0) if first.setdefault(passage.record, passage) is passage else place
        if place < 0:
            return None
        if passage.whole and (place < 0 or (not (passage.named and place > 0) and not chart.bears(passage))):
            return None
        return 0.8 * place + 1.0 * (not passage.whole) + 2.0 * chart.bears(passage) - 0.05 * words - 0.004 * passage.span.start

    return _from_latest_visit(chart, "diagnoses", score, most=4, days=_DAYS_BESIDE, bearing=True)


def _from_latest_visit(
    chart: Chart, part: str, score: Callable[[Passage], float | None], *, most: int, days: int, bearing: bool = False
) -> list[Picked]:
    """From the latest visit that tells of it; and one more from another physician's within so many `days`: with `bearing` only what
    a criterion goes by, as where two examiners disagree.
    """
    for index, record in enumerate(chart.visits[: _RECENT_VISITS + 1]):
        chosen = _best(part, chart.passages(record), score, most)
        if chosen:
            return [*chosen, *_beside(chart, part, index, score, chosen, days=days, bearing=bearing)]
    return []


def _beside(
    chart: Chart, part: str, index: int, score: Callable[[Passage], float | None], chosen: Sequence[Picked], *, days: int, bearing: bool
) -> list[Picked]:
    """One passage more from another physician's visit within so many days of the visit at `index`, if it tells something new."""
    record = chart.visits[index]
    for other in chart.visits[index + 1 : index + 3]:
        near = record.date and other.date and abs((record.date - other.date).days) <= days
        if near and other.author != record.author:
            more = _best(part, [p for p in chart.passages(other) if not bearing or chart.bears(p)], score, 1)
            return [each for each in more if not alike(each.passage.span.quote, (c.passage.span.quote for c in chosen))]
    return []


def _rated(
    passages: Iterable[Passage], score: Callable[[Passage], float | None], adds: Callable[[Passage], frozenset[str]]
) -> list[_Rated]:
    rated = ((score(passage), passage) for passage in passages if len(passage.span.quote.split()) <= _LONGEST)
    return [(value, adds(passage), passage) for value, passage in rated if value is not None]


def _treatment(chart: Chart) -> list[Picked]:
    """What was tried and what it did: passage by passage the one that adds most, a sort of treatment, a drug or a response."""
    told = {cue.name for request in chart.requests for cue in chart.reader.told(request.text) if cue.kind == "treatment"}
    asked = told | {part.treatment for request in chart.requests for part in request.components}
    adds: dict[Passage, set[str]] = {}
    for course in chart.courses:
        for given in course.given:
            if (
                given.passage.record.kind == "rfa"
                or given.state in (State.PLANNED, State.REFUSED)
                or (given.state is State.NEVER and course.kind not in asked)
            ):
                continue
            name = f"drug {course.treatment}" if course.kind == "drug" else course.kind
            answers = {f"{name}: {given.effect.response}"} if given.effect.response is not None else set()
            adds.setdefault(given.passage, set()).update({name} | answers)
    pool: list[_Rated] = []
    for passage, names in adds.items():
        words = len(passage.span.quote.split())
        place = chart.place(passage)
        if words > _LONGEST or (passage.named and place < 0) or passage.part in ("examination", "findings", "procedure", "studies"):
            continue
        if passage.says("asked") and passage.part in ("plan", "request"):  # told where the request is
            continue
        on = passage.record.date
        age = min((chart.on - on).days / _STALE_DAYS, _MOST_STALE) if on else _MOST_STALE
        base = 0.5 * max(place, 0.0) + 1.2 * chart.bears(passage) - 1.0 * age - 0.015 * words
        base += _OF_THE_LATEST * (passage.record in chart.visits[:1])
        base += 1.5 * any(name.removeprefix("drug ") in asked for name in names) - (0.0 if passage.whole else 2.0)
        base -= 1.0 * (passage.part in ("plan", "request", "conclusion")) + 1.0 * (passage.record.kind == "questionnaire")
        pool.append((base, frozenset(names), passage))
    chosen = _covering("treatment", pool, _worth, most=8)
    return [replace(each, says=_response(each.passage)) for each in chosen]


def _worth(name: str) -> float:
    if ": " in name:
        return _WORTH_OF_A_DRUG if name.startswith("drug ") else _WORTH_OF_AN_ANSWER
    return _WORTH_OF_A_DRUG if name.startswith("drug ") else _KIND_WORTH.get(name, _WORTH_OF_A_KIND)


def _covering(part: str, pool: list[_Rated], worth: Callable[[str], float], most: int, alone: float = 100.0) -> list[Picked]:
    """The passages that add most, one after the other, until none adds enough; one that fits better than `alone` need add nothing new."""
    known: set[str] = set()
    chosen: list[Picked] = []
    while pool and len(chosen) < most:
        gains = [
            (base + sum(worth(name) for name in sorted(what - known)), what, p) for base, what, p in pool if what - known or base >= alone
        ]
        gain, what, passage = max(gains, key=lambda each: each[0], default=(0.0, frozenset[str](), pool[0][2]))
        if gain < _LEAST_GAIN:
            break
        known |= what
        if not alike(passage.span.quote, (each.passage.span.quote for each in chosen)):
            chosen.append(Picked(part, passage, min(gain, _ENOUGH), part))
        pool = [each for each in pool if each[2] is not passage]
    return sorted(chosen, key=lambda each: (each.passage.span.page, each.passage.span.start))


def _response(passage: Passage) -> str:
    if passage.says("no_help"):
        return "treatment: did not help, or not for long"
    return "treatment: helped" if passage.says("helped") else "treatment"


def _diagnostics(chart: Chart) -> list[Picked]:
    """The conclusions of the studies of the requested part of the body, and what visits tell of those whose report is not there."""
    out: list[Picked] = []
    kinds: dict[str, int] = {}
    for record in chart.of(*STUDIES)[:_MOST_STUDIES]:
        if kinds.get(record.kind, 0) < 2 and sum(kinds.values()) < 4:
            passages = chart.passages(record)
            shown = _shows_the_site(chart, record, passages)
            found = _best("diagnostics", passages, lambda p: _concludes(chart, p), 2, says=record_type(record.kind)) if shown else []
            found = [each for each in found if each.score >= max(one.score for one in found) - _FAR_BEHIND]
            kinds[record.kind] = kinds.get(record.kind, 0) + bool(found)
            out.extend(found)
    seen = {name for kind in kinds for name in _STUDY_NAMES[kind]}
    for record in chart.visits[:_RECENT_VISITS]:
        for passage in chart.passages(record):
            names = passage.names("study") - seen - {"laboratory test"}
            if names and passage.whole and chart.place(passage) >= 0 and passage.part not in ("plan", "told") and not passage.says("asked"):
                seen |= names
                out.append(Picked("diagnostics", passage, 1.0 + chart.place(passage), listed(sorted(names))))
    return out


_PICTURES = frozenset({"MRI", "CT", "X-ray", "ultrasound", "bone scan", "discogram"})
_FIRST_LINES = 8
_FAR_BEHIND = 2.0  # a conclusion so much weaker than the first of its study is left out
_MOST_STUDIES = 40  # older ones are not looked through for one of the requested part of the body
_STUDY_NAMES = {"imaging": ("MRI", "CT", "X-ray"), "electrodiagnostic": ("electrodiagnostic study",)}


def _shows_the_site(chart: Chart, record: Record, passages: Sequence[Passage]) -> bool:
    """Whether a study is of the requested part of the body, and a study of the body at all (a sleep study is filed as imaging)."""
    named = {cue.name for passage in passages[:_FIRST_LINES] for cue in passage.cues if cue.kind == "study"}
    if named and record.kind == "imaging" and not named & _PICTURES:
        return False
    if not chart.located:
        return True
    places = [chart.place(passage) for passage in passages if passage.named]
    return bool(places) and (max(places) > 0 if sum(place > 0 for place in places) * 3 >= len(places) else places[0] > 0)


def _concludes(chart: Chart, passage: Passage) -> float | None:
    words = passage.span.quote
    if passage.part != "conclusion" or chart.place(passage) < 0 or len(words.split()) < 3 or passage.says("general"):
        return None
    if not passage.whole and words.isupper():  # the heading of the next study
        return None
    value = 2.0 + 0.8 * chart.place(passage) + 1.0 * chart.bears(passage) - 0.001 * passage.span.start
    return value + 0.5 * min(passage.count("weighty"), 3) - 1.5 * bool(passage.count("besides"))


def _request(chart: Chart) -> list[Picked]:
    """Where each item is asked for in the latest visits or else on the form, and the reason given beside it."""
    out: list[Picked] = []
    for request in chart.requests:
        wanted = words_of(request.text)
        named = {(cue.kind, cue.name) for cue in chart.reader.told(request.text) if cue.kind in ("treatment", "drug", "study")}
        names = {word for part in request.components for word in words_of(part.name)}

        def score(
            passage: Passage, wanted: frozenset[str] = wanted, named: set[tuple[str, str]] = named, names: set[str] = names
        ) -> float | None:
            said = words_of(passage.span.quote)
            share = len(said & wanted) / max(len(wanted), 1)
            same = bool(named & {(cue.kind, cue.name) for cue in passage.cues}) or (bool(names) and names <= said)
            asking = passage.count("asked") > 0
            if passage.part in ("examination", "past", "findings", "list", "medications", "told") or not (
                share >= 0.4 or (same and asking)
            ):
                return None
            if not asking and passage.part not in ("plan", "request"):
                return None
            value = 4.0 * share + 2.0 * same + 1.5 * asking + 1.0 * passage.says("because") + 1.0 * (passage.part in ("plan", "request"))
            return value - 1.0 * (not passage.whole)

        found = next(
            (
                best
                for r in [*chart.visits[:3], *chart.of("rfa", later=True)[:2]]
                if (best := _best("request", chart.passages(r), score, 1))
            ),
            [],
        )
        for each in found:
            out.append(each)
            out.extend(_because(chart, each))
    return [*out, *_remark(chart)]


def _remark(chart: Chart) -> list[Picked]:
    """What the form itself says for the request: a remark on the case, not where it names its parts."""

    def score(passage: Passage) -> float | None:
        if not passage.whole or passage.part not in ("request", "body", "conclusion", "discussion"):
            return None
        told = passage.names("treatment") | passage.names("drug")
        says = passage.says("no_help") or passage.says("because") or passage.count("case_at_hand")
        value = 1.0 * bool(told) + 1.5 * bool(says) + 1.0 * passage.says("completed")
        return value if value >= 2 else None

    return next((best for record in chart.of("rfa", later=True)[:1] if (best := _best("request", chart.passages(record), score, 1))), [])


def _because(chart: Chart, asked: Picked) -> Iterator[Picked]:
    """The reason, where it stands in the sentences next to the request."""
    if asked.passage.says("because"):
        return
    passages = chart.passages(asked.passage.record)
    at = passages.index(asked.passage)
    for beside in (at + 1, at - 1, at + 2):
        if 0 <= beside < len(passages) and passages[beside].part == asked.passage.part:
            near = passages[beside]
            if near.says("because") and near.whole and (near.says("complaint") or near.says("no_help") or near.count("case_at_hand")):
                yield Picked("request", near, 2.0, "reason for the request")
                return


def _reason(chart: Chart) -> list[Picked]:
    """Why utilization review denied it: the sentences of its rationale that speak of this case."""
    decision = chart.case.ur_decision
    given = words_of(decision.reasons or "") if decision else frozenset()

    def score(passage: Passage) -> float | None:
        if not passage.whole or passage.part in ("told", "list", "advice", "request"):
            return None
        said = words_of(passage.span.quote)
        value = (
            1.5 * min(passage.count("denied"), 2)
            + passage.says("case_at_hand")
            + 2.0 * (passage.part == "reason")
            - 2.0 * passage.says("general")
        )
        value += 4.0 * len(said & given) / max(len(said), 6) + 4.0 * len(said & given) / max(len(given), 6)
        return value if value >= 3 else None

    for record in chart.of("ur_decision", later=True):
        found = _best("ur_reason", chart.passages(record), score, max(_REASONS, len(chart.requests)))
        if found:
            return found
    return []


def _asked(chart: Chart) -> Iterator[SummarySentence]:
    asked = [request.text for request in chart.requests]
    if asked:
        evidence = tuple(Evidence("request", "counted", "request", text) for text in asked)
        yield SummarySentence("request", f"The disputed request is for {listed(asked)}.", evidence)


def _denied(chart: Chart, told: bool) -> SummarySentence:
    decision = chart.case.ur_decision
    denied = chart.case.dates.get("ur_denial_date")
    evidence = [_of_case("date of the denial", denied.isoformat())] if denied else []
    partly = any(request.authorized for request in chart.case.requests)
    text = f"Utilization review {'certified only a part of it' if partly else 'denied it'} on {day(denied)}." if denied else ""
    if not told and decision is not None and decision.reasons:
        reasons = decision.reasons.strip()
        text = f"{text} Its reason as the case data give it: {in_quotes(reasons)}".strip()
        evidence.append(_of_case("reason of the denial", reasons))
    return SummarySentence("ur_reason", ended(text) if text else "", tuple(evidence))
