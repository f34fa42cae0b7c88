"""The grammar of a basis: which guidelines one side says it relied on, in every wording determinations use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ._citation import Citation


@dataclass(frozen=True, slots=True)
class Publisher:
    """How one publisher's guidelines are cited.

    `names` are the publisher's own, `documents` its chapters with their other spellings, `numbers` chapters by their number; a chapter that
    is only in `numbers` counts as one only with its number (other chapters have sections of that name). `whole` stands
    for the publisher's guidelines where no chapter is named; `dropped` is what may stand beside a name and means nothing. `sections` are
    titles of sections that hold a comma.
    """

    authority: str
    names: tuple[str, ...]
    documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    sections: tuple[str, ...] = ()
    whole: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """What a basis says: whether that nothing was cited, whether that it stands outside the MTUS, and the citations in order."""

    stated_none: bool = False
    outside_mtus: bool = False
    citations: tuple[Citation, ...] = ()


_LONGEST = 4_000  # characters; what a field holds beyond that is prose that ran into it
_MOST_TEARS = 4  # of one web address, at the ends of lines
_NONE = re.compile(
    r"\b(?:(?:did|does) not cite (?:any|a specific)\b|cited no (?:guideline|medical evidence|evidence)|"
    r"no (?:guideline|medical evidence)[a-z, ]{0,60} (?:was|were) cited)",
    re.I,
)
_OUTSIDE = re.compile(
    r"\b(?:based (?:their|its|his|her|the) decision on recommendation(?:\(s\)|s)? outside (?:of )?the MTUS|"
    r"did not base (?:their|its|his|her|the) decision on the MTUS)(?: Guidelines?)?",
    re.I,
)
_STATEMENT = re.compile(r"\bDecision (?:is |was )?based on (?:the )?", re.I)
_OUTER = re.compile(r"Non-? ?MTUS(?:\s+Citations?)?[\s:,]*", re.I)
_STATE = re.compile(r"(?:(?:the )?(?:State of )?California(?:'s)?|CA)\s+(?=MTUS|Medical)", re.I)
_PAGE = r"\d+[a-z]?(?:\s*[-\u2013]\s*\d+)?"
_PAGES = re.compile(rf"[\s,;:(]*\b(?:Page\(s\)|Pages?|pgs?\.?|pp?\.?)\s*:?\s*({_PAGE}(?:\s*(?:,|and|&)\s*{_PAGE})*)\)?", re.I)
_NO_PAGE = re.compile(r"[\s,]*\(no page given\)", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORDINAL = re.compile(r"\b(\d+(?:st|nd|rd|th))(?:\s+annual)?\s+ed(?:ition|\.)?(?!\w)\.?", re.I)
_UPDATED = re.compile(r"\(?\s*(?:last )?updated?:?\s+(?:on\s+)?(\d{1,2}[-/]\d{1,2}[-/]\d{2,4})\s*\)?", re.I)
_QUALIFIER = re.compile(
    r"\s*(?:\((?:[\s,;&/]|\b(?:and|acute|chronic|thoracic|lumbar|online|web|version|edition)\b)+\)|"
    r"[-,]?\s*(?:acute (?:&|and) chronic)(?!\w))",
    re.I,
)
_MARKS = re.compile(r"[\s,]*\b(?:chapters?|sections?|topics?)(?![\w-])(?=\s*(?:$|[,.:;/()-]|\u2013|guidelines?\b))", re.I)
_LAST_MARK = re.compile(r"\s+(?:chapter|section|topic)$", re.I)
_CHAPTER_NUMBER = re.compile(r"(?:the\s+)?(?:ACOEM\s+)?(?:(?:Practice\s+)?Guidelines?,?\s+)?\(?(?:Chapter|Ch\.?)\s*(\d+)\)?[\s,:(-]*", re.I)
_JOINT = re.compile(r", and |, | and ")
_OPENING = re.compile(r"(?:ACOEM|Practice Guidelines|Guidelines)[\s,]+", re.I)
_GAP = re.compile(r"[,;\s]*(?:and\s+(?=[A-Z]))?")
_SECTIONS = re.compile(r"[\s,;]*\bSections?(?:\(s\))?\s*:\s*", re.I)
_NUMBERED = re.compile(r"\d+(?:\.\d+)*\.?\s+[A-Z]")
_NEXT_NUMBERED = re.compile(r",\s+(?:and\s+)?(?=\d+(?:\.\d+)*\.?\s+[A-Z])")
_BARE_PAGES = re.compile(rf"(?:{_PAGE})(?:\s*,\s*{_PAGE})*$")
_PROSE = re.compile(r"(?<!\d)(?<!\bed)(?<!\bvs)(?<!\bpg)(?<!\bpp)(?<!\bp)(?<!\bDr)(?<!\b[A-Z])\s*[.]\s*(?=[A-Z][a-z]+\s+\w+\s+\w+)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s,;]*[^\s,;.)]", re.I)
_TORN = re.compile(r"((?:https?://|www\.)\S*-)\s+(?=\S)", re.I)
_JOINER = re.compile(r"(?:[\s,;.]|\band\b|\bOther Medical Treatment Guidelines?\b(?: or Medical Evidence\b)?:?)+", re.I)
_MARKED_CHAPTER = re.compile(r"(?:chapters?|sections?)\b[\s:,-]*", re.I)
_EDGES = " \t,;:/.-\u2013\u2014"
_AUTHOR = re.compile(r"[\s,;]*\b[A-Z][a-z]+,?\s+[A-Z]\.?(?:\s*,?\s*\(?eds?\.?\)?)?[\s,:.]*$")


class Grammar:
    """Reads bases. Titles of chapters and sections come from the library (`openimr.library.open_grammar`).

    Source of the wordings: published determinations of 2013-2017.
    """

    def __init__(self, publishers: Iterable[Publisher]) -> None:
        self._publishers = {publisher.authority: publisher for publisher in publishers}
        mtus = self._publishers.get("MTUS", Publisher("MTUS", ("MTUS",)))
        self._numbers = mtus.numbers
        self._chapter, self._chapters = _names(mtus.documents)
        self._mtus = re.compile(rf"\b(?:{_any(mtus.names)})\b", re.I)
        self._titles = re.compile(rf"(?:{_any(mtus.sections)})(?=\s*(?:$|[,.;]))", re.I) if mtus.sections else None
        self._others = {name: _Publisher(publisher) for name, publisher in self._publishers.items() if name != "MTUS"}
        named = [(name, other) for other in self._others.values() for name in other.names]
        self._marker = re.compile("|".join(rf"(?:{pattern})" for pattern, _ in named), re.I) if named else None
        self._owners = [(re.compile(pattern, re.I), other) for pattern, other in named]
        self.parse = lru_cache(maxsize=20_000)(self._parse)

    def _parse(self, text: str) -> Cited:
        """Return what the text of a basis says; empty when it names no guideline."""
        flat = " ".join(text.split())[:_LONGEST]
        for _ in range(_MOST_TEARS):
            flat = _TORN.sub(r"\1", flat)
        flat, outside = _without_sentence(_OUTSIDE, flat)
        flat, none = _without_sentence(_NONE, flat)
        return Cited(none, outside, tuple(dict.fromkeys(self._citations(flat.strip()))))

    def _citations(self, text: str) -> Iterator[Citation]:
        starts = list(_STATEMENT.finditer(text))
        if not starts:
            yield from self._free(text)
            return
        for at, start in enumerate(starts):
            statement = text[start.end() : starts[at + 1].start() if at + 1 < len(starts) else len(text)].strip(" ;,")
            outer = _OUTER.match(statement)
            if outer:
                yield from self._outside(statement[outer.end() :])
            else:
                yield from self._inside(statement)

    def _free(self, text: str) -> Iterator[Citation]:
        """A basis in words of its own: parts between semicolons, each MTUS where it says so."""
        for part in (part.strip(" .") for part in text.split(";")):
            if not part:
                continue
            mtus = self._mtus.search(part)
            if mtus and mtus.start() <= 24:
                yield from self._inside(_STATE.sub("", part))
            elif self._marker and self._marker.search(part):
                yield from self._outside(part)
            elif (chapter := self._chapter.match(part)) and chapter.end() - chapter.start() > 12:
                yield from self._inside(part)

    # --- inside the MTUS

    def _inside(self, text: str) -> Iterator[Citation]:
        opening = self._mtus.match(text)
        text = text[opening.end() :].lstrip(" ,:;)(") if opening else text
        text = _without_prose(text).strip(" .;,")
        chapters = self._chapter_places(text)
        if not chapters:
            name, _, rest = _NO_PAGE.sub("", text).partition(",") if _SECTIONS.search(text) is None else _parted_at(_SECTIONS, text)
            pages = _PAGES.search(name)
            if name.strip():
                yield self._chapter_cited(
                    _without(pages, name), None, (f" {pages.group()}" if pages else "") + (f", {rest}" if rest else "")
                )
            return
        for at, (_, end, document) in enumerate(chapters):
            until = chapters[at + 1][0] if at + 1 < len(chapters) else len(text)
            rest = re.sub(r"[\s,;]*(?:\band\b|&)?[\s,;]*$", "", text[end:until]) if at + 1 < len(chapters) else text[end:]
            yield self._chapter_cited(document, document, rest)

    def _chapter_places(self, text: str) -> list[tuple[int, int, str]]:
        """Where each chapter's name begins and ends. A chapter opens the text or follows a comma or "and"."""
        found: list[tuple[int, int, str]] = []
        at = 0
        while at <= len(text):
            number = _CHAPTER_NUMBER.match(text, at)
            name_at = number.end() if number else at
            if opening := _OPENING.match(text, name_at):
                name_at = opening.end()
            name = self._chapter.match(text, name_at)
            if name and (not found or _begins_chapter(text, name.end())):
                found.append((at, name.end(), self._chapters[_key(name.group())]))
                at = name.end()
            elif number and int(number.group(1)) in self._numbers:
                document = self._numbers[int(number.group(1))]
                own = re.compile(_loose(document), re.I).match(text, name_at)
                found.append((at, own.end() if own else number.end(), document))
                at = found[-1][1]
            joint = _JOINT.search(text, at)
            if joint is None:
                break
            at = joint.end()
        return found

    def _chapter_cited(self, name: str, document: str | None, rest: str) -> Citation:
        rest = _NO_PAGE.sub("", rest)
        rest = re.sub(r"^\s*\)", "", rest)
        pages = _PAGES.search(rest)
        rest = _without(pages, rest)
        edition, rest = _edition(rest) if not _SECTIONS.search(rest) else _edition_before(_SECTIONS, rest)
        if document is None:
            found, name = _edition(name)
            edition = found or edition
            document = _trimmed(name)
        rest = re.sub(r"^[\s,]*(?:Medical\s+)?(?:Treatment\s+)?(?:Guidelines?|Chapter)\b(?![\w-])", "", rest, count=1, flags=re.I)
        if document and (again := re.match(rf"[\s,(]*{_loose(document)}\)?", rest, re.I)):
            rest = rest[again.end() :]  # a chapter given by number and by name
        marked = _SECTIONS.match(rest)
        rest = rest[marked.end() :] if marked else rest
        sections = tuple(self._sections(rest.strip(" ,;:.-")))
        cited = _page_list(pages)
        bare = [section for section in sections if _BARE_PAGES.match(section)]
        if bare and cited is None:
            cited, sections = ",".join(bare).replace(" ", ""), tuple(section for section in sections if section not in bare)
        return Citation("MTUS", document, edition, sections, cited)

    def _sections(self, text: str) -> Iterator[str]:
        """Part the titles of sections: known ones whole, numbered ones up to the next number, others between commas."""
        at = 0
        while at < len(text):
            known = self._titles.match(text, at) if self._titles else None
            if known:
                end = known.end()
            elif _NUMBERED.match(text, at):
                following = _NEXT_NUMBERED.search(text, at)
                end = following.start() if following else len(text)
            else:
                end = _comma(text, at)
            title = text[at:end].strip(_EDGES)
            if title:
                yield re.sub(r"^and\s+", "", title)
            gap = _GAP.match(text, end)
            at = max(gap.end() if gap else end, end + 1)

    # --- outside the MTUS

    def _outside(self, text: str) -> Iterator[Citation]:
        text = text.strip()
        marks = list(self._marker.finditer(text)) if self._marker else []
        # a name that follows the publisher's own, or its short form in brackets, names it no second time
        marks = [mark for at, mark in enumerate(marks) if at == 0 or not self._same_mention(text[marks[at - 1].end() : mark.start()])]
        lead = text[: marks[0].start()] if marks else text
        owner = self._owner(marks[0].group()) if marks else None
        if owner is not None and owner.begins(lead):
            yield from owner.cited(lead)
        else:
            yield from _unpublished(_AUTHOR.sub("", lead) if marks else lead)
        for at, mark in enumerate(marks):
            until = marks[at + 1].start() if at + 1 < len(marks) else len(text)
            own, address = _before_address(text[mark.end() : until])
            own = _AUTHOR.sub("", own) if at + 1 < len(marks) and not address else own  # of the source named next
            yield from self._owner(mark.group()).cited(own)
            yield from _unpublished(address)

    def _same_mention(self, between: str) -> bool:
        for other in self._others.values():
            between = other.without_dropped(between)
        return between.strip(" ,-('s") in ("", "\u2019")

    def _owner(self, name: str) -> _Publisher:
        return next(other for pattern, other in self._owners if pattern.fullmatch(name))


