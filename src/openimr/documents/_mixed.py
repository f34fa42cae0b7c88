"""A page that is partly text and partly an image of text: each word once, and known for every word where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from openimr.sources import Box

from ._kept import MadeOut, PageWords
from ._values import Page, WordBox

_UNDER = 0.5  # of a word, by the lines of the text layer: the word is theirs
_AROUND = 1.0  # point; what is seen of a line is a little more than its letters' boxes
_ILLEGIBLE = 0.35  # as for whole pages
_NEW_BLOCK = "\n\n"


def scanned_page(number: int, found: PageWords, layer: str, lines: Sequence[Box]) -> Page:
    """Return a page with what was made out on its image, and with its text layer where that has `lines` (boxes) to stand beside.

    Words under the lines are the layer's own, seen again. The layer stands first, but last where all of it stands below what was made out.
    """
    words = [word for word in found.words if not _covered(_box(word), lines)]
    if not lines or not layer.strip():
        return Page(number, found.text, True, found.confidence, found.unread, _placed(found.words, 0))
    if not words:
        return Page(number, layer, unread=None if found.words else found.unread)
    text, words = _alone(found, words)
    confidence = round(sum(word[-1] for word in words) / len(words), 4)
    doubt = "what stands on the page as an image is hardly legible" if confidence < _ILLEGIBLE else None
    unread = f"{doubt} (confidence {confidence:.2f}): look at the page" if doubt else None
    if max(word[5] for word in words) <= min(top for _, top, _, _ in lines):
        start = len(text) + len(_NEW_BLOCK)
        return Page(number, text + _NEW_BLOCK + layer, True, confidence, unread, _placed(words, 0), (start, start + len(layer)))
    shift = len(layer) + len(_NEW_BLOCK)
    return Page(number, layer + _NEW_BLOCK + text, True, confidence, unread, _placed(words, shift), (0, len(layer)))


def _box(word: MadeOut) -> Box:
    return word[2], word[3], word[4], word[5]


def _covered(box: Box, lines: Sequence[Box]) -> bool:
    left, top, right, bottom = box
    under = 0.0
    for line in lines:
        across = min(right, line[2] + _AROUND) - max(left, line[0] - _AROUND)
        down = min(bottom, line[3] + _AROUND) - max(top, line[1] - _AROUND)
        under += max(0.0, across) * max(0.0, down)
    return under >= _UNDER * (right - left) * (bottom - top)


def _alone(found: PageWords, words: Sequence[MadeOut]) -> tuple[str, list[MadeOut]]:
    """Return the text of these words without the others between them, and the words with their places in it."""
    parts, moved = [], []
    at = 0
    for before, word in pairwise([None, *words]):
        if word is None:
            continue
        gap = _gap(found.text[before[1] : word[0]]) if before is not None else ""
        start = at + len(gap)
        at = start + word[1] - word[0]
        parts += [gap, found.text[word[0] : word[1]]]
        moved.append((start, at, *word[2:]))
    return "".join(parts), moved


def _gap(between: str) -> str:
    """What parts two words, where other words that stood between them are gone."""
    if not between.strip():
        return between
    return _NEW_BLOCK if _NEW_BLOCK in between else "\n" if "\n" in between else " "


def _placed(words: Sequence[MadeOut], shift: int) -> tuple[WordBox, ...]:
    return tuple(WordBox(word[0] + shift, word[1] + shift, _box(word)) for word in words)
