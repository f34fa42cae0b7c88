"""What every test may use: the library opened once, the examples by name, the root of the repository."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openimr.library import Library, open_library

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "examples"))  # `build` and its modules are scripts of the repository, not part of the package


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data of an installation for the time of the tests: nothing of theirs stays with whoever runs them."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IMR_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def library() -> Library:
    """The library that ships with openimr, opened once."""
    return open_library(())


@pytest.fixture(scope="session")
def example() -> Callable[[str], Path]:
    """The folder of an example case by its name: `example("lumbar-tp1")`."""

    def folder(name: str) -> Path:
        path = ROOT / "examples" / name
        if not (path / "case.yaml").is_file():
            raise LookupError(f"there is no example case {name}")
        return path

    return folder