class _Publisher:
    """A publisher outside the MTUS."""

    def __init__(self, publisher: Publisher) -> None:
        self.authority = publisher.authority
        self.whole = publisher.whole or publisher.authority
        self.names = [_loose(name) + rf"(?:\s*\(\s*{re.escape(publisher.authority)}[^)]*\))?" for name in _longest(publisher.names)]
        self._chapter, self._chapters = _names(publisher.documents)
        self._has_chapters = bool(publisher.documents)
        self._names_only = re.compile(rf"[\s,:(]*(?:{_any(publisher.names)})\)?", re.I)
        self._dropped = re.compile(rf"[\s,]*\(?\s*\b(?:{_any(publisher.dropped)})\b(?!\s*[-/])\s*\)?", re.I) if publisher.dropped else None

    def without_dropped(self, text: str) -> str:
        """Return the text without what may stand beside the publisher's name and means nothing."""
        return self._dropped.sub(" ", text) if self._dropped else text

    def begins(self, text: str) -> bool:
        """Whether the text begins with one of its chapters."""
        return self._has_chapters and self._chapter.match(text.lstrip(_EDGES)) is not None

    def cited(self, text: str) -> Iterator[Citation]:
        """Yield the citations a text after the publisher's name makes."""
        text = _without_prose(text)
        text = re.sub(r"[\s,;]*\band(?:\s+Other Medical Treatment Guidelines?)?\s*[:.]?\s*$", "", text, flags=re.I).strip()
        while own := self._names_only.match(text):
            text = text[own.end() :]
        pages = _PAGES.search(text)
        edition, rest = _edition(_without(pages, text))
        rest = _QUALIFIER.sub(" ", rest)
        cited = _page_list(pages)
        if not self._has_chapters:
            yield self._titled(rest, edition, cited)
            return
        rest = self.without_dropped(rest)
        for document, topic in self._chaptered(_unbracketed(rest)):
            yield Citation(self.authority, document or self.whole, edition, tuple(_topics(topic)), cited)

    def _chaptered(self, text: str) -> Iterator[tuple[str | None, str]]:
        """The chapters a text names, each with what is said of it."""
        while True:
            text = text.strip(_EDGES)
            marked = _MARKED_CHAPTER.match(text)
            name = self._chapter.match(text, marked.end() if marked else 0)
            if name is None:
                yield None, text
                return
            rest = re.sub(r"^\s*(?:chapter|section)\b", "", text[name.end() :], flags=re.I)
            rest = re.sub(r"^\s*guidelines?(?=\s*(?:$|[.,:;-]))", "", rest, flags=re.I)
            joints = re.finditer(r"[,;]\s+(?:and\s+)?|\s+and\s+", rest)
            following = next((joint for joint in joints if self._opens(rest, joint)), None)
            yield self._chapters[_key(name.group())], rest[: following.start()] if following else rest
            if following is None:
                return
            text = rest[following.end() :]

    def _opens(self, text: str, joint: re.Match[str]) -> bool:
        """Whether a second chapter begins after a comma or "and": its name, and a mark that it is one."""
        name = self._chapter.match(text, joint.end())
        mark = r"\s*(?:/|:|-\s|\u2013|(?:chapter|section)\b|$|,)" if joint.group()[0] in ",;" else r"\s+(?:chapter|section)\b"
        return name is not None and re.match(mark, text[name.end() :], re.I) is not None

    def _titled(self, text: str, edition: str | None, pages: str | None) -> Citation:
        """A guideline named in free words after the publisher: its title up to a comma or colon, then its topics."""
        text = _CHAPTER_NUMBER.sub("", text, count=1)
        while self._dropped and (dropped := self._dropped.match(text.lstrip(_EDGES))):
            text = text.lstrip(_EDGES)[dropped.end() :]
        text = _CHAPTER_NUMBER.sub("", text.strip(_EDGES + "()"), count=1)
        title, _, topic = _first_part(text)
        document = _trimmed(_MARKS.sub("", title))
        return Citation(self.authority, document or self.whole, edition, tuple(_topics(topic)), pages)


