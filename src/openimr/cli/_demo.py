"""`imr demo`: the example cases reviewed, and where to look."""

from __future__ import annotations

from pathlib import Path

from ._console import COULD_NOT, DONE, FOUND_WRONG, OUT, complain
from ._review import desk_or_complain, one
from ._table import show


def run(examples: Path, out: Path) -> int:
    """Review every example and print its worksheet and where letter and worksheet.html lie."""
    folders = sorted(path.parent for path in examples.glob("*/case.yaml"))
    if not folders:
        complain(f"{examples}: no example cases here: run it in the repository, or name them with --examples")
        return COULD_NOT
    desk = desk_or_complain()
    if desk is None:
        return COULD_NOT
    written, status = [], DONE
    for folder in folders:
        result = one(folder, desk, None, out / folder.name)
        if result is None:
            status = FOUND_WRONG
            continue
        found, files = result
        show(found.worksheet, folder.name, OUT)
        OUT.print(f"   letter     {files.letter}\n   defects    {files.checked}\n   worksheet  {files.page}\n", soft_wrap=True)
        written.append((folder.name, found, files))
    OUT.rule("drafts (a reviewer decides)", align="left")
    for name, found, files in written:
        proposals = ", ".join(str(request.proposed or "nothing proposed") for request in found.worksheet.requests)
        OUT.print(f"{name}: {proposals}\n   {files.letter}\n   {files.page}", soft_wrap=True)
    return status
