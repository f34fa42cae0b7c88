"""The child process that touches the bytes of a file, run as `python -P -m openimr.documents._worker`.

It takes requests, lines of JSON on stdin, and answers each with lines of JSON on what was stdout. Nothing else can get between them:
whatever a native library prints goes to stderr. A line {"asks": ...} is a question, answered with a line on stdin. The last line of an
answer is {"end": true} or {"refused": reason}; a child that stops before either has died.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import io
import json
import math
import mmap
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from openimr import __version__

from ._decode import text_pages
from ._refused import Refused

Answer = dict[str, Any]
Request = dict[str, Any]
Bytes = mmap.mmap | bytearray

_GREYS = 16  # enough for text on paper
_WEBP_QUALITY = 55
_SMALL = 64 * 1024  # bytes; a page so small as PNG is text, and trying WebP costs more time than it saves room


def main() -> None:
    """Answer the requests on stdin until there are no more."""
    channel = _channel()
    while line := sys.stdin.readline():
        _answer(channel, json.loads(line))
        channel.flush()
    os._exit(0)  # pdfium and the mapped file need no orderly farewell, and a crash in one would spoil a good answer


def _answer(channel: io.BufferedWriter, request: Request) -> None:
    _limit(request)
    try:
        data = _bytes(request)
        if request["sha256"] and hashlib.sha256(data).hexdigest() != request["sha256"]:
            raise Refused("the file changed while it was read: read it again when it is complete")
        for answer in _DUTIES[request["do"]](data, request | {"ask": partial(_ask, channel)}):
            _write(channel, answer)
        _write(channel, {"end": True})
    except Refused as refusal:
        _write(channel, {"refused": str(refusal)})
    except MemoryError:
        _write(channel, {"refused": "reading the file takes more memory than is allowed: split the file"})


def _bytes(request: Request) -> Bytes:
    """Return the file, or the attachment in it; of an attachment the request learns what sort of file it is."""
    with Path(request["path"]).open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    if request.get("attachment") is None:
        return mapped
    from ._fhir import Fhir

    found = Fhir(mapped, request["unpacked_bytes"]).attachment(request["attachment"])
    if found.fault is not None:
        raise Refused(found.fault)
    request["type"] = found.type
    return bytearray(found.data)


def _channel() -> io.BufferedWriter:
    """Keep stdout for answers alone; from now on what is printed to it goes to stderr."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


def _write(channel: io.BufferedWriter, answer: Answer) -> None:
    channel.write(json.dumps(answer).encode() + b"\n")


def _ask(channel: io.BufferedWriter, question: Any) -> Any:
    _write(channel, {"asks": question})
    channel.flush()
    return json.loads(sys.stdin.readline())


