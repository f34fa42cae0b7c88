"""What the boxes of a form say of the words beside them: ticked, left empty, or answered with a yes or a no."""

from __future__ import annotations

import re

_BOX = re.compile(r"\[\s*(?P<mark>[xX\N{CHECK MARK}]?)\s*\]|(?P<on>[\N{BALLOT BOX WITH X}\N{BALLOT BOX WITH CHECK}])|\N{BALLOT BOX}")
_MARKS = ("[", "\N{BALLOT BOX}", "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX WITH X}")
_NO = re.compile(r"(?:no|not|none|absent|never|neg|negative|denied|denies|n)\b", re.IGNORECASE)
_ANSWER = re.compile(r"(?:yes|no|none|present|absent|never|pos|positive|neg|negative|denied|denies|y|n)\b", re.IGNORECASE)
_ENDS_ITEM = re.compile(r"[:?.]|\n")
_ASKED = 25  # characters between what is asked and its first box


def boxed(text: str, start: int, end: int) -> bool | None:
    """Return whether the box of characters `start` to `end` is ticked (or their answer a yes); None: they have no box of their own."""
    if not any(mark in text for mark in _MARKS):
        return None
    boxes = list(_BOX.finditer(text))
    if not boxes or any(box.start() < end and start < box.end() for box in boxes):
        return None
    answer = _answer(text, end, boxes)
    if answer is not None:
        return answer
    if len(boxes) < 2:
        return None
    if _lead(text, boxes):
        before = [box for box in boxes if box.end() <= start]
        own = before[-1] if before and not _ENDS_ITEM.search(text[before[-1].end() : start]) else None
    else:
        behind = [box for box in boxes if box.start() >= end]
        own = behind[0] if behind and not text[end : behind[0].start()].strip(" :-") else None
    return None if own is None else _ticked(own)


def _ticked(box: re.Match[str]) -> bool:
    return bool(box.group("mark") or box.group("on"))


def _lead(text: str, boxes: list[re.Match[str]]) -> bool:
    """Whether each box stands before its item, as it does where nothing but a heading or a question stands before the first."""
    return not re.split(_ENDS_ITEM, text[: boxes[0].start()])[-1].strip()


def _answer(text: str, end: int, boxes: list[re.Match[str]]) -> bool | None:
    """The answer ticked right behind the part: "[ ] present [x] absent", "Yes [ ] No [x]"."""
    behind = [box for box in boxes if box.start() >= end]
    if not behind:
        return None
    between = text[end : behind[0].start()].strip(" :?-")
    if not between:
        given = [(box, text[box.end() :].lstrip()) for box in behind if _ANSWER.match(text[box.end() :].lstrip())]
    elif _ANSWER.fullmatch(between) and len(between) < _ASKED:
        edges = [end, *(box.end() for box in behind)]
        words = [text[edges[index] : box.start()].strip(" :?-") for index, box in enumerate(behind)]
        given = [(box, word) for box, word in zip(behind, words, strict=True) if _ANSWER.fullmatch(word)]
    else:
        return None
    ticked = [word for box, word in given if _ticked(box)]
    return None if len(given) < 2 or not ticked else not _NO.match(ticked[0])
