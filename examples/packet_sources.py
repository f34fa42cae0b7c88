"""The documents of an example case as written: `NN-kind-date.md`, in the order `packet.yaml` puts them into packets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

KINDS = frozenset(
    {
        "fax_cover",
        "application",
        "ur_decision",
        "rfa",
        "progress_report",
        "consultation",
        "operative_report",
        "imaging",
        "electrodiagnostic",
        "therapy_note",
        "psychology_note",
        "questionnaire",
        "peer_to_peer_note",
        "correspondence",
    }
)
LAYOUTS = frozenset({"form", "letter", "typed", "report", "fax"})
FAXED_WITH_COVER = ("application", "ur_decision")  # what a cover sheet travels with; the records follow by mail

Block = dict[str, Any]


class SourceError(ValueError):
    """A source of an example that cannot be built; the message names the file and the mend."""


@dataclass(frozen=True)
class Source:
    """One document as written: its head and its body as blocks that `packet.typ` sets."""

    name: str
    kind: str
    date: date
    author: str
    layout: str
    scanned: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Packet:
    """One PDF file of a case file: its documents in page order."""

    file: str
    documents: tuple[Source, ...]


@dataclass(frozen=True)
class Case:
    """A complete example: whose records they are, and its packets."""

    name: str
    case_number: str
    patient: str
    date_of_birth: date
    packets: tuple[Packet, ...]


def missing_files(sources: Path, case_folder: Path) -> list[str]:
    """Names of the files a case still lacks before it can be built; empty when it is complete."""
    needed = (sources / "packet.yaml", case_folder / "case.yaml")
    return [path.name for path in needed if not path.is_file()]


def read_case(sources: Path, case_folder: Path) -> Case:
    """The case whose sources lie in `sources`; raises `SourceError` for a document that is missing or malformed."""
    plan = yaml.safe_load((sources / "packet.yaml").read_text(encoding="utf-8"))
    facts = yaml.safe_load((case_folder / "case.yaml").read_text(encoding="utf-8"))
    packets = tuple(
        Packet(file=packet["file"], documents=tuple(read_source(sources / f"{name}.md") for name in packet["documents"]))
        for packet in plan["packets"]
    )
    placed = {document.name for packet in packets for document in packet.documents}
    left_out = sorted(path.name for path in sources.glob("[0-9][0-9]-*.md") if path.stem not in placed)
    if left_out:
        raise SourceError(f"{sources / 'packet.yaml'}: no packet holds {', '.join(left_out)}; add them to a packet")
    return Case(
        name=sources.name,
        case_number=plan["case_number"],
        patient=facts["parties"]["employee"],
        date_of_birth=facts["patient"]["date_of_birth"],
        packets=packets,
    )


def read_source(path: Path) -> Source:
    """The document in `path`; raises `SourceError` naming what is wrong."""
    if not path.is_file():
        raise SourceError(f"{path}: named in packet.yaml, but there is no such file")
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise SourceError(f"{path}:1: must begin with a head between two lines of ---")
    head = yaml.safe_load(parts[1])
    for key, allowed in (("kind", KINDS), ("layout", LAYOUTS)):
        if head.get(key) not in allowed:
            raise SourceError(f"{path}: {key} is {head.get(key)!r}; write one of {', '.join(sorted(allowed))}")
    return Source(
        name=path.stem,
        kind=head["kind"],
        date=head["date"],
        author=head["author"],
        layout=head["layout"],
        scanned=bool(head.get("scanned", False)),
        blocks=tuple(read_blocks(parts[2])),
    )


def read_blocks(body: str) -> list[Block]:
    """Body text as blocks: `title`, `heading`, `lines` (a paragraph, a source line each), `item`, `table`, `page`."""
    blocks: list[Block] = []
    lines = body.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith("|"):
            end = at
            while end < len(lines) and lines[end].strip().startswith("|"):
                end += 1
            blocks.append(_table(lines[at:end]))
            at = end
            continue
        if not line:
            blocks.append({"is": "gap"})
        elif line == "---":
            blocks.append({"is": "page"})
        elif line.startswith("## "):
            blocks.append({"is": "heading", "text": _spans(line[3:])})
        elif line.startswith("# "):
            blocks.append({"is": "title", "text": _spans(line[2:])})
        elif line.startswith("- "):
            blocks.append(_item(line[2:]))
        elif blocks and blocks[-1]["is"] == "lines":
            blocks[-1]["lines"].append(_spans(line))
        else:
            blocks.append({"is": "lines", "lines": [_spans(line)]})
        at += 1
    return [block for block in blocks if block["is"] != "gap"]


def _item(text: str) -> Block:
    """A list item; one the writer numbered (`- 1. Lumbar strain`) keeps its number in place of the bullet."""
    numbered = re.match(r"\d+[.)]\s", text)
    return {"is": "item", "text": _spans(text), "bullet": numbered is None}


def _table(lines: list[str]) -> Block:
    rows = [[_spans(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines]
    ruled = len(lines) > 1 and re.fullmatch(r"[\s|:-]+", lines[1]) is not None
    head, body = (rows[0], rows[2:]) if ruled else ([], rows)
    width = max(len(row) for row in rows)
    filled = [[*row, *([[]] * (width - len(row)))] for row in ([head, *body] if any(head) else body)]
    return {"is": "table", "headed": any(head), "rows": filled, "width": width}


def _spans(text: str) -> list[Block]:
    """Runs of plain, bold and tick box text; a tick box takes the first word of its label along, so that no line end parts them."""
    spans: list[Block] = []
    for number, part in enumerate(text.split("**")):
        for piece in re.split(r"(\[[ xX]\](?: +[^\s\[]+)?)", part):
            tick = re.match(r"\[[ xX]\]", piece)
            box = tick[0].lower() if tick else ""
            if piece:
                spans.append({"text": piece[len(box) :], "bold": number % 2 == 1, "box": box})
    return spans
