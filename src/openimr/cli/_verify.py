"""`imr verify`: every quote of a worksheet, read again."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from openimr.review import verify

from ._console import COULD_NOT, DONE, FOUND_WRONG, OUT, complain


def run(worksheet: Path, case: Path, as_json: bool) -> int:
    """Return 0 when every quote stands, 1 when one does not (each is named), 2 when there is nothing to check against."""
    try:
        data = json.loads(worksheet.read_text(encoding="utf-8"))
        if not case.is_dir():
            complain(f"{case}: no such folder: name the case folder the worksheet was made from")
            return COULD_NOT
        total, failed = verify(data, case)
    except OSError as error:
        complain(f"{worksheet}: {error.strerror}: name a worksheet.json that imr review wrote")
        return COULD_NOT
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        complain(f"{worksheet}: not a worksheet: name a worksheet.json that imr review wrote")
        return COULD_NOT
    if as_json:
        sys.stdout.write(json.dumps({"quotes": total, "failed": [asdict(each) for each in failed]}, ensure_ascii=False) + "\n")
    else:
        reasons: dict[str, int] = {}
        for each in failed:
            reasons[each.why] = reasons.get(each.why, 0) + (each.page is not None)
        for why, quotes in reasons.items():  # never the quote itself: error messages hold no record text
            complain(why + (f" ({quotes} quote{'s' * (quotes > 1)} taken from it)" if quotes else ""))
        OUT.print(f"{total - sum(each.page is not None for each in failed)} of {total} quotes stand")
    return FOUND_WRONG if failed else DONE
