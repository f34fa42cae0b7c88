"""Pages of an image file (PNG, JPEG, TIFF). Runs in the child process only."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from ._refused import Refused

FORMATS = ("PNG", "JPEG", "TIFF")
_POINTS = 72
_LETTER = 11.0  # inches; an image that does not say its resolution is taken for a US Letter page
_SOUND = (50.0, 1200.0)  # dots per inch a page is scanned with
_MOST = 8  # times the pixels of a page image: what is decoded before it is made smaller


@dataclass(frozen=True, slots=True)
class PictureScan:
    """The grey image of a page and its size in points."""

    image: Image.Image
    width: float
    height: float


class Picture:
    """An opened image file. Raises Refused when it does not open or has more pages or pixels than allowed."""

    def __init__(self, data: Any, most_pages: int, most_pixels: int) -> None:
        self._most = most_pixels * _MOST
        Image.MAX_IMAGE_PIXELS = None  # the limits below are stricter and speak the user's language
        try:
            self._image = Image.open(io.BytesIO(data), formats=FORMATS)
            self._frames = getattr(self._image, "n_frames", 1)
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
            raise Refused("the image is damaged and does not open: get it again from its sender") from None
        if self._frames > most_pages:
            raise Refused(f"the image file has {self._frames} pages, more than {most_pages}: split it")

    def __len__(self) -> int:
        return int(self._frames)

    def scan(self, number: int, dpi: float, most_pixels: int) -> PictureScan:
        """Return a page as a grey image of `dpi` dots per inch, or fewer where that would be more than `most_pixels`."""
        try:
            self._image.seek(number - 1)
            if self._image.width * self._image.height > self._most:
                raise Refused(f"the image has {self._image.width} x {self._image.height} dots, too many: save it smaller")
            resolution = _resolution(self._image)
            upright = ImageOps.exif_transpose(self._image)
            turned = upright.size != self._image.size
            grey = _grey(upright)
        except (OSError, SyntaxError, ValueError, EOFError):
            raise Refused("the image is damaged and does not open: get it again from its sender") from None
        across, down = resolution if not turned else (resolution[1], resolution[0])
        width, height = grey.width / across * _POINTS, grey.height / down * _POINTS
        scale = min(dpi / _POINTS, (most_pixels / max(1.0, width * height)) ** 0.5)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return PictureScan(grey if size == grey.size else grey.resize(size, Image.Resampling.LANCZOS), width, height)


def _resolution(image: Image.Image) -> tuple[float, float]:
    said = image.info.get("dpi")
    across, down = (float(said[0]), float(said[1])) if said else (0.0, 0.0)
    if all(_SOUND[0] <= value <= _SOUND[1] for value in (across, down)):
        return across, down
    guess = max(image.size) / _LETTER
    return guess, guess


def _grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("L")
    return image.convert("L")
