"""The worksheet page with the pictures of the pages its passages stand on."""

from __future__ import annotations

from openimr.documents import images

from ._json import to_json
from ._page import PageView, to_html
from ._review import Review
from ._worksheet import quoted_spans


def worksheet_html(review: Review) -> str:
    """Return the worksheet of a review as one self-contained HTML page; pages without a passage are left out."""
    wanted: dict[str, set[int]] = {}
    for span in quoted_spans(review.worksheet):
        wanted.setdefault(span.document, set()).add(span.page)
    pages = {
        (document, number): PageView(picture.data, picture.media_type, picture.width, picture.height)
        for document, numbers in wanted.items()
        for number, picture in images(review.case.records / document, sorted(numbers)).items()
    }
    return to_html(to_json(review.worksheet), pages)
