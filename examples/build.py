"""Turns `examples/sources/<case>/` into the PDF packets `examples/<case>/records/packet-N.pdf`.

Usage: python examples/build.py [CASE ...]     without CASE: every case whose sources are complete
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from packet_scans import scan
from packet_sources import FAXED_WITH_COVER, Case, Packet, Source, SourceError, missing_files, read_case

EXAMPLES = Path(__file__).resolve().parent
TEMPLATE = EXAMPLES / "packet.typ"
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)  # any fixed moment: equal sources give equal bytes


@dataclass(frozen=True)
class Placed:
    """Where a document lies in its packet: first and last page, counted from 1."""

    document: str
    first_page: int
    last_page: int
    scanned: bool


@dataclass(frozen=True)
class Built:
    """A packet as made: its bytes, the same pages before scanning, and where each document lies."""

    file: str
    pdf: bytes
    paper: bytes
    places: tuple[Placed, ...]


def build_packet(case: Case, packet: Packet) -> Built:
    """The packet as PDF. Scanned documents are set like the others first, then replaced by images of their pages."""
    data = _data(case, packet)
    paper = _compile(data, {})
    places = _places(packet, data)
    images: dict[str, bytes] = {}
    for place, document, entry in zip(places, packet.documents, data["documents"], strict=True):
        if not document.scanned:
            continue
        entry["images"] = []
        for page in range(place.first_page, place.last_page + 1):
            seed = f"{case.name}/{document.name}/{page}"
            suffix, image = scan(paper, page, seed=seed, faxed=entry["fax"] is not None)
            name = f"{document.name}-{page}.{suffix}"
            images[name] = image
            entry["images"].append(name)
    return Built(packet.file, _compile(data, images) if images else paper, paper, places)


def build_case(name: str) -> tuple[Case, list[Built]]:
    """The case `name` and its packets, nothing written yet."""
    case = read_case(EXAMPLES / "sources" / name, EXAMPLES / name)
    return case, [build_packet(case, packet) for packet in case.packets]


def manifest(packets: list[Built]) -> dict[str, Any]:
    """Which pages of which packet each document of the case fills, in packet order."""
    documents = [
        {"document": p.document, "file": built.file, "first_page": p.first_page, "last_page": p.last_page, "scanned": p.scanned}
        for built in packets
        for p in built.places
    ]
    return {"documents": documents}


def manifest_text(packets: list[Built]) -> str:
    """The manifest as it stands in the repository: one document a line."""
    lines = ",\n".join("  " + json.dumps(entry) for entry in manifest(packets)["documents"])
    return '{"documents": [\n' + lines + "\n]}\n"


def case_names() -> list[str]:
    """Every case that has a folder of sources."""
    return sorted(path.name for path in (EXAMPLES / "sources").iterdir() if path.is_dir())


def is_complete(name: str) -> list[str]:
    """The files the case still lacks; empty when it can be built."""
    return missing_files(EXAMPLES / "sources" / name, EXAMPLES / name)


def _compile(data: dict[str, Any], images: dict[str, bytes]) -> bytes:
    with _project(images) as main_file:
        pdf = typst.compile(
            main_file,
            root=main_file.parent,
            sys_inputs={"packet": json.dumps(data)},
            ignore_system_fonts=True,
            timestamp=MADE_AT,
            format="pdf",
            pdf_tags=False,  # what a copy service sends is never tagged
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave pages apart where one PDF was asked for")
    return pdf


def _places(packet: Packet, data: dict[str, Any]) -> tuple[Placed, ...]:
    """First and last page of each document, as the template's marks report them."""
    with _project({}) as main_file:
        found = typst.query(
            main_file, "metadata", field="value", root=main_file.parent, sys_inputs={"packet": json.dumps(data)}, ignore_system_fonts=True
        )
    pages = {(mark["document"], mark["place"]): mark["page"] for mark in json.loads(found)}
    return tuple(
        Placed(source.name, pages[index, "first"], pages[index, "last"], source.scanned) for index, source in enumerate(packet.documents)
    )


