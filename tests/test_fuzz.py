"""A short run of what `make fuzz` does for an hour, on the invented letters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
@pytest.mark.parametrize(("what", "seconds"), [("text", 8), ("pdf", 12)])
def test_mutated_letters_make_no_reader_fail(tmp_path: Path, what: str, seconds: int) -> None:
    command = [sys.executable, str(ROOT / "fuzz" / "fuzz_letters.py"), what, "--minutes", str(seconds / 60), "--seed", "3"]
    environment = {**os.environ, "IMR_SHARED": str(tmp_path / "absent")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 findings" in done.stdout
