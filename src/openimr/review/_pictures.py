"""The pages of the record the worksheet's passages stand on: in the worksheet page, and as picture files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from openimr.documents import PageImage, images

from ._json import to_json
from ._page import PageView, to_html
from ._review import Review
from ._side_by_side import at_once
from ._worksheet import spans_by_weight

_MOST_PICTURES = 80  # some 50 kB each; a page that carries no picture is named by its passage, and the file is at hand


def worksheet_html(review: Review) -> str:
    """Return the worksheet of a review as one self-contained HTML page; pages without a passage are left out.

    A long file has passages on thousands of pages: those that decide come first, then those of the summary and the time line.
    """
    order = dict.fromkeys((span.document, span.page) for span in spans_by_weight(review.worksheet))
    pages = {
        place: PageView(picture.data, picture.media_type, picture.width, picture.height)
        for place, picture in _images(review, islice(order, _MOST_PICTURES)).items()
    }
    return to_html(to_json(review.worksheet), pages)


def page_pictures(review: Review) -> tuple[dict[str, bytes], int]:
    """Return a PNG of each page with boxed passages of governing criteria, by file name, and how many such pages were left out.

    At most 80 pages, those whose passages count first. Pages of text and Word files have no boxes. Raises ReadingFailed when a file
    cannot be read any more.
    """
    from ._marked import DPI, drawn, file_names, marked_pages  # drawing is needed here alone

    marked = marked_pages(to_json(review.worksheet))
    kept = list(islice(marked, _MOST_PICTURES))
    names = file_names(kept)
    shown = _images(review, kept, DPI)
    return {names[place]: drawn(shown[place], marked[place]) for place in kept if place in shown}, len(marked) - len(kept)


def _images(review: Review, places: Iterable[tuple[str, int]], dpi: float = 96) -> dict[tuple[str, int], PageImage]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for document, page in places:
        wanted[document].add(page)

    def shown(document: str) -> dict[tuple[str, int], PageImage]:
        pictures = images(review.case.records / document, sorted(wanted[document]), dpi=dpi)
        return {(document, number): picture for number, picture in pictures.items()}

    return {place: picture for each in at_once(shown, wanted) for place, picture in each.items()}
