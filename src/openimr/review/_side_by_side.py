"""The long work on a large case file done side by side: records told apart, read for facts, held against one another, shown."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import partial
from typing import Any, TypeVar

from openimr.documents import Document, Gap, Record, Relation, UnreadableDocument, gaps, records_in, relations
from openimr.evidence import Gathered, Reader, gather
from openimr.library import Fact

_LONG = 1_500_000  # characters from which on starting processes is worth it
_PART = 500_000  # characters a process reads at a time
_T = TypeVar("_T")
_S = TypeVar("_S")
_jobs: Sequence[Callable[[], Any]] = ()  # what the child processes find when they are forked: text of records is not sent to them


def records_of(documents: Sequence[Document]) -> list[Record]:
    """Return the records of all documents, in order."""
    jobs = [partial(records_in, document) for document in documents]
    return [record for records in _done(jobs, documents) for record in records]


def read_records(
    documents: Sequence[Document], records: Sequence[Record], reader: Reader, wanted: frozenset[str], facts: Mapping[str, Fact], on: date
) -> Gathered:
    """Return what the records of a case say of the wanted facts, as far as it can decide anything on the governing date."""
    by_name = {document.name: document for document in documents}

    def read(part: Sequence[Record]) -> Gathered:
        return gather((Gathered(reader.find(by_name[record.document], record, wanted)) for record in part), facts, on)

    return gather(_done([partial(read, part) for part in _parts(documents, records)], documents), facts, on)


def relations_and_gaps(
    documents: Sequence[Document], records: Sequence[Record], unreadable: Sequence[UnreadableDocument]
) -> tuple[dict[Record, Relation], tuple[Gap, ...]]:
    """Return how the records relate to each other, and what they speak of that is not there."""

    def compared() -> tuple[dict[Record, Relation], tuple[Gap, ...]]:
        return relations(documents, records), ()

    def looked_for() -> tuple[dict[Record, Relation], tuple[Gap, ...]]:
        return {}, gaps(documents, records, unreadable)

    (related, _), (_, missed) = _done((compared, looked_for), documents)
    return related, missed


def at_once(work: Callable[[_S], _T], inputs: Iterable[_S]) -> list[_T]:
    """Return what work that waits for child processes comes to for each input, as many at a time as there are processors."""
    with ThreadPoolExecutor(_processors()) as threads:
        return list(threads.map(work, inputs))


def _parts(documents: Sequence[Document], records: Sequence[Record]) -> list[list[Record]]:
    """The records in parts of about the same length, in order."""
    sizes = {(document.name, page.number): len(page.text) for document in documents for page in document.pages}
    parts: list[list[Record]] = [[]]
    held = 0
    for record in records:
        size = sum(sizes.get((record.document, page), 0) for page in range(record.first_page, record.last_page + 1))
        if held + size > _PART and parts[-1]:
            parts.append([])
            held = 0
        parts[-1].append(record)
        held += size
    return parts


def _done(jobs: Sequence[Callable[[], _T]], documents: Sequence[Document]) -> Iterator[_T]:
    """Yield what each job comes to, in order: in processes where there is much to read, here otherwise."""
    long = sum(len(page.text) for document in documents for page in document.pages) > _LONG
    return _forked(jobs) if long and len(jobs) > 1 else (job() for job in jobs)


def _forked(jobs: Sequence[Callable[[], _T]]) -> Iterator[_T]:
    """Yield what each job comes to; without processes, or when one dies, the rest is done here."""
    global _jobs  # noqa: PLW0603 - the only way into a forked process that copies nothing
    done = 0
    if "fork" in multiprocessing.get_all_start_methods():
        _jobs = jobs
        gc.freeze()  # a collection in a child would write to every object, and so copy what it shares with this process
        try:
            with ProcessPoolExecutor(min(_processors(), len(jobs)), multiprocessing.get_context("fork")) as processes:
                for found in processes.map(_job, range(len(jobs))):
                    yield found
                    done += 1
        except BrokenProcessPool:
            pass  # the machine ended a process, for want of memory perhaps: go on alone with what is left
        finally:
            gc.unfreeze()
            _jobs = ()
    for job in jobs[done:]:
        yield job()


def _job(number: int) -> Any:
    return _jobs[number]()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
