"""The library folder: which files there are, what they are together, and the facts they declare."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import openimr_library

from ._facts import Fact, FactFile
from ._yaml import LibraryError, Place, read_model


class Mark(StrEnum):
    """How well a statement of the library is known."""

    REGULATION = "regulation"
    DECISION = "decision"
    SAMPLE = "sample"
    MEMORY = "memory"

    @property
    def binding(self) -> bool:
        """Whether a statement so marked may bind: memory alone may not."""
        return self is not Mark.MEMORY


@dataclass(frozen=True, slots=True)
class Library:
    """An opened library: its folders, the version of its contents, and the declared facts by name."""

    roots: tuple[Path, ...]
    version: str
    facts: Mapping[str, Fact]

    def files(self, folder: str) -> tuple[Path, ...]:
        """Return the YAML files under `folder` in all roots, sorted; tests (`*.test.yaml`) excluded."""
        return tuple(path for path in _files(self.roots, folder) if not path.name.endswith(".test.yaml"))

    def tests(self, folder: str) -> tuple[Path, ...]:
        """Return the `*.test.yaml` files under `folder` in all roots, sorted."""
        return tuple(path for path in _files(self.roots, folder) if path.name.endswith(".test.yaml"))

    def shown(self, path: Path) -> str:
        """Return the path as it is shown to people: relative to its library folder."""
        for root in self.roots:
            if path.is_relative_to(root):
                return str(path.relative_to(root.parent))
        return str(path)


def _files(roots: tuple[Path, ...], folder: str) -> tuple[Path, ...]:
    return tuple(path for root in roots for path in sorted((root / folder).rglob("*.yaml")))


def open_library(extra: tuple[Path, ...] | None = None) -> Library:
    """Open the library that ships with openimr and the folders named by `extra` (default: IMR_LIBRARY).

    Raises LibraryError with file, line and mend when a file of facts is wrong or a fact is declared twice.
    """
    if extra is None:
        extra = tuple(Path(part) for part in os.environ.get("IMR_LIBRARY", "").split(os.pathsep) if part)
    for root in extra:
        if not root.is_dir():
            raise LibraryError(Place(str(root), 1), "no such folder: correct IMR_LIBRARY")
    roots = (Path(openimr_library.__file__).parent, *extra)
    library = Library(roots, _version(roots), {})
    facts: dict[str, Fact] = {}
    for path in library.files("facts"):
        for name, fact in read_model(path, FactFile, shown_as=library.shown(path)).facts.items():
            if name in facts:
                raise LibraryError(Place(library.shown(path), 1), f"fact '{name}' is declared twice: keep one of them")
            facts[name] = fact
    return Library(roots, library.version, facts)


def _version(roots: tuple[Path, ...]) -> str:
    total = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*.yaml")):
            total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]
