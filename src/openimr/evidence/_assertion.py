"""The assertion status of what a sentence names: denied, uncertain, planned, another person's, quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from openimr.library import Library
from openimr.treatments import Vocabulary

from ._boxes import boxed
from ._cues import PLACES, STATUSES, Cues, Found
from ._lexicon import Held, Lexicon
from ._past import Treatments, came_of_a_past_one, is_asked_for, is_over

_NEW_STATEMENT = re.compile(
    r"\band\s+(?:a\s+)?"
    r"(?:\w+\s+)?(?:they|he|she|it|this|these|we|i)\b|\band\s+(?:a\s+)?"
    r"(?:full|normal|positive|good|intact|marked|mild|moderate|severe|strong|palpable|there|has|is|was|the|\w+s\s+(?:him|her|it|them))\b",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|nor)\b")
_AND_OR = re.compile(r"\b(?:and|or|nor)\b|&")
_ENDS = ("", ".", ";", ",", "/", ")", "|", "]")
_INVERTED = re.compile(
    r"(?:^|[,;:]\s+|\b(?:because|as|and|but|that),?\s+)were\s+(?:(?:the|a|an|his|her|this|any|there)\s+)?$", re.IGNORECASE
)
_SHOULD_SET_IN = re.compile(
    r"\s+(?:\w+\s+){0,2}(?:occur|develop|return|arise|persist|recur|appear|worsen|set\s+in|come|follow|fail|become|begin|continue|prove|"
    r"get|spread|increase|flare|declare)\b",
    re.IGNORECASE,
)
_SHOULD_BEFORE = re.compile(r"\bshould\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_SHOULD = re.compile(r"(?:^|[,;:]\s+|\b(?:us|me|back|office|clinic|and|or|once|hospital)\s+)should\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:other than|except(?: for)?|apart from|aside from|besides|save for)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_TO = re.compile(r"\bto\s+\w+")
_TIED = 3
_TIES = re.compile(r"\s*[:\-\N{EN DASH}]\s*")
_FAR_BEHIND = 60  # characters
_MINUS = re.compile(
    r"\s*:?\s*\((?:-|neg\w*|no|absent|0)\)|\s+(?:0/\d+\b|-ve\b|-(?=\s*[,;.]|\s*$))|"
    r"\s*[-\N{EN DASH}\N{EM DASH}:]\s*(?:neither|none|nil|zero|absent|nay)\b",
    re.IGNORECASE,
)
_FEW = re.compile(r"(?:\s+[^\s,;.:]+){1,4}")
_PARENTHESIS = re.compile(r"\([^()]*\)")
_IN_FRONT = ("before", "always", "near", "list")
_OF_OLD = ("before", "list", "sentence")  # cues that say of what age a thing is, not on which day it was
_AGAINST = ("but", "however", "although", "though", "whereas", "while", "yet", "nevertheless", "otherwise")
_COPULA = re.compile(r"(?:is|was)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:which|who|that)$", re.IGNORECASE)
_WIDE = re.compile(
    r"(?:den(?:y|ies|ied|ying)|\S+ for|absence|free|none of|lack|fail(?:s|ed) to|rule[sd] out|exclud|no \w+ (?:of|for))", re.IGNORECASE
)
_PREPOSITION = re.compile(r"(?:without|w/o|absent)\b", re.IGNORECASE)
_ITS_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|cannot|could|would|may|might|will|should|this|there|it|he|she|they|we|i|leaves?|makes?|remains?)\b",
    re.IGNORECASE,
)
_SAME_SUBJECT = re.compile(
    r"\s*(?:[\w/-]+\s+){0,3}(?:was|were|is|are|has|have|had)\b(?:(?!\b(?:he|she|it|they|we|i|patient)\b)[^;.])*\b(?:and|but|yet)(?:,[^,]*,)?\s*",
    re.IGNORECASE,
)  # "was authorized in May but, for want of a ride, | never attended"
_PREDICATE = re.compile(r"(?:(?:was|were|is|has|had|have|did|could)\s+)?(?:not|never)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*,[^,;]{1,30},\s*")
_NIL = re.compile(r"(?:nil|none|zero|never)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\s*(?:(?:the|this)\s+)?(?:patient|claimant|applicant|worker|employee|he|she)\s", re.IGNORECASE)
_OFF = re.compile(
    r"(?:^|[.;:,]\s+|\b(?:now|currently|pt|patient|she|he|remains?|quit|came)\s+)(?:off|quit)\s+(?:of\s+|all\s+|the\s+|his\s+|her\s+)*$",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(r"to\s+(?:be|follow|start|begin|undergo|have|get|receive)\b", re.IGNORECASE)
_OPEN = re.compile(r"\?(?!\s*(?:no|none|nil|never|denie[sd]|yes)\b)", re.IGNORECASE)
_DETERMINER = re.compile(r"(?:the|his|her|a|an|my|its)\b", re.IGNORECASE)
_DECIMAL = re.compile(r"\.\d")
_MEASURED = re.compile(r"\d")
_IS_THIS = re.compile(
    r"\b(?:is|was|could|might|are)\s+(?:this|it|that|these)\s+(?:be\s+)?(?:really\s+)?(?:a\s+|an\s+|the\s+)?$", re.IGNORECASE
)
_SIGNED = re.compile(r"(?:^|[,;:.])\s*-\s*$")
_MARKED = re.compile(r"\?\Z|(?:^|[:;,.(]\s*)\? *\Z")
_NEXT_CLAUSE = re.compile(
    r"(?<!\bthat)(?<!\bthink)(?<!\bbelieve)(?<!\bfeel)(?<!\bsuspect)(?<!\bwhen)(?<!\bwhere)(?<!\bif)(?<!\bwhether)(?<!\bdid)(?<!\bdoes)(?<!\bhas)(?<!\bhad)(?<!\bcould)(?<!\bcan)(?<!\bwas)\s(?:we|i|he|she|they)\s+\w",
    re.IGNORECASE,
)  # "if pain is not better | we go to ..."
_REASON = re.compile(r"because|since|due|secondary|despite|in spite", re.IGNORECASE)  # why something is asked for is not asked for
_ASKS = re.compile(
    r"\b(?:who|what|where|when|why|how|do|does|did|is|are|was|were|have|has|had|can|could|will|would|any|your|you)\b", re.IGNORECASE
)
_HISTORICAL_WORDS = 6
_AFTER_WORDS = 12
_NEXT_WORDS = 5  # reach of a cue that acts on what is near
_LIST_WORDS = 2
_ITEM_WORDS = 4
_NEAR_WORDS = 10  # "no" and "was not" deny what is near, "denies" and "negative for" a whole list
_FAR_WORDS = 40

_PASSED_OVER = {"planned": (":", "with"), "uncertain": (":", "due to", "secondary to")}  # "probably due to stenosis" doubts the stenosis

Cue = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Assertion:
    """How something is said; all false: it is said of the patient as a present fact."""

    negated: bool = False
    uncertain: bool = False
    historical: bool = False
    hypothetical: bool = False
    other_person: bool = False
    planned: bool = False
    quoted: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is said of the patient as fact, be it affirmed or denied."""
        return not (self.uncertain or self.hypothetical or self.other_person or self.planned or self.quoted)

    def __str__(self) -> str:
        """Name what is true of it, or "affirmed"."""
        return ", ".join(field.name for field in fields(self) if getattr(self, field.name)) or "affirmed"

    def contract(self) -> dict[str, bool]:
        """Return the five statuses of `imr evidence assert`.

        A plan is hypothetical: it has not come about. What a guideline says, or what is said of papers, is said of nobody: none holds.
        """
        said = not self.quoted
        return {
            "negated": self.negated and said,
            "uncertain": self.uncertain and said,
            "historical": self.historical and said,
            "hypothetical": (self.hypothetical or self.planned) and said,
            "other_person": self.other_person and said,
        }


