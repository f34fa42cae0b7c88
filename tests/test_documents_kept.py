"""A page image is made out once: what came of it is kept, for its owner alone, and found again."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import typst
from PIL import Image, ImageOps

from openimr.documents import DEFAULT, Document, KeptPages, Page, kept_here, read, read_folder
from openimr.documents._read import Reader

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed, so scans stay unread")
pytestmark = needs_tesseract

WORDS = ("Palpation of the left shoulder shows", "Strength is five of five in both", "Follow up in four weeks with")


def scan(words: str) -> Image.Image:
    settings = "#set page(width: 612pt, height: 250pt, margin: 40pt)\n#set text(size: 14pt)\n"
    picture = typst.compile((settings + words).encode(), format="png", ppi=150, ignore_system_fonts=True)
    assert isinstance(picture, bytes)
    return Image.open(BytesIO(picture)).convert("L")


def fax(path: Path, *words: str) -> Path:
    first, *others = [scan(each) for each in words]
    path.parent.mkdir(parents=True, exist_ok=True)
    first.save(path, "PDF", save_all=True, append_images=others, resolution=150)
    return path


def pages(path: Path, kept: KeptPages) -> tuple[Page, ...]:
    document = read(path, path.name, kept=kept)
    assert isinstance(document, Document), document
    return document.pages


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each page image Tesseract was given."""
    real, counted = shutil.which("tesseract"), tmp_path / "runs"
    counted.touch()
    stand_in = tmp_path / "bin" / "tesseract"
    stand_in.parent.mkdir()
    # told by a program of its own: the child that starts Tesseract may write no file, nor may what it starts
    stand_in.write_text(f'#!/bin/sh\ncase "$1" in stdin) mkdir "{counted}.$$";; esac\nexec {real} "$@"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
    return counted


def count(runs: Path) -> int:
    return len(list(runs.parent.glob("runs.*")))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_the_second_reading_starts_no_tesseract_and_gives_the_same(tmp_path: Path, runs: Path) -> None:
    path, kept = fax(tmp_path / "fax.pdf", *WORDS), KeptPages(tmp_path / "kept")
    first = pages(path, kept)
    started = count(runs)
    assert started == 3
    assert pages(path, kept) == first
    assert count(runs) == started
    assert first[0].ocr
    assert "left shoulder" in first[0].text
    assert all(page.words for page in first)


@pytest.mark.slow
def test_a_page_that_comes_again_in_another_file_is_known(tmp_path: Path, runs: Path) -> None:
    kept = KeptPages(tmp_path / "kept")
    pages(fax(tmp_path / "fax.pdf", *WORDS[:2]), kept)
    started = count(runs)
    resent = pages(fax(tmp_path / "resent.pdf", "Fax cover sheet with three pages", *WORDS[:2]), kept)
    assert [words in page.text for words, page in zip(WORDS, resent[1:], strict=False)] == [True, True]
    assert count(runs) - started == 1  # the cover


@pytest.mark.slow
def test_an_interrupted_reading_goes_on_where_it_stopped(tmp_path: Path, runs: Path) -> None:
    path, kept = fax(tmp_path / "fax.pdf", *WORDS), KeptPages(tmp_path / "kept")
    stopped = (
        "import os\nfrom openimr.documents import _pdf, _worker\nwhole = _pdf.Pdf.scan\n"
        "def scan(self, number, *rest):\n    return os._exit(1) if number == 3 else whole(self, number, *rest)\n"
        "_pdf.Pdf.scan = scan\n_worker.main()"
    )
    interrupted = Reader(DEFAULT, (sys.executable, "-c", stopped), kept=kept).read(path, "fax.pdf")
    assert isinstance(interrupted, Document)
    assert [page.unread is None for page in interrupted.pages] == [True, True, False]
    assert len(files(tmp_path / "kept")) == 2
    before = count(runs)
    assert "four weeks" in pages(path, kept)[2].text
    assert count(runs) - before == 1  # the page that was missing, and no other


@pytest.mark.slow
def test_each_page_is_kept_as_it_comes_and_not_when_all_are_done(tmp_path: Path) -> None:
    path, folder = fax(tmp_path / "fax.pdf", *WORDS), tmp_path / "kept"
    waiting = (
        "import os, time\nfrom pathlib import Path\nfrom openimr.documents import _pdf, _worker\nwhole = _pdf.Pdf.scan\n"
        "def scan(self, number, *rest):\n"
        f"    until = time.monotonic() + 60\n"
        f"    while number == 2 and not list(Path({str(folder)!r}).glob('*/*.json')) and time.monotonic() < until: time.sleep(.05)\n"
        "    return os._exit(1) if number == 2 and time.monotonic() >= until else whole(self, number, *rest)\n"
        "_pdf.Pdf.scan = scan\n_worker.main()"
    )
    document = Reader(DEFAULT, (sys.executable, "-c", waiting), kept=KeptPages(folder)).read(path, "fax.pdf")
    assert isinstance(document, Document)
    assert all(page.unread is None for page in document.pages)


def test_what_is_kept_is_for_its_owner_alone(tmp_path: Path) -> None:
    pages(fax(tmp_path / "fax.pdf", WORDS[0]), KeptPages(tmp_path / "home" / "kept"))
    folders = [tmp_path / "home" / "kept", *(path for path in (tmp_path / "home" / "kept").rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path / "home")} == {0o600}
    assert not any(path.name.startswith(".") for path in files(tmp_path / "home"))


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: data.replace(b"shoulder", b"forearm!"), lambda _: b""]
)
def test_a_kept_page_that_is_damaged_is_made_out_again(tmp_path: Path, damage: object) -> None:
    path, kept = fax(tmp_path / "fax.pdf", WORDS[0]), KeptPages(tmp_path / "kept")
    first = pages(path, kept)
    (file,) = files(tmp_path / "kept")
    whole = file.read_bytes()
    file.write_bytes(damage(whole))  # type: ignore[operator] # one of the functions above
    assert pages(path, kept) == first
    assert file.read_bytes() == whole


