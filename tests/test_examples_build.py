"""The packets under examples/ are what `examples/build.py` makes of the sources today."""

import functools
import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import build
import packet_scans
import packet_sources
import pypdfium2 as pdfium
import pytest

Built = tuple[packet_sources.Case, list[build.Built]]
COMPLETE = [name for name in build.case_names() if not build.is_complete(name)]

pytestmark = pytest.mark.slow


def page_texts(pdf: bytes) -> list[str]:
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[A-Za-z0-9/.'%-]+", text))


def spoken(blocks: tuple[packet_sources.Block, ...]) -> str:
    """All the words of a source, in order, as the writer typed them."""
    runs = [
        spans
        for block in blocks
        for spans in (
            [cell for row in block["rows"] for cell in row] if block["is"] == "table" else block.get("lines", [block.get("text", [])])
        )
    ]
    return " ".join("".join(span["box"] + span["text"] for span in spans) for spans in runs)


@functools.cache
def build_once(name: str) -> Built:
    return build.build_case(name)


@pytest.fixture
def built(request: pytest.FixtureRequest) -> Built:
    name: str = request.param
    return build_once(name)


@pytest.mark.parametrize("built", COMPLETE, indirect=True)
def test_the_committed_packets_are_what_the_sources_give(built: Built) -> None:
    case, packets = built
    records = build.EXAMPLES / case.name / "records"
    assert sorted(path.name for path in records.glob("*.pdf")) == sorted(packet.file for packet in packets)
    for packet in packets:
        committed = page_texts((records / packet.file).read_bytes())
        assert len(committed) == packet.places[-1].last_page
        assert committed == page_texts(packet.pdf), f"{packet.file} is stale: run `make examples`"


@pytest.mark.parametrize("built", COMPLETE, indirect=True)
def test_the_manifest_says_on_which_pages_each_document_lies(built: Built) -> None:
    case, packets = built
    committed = json.loads((build.EXAMPLES / "sources" / case.name / "manifest.json").read_text(encoding="utf-8"))
    assert committed == build.manifest(packets)
    for packet in packets:
        pages = [page for place in packet.places for page in range(place.first_page, place.last_page + 1)]
        assert pages == list(range(1, len(pages) + 1)), "documents must follow one another without a gap"


@pytest.mark.parametrize("built", COMPLETE, indirect=True)
def test_every_word_of_a_source_can_be_read_back_from_its_pages_in_order(built: Built) -> None:
    case, packets = built
    for packet, plan in zip(packets, case.packets, strict=True):
        texts = page_texts(packet.paper)
        for place, document in zip(packet.places, plan.documents, strict=True):
            printed = " ".join(texts[place.first_page - 1 : place.last_page]).split()
            # headers and footers stand between the words of two pages, so the source must be a subsequence of the print
            rest = iter(printed)
            lost = next((word for word in spoken(document.blocks).split() if word not in rest), None)
            assert lost is None, f"{document.name}: '{lost}' is lost or split in {packet.file}"


@pytest.mark.parametrize("built", COMPLETE, indirect=True)
def test_scanned_documents_have_no_text_and_all_others_do(built: Built) -> None:
    _, packets = built
    for packet in packets:
        texts = page_texts(packet.pdf)
        for place in packet.places:
            empty = {not texts[page - 1].strip() for page in range(place.first_page, place.last_page + 1)}
            assert empty == {place.scanned}, f"{place.document} in {packet.file}"


def test_a_case_file_has_between_12_and_60_pages_and_all_fit_in_12_megabytes() -> None:
    total = 0
    for name in COMPLETE:
        packets = sorted((build.EXAMPLES / name / "records").glob("*.pdf"))
        pages = sum(len(page_texts(path.read_bytes())) for path in packets)
        assert 12 <= pages <= 60, f"{name}: {pages} pages"
        total += sum(path.stat().st_size for path in packets)
    assert total < 12_000_000


def test_the_same_sources_give_the_same_bytes() -> None:
    case = packet_sources.read_case(build.EXAMPLES / "sources" / "lumbar-tp1", build.EXAMPLES / "lumbar-tp1")
    first, again = (build.build_packet(case, case.packets[1]) for _ in range(2))
    assert first.pdf == again.pdf


@pytest.mark.slow
def test_tesseract_reads_nearly_every_word_of_the_scans(tmp_path: Path) -> None:
    read = printed = 0
    for name in COMPLETE:
        _, packets = build_once(name)
        for packet in packets:
            paper = page_texts(packet.paper)
            for page in [place.first_page for place in packet.places if place.scanned][:1]:
                image = tmp_path / "page.png"
                packet_scans.render(packet.pdf, page).save(image)
                command = ["tesseract", str(image), "-", "--dpi", str(packet_scans.DPI)]
                one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # more threads a page are slower, not faster
                done = subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread)
                expected = words(paper[page - 1])
                read += (expected & words(done.stdout)).total()
                printed += expected.total()
    assert read / printed > 0.97


def test_tick_boxes_table_rows_and_hyphened_tokens_come_back_whole() -> None:
    texts = "\n".join(page_texts((build.EXAMPLES / "lumbar-tp1" / "records" / "packet-1.pdf").read_bytes()))
    lines = [line.strip() for line in texts.splitlines()]
    assert "[x] Regular [ ] Expedited (certification of the treating physician must be attached)" in lines
    assert "Hydrocodone/APAP 10/325 mg 1 tab q8h prn takes the edge off only" in lines
    assert "L4-L5" in texts
    assert "\ufffe" not in texts


def test_a_case_without_its_plan_is_skipped_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sources" / "unfinished").mkdir(parents=True)
    monkeypatch.setattr(build, "EXAMPLES", tmp_path)
    assert build.main([]) == 0
    assert "unfinished: skipped, packet.yaml and case.yaml not there yet" in capsys.readouterr().err


def test_a_source_with_an_unknown_layout_is_named_with_the_layouts_there_are(tmp_path: Path) -> None:
    source = tmp_path / "01-rfa-2014-01-01.md"
    source.write_text("---\nkind: rfa\ndate: 2014-01-01\nauthor: A\nlayout: poster\n---\nbody\n", encoding="utf-8")
    with pytest.raises(packet_sources.SourceError, match=r"01-rfa-2014-01-01\.md: layout is 'poster'; write one of fax, form"):
        packet_sources.read_source(source)
