"""A letter as a Word document with real styles. Needs python-docx (the extra openimr[docx])."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

from openimr.determinations import Determination

from ._contents import Block, Fields, Heading, Listing, Paragraph, Table, Verdict, letter
from ._wording import Wording

_THUMBNAIL = "docProps/thumbnail.jpeg"  # of the template, not of the letter
_LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)  # equal letters are equal documents


class WordMissing(RuntimeError):
    """Word documents need an extra: pip install 'openimr[docx]', or choose another format."""


def to_word(determination: Determination, wording: Wording, *, draft: bool) -> bytes:
    """Return the letter as a .docx file: headings, lists and tables are styles of Word, the language is set, drafts say so on every page.

    Raises LetterNotReady when it is to be no draft but is undecided or has no reviewer, UnwritableText for a text that would be misread,
    WordMissing when python-docx is not installed.
    """
    try:
        import docx
    except ModuleNotFoundError:
        raise WordMissing(WordMissing.__doc__) from None
    content = letter(determination, wording, draft=draft)
    document = docx.Document()
    _dress(document, content.title, content.case_number, content.draft)
    _foot(document.sections[0].footer.paragraphs[0], f"{wording.labels.case} {content.case_number}", wording.labels.page)
    if content.draft:
        document.sections[0].header.paragraphs[0].text = content.draft
        document.add_paragraph(content.draft)
    document.add_paragraph(content.title, style="Title")
    for block in content.blocks:
        _write(document, block)
    out = io.BytesIO()
    document.save(out)
    return _repacked(out)


def _dress(document: Any, title: str, case_number: str, draft: str | None) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Inches, Pt

    told = document.core_properties
    told.title, told.author, told.language = f"{title}, {case_number}" + (f" ({draft})" if draft else ""), "", "en-US"
    told.comments, told.created, told.modified = "", _LONG_AGO, _LONG_AGO
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1.1)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.paragraph_format.space_after = Pt(8)
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "en-US"})
    normal.element.get_or_add_rPr().append(language)
    verdict = document.styles.add_style("Decision", WD_STYLE_TYPE.PARAGRAPH)
    verdict.base_style, verdict.font.bold = normal, True
    verdict.paragraph_format.keep_with_next = True
    verdict.paragraph_format.left_indent = Inches(0.15)


def _foot(paragraph: Any, case: str, page: str) -> None:
    """The case and a field that Word fills with the page's number."""
    from docx.oxml.ns import qn

    paragraph.add_run(_fit(f"{case}\t\t{page} "))
    field = paragraph._p.makeelement(qn("w:fldSimple"), {qn("w:instr"): "PAGE"})
    paragraph._p.append(field)


def _repacked(document: io.BytesIO) -> bytes:
    """The same document, packed so that equal letters are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(document) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in parts.namelist():
            if name != _THUMBNAIL:
                data = parts.read(name)
                kept = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data) if name == "_rels/.rels" else data
                packed.writestr(zipfile.ZipInfo(name, _LONG_AGO.timetuple()[:6]), kept, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _write(document: Any, block: Block) -> None:
    match block:
        case Heading(level, text):
            document.add_heading(_fit(text), level)
        case Fields(rows, _):
            for label, value in rows:
                _labelled(document, label, value).paragraph_format.space_after = 0
        case Verdict(label, text):
            document.add_paragraph(_fit(f"{label}: {text}"), style="Decision")
        case Listing(items):
            for item in items:
                document.add_paragraph(_fit(item), style="List Bullet")
        case Table(columns, rows):
            _table(document, columns, rows)
        case Paragraph(text, label, source):
            said = f"{text} ({source})" if source else text
            _labelled(document, label, said) if label else document.add_paragraph(_fit(said))


def _labelled(document: Any, label: str, text: str) -> Any:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label}:").bold = True
    paragraph.add_run(_fit(f" {text}"))
    return paragraph


def _table(document: Any, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Inches

    table = document.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.autofit = False
    for at, cells in enumerate([columns, *rows]):
        row = table.add_row()
        for cell, text, width in zip(row.cells, cells, (Inches(0.5), Inches(5.8)), strict=False):
            cell.width = width
            cell.text = _fit(text)
            if at == 0:
                cell.paragraphs[0].runs[0].bold = True
        if at == 0:
            head = row._tr.get_or_add_trPr()
            head.append(head.makeelement(qn("w:tblHeader"), {}))  # repeated on each page, and named as the table's head
    document.add_paragraph()


def _fit(text: str) -> str:
    """XML has no place for characters outside its own range; nothing a letter says needs them."""
    return "".join(c for c in text if c in "\t\n" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000")
