"""The rules of the house: map, faces, names, direction of imports, and what must not stand in a tracked file."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import openimr

ROOT = Path(__file__).resolve().parent.parent
ROOMS = sorted(path.parent.name for path in (ROOT / "src" / "openimr").glob("*/__init__.py"))
NAMED_FOR_A_KIND_OF_CODE = {"utils", "util", "helpers", "helper", "common", "services", "service", "managers", "manager", "misc"}


def room(name: str) -> ModuleType:
    return importlib.import_module(f"openimr.{name}")


def first_line(name: str) -> str:
    return (room(name).__doc__ or "").strip().partition("\n")[0]


def section(text: str, title: str) -> str:
    """The lines of a Markdown text under `## title`, up to the next heading of that level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def test_the_readme_map_is_the_first_line_of_each_room() -> None:
    written = dict(re.findall(r"^- `(\w+)` - (.+)$", section((ROOT / "README.md").read_text(encoding="utf-8"), "Map"), re.MULTILINE))
    assert written == {name: first_line(name) for name in ROOMS}


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_declares_exactly_the_names_one_can_see(name: str) -> None:
    module = room(name)
    visible = {each for each, value in vars(module).items() if not each.startswith("_") and not isinstance(value, ModuleType)}
    assert sorted(module.__all__) == sorted(visible - {"annotations"})


@pytest.mark.parametrize("name", ROOMS)
def test_the_modules_of_a_room_are_private(name: str) -> None:
    open_modules = [path.name for path in (ROOT / "src" / "openimr" / name).glob("*.py") if not path.name.startswith("_")]
    assert open_modules == []


def misnamed(tree: Path) -> list[str]:
    """Modules and folders under `tree` that are named for a kind of code instead of a thing in the trade."""
    return sorted(str(path.relative_to(tree)) for path in tree.rglob("*") if path.stem.strip("_").lower() in NAMED_FOR_A_KIND_OF_CODE)


def test_nothing_is_named_for_a_kind_of_code() -> None:
    assert misnamed(ROOT / "src") == []


@pytest.mark.parametrize("added", ["openimr/review/utils.py", "openimr/evidence/_helpers.py", "openimr/services/__init__.py"])
def test_a_module_named_for_a_kind_of_code_is_found(added: str, tmp_path: Path) -> None:
    path = tmp_path / added
    path.parent.mkdir(parents=True)
    path.write_text('"""Anything."""\n', encoding="utf-8")
    offender = added.removesuffix("/__init__.py")
    assert misnamed(tmp_path) == [offender]


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """A copy of src and pyproject.toml that a test may spoil."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def import_contracts(tree: Path) -> subprocess.CompletedProcess[str]:
    """What lint-imports says of `tree`: of the copy, not of the installed package."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(tree / "pyproject.toml")],
        cwd=tree / "src",
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_import_contracts_hold(copied_tree: Path) -> None:
    result = import_contracts(copied_tree)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        pytest.param("review", "import django", ["openimr.review", "django"], id="django-in-review"),
        pytest.param("evidence", "import sqlite3", ["openimr.evidence", "sqlite3"], id="a-database-driver-in-evidence"),
        pytest.param("sources", "import openimr.letters", ["openimr.sources", "openimr.letters"], id="upward"),
        pytest.param("evidence", "import openimr.guidelines", ["openimr.evidence", "openimr.guidelines"], id="sideways"),
    ],
)
def test_a_forbidden_import_breaks_the_contracts_and_is_named(copied_tree: Path, module: str, line: str, named: list[str]) -> None:
    (copied_tree / "src" / "openimr" / module / "_stray.py").write_text(f'"""Stray."""\n\n{line}\n', encoding="utf-8")
    result = import_contracts(copied_tree)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout
    assert f"{named[0]}._stray -> {named[1]}" in result.stdout


def test_a_ring_among_the_modules_of_a_room_breaks_the_contracts(copied_tree: Path) -> None:
    evidence = copied_tree / "src" / "openimr" / "evidence"
    (evidence / "_egg.py").write_text('"""Egg."""\n\nfrom . import _hen\n', encoding="utf-8")
    (evidence / "_hen.py").write_text('"""Hen."""\n\nfrom . import _egg\n', encoding="utf-8")
    result = import_contracts(copied_tree)
    assert result.returncode == 1
    assert "No ring among the modules of a room BROKEN" in result.stdout
    assert "_egg" in result.stdout
    assert "_hen" in result.stdout


def test_a_new_room_without_a_place_in_the_order_breaks_the_contracts(copied_tree: Path) -> None:
    (copied_tree / "src" / "openimr" / "annex").mkdir()
    (copied_tree / "src" / "openimr" / "annex" / "__init__.py").write_text('"""Annex."""\n', encoding="utf-8")
    result = import_contracts(copied_tree)
    assert result.returncode == 1
    assert "annex" in result.stdout


def tracked_files() -> Iterator[Path]:
    """Files git knows or would add; in a copy without git, everything but what `make` creates."""
    listed = subprocess.run(
        [shutil.which("git") or "false", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        yield from (ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
        return
    made = {".venv", ".git", ".hypothesis", "__pycache__", "out", "build", "dist"}
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        if path.is_file() and not parts & made and not any(part.endswith(("_cache", ".egg-info")) for part in parts):
            yield path


# Put together here so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:" + "|".join(["root", "work", "Users", "home", "tmp/" + "bash_jobs"]) + r")/[\w.-]+")
PACKAGE_HOST = re.compile("|".join([r"pypi\." + "org", "python" + "hosted", r"anaconda\." + "org", r"deb\." + "debian", "index-" + "url"]))


def leaks(text: str) -> list[str]:
    return [found[0] for pattern in (MACHINE_PATH, PACKAGE_HOST) for found in pattern.finditer(text)]


def test_no_tracked_file_names_a_machine_path_or_a_package_host() -> None:
    found = {
        str(path.relative_to(ROOT)): leaks(path.read_text(encoding="utf-8"))
        for path in tracked_files()
        if path.suffix not in {".pdf", ".png"}
    }
    assert {name: each for name, each in found.items() if each} == {}


def test_machine_paths_and_package_hosts_are_recognised() -> None:
    assert leaks("see /ro" + "ot/notes.txt") == ["/ro" + "ot/notes.txt"]
    assert leaks("--index-" + "url=https://py" + "pi.org/simple") == ["index-" + "url", "py" + "pi.org"]
    assert leaks("home/work exercises, 1/work") == []


def test_contributing_names_files_and_folders_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|evals|examples)/[^`\s]*)`", text)
    assert len(named) > 10
    missing = []
    for path in named:
        concrete = path.partition("<")[0] if "<" in path else path
        if not (ROOT / concrete).exists():
            missing.append(path)
    assert missing == []


def test_contributing_says_how_to_add_each_kind_of_data() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for title in ("a guideline", "a fact", "a treatment", "a letter layout", "a document kind"):
        assert section(text, f"Add {title}").count("`") >= 4, title


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{openimr.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_the_one_that_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert declared == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text


def test_ci_runs_the_word_a_person_types() -> None:
    commands = [line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_every_dependency_is_pinned_by_name_and_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
    pinned = {re.split("==", line)[0].lower().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    assert {re.split(r"[>=<\[;]", each)[0].strip().lower().replace("_", "-") for each in wanted} <= pinned
