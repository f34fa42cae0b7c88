"""All records of a case read for facts: side by side in several processes where there is much to read."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date

from openimr.documents import Document, Record
from openimr.evidence import Gathered, Reader, gather
from openimr.library import Fact

_LONG = 1_500_000  # characters from which on starting processes is worth it
_PART = 500_000  # characters a process reads at a time


@dataclass(frozen=True)
class _Task:
    """What is read, and with what."""

    parts: Sequence[Sequence[Record]]
    documents: Mapping[str, Document]
    reader: Reader
    wanted: frozenset[str]
    facts: Mapping[str, Fact]
    on: date

    def read(self, number: int) -> Gathered:
        """Return the findings of one part."""
        found = (Gathered(self.reader.find(self.documents[record.document], record, self.wanted)) for record in self.parts[number])
        return gather(found, self.facts, self.on)


_task: _Task | None = None  # what the child processes find when they are forked: text of records is not sent to them


def read_records(
    documents: Sequence[Document], records: Sequence[Record], reader: Reader, wanted: frozenset[str], facts: Mapping[str, Fact], on: date
) -> Gathered:
    """Return what the records of a case say of the wanted facts, as far as it can decide anything on the governing date."""
    sizes = {(document.name, page.number): len(page.text) for document in documents for page in document.pages}
    parts: list[list[Record]] = [[]]
    total = part = 0
    for record in records:
        size = sum(sizes.get((record.document, page), 0) for page in range(record.first_page, record.last_page + 1))
        if part + size > _PART and parts[-1]:
            parts.append([])
            part = 0
        parts[-1].append(record)
        part += size
        total += size
    task = _Task(parts, {document.name: document for document in documents}, reader, wanted, facts, on)
    return gather(_side_by_side(task) if total > _LONG else map(task.read, range(len(parts))), facts, on)


def _side_by_side(task: _Task) -> Iterator[Gathered]:
    """Yield the findings of each part in order; without processes, or when one dies, they are read here."""
    global _task  # noqa: PLW0603 - the only way into a forked process that copies nothing
    done = 0
    if "fork" in multiprocessing.get_all_start_methods():
        _task = task
        try:
            with ProcessPoolExecutor(len(os.sched_getaffinity(0)), multiprocessing.get_context("fork")) as processes:
                for found in processes.map(_read_part, range(len(task.parts))):
                    yield found
                    done += 1
        except BrokenProcessPool:
            pass  # the machine ended a process, for want of memory perhaps: go on alone with what is left
        finally:
            _task = None
    for number in range(done, len(task.parts)):
        yield task.read(number)


def _read_part(number: int) -> Gathered:
    return _task.read(number) if _task is not None else Gathered(())
