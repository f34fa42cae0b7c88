"""Documents attached to FHIR R4 data: a Bundle, a DocumentReference, a DiagnosticReport or a Binary. Runs in the child process only."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ._characters import clean
from ._refused import Refused
from ._types import HEAD, PADDING, TAIL, mismatch, type_of_media

_MOST = 5_000  # attachments of one file
_LONGEST_TITLE = 60
_LONGEST_AUTHOR = 100
# resources that say who and where, of which a record is not made
_PEOPLE = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson", "Encounter"})
_HOLDERS = frozenset({"DocumentReference", "DiagnosticReport", "Binary"})
_UNFIT_IN_A_NAME = re.compile(r"[^\w .,()'&+-]+")
_BLANKS = re.compile(rb"\s+")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document in FHIR data, counted from 1: its bytes and what sort of file they are, or the `fault` that leaves it unread.

    `kinds` are the names the sender gives the kind of document; `date` (ISO) and `author` are those of the document, where given.
    """

    number: int
    title: str
    type: str | None = None
    data: bytes = field(default=b"", repr=False)
    fault: str | None = None
    kinds: tuple[str, ...] = ()
    date: str | None = None
    author: str | None = None


class Fhir:
    """Opened FHIR data. Raises Refused when it is no JSON, no FHIR, or holds no document."""

    def __init__(self, data: Any, most_bytes: int) -> None:
        if len(data) > most_bytes:
            raise Refused(f"the file is longer than {most_bytes} bytes: split it")
        try:
            said = json.loads(bytes(data))
        except RecursionError:
            raise Refused("values in the file stand too deep within each other: get it again from its sender") from None
        except UnicodeDecodeError:
            raise Refused("the file is not text in UTF-8: save it as UTF-8") from None
        except json.JSONDecodeError as error:
            raise Refused(f"the file is not JSON (line {error.lineno}): get it again from its sender") from None
        except ValueError:  # a number of too many digits
            raise Refused("the file is not JSON that can be read: get it again from its sender") from None
        if not isinstance(said, dict) or said.get("resourceType") not in {"Bundle", *_HOLDERS}:
            raise Refused(
                "the file is JSON but no FHIR Bundle, DocumentReference, DiagnosticReport or Binary: save the record as PDF or text"
            )
        self._entries = [(_text(said, "id"), said)] if said["resourceType"] != "Bundle" else list(_entries(said))
        if len(self._held) > _MOST:
            raise Refused(f"the file holds {len(self._held)} attachments, more than {_MOST}: split it")

    def attachments(self) -> Iterator[Attachment]:
        """Yield each document in order."""
        for number in range(1, len(self._held) + 1):
            yield self.attachment(number)

    def attachment(self, number: int) -> Attachment:
        """Return a document by its number. Raises Refused when there are fewer."""
        if not 1 <= number <= len(self._held):
            raise Refused(f"the file has no attachment {number}: read it again")
        resource, said = self._held[number - 1]
        title = _UNFIT_IN_A_NAME.sub(" ", _text(said, "title") or _text(resource, "description") or " ".join(_names(resource)[:1]))
        plain = Attachment(
            number,
            " ".join(title.split())[:_LONGEST_TITLE].strip(),
            None,
            b"",
            None,
            _names(resource),
            _day(resource),
            self._author(resource),
        )
        return _opened(plain, *self._content(said))

    def unread(self) -> Counter[str]:
        """Return how many resources hold neither documents nor people and places, by their type."""
        kinds = Counter(_text(resource, "resourceType") or "unknown" for _, resource in self._entries)
        return Counter({kind[:_LONGEST_TITLE]: count for kind, count in kinds.items() if kind not in _PEOPLE | _HOLDERS})

    @cached_property
    def _held(self) -> list[tuple[Resource, Resource]]:
        """Each attachment with the resource that holds it; a Binary another one points to is held by that one."""
        held = []
        pointed_to = set()
        for _, resource in self._entries:
            if resource.get("resourceType") == "DocumentReference":
                own = [_dict(content.get("attachment")) for content in _dicts(resource.get("content"))]
            elif resource.get("resourceType") == "DiagnosticReport":
                own = _dicts(resource.get("presentedForm"))
            else:
                continue
            held += [(resource, said) for said in own]
            pointed_to |= {id(binary) for said in own if (binary := self._binary(_text(said, "url"))) is not None}
        alone = [resource for _, resource in self._entries if resource.get("resourceType") == "Binary" and id(resource) not in pointed_to]
        return [*held, *((resource, resource) for resource in alone)]

    @cached_property
    def _by_address(self) -> dict[str, Resource]:
        known: dict[str, Resource] = {}
        for address, resource in self._entries:
            known.setdefault(f"{_text(resource, 'resourceType')}/{_text(resource, 'id')}", resource)
            if address:
                known.setdefault(address, resource)
        return known

    def _binary(self, url: str) -> Resource | None:
        found = self._by_address.get(url) if url else None
        return found if found is not None and found.get("resourceType") == "Binary" else None

    def _content(self, said: Resource) -> tuple[str, str, bool]:
        """The base64 data of an attachment, its media type, and whether there is a link instead that leads out of the file."""
        data, url = _text(said, "data"), _text(said, "url")
        media_type = _text(said, "contentType")
        binary = None if data else self._binary(url)
        if binary is not None:
            return _text(binary, "data"), media_type or _text(binary, "contentType"), False
        return data, media_type, bool(url) and not data

    def _author(self, resource: Resource) -> str | None:
        for reference in _dicts(resource.get("author")) or _dicts(resource.get("performer")):
            person = self._by_address.get(_text(reference, "reference"), {})
            name = _text(reference, "display") or next((_name(each) for each in _dicts(person.get("name"))), "")
            if name := clean(name).strip():
                return name[:_LONGEST_AUTHOR]
        return None


