"""What a reviewer has to be told is not there: records a rule would look into, and pages that could not be read."""

from __future__ import annotations

from collections.abc import Sequence

from openimr.documents import Document, UnreadableDocument

from ._chart import Chart
from ._words import ended, listed

_LAST_VISITS = 6


def silences(chart: Chart, asked: frozenset[str], unsettled: frozenset[str]) -> list[str]:
    """Return a sentence for each sort of record that the file has none of, where a rule for what is asked hangs on what it would say.

    `asked` are the facts the rules hang on; where none of them is `unsettled` only what other records speak of is missed.
    """
    out = []
    if not chart.visits:
        out.append("No visit up to the governing date is in the file.")
    present = {record.kind for record in chart.records}
    for silence in chart.reader.silences:
        if not asked & silence.facts or present.intersection(silence.kinds):
            continue
        spoken = _spoken_of(chart, silence.studies)
        if spoken:
            out.append(f"No {silence.says} is in the file; {listed(spoken, 'or')} is spoken of in other records.")
        elif unsettled & silence.facts:
            out.append(f"No {silence.says} is in the file.")
    return out


def _spoken_of(chart: Chart, studies: Sequence[str]) -> list[str]:
    """Which of the studies the latest visits speak of as done."""
    named = {name for record in chart.visits[:_LAST_VISITS] for passage in chart.passages(record) for name in passage.names("study")}
    return [study for study in studies if study in named]


def unread_pages(documents: Sequence[Document], unreadable: Sequence[UnreadableDocument]) -> list[str]:
    """Return a sentence on the pages that could not be read, none when all were."""
    parts = [each.name for each in unreadable]
    for document in documents:
        numbers = [page.number for page in document.pages if page.unread]
        if numbers:
            parts.append(f"{'page' if len(numbers) == 1 else 'pages'} {listed(_ranges(numbers))} of {document.name}")
    return [ended(f"{_first(listed(parts))} could not be read whole; what stands there is unread, not silent")] if parts else []


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Return page numbers as ranges: 3, 4, 5, 9 as "3-5", "9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


def _first(text: str) -> str:
    """The text with a capital, unless it begins with the name of a file."""
    return text[:1].upper() + text[1:] if text.startswith("page") else text
