"""Citations of guidelines as Final Determinations print them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAY = re.compile(r"\d{1,2}[-/]\d")  # an edition told by the day of its last update


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
        named = self.authority == "Other" or self.document.startswith(self.authority)
        name = self.document if named else f"{self.authority} {self.document}"
        if "".join(word[0] for word in self.document.split()) == self.authority:
            name = f"{self.document} ({self.authority})"
        updated = f"(updated {self.edition})" if self.edition and _DAY.match(self.edition) else self.edition
        head = f"{name} {updated}" if updated else name
        parts = [head]
        for section in self.sections:
            if section.startswith("("):  # a subdivision belongs to its section of the law: 4610.5(c)(2)
                parts[-1] += section
            else:
                parts.append(section)
        if self.pages:
            parts.append(f"p. {self.pages}" if self.pages.isdigit() else f"pp. {self.pages.replace(',', ', ')}")
        return ", ".join(parts)