@contextmanager
def _project(images: dict[str, bytes]) -> Iterator[Path]:
    """A folder with the template and the page images beside it: Typst takes images from files only."""
    with tempfile.TemporaryDirectory() as folder:
        for name, image in images.items():
            (Path(folder) / name).write_bytes(image)
        yield Path(shutil.copy(TEMPLATE, folder))


def _data(case: Case, packet: Packet) -> dict[str, Any]:
    """What the template prints, as plain data."""
    given, _, family = case.patient.rpartition(" ")
    faxes = _faxes(case, packet)
    documents = [
        {
            "index": index,
            "layout": source.layout,
            "scanned": source.scanned,
            "author": source.author,
            "patient": case.patient,
            "patient-last-first": f"{family}, {given}".upper(),
            "born": f"{case.date_of_birth:%m/%d/%Y}",
            "day": f"{source.date:%m/%d/%Y}",
            "dated": f"{source.date:%B} {source.date.day}, {source.date.year}",
            "letterhead": _letterhead(source),
            "fax": faxes.get(index),
            "blocks": list(source.blocks),
        }
        for index, source in enumerate(packet.documents)
    ]
    return {"title": f"Case file {case.case_number}, {packet.file}", "documents": documents}


def _letterhead(source: Source) -> int:
    """How many opening blocks are the sender's: at most two short ones, up to a date or a patient (they hold digits) or a heading."""
    if source.layout not in {"letter", "report"}:
        return 0
    count = 0
    for block in source.blocks[:2]:
        lines = block.get("lines", [block.get("text", [])])
        text = "".join(span["text"] for line in lines for span in line)
        opens = block["is"] == "lines" or (block["is"] == "title" and count == 0)
        if not opens or len(text) > 110 or any(letter.isdigit() for letter in text):
            break
        count += 1
    return count


def _faxes(case: Case, packet: Packet) -> dict[int, dict[str, Any]]:
    """For each document that came by fax, by index: the line its machine printed and the documents sent with it."""
    faxes: dict[int, dict[str, Any]] = {}
    for index, source in enumerate(packet.documents):
        if source.kind == "fax_cover":
            last = index
            while last + 1 < len(packet.documents) and packet.documents[last + 1].kind in FAXED_WITH_COVER:
                last += 1
            members = range(index, last + 1)
        elif source.kind == "rfa":  # a physician faxes the request to the claims administrator
            members = range(index, index + 1)
        else:
            continue
        clock = random.Random(f"{case.name}/{source.name}")
        sent = f"{source.date:%b-%d-%Y} {clock.randint(8, 16):02}:{clock.randint(0, 59):02}".upper()
        line = {"sent": sent, "from": source.author.upper(), "first": members[0], "last": members[-1]}
        faxes.update(dict.fromkeys(members, line))
    return faxes


def main(names: list[str]) -> int:
    """Builds the cases named (all without a name) and writes packets and manifests; 2 when one could not be built."""
    unknown = sorted(set(names) - set(case_names()))
    if unknown:
        print(f"build.py: no sources for {', '.join(unknown)}; there are {', '.join(case_names())}", file=sys.stderr)
        return 2
    failed = False
    for name in names or case_names():
        lacking = is_complete(name)
        if lacking:
            print(f"{name}: skipped, {' and '.join(lacking)} not there yet", file=sys.stderr)
            continue
        try:
            case, packets = build_case(name)
        except SourceError as error:
            print(f"build.py: {error}", file=sys.stderr)
            failed = True
            continue
        records = EXAMPLES / case.name / "records"
        records.mkdir(parents=True, exist_ok=True)
        for built in packets:
            (records / built.file).write_bytes(built.pdf)
            print(f"{name}/records/{built.file}: {built.places[-1].last_page} pages, {len(built.pdf) / 1000:.0f} kB")
        (EXAMPLES / "sources" / name / "manifest.json").write_text(manifest_text(packets), encoding="utf-8")
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
