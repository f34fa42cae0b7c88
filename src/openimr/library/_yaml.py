"""Strict YAML (1.2 booleans, no duplicate keys) that remembers the line of every value."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Key = str | int
Lines = dict[tuple[Key, ...], int]
Model = TypeVar("Model", bound=BaseModel)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes without guessing types: what a plain word means is decided here, by the rules of YAML 1.2."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_NULL = ("", "~", "null", "Null", "NULL")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Place:
    """A line (counted from 1) of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        """Print as editors read it: file:line."""
        return f"{self.file}:{self.line}"


class YamlError(Exception):
    """A YAML file is not what it should be; the message gives file, line and mend."""

    def __init__(self, place: Place, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place = place
        self.what = what


class LibraryError(YamlError):
    """A file of the library is wrong, so the library does not open."""


def parse(text: str, file: str, *, with_lines: bool = True) -> tuple[Any, Lines]:
    """Return the data of one YAML document and, where wanted, the line of each value by its path of keys.

    Raises YamlError for broken syntax, a duplicate key, an alias, a tag or more than one document.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        raise YamlError(Place(file, mark.line + 1 if mark else 1), f"not readable as YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise YamlError(Place(file, 1), f"not readable as YAML: {str(error).splitlines()[0]}") from None
    data = None if node is None else _value(node, file, set())
    lines: Lines = {}
    if node is not None and with_lines:
        _note_lines(node, (), lines)
    return data, lines


def _value(node: Any, file: str, seen: set[int]) -> Any:
    if id(node) in seen:  # an alias gives the same node again; nested ones could grow without end
        raise YamlError(Place(file, node.start_mark.line + 1), "aliases (*name) are not allowed: write the value out")
    seen.add(id(node))
    if not node.tag.startswith("tag:yaml.org,2002:"):
        raise YamlError(Place(file, node.start_mark.line + 1), f"tags ({node.tag}) are not allowed: write the plain value")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, file, seen) for child in node.value]
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError(Place(file, key_node.start_mark.line + 1), "a key must be a plain word")
        key = str(key_node.value)
        if key in out:
            raise YamlError(Place(file, key_node.start_mark.line + 1), f"duplicate key '{key}': keep one of them")
        out[key] = _value(value_node, file, seen)
    return out


def _note_lines(node: Any, path: tuple[Key, ...], lines: Lines) -> None:
    """Note the line of every value below a node, of one under a key that of the key; an alias is met again and not followed."""
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            key = (*path, str(key_node.value))
            if key not in lines:
                _note_lines(value_node, key, lines)
                lines[key] = key_node.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*path, index), lines)


def _scalar(node: Any) -> str | int | float | bool | None:
    text = str(node.value)
    if node.style:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def read_model(path: Path, model: type[Model], error: type[YamlError] = LibraryError, shown_as: str | None = None) -> Model:
    """Return the file's data as `model`; raise `error` with file, line and mend when it does not fit."""
    file = shown_as or str(path)
    try:
        data, _ = parse(path.read_text(encoding="utf-8"), file, with_lines=False)
        if data is None:
            raise YamlError(Place(file, 1), "the file is empty")
        return model.model_validate(data)
    except UnicodeDecodeError:
        raise error(Place(file, 1), "not UTF-8 text: save it as UTF-8") from None
    except YamlError as problem:
        raise error(problem.place, problem.what) from None
    except ValidationError as problem:
        place, what = _explain(problem, model, parse(path.read_text(encoding="utf-8"), file)[1], file)
        raise error(place, what) from None


def _explain(problem: ValidationError, model: type[BaseModel], lines: Lines, file: str) -> tuple[Place, str]:
    details = problem.errors(include_url=False, include_input=False)
    # a misspelt key is both unknown and missing: the unknown one tells which
    detail = next((each for each in details if each["type"] == "extra_forbidden"), details[0])
    path = tuple(part for part in detail["loc"] if isinstance(part, str | int))
    known = path
    while known and known not in lines:
        # pydantic names the branch of a union inside the path; such a part has no place in the file
        known = known[:-1]
    place = Place(file, lines.get(known, 1))
    name = ".".join(str(part) for part in known) or "file"
    if detail["type"] == "extra_forbidden":
        key = str(path[-1])
        close = difflib.get_close_matches(key, _field_names(model), n=1)
        return place, f"unknown key '{key}'" + (f" (did you mean '{close[0]}'?)" if close else ": remove it")
    if detail["type"] == "missing":
        return place, f"{name}: key '{path[-1]}' is missing: add it"
    if detail["type"] in ("tuple_type", "list_type"):
        return place, f"{name}: a list is needed: write [...]"
    return place, f"{name}: {detail['msg'].removeprefix('Value error, ')}"


def _field_names(model: type[BaseModel]) -> list[str]:
    names: set[str] = set()
    seen: set[type] = set()

    def walk(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind in seen:
                return
            seen.add(kind)
            for key, field in kind.model_fields.items():
                names.add(field.alias or key)
                walk(field.annotation)
        for inner in getattr(kind, "__args__", ()):
            walk(inner)

    walk(model)
    return sorted(names)
