"""Citations of guidelines as Final Determinations print them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AUTHORITIES = (
    ("ACOEM", re.compile(r"\bACOEM\b|American College of Occupational", re.I)),
    ("ODG", re.compile(r"\bODG\b|Official Disability Guidelines", re.I)),
    ("MTUS", re.compile(r"\bMTUS\b|Medical Treatment Utilization Schedule|Chronic Pain (?:Medical )?Treatment", re.I)),
)
_PAGES = re.compile(r"\b(?:Page\(s\):|pages?\b|pp?\.)\s*(\d+(?:\s*[-–]\s*\d+)?(?:\s*,\s*\d+(?:\s*[-–]\s*\d+)?)*)", re.I)  # noqa: RUF001 - letters print either dash
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_CHAPTER = re.compile(r"\b(?:ch(?:apter|\.)?)\s*(\d+)", re.I)
_STATEMENT = re.compile(r"(?:[.;]\s+|^)(?=Decision based on\b)|;\s+")


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited guideline: who publishes it, which document and edition, sections and pages as printed."""

    authority: str
    document: str
    edition: str | None = None
    sections: tuple[str, ...] = ()
    pages: str | None = None

    def __str__(self) -> str:
        """Print it the canonical way: authority, document, edition, sections, pages."""
        name = self.document if self.document.startswith(self.authority) else f"{self.authority} {self.document}".strip()
        head = f"{name} {self.edition}" if self.edition else name
        parts = [head]
        for section in self.sections:
            if section.startswith("("):  # a subdivision belongs to its section of the law: 4610.5(c)(2)
                parts[-1] += section
            else:
                parts.append(section)
        if self.pages:
            parts.append(f"p. {self.pages}" if self.pages.isdigit() else f"pp. {self.pages.replace(',', ', ')}")
        return ", ".join(parts)


def parse_basis(text: str) -> tuple[Citation, ...]:
    """Return the guidelines a basis field names, in order; empty when it names none.

    Only the authority, year and pages are taken apart here; what stands between is kept as the document's name.
    """
    found = []
    for part in _STATEMENT.split(text):
        authority = next((name for name, pattern in _AUTHORITIES if pattern.search(part)), None)
        if authority is None:
            continue
        pages = _PAGES.search(part)
        year = _YEAR.search(part)
        chapter = _CHAPTER.search(part)
        name = _PAGES.sub("", part)
        name = re.sub(r"^\s*Decision based on(?: Non-MTUS Citation)?\s+|^\s*(?:CA |California )?MTUS:?,?\s+", "", name)
        name = " ".join(name.split()).strip(" ,.;")
        document, _, section = name.partition(", ")
        if chapter and authority == "ACOEM":
            document, section = f"ACOEM chapter {chapter.group(1)}", ""
        found.append(
            Citation(
                authority="MTUS" if authority == "ACOEM" and "MTUS" in part else authority,
                document=document,
                edition=year.group(0) if year else None,
                sections=(section,) if section else (),
                pages=re.sub(r"\s+", "", pages.group(1)) if pages else None,
            )
        )
    return tuple(found)
