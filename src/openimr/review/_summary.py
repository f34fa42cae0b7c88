"""The clinical case summary: passages of the record in the order a reviewer tells a case, each with its place; nothing else is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from openimr.documents import Record
from openimr.evidence import Passage, days_in

from ._chart import STUDIES, Chart, alike, as_evidence, copied, words_of
from ._words import day, ended, in_quotes, listed, record_type
from ._worksheet import Evidence, SummarySentence

_MOST_WORDS = 240  # quoted; with what stands around them what a reviewer reads before the issues (letters of the field: 100 to 350)
_LONGEST = 60  # words of one quoted passage
_FEWEST = {
    "mechanism": 1,
    "complaints": 2,
    "examination": 2,
    "diagnoses": 4,
    "treatment": 4,
    "diagnostics": 2,
    "request": 1,
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
_RECENT_OTHERS = 4
_TOLD_OF_HISTORY = ("mechanism", "complaints", "history", "past", "body", "conclusion", "discussion", "request", "medications", "told")
_WORTH = {"surgery": 3.5, "injection": 2.5, "stimulator": 2.0, "exercise": 0.6, "medication": 0.8, "equipment": 0.6}  # invasive ones first
_TREATED = frozenset({"therapy", "program", "chiropractic", "acupuncture", "psychotherapy"})
_WORTH_OF_A_DRUG = 0.7
_DAYS_BESIDE = 45  # another physician's visit so near to the last one tells of the same time


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
        text = ended(f"{head} ({record_type(record.kind)} of {day(record.date)}): {quotes}")
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
    """How the injury came about: the sentence with most of the words of it, and its neighbour if the story goes on there."""
    injury = chart.case.dates.get("date_of_injury")

    def score(passage: Passage) -> float | None:
        if not passage.whole or passage.part not in _TOLD_OF_HISTORY or not passage.says("onset"):
            return None
        value = 1.5 * passage.count("onset") + 3.0 * (passage.part == "mechanism") + passage.says("work") + 0.5 * chart.place(passage)
        value += 2.0 * any(found.on == injury for found in days_in(passage.span.quote)) + passage.says("person")
        return value - 1.5 * bool(passage.names("treatment") or passage.names("drug")) - passage.count("sign") - passage.says("rating")

    visits = dict.fromkeys([*chart.visits[:_RECENT_VISITS], *chart.visits[-_FIRST_VISITS:]])
    for records in (visits, chart.of("ur_decision")[:1]):
        best = [each for record in records for each in _best("mechanism", chart.passages(record), score, 1)]
        if best:
            chosen = max(best, key=lambda each: each.score)
            return [chosen, *_goes_on(chart, chosen, score)]
    return []


def _goes_on(chart: Chart, chosen: Picked, score: Callable[[Passage], float | None]) -> Iterator[Picked]:
    injury = chart.case.dates.get("date_of_injury")
    passages = chart.passages(chosen.passage.record)
    at = passages.index(chosen.passage)
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(passages) and passages[beside].span.page == chosen.passage.span.page:
            near = passages[beside]
            value = score(near)
            tells = value is not None and value >= 1.5
            if tells or (near.whole and any(found.on == injury for found in days_in(near.span.quote))):
                yield replace(chosen, passage=near, score=value or 1.0)
                return


def _complaints(chart: Chart) -> list[Picked]:
    def score(passage: Passage) -> float | None:
        if not passage.says("complaint") or passage.part not in ("complaints", "history", "body", "mechanism") or not passage.whole:
            return None
        value = (
            min(passage.count("complaint"), 4) + 1.5 * chart.place(passage) + 2.0 * passage.says("rating") + 1.5 * passage.says("duration")
        )
        value -= 2.0 * bool(passage.names("treatment") or passage.names("drug")) + 1.0 * (
            passage.says("onset") and not passage.says("rating")
        )
        value -= 1.0 * (passage.part == "body")
        return value if value > 1 else None

    return _from_latest_visit(chart, "complaints", score, most=3, beside=1)


def _examination(chart: Chart) -> list[Picked]:
    def score(passage: Passage) -> float | None:
        place = chart.place(passage)
        if passage.part != "examination" or not (passage.count("sign") or passage.count("abnormal")) or passage.names("study"):
            return None
        bears = chart.bears(passage)
        if (place < 0 or not passage.span.quote.endswith((".", ")"))) and not bears:
            return None
        value = 2.0 * place + 1.5 * bool(passage.count("abnormal")) + 3.0 * bears + 0.5 * min(passage.count("sign"), 3)
        value -= 1.5 * passage.says("rating")
        return value if value >= 1 else None

    return _from_latest_visit(chart, "examination", score, most=5, beside=1, bearing=True)


def _diagnoses(chart: Chart) -> list[Picked]:
    def score(passage: Passage) -> float | None:
        place = chart.place(passage)
        words = len(passage.span.quote.split())
        if passage.part != "conclusion" or place < 0 or words > 25 or passage.says("asked") or passage.names("study"):
            return None
        if passage.whole and not (passage.named and place > 0) and not chart.bears(passage):
            return None
        return 1.5 * place + 1.0 * (not passage.whole) + 2.0 * chart.bears(passage) - 0.05 * words - 0.002 * passage.span.start

    return _from_latest_visit(chart, "diagnoses", score, most=4, beside=1, bearing=True)


def _from_latest_visit(
    chart: Chart, part: str, score: Callable[[Passage], float | None], *, most: int, beside: int, bearing: bool = False
) -> list[Picked]:
    """From the latest visit that tells of it; and from another physician's of the same weeks `beside` more: with `bearing` only what a
    criterion goes by, as where two examiners disagree.
    """
    for index, record in enumerate(chart.visits[: _RECENT_VISITS + 1]):
        chosen = _best(part, chart.passages(record), score, most)
        if chosen:
            for other in chart.visits[index + 1 : index + 3] if beside else ():
                near = record.date and other.date and abs((record.date - other.date).days) <= _DAYS_BESIDE
                if near and other.author != record.author:
                    more = _best(part, [p for p in chart.passages(other) if not bearing or chart.bears(p)], score, beside)
                    return chosen + [each for each in more if not alike(each.passage.span.quote, (c.passage.span.quote for c in chosen))]
            return chosen
    return []


def _treatment(chart: Chart) -> list[Picked]:
    """What was tried and what it did: sentence by sentence the one that adds most, a treatment or its response."""
    turned_to = [
        *chart.visits[: _RECENT_VISITS - 2],
        *chart.of("consultation")[:2],
        *chart.of("rfa")[:1],
        *chart.of("therapy_note")[:_RECENT_OTHERS],
    ]
    turned_to += [*chart.of("psychology_note")[:2], *chart.of("operative_report")[:2]]
    asked = {cue.name for request in chart.requests for cue in chart.reader.told(request.text) if cue.kind in ("treatment", "drug")}
    pool: list[tuple[float, frozenset[str], Passage]] = []
    for rank, record in enumerate(dict.fromkeys(turned_to)):
        for passage in chart.passages(record):
            told = passage.names("treatment") | passage.names("drug")
            if (
                not told
                or not _tells_of_treatment(passage)
                or len(passage.span.quote.split()) > _LONGEST
                or (passage.named and chart.place(passage) < 0)
            ):
                continue
            answered = {f"{name} answered" for name in told if passage.whole and (passage.says("helped") or passage.says("no_help"))}
            base = 0.6 * max(chart.place(passage), 0.0) + 0.5 * passage.says("measured") + 1.5 * chart.bears(passage) - 0.15 * rank
            base += (
                2.0 * bool(told & asked)
                + (1.0 if passage.part == "past" else 0.0)
                - (0.0 if passage.whole else 3.0)
                - 0.02 * len(passage.span.quote.split())
            )
            pool.append((base, told | answered, passage))
    return list(_covering(pool, most=6))


def _tells_of_treatment(passage: Passage) -> bool:
    """Whether a sentence tells of treatment given: its history says so, or it says that it was completed or what it did."""
    answered = passage.says("helped") or passage.says("no_help")
    if passage.part in ("plan", "examination", "findings", "procedure", "reason", "studies", "list"):
        return False
    if passage.says("asked") and not passage.says("completed"):
        return False
    if passage.part == "conclusion":
        return answered and passage.whole
    return answered or passage.says("completed") or passage.part in ("past", "medications")


def _covering(pool: list[tuple[float, frozenset[str], Passage]], most: int) -> Iterator[Picked]:
    known: set[str] = set()
    chosen: list[str] = []
    while pool and len(chosen) < most:
        gain, what, passage = max(((base + _worth(what - known), what, p) for base, what, p in pool), key=lambda each: each[0])
        if not what - known or gain < 1.2:
            return
        known |= what
        if not alike(passage.span.quote, chosen):
            chosen.append(passage.span.quote)
            yield Picked("treatment", passage, gain, _response(passage))
        pool = [each for each in pool if each[2] is not passage]


def _worth(new: frozenset[str]) -> float:
    return sum(_WORTH.get(name, _WORTH_OF_A_DRUG if name not in _TREATED else 1.2) for name in sorted(new))


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
            found = _best("diagnostics", passages, lambda p: _concludes(chart, p), 3, says=record_type(record.kind)) if shown else []
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
    return 2.0 + chart.place(passage) + 1.0 * chart.bears(passage) - 0.001 * passage.span.start


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
    return out


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
        found = _best("ur_reason", chart.passages(record), score, 3)
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
