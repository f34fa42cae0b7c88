"""What every test may use: the library opened once, the examples by name, the root of the repository."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a file of tests: while it runs, nothing else in the process may run a loop of its own."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


_CONTRAST = """() => {
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const linear = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = rgb(getComputedStyle(element).backgroundColor);
            if (colour.length < 4 || colour[3]) return colour;
        }
        return [255, 255, 255];
    };
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return Math.min(...[...document.body.querySelectorAll('*')].filter((e) => hasText(e) && e.checkVisibility()).map((e) => {
        const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
        return (a + .05) / (b + .05);
    }));
}"""


@pytest.fixture(scope="session")
def weakest_contrast() -> Callable[[Page], float]:
    """The least contrast between any text of a page and what is behind it: `weakest_contrast(page)`."""

    def measured(page: Page) -> float:
        return float(page.evaluate(_CONTRAST))

    return measured