class Assertions:
    """The cues of the library: `read(sentence)` prepares a sentence, whose parts can then be asked for."""

    def __init__(self, library: Library, vocabulary: Vocabulary | None = None, lexicon: Lexicon | None = None) -> None:
        self._cues = Cues(library, lexicon or Lexicon())
        self._treatments = Treatments(vocabulary, self._cues.treatments)

    def read(self, sentence: str, held: Held | None = None) -> Asserted:
        """Return the sentence with its cues found, ready to be asked about any part of it; `held` are its words, where known already."""
        return Asserted(sentence, self._cues.among(sentence, held))

    def said(self, sentence: str, start: int, end: int) -> Assertion:
        """Return how characters `start` to `end` of a sentence are said; a denial within them is part of what they name.

        Where a vocabulary is known, a treatment told in the past tense is a thing of the past; a sign found at an examination is not.
        """
        treatment = self._treatments.names(sentence, start, end)
        asserted = self.read(sentence)
        said = asserted.status(start, end, inside=False, treatment=treatment)
        if asserted.left_off(start):
            return replace(said, negated=True, historical=True)
        if not treatment or said.historical or not said.plain:
            return said
        clause = asserted.clause(start, end)
        if came_of_a_past_one(*clause):
            return replace(said, historical=True)
        if said.negated or asserted.narrated:
            return said
        if asserted.ticked(start, end) or is_over(*clause):
            return replace(said, historical=True)
        return replace(said, planned=is_asked_for(*clause))