def _unpublished(text: str) -> Iterator[Citation]:
    """Sources of no publisher known: parted after each web address."""
    at = 0
    for address in _ADDRESS.finditer(text):
        yield (
            Citation("Other", _JOINER.sub(" ", text[at : address.start()], count=1).lstrip() + address.group())
            if _JOINER.match(text, at)
            else Citation("Other", text[at : address.end()].strip())
        )
        at = address.end()
    rest = text[at:]
    joint = _JOINER.match(rest)
    rest = (rest[joint.end() :] if joint else rest).rstrip(" .;,")
    rest = re.sub(r"[\s,;]*\band(?:\s+Other Medical Treatment Guidelines?)?$", "", rest, flags=re.I)
    if len(re.sub(r"\W", "", rest)) > 2:
        yield Citation("Other", rest)


def _before_address(text: str) -> tuple[str, str]:
    """Part what a publisher's citation says from sources that follow it: a web address and the words that introduce it."""
    joint = re.search(r"[\s,;]*\band Other Medical Treatment Guidelines?\b", text, re.I)
    address = _ADDRESS.search(text)
    if joint:
        return text[: joint.start()], text[joint.start() :]
    if address is None:
        return text, ""
    return text[: address.start()], text[address.start() :]


def _begins_chapter(text: str, end: int) -> bool:
    """Whether what follows a name shows that it is a chapter and not a section of the same name."""
    return re.match(r"\s*(?:Guidelines?|\(?(?:19|20)\d\d|,?\s*Section|$|\.|Page|,\s+and\b|Chapter)", text[end:], re.I) is not None