def _limit(request: Request) -> None:
    """Bind this process, and Tesseract which it starts, to what one file may cost."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = math.ceil(used.ru_utime + used.ru_stime)
    for kind, amount in (
        (resource.RLIMIT_AS, request["memory_bytes"]),
        (resource.RLIMIT_CPU, spent + request["seconds"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, most = resource.getrlimit(kind)
        # the limit of time moves on with each file, so only its soft half is set; to reach that one is death too
        bound = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(kind, (bound, most if kind == resource.RLIMIT_CPU else bound))


def _text(data: Bytes, request: Request) -> Iterator[Answer]:
    if request["type"] == "word":
        from ._word import word_pages

        pages, readers, pictures = word_pages(data, request["unpacked_bytes"], paragraphs=request.get("paragraphs", False))
        yield {"readers": readers}
        yield from _typed(pages, pictures, request)
        return
    if request["type"] == "rtf":
        from ._rtf import rtf_pages

        yield {"readers": {"rtf": __version__}}
        yield from _typed(*rtf_pages(data, request["unpacked_bytes"]), request)
        return
    if request["type"] == "html":
        from ._html import html_text

        yield {"readers": {"html": sys.version.partition(" ")[0]}}
        yield from _typed((html_text(data, request["unpacked_bytes"]),), False, request)
        return
    if request["type"] == "text":
        pages, encoding = text_pages(
            bytes(data), request["unpacked_bytes"], request["most_pages"], hyphenated=not request.get("paragraphs", False)
        )
        yield {"readers": {"text": encoding}}
        yield from _typed(pages, False, request)
        return
    opened = _open(data, request)
    if request["type"] == "picture":
        for number in range(1, len(opened) + 1):
            yield {"page": number, "text": "", "scan": True, "unread": None}
        return
    yield {"readers": {"pdfium": _pdfium_version()}}
    for page in opened.text_pages(*request["part"], paragraphs=request.get("paragraphs", False)):
        yield {"page": page.number, "text": page.text, "scan": page.scan, "unread": page.unread, "lines": page.lines}


def _typed(pages: Sequence[str], pictures: bool, request: Request) -> Iterator[Answer]:
    """Yield pages that are text by nature; where they may show pictures instead, an empty one is not called blank."""
    if len(pages) > request["most_pages"]:
        raise Refused(f"the file has {len(pages)} pages, more than {request['most_pages']}: split it")
    for number, text in enumerate(pages, start=1):
        unread = "the page shows nothing but pictures, which are not read in such files: save it as PDF" if pictures and not text else None
        yield {"page": number, "text": text, "scan": False, "unread": unread}


def _list(data: Bytes, request: Request) -> Iterator[Answer]:
    """Yield what is attached to FHIR data, without the bytes, and last a word on what else there is."""
    from ._fhir import Fhir

    opened = Fhir(data, request["unpacked_bytes"])
    none = True
    for found in opened.attachments() if request["only"] is None else [opened.attachment(request["only"])]:
        none = False
        yield {
            "attachment": found.number,
            "title": found.title,
            "type": found.type,
            "sha256": hashlib.sha256(found.data).hexdigest() if found.data else None,
            "fault": found.fault,
            "kinds": found.kinds,
            "date": found.date,
            "author": found.author,
        }
    others = ", ".join(f"{kind} {count}" for kind, count in sorted(opened.unread().items()))
    if request["only"] is None and (others or none):
        what = f"not read, because they are no documents: {others}" if others else "the file holds no documents"
        yield {"unread": f"{what}: ask the sender for them as documents"}


def _ocr(data: Bytes, request: Request) -> Iterator[Answer]:
    from ._scan import DPI, OcrFailed, sight_of, words_on

    opened = _open(data, request)
    for number in request["pages"]:
        try:
            page = opened.scan(number, DPI, request["pixels"])
            if request["ask"]({"page": number, "sight": sight_of(page)}):
                yield {"page": number}
                continue
            words = words_on(page, request["page_seconds"])
        except (OcrFailed, Refused) as failure:
            yield {"page": number, "unread": str(failure)}
            continue
        places = [[start, end, *box, confidence] for start, end, box, confidence in words.places]
        yield {"page": number, "text": words.text, "words": places, "confidence": words.confidence, "unread": words.unread}


def _boxes(data: Bytes, request: Request) -> Iterator[Answer]:
    if request["type"] != "pdf":  # an attachment without places
        yield from ({"page": number, "boxes": [[] for _ in spans]} for number, spans in request["spans"])
        return
    opened = _open(data, request)
    for number, spans in request["spans"]:
        yield {"page": number, "boxes": opened.boxes(number, spans)}


def _images(data: Bytes, request: Request) -> Iterator[Answer]:
    if request["type"] not in ("pdf", "picture"):  # an attachment without pages to look at
        return
    opened = _open(data, request)
    for number in request["pages"]:
        page = opened.scan(number, request["dpi"], request["pixels"])
        media_type, image = _smallest(page.image)
        yield {"page": number, "type": media_type, "data": base64.b64encode(image).decode(), "width": page.width, "height": page.height}


def _open(data: Bytes, request: Request) -> Any:
    if request["type"] == "picture":
        from ._picture import Picture

        return Picture(data, request["most_pages"], request["pixels"])
    from ._pdf import Pdf

    return Pdf((ctypes.c_ubyte * len(data)).from_buffer(data), request["most_pages"])


def _pdfium_version() -> str:
    import pypdfium2

    return str(pypdfium2.version.PDFIUM_INFO).partition("@")[0]


def _smallest(image: Any) -> tuple[str, bytes]:
    """Return the image as PNG of few greys (text) or WebP (photographs), whichever is smaller."""
    greys = image.point([round(value * (_GREYS - 1) / 255) for value in range(256)], "L")
    greys.putpalette([round(index * 255 / (_GREYS - 1)) for index in range(_GREYS) for _ in range(3)])
    png, webp = io.BytesIO(), io.BytesIO()
    greys.save(png, "PNG", optimize=True, bits=4)
    if png.tell() <= _SMALL:
        return "image/png", png.getvalue()
    image.save(webp, "WEBP", quality=_WEBP_QUALITY, method=4)
    return ("image/png", png.getvalue()) if png.tell() <= webp.tell() else ("image/webp", webp.getvalue())


_DUTIES: dict[str, Callable[[Bytes, Request], Iterator[Answer]]] = {
    "text": _text,
    "ocr": _ocr,
    "boxes": _boxes,
    "images": _images,
    "list": _list,
}

if __name__ == "__main__":
    main()