class Asserted:
    """One sentence with its cues."""

    def __init__(self, sentence: str, found: Found) -> None:
        self.text = sentence
        self._found = found

    @property
    def ongoing(self) -> bool:
        """Whether a word of the sentence tells of something that goes on."""
        return self._found.ongoing

    @property
    def narrated(self) -> bool:
        """Whether a word of the sentence tells of a procedure as it is being done."""
        return self._found.narrated

    def left_off(self, start: int) -> bool:
        """Whether what begins at a place is what somebody is off, or quit: it was had, and is no more."""
        text = self.text
        return ("ff " in text or "uit " in text) and _OFF.search(text, max(start - _FAR_BEHIND, 0), start) is not None

    def ticked(self, start: int, end: int) -> bool:
        """Whether a part of the sentence has a box of its own on a form, and it is ticked."""
        return boxed(self.text, start, end) is True

    def clause(self, start: int, end: int) -> tuple[str, int, int]:
        """Return the clause a part stands in, and where in it the part starts and ends."""
        # a dash or colon right beside the part ties it to what is said of it: "2017: | Norco", "Voltaren gel | - tried"
        near = (start - _TIED, end + _TIED)
        breaks = [
            (a, b)
            for a, b in self._found.stops
            if _breaks(self.text[a:b]) and not (near[0] <= a and b <= near[1] and _TIES.fullmatch(self.text[a:b]))
        ]
        first = max((b for _, b in breaks if b <= start), default=0)
        last = min((a for a, _ in breaks if a >= end), default=len(self.text))
        return self.text[first:last], start - first, end - first

    def denied_at(self, place: int) -> bool:
        """Whether a denial stands where something begins."""
        return any(a <= place < b for where in ("before", "near", "always") for a, b in self._found.of("negated", where, place, place))

    def status(self, start: int, end: int, *, says_no: bool = False, inside: bool = True, treatment: bool = False) -> Assertion:
        """Return the assertion status of characters `start` to `end` of the sentence.

        `says_no` tells that the words themselves hold a denial as part of what they say ("did not help"); otherwise a denial among them
        ("pain is not well controlled") denies them, unless `inside` is False. `treatment`: the part may name a treatment, which is a thing
        of the past once it was had.
        """
        part = _Part(self.text, self._found, start, end)
        held = {name: name in self._found.statuses and part.is_(name) for name in STATUSES}
        if held["negated"]:
            held["uncertain"] = held["uncertain"] and not part.only_within("uncertain", "negated")
            held["negated"] = not any(held[name] and part.only_within("negated", name) for name in ("uncertain", "historical"))
        held["uncertain"] = held["uncertain"] or part.doubted()
        held["hypothetical"] = held["hypothetical"] or part.supposed()
        held["planned"] = held["planned"] or _INFINITIVE.match(self.text[start:end]) is not None
        held["negated"] = (held["negated"] and not part.excepted()) or part.marked_absent()
        box = boxed(self.text, start, end)
        held["negated"] = held["negated"] if box is None else not box
        held["historical"] |= held.pop("undergone") and treatment and not (held["negated"] or held["other_person"] or self.narrated)
        if held["negated"] and held["historical"]:
            # what was not there on some day of the past is just not there, nor is a treatment that was not had
            held["historical"] = not treatment and part.is_("historical", _OF_OLD)
        if held["planned"] and part.turned_off("planned"):
            held["planned"] = False
        if held["planned"] or held["hypothetical"]:
            held["historical"] = False  # what lies ahead has not been, whatever tense or season stands beside it
        within = not says_no and inside and any(start <= a and b <= end for a, b in self._found.of("negated", "before", start, end))
        # words that bring their own denial ("neither helped", "did not hold") are not turned round by another one before them
        held["negated"] = within or (held["negated"] and not says_no)
        return Assertion(**held)