def _edition(text: str) -> tuple[str | None, str]:
    """Take the edition out of a text: the year, else the ordinal, else the day of the last update."""
    updated, ordinal = _UPDATED.search(text), _ORDINAL.search(text)
    rest = _UPDATED.sub(" ", text) if updated else text
    rest = re.sub(rf"\(?\s*{_ORDINAL.pattern}\s*\)?,?", " ", rest, flags=re.I) if ordinal else rest
    year = _YEAR.search(rest)
    rest = re.sub(r"\s*[,(]?\s*\b(?:19|20)\d\d\b\s*\)?(?:\s+edition\b)?", " ", rest, count=1, flags=re.I) if year else rest
    found = year.group() if year else ordinal.group(1) if ordinal else updated.group(1) if updated else None
    return found, re.sub(r"\(\s*[,;]?\s*\)", " ", re.sub(r"\s{2,}", " ", rest))


def _edition_before(mark: re.Pattern[str], text: str) -> tuple[str | None, str]:
    found = mark.search(text)
    head, rest = (text[: found.start()], text[found.start() :]) if found else (text, "")
    edition, head = _edition(head)
    return edition, head + rest


def _topics(text: str) -> Iterator[str]:
    for part in text.split(";"):
        topic = _trimmed(_LAST_MARK.sub("", _MARKS.sub("", part.strip()).strip(_EDGES)))
        if topic := _unbracketed(topic):
            yield topic


