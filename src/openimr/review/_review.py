"""From a case file to its worksheet and draft: documents, records, findings, assessment, summary, draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openimr.cases import Case
from openimr.determinations import Determination
from openimr.documents import Document, Record, UnreadableDocument, locate, read_folder, unread_in
from openimr.evidence import GivenReader, PassageReader, Reader
from openimr.guidelines import Guidelines, Method, Mode, facts_of, load_methods
from openimr.guidelines import load as load_guidelines
from openimr.library import Library, Truth, open_grammar, open_library
from openimr.programs import Program, Severity
from openimr.programs import load as load_programs
from openimr.sources import Box, Grammar
from openimr.treatments import Vocabulary
from openimr.treatments import load as load_treatments

from ._assess import ASSOCIATED, Bench, assess_requests
from ._chart import Chart
from ._draft import draft
from ._inventory import inventory
from ._known import KnownOf
from ._side_by_side import at_once, read_records, records_of
from ._silence import silences, unread_pages
from ._summary import as_text, mechanism_of, summarize
from ._timeline import timeline
from ._treatments import treatments
from ._verify import files_of
from ._worksheet import Place, RequestSheet, Worksheet, quoted_spans


class CaseProblem(Exception):
    """The case cannot be assessed; the message names file, place and mend."""


@dataclass(frozen=True)
class Reference:
    """Everything a review looks things up in, opened once."""

    library: Library
    guidelines: Guidelines
    vocabulary: Vocabulary
    grammar: Grammar
    programs: dict[str, Program]
    reader: Reader
    passages: PassageReader
    methods: tuple[Method, ...]
    given: GivenReader

    def bench(self, mode: Mode, on: date, days: Mapping[str, date]) -> Bench:
        """Return what requests are judged with on a governing date; `days` are the dates editions may go by themselves."""
        return Bench(
            library=self.library,
            guidelines=self.guidelines,
            vocabulary=self.vocabulary,
            grammar=self.grammar,
            reader=self.reader,
            mode=mode,
            on=on,
            days=days,
            methods=self.methods,
        )


@dataclass(frozen=True)
class Review:
    """The outcome of reviewing one case file: worksheet, draft determination, and what was read for them.

    `unread` has a line for each file that could not be read, or not all of it.
    """

    case: Case
    worksheet: Worksheet
    determination: Determination
    documents: tuple[Document, ...]
    records: tuple[Record, ...]
    unread: tuple[str, ...]


def open_reference(library: Library | None = None) -> Reference:
    """Open the library and all that is compiled from it. Raises LibraryError with file, line and mend."""
    library = library or open_library()
    vocabulary = load_treatments(library)
    programs = dict(load_programs(library))
    reader = Reader(library, vocabulary)
    passages = PassageReader(library, vocabulary, reader.assertions)
    return Reference(
        library=library,
        guidelines=load_guidelines(library, vocabulary),
        vocabulary=vocabulary,
        grammar=open_grammar(library),
        programs=programs,
        reader=reader,
        passages=passages,
        methods=load_methods(library),
        given=GivenReader(library, vocabulary, passages),
    )


def review(case: Case, reference: Reference, on: date | None = None, mode: Mode = Mode.ADVISORY) -> Review:
    """Assess a case file under the law of its governing date (`on` overrides it).

    Raises CaseProblem when the program is unknown, a date cannot be, or no record can be read: a case is never assessed as if unread
    records were silent. Raises NoGoverningDate when the case gives no date to judge by.
    """
    program = _program(case, reference)
    governing = program.governing(case.dates, on)
    documents, unreadable = _read(case)
    records = [_dated(record, case) for record in records_of(documents)]
    wanted = _facts_to_read(case, reference)
    findings = read_records(documents, records, reference.reader, wanted, reference.library.facts, governing.date)
    bench = reference.bench(mode, governing.date, {} if on else program.own_dates(case.dates))
    requests, known = assess_requests(case, findings, bench)
    held = inventory((*documents, *unreadable), records, program, case.dates, requests)
    chart = _chart(case, governing.date, (documents, records), requests, reference)
    asked = _facts_asked(case, reference)
    told = summarize(chart, silences(chart, asked, _open_facts(known, asked)), unread_pages(documents, unreadable))
    sheet = Worksheet(
        case=case.case_number or case.folder.resolve().name,
        on=governing.date,
        on_because=governing.chosen_because,
        alternatives=governing.alternatives,
        mode=str(mode),
        library_version=reference.library.version,
        readers={name: version for document in documents for name, version in document.readers.items()},
        files=files_of(case.folder),
        records=held.records,
        missing=held.missing,
        gaps=held.gaps,
        requests=requests,
        summary=told,
        timeline=timeline(chart, mechanism_of(chart)),
        treatments=treatments(chart),
        warnings=_warnings(case, program, documents, unreadable),
    )
    sheet = replace(sheet, boxes=_boxes(sheet, documents, case))
    categories = {part.treatment: reference.vocabulary.category(part.treatment) for request in requests for part in request.components}
    determination = draft(case, sheet, as_text(told), categories, reference.grammar)
    return Review(case, sheet, determination, documents, tuple(records), unread_in((*documents, *unreadable)))


def _program(case: Case, reference: Reference) -> Program:
    program = reference.programs.get(case.program)
    if program is None:
        known = ", ".join(sorted(reference.programs))
        raise CaseProblem(f"{case.place('program')}: program '{case.program}' is not in the library: use one of {known}")
    for problem in program.check_dates(case.dates):
        if problem.severity is Severity.FAULT:
            raise CaseProblem(f"{case.place('dates.' + problem.key)}: dates.{problem}")
    return program


def _read(case: Case) -> tuple[tuple[Document, ...], tuple[UnreadableDocument, ...]]:
    if not case.records.is_dir():
        raise CaseProblem(f"{case.records}: no such folder: put the records of the case there; nothing was assessed")
    read = read_folder(case.records)
    documents = tuple(each for each in read if isinstance(each, Document))
    unreadable = tuple(each for each in read if isinstance(each, UnreadableDocument))
    if not read:
        raise CaseProblem(f"{case.records}: no records: put the records of the case there; nothing was assessed")
    if not any(page.unread is None for document in documents for page in document.pages):
        first = f"{unreadable[0].name}: {unreadable[0].reason}" if unreadable else "no page has text"
        raise CaseProblem(f"{case.records}: none of {len(read)} records can be read ({first}); nothing was assessed")
    return documents, unreadable


def _dated(record: Record, case: Case) -> Record:
    """Return the record without a date that is only the worker's birth or, on a form or note, the injury."""
    forms = ("questionnaire", "therapy_note", "psychology_note", "rfa")
    born, injured = case.patient.date_of_birth, case.dates.get("date_of_injury")
    wrong = record.date is not None and (record.date == born or (record.date == injured and record.kind in forms))
    return replace(record, date=None) if wrong else record