def _breaks(stop: str) -> bool:
    """Whether a stop ends a clause: a mark, or a word that sets the next statement against the one before."""
    return not stop[:1].isalpha() or stop.lower() in _AGAINST


class _Part:
    """Characters `start` to `end` of a sentence, about which its cues are asked."""

    def __init__(self, text: str, found: Found, start: int, end: int) -> None:
        self.text = text
        self.found = found
        self.start = start
        self.end = end

    def _at(self, name: str, place: str) -> list[Cue]:
        return self.found.of(name, place, self.start, self.end)

    def is_(self, name: str, places: Sequence[str] = PLACES) -> bool:
        """Whether a status holds by a cue that stands at one of some places."""
        return any(self._acts(name, place, cue) for place in places for cue in self._at(name, place))

    def only_within(self, name: str, other: str) -> bool:
        """Whether each cue of a status is but a word of another one's: the "not" of "cannot be excluded", the "hint" of "not a hint"."""
        over = [cue for place in PLACES for cue in self._at(other, place) if self._acts(other, place, cue)]
        own = [cue for place in PLACES for cue in self._at(name, place) if self._acts(name, place, cue)]
        return bool(own) and all(any(a <= cue[0] and cue[1] <= b and (a, b) != cue for a, b in over) for cue in own)

    def _acts(self, name: str, place: str, cue: Cue) -> bool:
        """Whether a cue acts on the part by where it stands."""
        start, end = self.start, self.end
        if place == "sentence":
            return not (cue[0] >= start and cue[1] <= end)
        if place == "clause":
            return self._in_one_clause(cue)
        if place in _IN_FRONT:
            if cue[0] >= start or end <= cue[1]:
                return False  # a cue says nothing of its own words
            if place == "near":
                return self._is_next(cue)
            return not self._stopped(cue[1], start, (":",)) if place == "list" else self._reaches_forward(name, cue)
        if place == "after":
            return cue[0] >= end - 1 and self._reaches_back(name, cue)
        if cue[0] < end:
            return False
        if place == "behind":
            return self._is_right_behind(cue)
        return self._is_answer(cue) if place == "answer" else not self.text[end : cue[0]].strip(" ,)\"'")

    def doubted(self) -> bool:
        """Whether a question mark stands right before or behind the part, as in "?CTS", and the sentence asks nothing of the patient."""
        if "?" not in self.text:
            return False
        if self._ends_with(_MARKED):
            return True
        asked = _OPEN.match(self.text, self.end) is not None
        return asked and (self._ends_with(_IS_THIS) or _ASKS.search(self.text[: self.start]) is None)

    def supposed(self) -> bool:
        """Whether the part is supposed by the order of words: "were CRPS to set in", "should numbness come back"."""
        if "hould" in self.text and (
            self._ends_with(_SHOULD) or (self._ends_with(_SHOULD_BEFORE) and _SHOULD_SET_IN.match(self.text, self.end))
        ):
            return True
        return "ere " in self.text and self._ends_with(_INVERTED) and _TO.search(self.text[self.end : self.end + _FAR_BEHIND]) is not None

    def _ends_with(self, ahead: re.Pattern[str]) -> bool:
        """Whether what stands right before the part is of a form that ends there."""
        return ahead.search(self.text, max(self.start - _FAR_BEHIND, 0), self.start) is not None

    def excepted(self) -> bool:
        """Whether the part is what a denial leaves out: "other than a tear the menisci are unremarkable"."""
        return self._ends_with(_EXCEPT)

    def marked_absent(self) -> bool:
        """Whether a sign of absence stands right beside the part: "twitch (-)", "+ heartburn, - vomiting"."""
        return _MINUS.match(self.text, self.end) is not None or ("+" in self.text and self._ends_with(_SIGNED))

    def turned_off(self, name: str) -> bool:
        """Whether each cue of a status that stands before the part has a nearer denial or doubt behind it ("not ordered", "ordered as I
        suspect ..."): then the part is denied or doubted, not planned.
        """
        own = [cue for place in ("before", "near", "list") for cue in self._at(name, place) if cue[1] <= self.start]
        if any(
            _PREDICATE.match(self.text[a:b]) and _SAME_SUBJECT.fullmatch(self.text[self.end : a]) for a, b in self._at("negated", "after")
        ):
            return True  # "was promised and never came about"
        behind = any(cue[0] >= self.end - 1 for place in ("after", "adjacent") for cue in self._at(name, place))
        if behind or not own:
            return False
        others = [
            cue
            for other in ("negated", "uncertain")
            for cue in self._at(other, "before")
            if cue[1] <= self.start and self._reaches_forward(other, cue)
        ]
        last = max(cue[1] for cue in own)
        return any(cue[1] > last or (cue[1] <= last and len(self.text[cue[1] : last].split()) <= _ITEM_WORDS) for cue in others)

    def _stopped(self, begin: int, until: int, passed_over: Sequence[str] = ()) -> bool:
        return any(begin <= a and b <= until and self.text[a:b].lower() not in passed_over for a, b in self.found.stops)

    def _is_next(self, cue: Cue) -> bool:
        between = self.text[cue[1] : self.start]
        return len(between.split()) <= _NEXT_WORDS and "," not in between and not self._stopped(cue[1], self.start)

    def _is_right_behind(self, cue: Cue) -> bool:
        between = self.text[self.end : cue[0]]
        return len(between.split()) < _NEXT_WORDS and "," not in between and not self._stopped(self.end, cue[0])

    def _is_answer(self, cue: Cue) -> bool:
        """Whether a cue answers the part as on a form: right behind it, and standing alone ("PT: no", "Nausea NO / Rash YES")."""
        between = self.text[self.end : cue[0]].rstrip(" :?-\N{EN DASH})\"'")
        asked = not between or (self.text[self.end + len(between) :].lstrip()[:1] == ":" and _FEW.fullmatch(between) is not None)
        return asked and self.text[cue[1] : cue[1] + 2].strip()[:1] in _ENDS and _DECIMAL.match(self.text, cue[1]) is None

    def _in_one_clause(self, cue: Cue) -> bool:
        first, last = (self.end, cue[0]) if cue[0] >= self.end else (cue[1], self.start)
        if first > last or any(first <= a and b <= last and _breaks(self.text[a:b]) for a, b in self.found.stops):
            return False
        new = _NEW_STATEMENT.search(self.text, first, self.end) if last == self.start else None
        return new is None or new.start() >= last

    def _reaches_forward(self, name: str, cue: Cue) -> bool:
        start = self.start
        if name == "other_person":
            return not any(cue[1] <= a < start for a, _ in self.found.person_stops)
        if name == "hypothetical":
            return not any(cue[1] <= a < start and self.text[a : a + 1] == ";" for a, _ in self.found.stops)
        between = self.text[cue[1] : start]  # empty where the cue runs into what it acts on ("father | had | two operations")
        own = _SUBJECT.match(self.text[cue[1] : start])  # "whether he is ...": the subject of what the cue acts on
        if self._stopped(cue[1] + (own.end() if own else 0), start, _PASSED_OVER.get(name, ())):
            return False
        if name == "planned":
            return not any(a == start and _REASON.match(self.text[a:b]) for a, b in self.found.stops)
        if name == "historical":
            new = _NEW_STATEMENT.search(self.text, cue[1], self.end)
            if new is not None and new.start() < start:
                return False
            return len(between.split()) <= _HISTORICAL_WORDS and "," not in between
        if name == "negated":
            short = _WIDE.match(self.text[cue[0] : cue[1]]) is None
            if short and _NEXT_CLAUSE.search(between):
                return False
            new = _NEW_STATEMENT.search(self.text, cue[1], self.end)
            if new is not None and new.start() < start:
                return False
            if _PREPOSITION.match(self.text[cue[0] : cue[1]]) and self._begins_anew(between):
                return False
            if len(between.split()) > (_NEAR_WORDS if short else _FAR_WORDS):
                return False
            if "," in between and short:
                return self._in_list(cue[1])
        return True

    def _begins_anew(self, between: str) -> bool:
        """Whether what a preposition denies is over before the part: a verb stands between, or another thing begins ("without | the brace |
        the knee buckles").
        """
        words = (self.text[self.start : self.end].split(maxsplit=1) or [""])[0]
        if _ITS_VERB.search(f"{between} {words}"):
            return True
        named = between.strip()
        return bool(named) and "," not in named and not _AND_OR.search(named) and _DETERMINER.match(words) is not None

    def _in_list(self, begin: int) -> bool:
        """Whether "no a, b, c" goes on to the part: an "or" follows, or every item is a bare word or two."""
        if _MEASURED.search(self.text, self.start, self.end):
            return False  # "without spasm, rotation 60/80": what is measured is there
        rest = self.text[begin:].split(".")[0]
        if _OR.search(rest):
            return True
        return all(len(item.split()) <= _LIST_WORDS for item in rest.split(","))

    def _reaches_back(self, name: str, cue: Cue) -> bool:
        end = self.end
        between = self.text[end : cue[0]]
        if name == "negated":
            told = self.text[cue[0] : cue[1]]
            if (_PREDICATE.match(told) and _SAME_SUBJECT.fullmatch(between)) or (_NIL.match(told) and _ASIDE.fullmatch(between)):
                return True
        elif name in ("hypothetical", "planned", "historical") and between.strip() == ",":
            return True
        for a, b in self.found.stops:
            if end <= a and b <= cue[0] and self.text[a:b] != ":" and not (_RELATIVE.match(self.text[a:b]) and "," not in self.text[end:a]):
                return False
        if name == "other_person":
            return True
        between = _PARENTHESIS.sub("", between)
        if len(between.split()) > _AFTER_WORDS:
            return False
        joined = _AND_OR.search(between)
        if joined and any(len(item.split()) > _ITEM_WORDS for item in between.split(",")):
            return False  # ", and the opioids are not wanted": the next statement
        if joined and _COPULA.match(self.text[cue[0] : cue[1]]):
            return False
        return "," not in between or bool(joined) or name == "undergone"
