"""The worksheet page with the pictures of the pages its passages stand on."""

from __future__ import annotations

from itertools import islice

from openimr.documents import images

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
    wanted: dict[str, set[int]] = {}
    for document, page in islice(order, _MOST_PICTURES):
        wanted.setdefault(document, set()).add(page)

    def shown(document: str) -> dict[tuple[str, int], PageView]:
        pictures = images(review.case.records / document, sorted(wanted[document]))
        return {
            (document, number): PageView(picture.data, picture.media_type, picture.width, picture.height)
            for number, picture in pictures.items()
        }

    return to_html(to_json(review.worksheet), {place: view for each in at_once(shown, wanted) for place, view in each.items()})