def _first_part(text: str) -> tuple[str, str, str]:
    found = re.search(r"[,:;]\s*", text)
    return (text[: found.start()], found.group(), text[found.end() :]) if found else (text, "", "")


def _comma(text: str, at: int) -> int:
    """Where the title at `at` ends: the next comma outside brackets that a title of its own follows."""
    depth = 0
    for place in range(at, len(text)):
        character = text[place]
        depth += (character == "(") - (character == ")")
        if character in ",;" and depth <= 0 and re.match(r"[,;]\s*(?:and\s+)?[A-Z0-9\"]", text[place : place + 12]):
            return place
    return len(text)


def _without_prose(text: str) -> str:
    prose = _PROSE.search(text)
    return text[: prose.start()] if prose else text


def _without(found: re.Match[str] | None, text: str) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip() if found else text


def _without_sentence(told: re.Pattern[str], text: str) -> tuple[str, bool]:
    """Return the text without the sentences that say so, and whether there was one."""
    found = False
    while match := told.search(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in ".;") + 1
        ends = [end for mark in ".;" if (end := text.find(mark, match.end())) >= 0]
        text = f"{text[:start]} {text[min(ends) + 1 :] if ends else ''}"
        found = True
    return text, found


def _page_list(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    return re.sub(r"\s+", "", re.sub(r"\s*(?:and|&)\s*", ",", found.group(1))).replace("\u2013", "-")


def _trimmed(text: str) -> str:
    return " ".join(text.split()).strip(_EDGES)


def _parted_at(mark: re.Pattern[str], text: str) -> tuple[str, str, str]:
    found = mark.search(text)
    return (text[: found.start()], "", text[found.start() :]) if found else (text, "", "")


def _unbracketed(text: str) -> str:
    """Return the text without brackets around the whole, and without one that has lost its other half at an end."""
    while True:
        text = text.strip(_EDGES)
        opened, closed = text.count("("), text.count(")")
        if text.startswith("(") and text.endswith(")") and _closes(text) == len(text) - 1:
            text = text[1:-1]
        elif text.startswith(")") or (text.startswith("(") and opened > closed):
            text = text[1:]
        elif text.endswith("(") or (text.endswith(")") and closed > opened):
            text = text[:-1]
        else:
            return text


def _closes(text: str) -> int:
    """Where the bracket that opens the text closes, -1 when it does not."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    return -1


def _names(documents: Mapping[str, tuple[str, ...]]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what finds a document's name, and the document by the key of each of its names."""
    by_key = {_key(name): document for document, names in documents.items() for name in (document, *names)}
    spelled = {name for document, names in documents.items() for name in (document, *names)}
    return re.compile(rf"(?:{_any(spelled)})(?![\w-])" if spelled else r"(?!)", re.I), by_key


def _key(name: str) -> str:
    return re.sub(r"\W+", "", name.lower().replace("&", "and").replace(" and ", "and"))


def _any(names: Iterable[str]) -> str:
    return "|".join(_loose(name) for name in _longest(names))


def _longest(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _loose(name: str) -> str:
    """A pattern for a name that forgives blanks, a comma before the last part, a torn hyphen, and "&" for "and"."""
    parts = re.split(r"(\s+(?:&|and)\s+|,?\s+&\s+|\s+|-)", name)
    out = []
    for part in parts:
        if part.strip() in ("&", "and") or part.strip(" ,") in ("&", "and"):
            out.append(r",?\s*(?:&|\band\b)\s*")
        elif part.isspace():
            out.append(r"\s+")
        elif part == "-":
            out.append(r"\s?[-\u2013]\s?")
        else:
            out.append(re.escape(part))
    return r"\b" + "".join(out)
