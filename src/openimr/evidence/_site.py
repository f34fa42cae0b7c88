"""Where on the body a request is, and whether a finding is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from openimr.library import Fact, Library, read_model
from openimr.treatments import Cover, Vocabulary


class _LimbsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    limbs: dict[str, frozenset[str]]
    passing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Site:
    """Where on the body a request is: region and side (left or right; None: both, or not said)."""

    region: str | None
    side: str | None
    vocabulary: Vocabulary
    limbs: Mapping[str, frozenset[str]]

    def elsewhere(self, fact: Fact, region: str | None, side: str | None) -> bool:
        """Tell whether what is said of a region and side is said of another part of the body than the requested one."""
        if not fact.located:
            return False
        if {self.side, side} == {"left", "right"}:
            return True
        if self.region is None or region is None or (fact.limbs and region in self.limbs.get(self.region, ())):
            return False
        return self.vocabulary.covers(self.region, region) is Cover.ELSEWHERE


def read_limbs(library: Library) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """Return for each part of the spine the regions of the limbs it serves, and the regions that are named in passing."""
    limbs: dict[str, frozenset[str]] = {}
    passing: frozenset[str] = frozenset()
    for path in library.files("evidence"):
        if path.name == "limbs.yaml":
            file = read_model(path, _LimbsFile, shown_as=library.shown(path))
            limbs |= file.limbs
            passing |= file.passing
    return limbs, passing