def _opened(plain: Attachment, data: str, media_type: str, linked: bool) -> Attachment:
    def with_(**changes: Any) -> Attachment:
        return Attachment(**{**{name: getattr(plain, name) for name in Attachment.__slots__}, **changes})

    if linked:
        return with_(fault="the attachment is only a link: get the document it leads to and put it into the folder")
    if not data:
        return with_(fault="the attachment is empty: get it again from its sender")
    try:
        opened = base64.b64decode(_BLANKS.sub(b"", data.encode("ascii")), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return with_(fault="the attachment is damaged (its base64 does not decode): get it again from its sender")
    if not opened:
        return with_(fault="the attachment is empty: get it again from its sender")
    kind = type_of_media(media_type, opened[:HEAD])
    if kind is None:
        said = _MEDIA_TYPE.match(media_type.strip())
        return with_(
            fault=f"attachments of type '{said.group()[:_LONGEST_TITLE] if said else 'unknown'}' are not read: ask its sender for a PDF"
        )
    return with_(type=kind, data=opened, fault=mismatch(kind, opened[:HEAD], opened.rstrip(PADDING)[-TAIL:]))


def _entries(bundle: Resource) -> Iterator[tuple[str, Resource]]:
    for entry in _dicts(bundle.get("entry")):
        resource = _dict(entry.get("resource"))
        if resource:
            yield _text(entry, "fullUrl"), resource


def _names(resource: Resource) -> tuple[str, ...]:
    """What the sender calls the kind of document: words for people, then those of code systems."""
    concept = _dict(resource.get("type" if resource.get("resourceType") == "DocumentReference" else "code"))
    said = [_text(concept, "text"), *(_text(coding, "display") for coding in _dicts(concept.get("coding")))]
    return tuple(name for name in said if name)


def _day(resource: Resource) -> str | None:
    """The day of what the document tells of; when it was filed is not that day."""
    period = _dict(_dict(resource.get("context")).get("period")) or _dict(resource.get("effectivePeriod"))
    said = _text(period, "start") or _text(resource, "effectiveDateTime")
    found = _DAY.match(said)
    return found.group() if found else None


def _name(said: Resource) -> str:
    given = said.get("given")
    parts = [part for part in given if isinstance(part, str)] if isinstance(given, list) else []
    return _text(said, "text") or " ".join(part for part in (*parts, _text(said, "family")) if part)


def _text(said: Resource, key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _dict(value: object) -> Resource:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Resource]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