def _facts_to_read(case: Case, reference: Reference) -> frozenset[str]:
    """The facts the rules for what is asked hang on, and those read whatever is asked."""
    return _facts_asked(case, reference) | {name for name, fact in reference.library.facts.items() if fact.background}


def _open_facts(known: Sequence[KnownOf], facts: frozenset[str]) -> frozenset[str]:
    """The facts on which the record is silent or disagrees with itself, for one request at least."""
    settled = (Truth.TRUE, Truth.FALSE)
    return frozenset(name for name in facts for each in known if name in each.known and each.known[name].truth not in settled)


def _facts_asked(case: Case, reference: Reference) -> frozenset[str]:
    vocabulary = reference.vocabulary
    parts = [part for request in case.requests for part in vocabulary.parse(request.text).components]
    asked = {kind for part in parts for region in (None, *vocabulary.words.regions) for kind in vocabulary.kinds(part.treatment, region)}
    if any(vocabulary.parse(request.text).terms.get("associated") for request in case.requests):
        asked.add(ASSOCIATED)
    return facts_of(reference.guidelines, asked)


def _chart(
    case: Case,
    on: date,
    read: tuple[Sequence[Document], Sequence[Record]],
    requests: Sequence[RequestSheet],
    reference: Reference,
) -> Chart:
    """The records as the summary and the timeline turn to them; records whose date cannot be right are already undated."""
    sites = []
    for request in case.requests:
        terms = reference.vocabulary.parse(request.text).terms
        side = terms.get("side")
        regions = terms.get("regions")
        for region in regions if isinstance(regions, tuple) else (None,):
            sites.append(reference.reader.site(region, side if side in ("left", "right") else None))
    documents, records = read
    by_name = {document.name: document for document in documents}
    return Chart(case, on, [_dated(each, case) for each in records], by_name, requests, sites, reference.passages, reference.given)


def _warnings(case: Case, program: Program, documents: Sequence[Document], unreadable: Sequence[UnreadableDocument]) -> tuple[str, ...]:
    out = [f"{each.name} cannot be read: {each.reason}; what it says is unread, not silent" for each in unreadable]
    for document in documents:
        pages = [page for page in document.pages if page.unread]
        if pages:
            numbers = ", ".join(str(page.number) for page in pages)
            out.append(f"{document.name}: pages unread ({numbers}): {pages[0].unread}; what they say is unread, not silent")
    for place, study in enumerate(case.studies):
        if study.request is not None and study.request > len(case.requests):
            out.append(
                f"{case.place(f'studies.{place}.request')}: request {study.request} is not among the {len(case.requests)}: correct it"
            )
    out.extend(f"{case.place('dates.' + problem.key)}: dates.{problem}" for problem in program.check_dates(case.dates))
    return tuple(out)


def _boxes(sheet: Worksheet, documents: Sequence[Document], case: Case) -> dict[Place, tuple[Box, ...]]:
    """Return where on its page every passage stands, in points from the top left."""
    wanted: dict[str, dict[int, set[tuple[int, int]]]] = {}
    for span in quoted_spans(sheet):
        wanted.setdefault(span.document, {}).setdefault(span.page, set()).add((span.start, span.end))

    def found(document: Document) -> dict[Place, tuple[Box, ...]]:
        spans = {page: sorted(places) for page, places in wanted[document.name].items()}
        return {(document.name, *place): boxes for place, boxes in locate(case.records / document.name, document, spans).items()}

    return {place: boxes for each in at_once(found, (each for each in documents if each.name in wanted)) for place, boxes in each.items()}
