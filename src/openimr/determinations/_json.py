"""A determination as the JSON object of the contract, and back."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, RootModel

from ._determination import Determination


class _Root(RootModel[Determination]):
    # errors must not echo the text of a record
    model_config = ConfigDict(hide_input_in_errors=True)


def to_json(determination: Determination) -> dict[str, Any]:
    """Return the determination as JSON-ready values; what is absent is null."""
    plain: dict[str, Any] = _Root(determination).model_dump(mode="json")
    patient = {"age": plain.pop("age"), "sex": plain.pop("sex")}
    out: dict[str, Any] = {}
    for key, value in plain.items():
        if key == "documents_reviewed":
            out["patient"] = patient
        if key == "requests":
            out["outcome"] = str(determination.outcome) if determination.outcome else None
        out[key] = value
    return out


def from_json(data: dict[str, Any]) -> Determination:
    """Return the determination a JSON object of the contract describes.

    Raises pydantic.ValidationError, without echoing the text, when the object does not fit the contract.
    """
    plain = {key: value for key, value in data.items() if key not in ("patient", "outcome", "spans")}
    patient = data.get("patient") or {}
    return _Root.model_validate({**plain, "age": patient.get("age"), "sex": patient.get("sex")}).root
