"""Asking a child process about a file, and living on when it dies."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._values import Limits

# -P: the folder one happens to stand in may be a records folder, and nothing in it is a module
WORKER = (sys.executable, "-P", "-m", "openimr.documents._worker")
_LONGEST_LINE = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Asked:
    """What a child answered before it ended; `failure` says why it ended early (None: it answered everything)."""

    answers: tuple[dict[str, Any], ...]
    failure: str | None


def ask(
    do: str, path: Path, sha256: str, file_type: str, limits: Limits, *, seconds: int, command: Sequence[str] = WORKER, **more: object
) -> Asked:
    """Have a child process do one thing with the file, in at most `seconds`; however it ends, this returns."""
    request = {
        "do": do,
        "path": str(path),
        "sha256": sha256,
        "type": file_type,
        "memory_bytes": limits.memory_bytes + limits.file_bytes,
        "seconds": seconds,
        "unpacked_bytes": limits.unpacked_bytes,
        "most_pages": limits.pages,
        "pixels": limits.pixels,
        "page_seconds": limits.page_seconds,
        **more,
    }
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        answers, failure = _converse(process, json.dumps(request).encode() + b"\n", limits.answer_bytes)
        if failure == "":
            process.wait()  # to learn how it died; the timer still stands behind it
    finally:
        timer.cancel()
        process.kill()
        code = process.wait()
    if failure is None:
        return Asked(answers, None)
    if late.is_set():
        return Asked(answers, f"reading it took longer than {seconds} s: split the file or get it again from its sender")
    return Asked(answers, failure or _death(code))


def _converse(process: subprocess.Popen[bytes], request: bytes, most: int) -> tuple[tuple[dict[str, Any], ...], str | None]:
    """Return the answers, and None when they are complete, a reason, or "" when the child just ended."""
    if process.stdin is None or process.stdout is None:
        return (), ""
    answers: list[dict[str, Any]] = []
    try:
        with process.stdin as to_child:
            to_child.write(request)
    except BrokenPipeError:
        return (), ""
    with process.stdout as from_child:
        while line := from_child.readline(_LONGEST_LINE):
            most -= len(line)
            if most < 0 or not line.endswith(b"\n"):
                return tuple(answers), "" if most >= 0 and len(
                    line
                ) < _LONGEST_LINE else "it holds more text than is allowed: split the file"
            answer = _parsed(line)
            if answer is None:
                return tuple(answers), ""
            if "end" in answer:
                return tuple(answers), None
            if "refused" in answer:
                return tuple(answers), str(answer["refused"])
            answers.append(answer)
    return tuple(answers), ""


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _death(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        how = "was stopped"
    elif code < 0:
        how = f"crashed ({signal.Signals(-code).name})"
    else:
        how = f"ended early (code {code})"
    return f"the program that reads it {how}: the file is damaged or made to do harm; get it again from its sender"