@pytest.mark.slow
def test_a_kept_page_whose_words_lie_outside_its_text_is_none(tmp_path: Path) -> None:
    path, kept = fax(tmp_path / "fax.pdf", WORDS[0]), KeptPages(tmp_path / "kept")
    pages(path, kept)
    asked: list[str] = []
    find = kept.find
    kept.find = lambda key: asked.append(key) or find(key)  # type: ignore[method-assign,func-returns-value]
    pages(path, kept)
    whole = find(asked[0])
    assert whole is not None
    kept.keep(asked[0], replace(whole, text="short"))
    assert find(asked[0]) is None
    kept.keep(asked[0], whole)
    assert find(asked[0]) == whole
    assert find(asked[0] + "another version") is None


@pytest.mark.slow
def test_another_image_or_resolution_is_another_page(tmp_path: Path) -> None:
    kept = KeptPages(tmp_path / "kept")
    image = scan(WORDS[0])
    for name, picture, dpi in (("a", image, 150), ("b", ImageOps.expand(image, 2, 255), 150), ("c", image, 120)):
        picture.save(tmp_path / f"{name}.png", dpi=(dpi, dpi))
        pages(tmp_path / f"{name}.png", kept)
    assert len(files(tmp_path / "kept")) == 3


@pytest.mark.slow
def test_where_nothing_can_be_kept_records_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be", encoding="utf-8")
    path = fax(tmp_path / "records" / "fax.pdf", WORDS[0])
    assert "left shoulder" in pages(path, KeptPages(tmp_path / "kept"))[0].text
    assert "left shoulder" in pages(path, KeptPages(None))[0].text
    (document,) = read_folder(tmp_path / "records", kept=KeptPages(tmp_path / "kept"))
    assert isinstance(document, Document)


def test_a_page_that_could_not_be_made_out_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = fax(tmp_path / "fax.pdf", WORDS[0]), KeptPages(tmp_path / "kept")
    with monkeypatch.context() as without:
        without.setenv("PATH", "")
        assert "not installed" in (pages(path, kept)[0].unread or "")
    assert files(tmp_path) == [path]
    assert pages(path, kept)[0].unread is None


def test_pages_are_kept_under_the_home_of_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMR_HOME", str(tmp_path / "installation"))
    document = read(fax(tmp_path / "fax.pdf", WORDS[0]), "fax.pdf")
    assert isinstance(document, Document)
    assert len(files(tmp_path / "installation")) == 1
    monkeypatch.delenv("IMR_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert kept_here().folder == tmp_path / "cache" / "openimr" / "pages" or sys.platform == "darwin"
