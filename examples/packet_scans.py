"""Pages as a scanner or a fax machine leaves them: slightly turned, soft, grey or black and white, without text."""

from __future__ import annotations

import io
import random

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageFilter

DPI = 200  # "fine" mode of a fax machine, and the least a copy service is asked for
INK, PAPER = 52, 238  # contrast of a copy of a copy


def scan(pdf: bytes, page: int, *, seed: str, faxed: bool) -> tuple[str, bytes]:
    """Page number `page` (1-based) of `pdf` as a scanned image: file suffix and bytes.

    The same `seed` gives the same image. A faxed page is black and white (PNG), any other one grey (JPEG).
    """
    chance = random.Random(seed)
    turned = chance.choice((-1, 1)) * chance.uniform(0.3, 0.8)
    paper = render(pdf, page).rotate(turned, resample=Image.Resampling.BICUBIC, fillcolor=255)
    soft = paper.filter(ImageFilter.GaussianBlur(0.5)).point(lambda level: INK + level * (PAPER - INK) // 255)
    return _black_and_white(soft, chance) if faxed else _grey(soft, chance)


def render(pdf: bytes, page: int) -> Image.Image:
    """Page number `page` (1-based) as a grey image at `DPI` dots an inch."""
    document = pdfium.PdfDocument(pdf)
    try:
        image: Image.Image = document[page - 1].render(scale=DPI / 72, grayscale=True).to_pil()
        return image.convert("L")
    finally:
        document.close()


def _noise(size: tuple[int, int], chance: random.Random, amplitude: int) -> Image.Image:
    """Even grey noise around 128, coarse enough that JPEG does not spend its bytes on it."""
    small = (size[0] // 3, size[1] // 3)
    grain = Image.frombytes("L", small, chance.randbytes(small[0] * small[1]))
    return grain.resize(size, Image.Resampling.BILINEAR).point(lambda level: 128 + (level - 128) * amplitude // 128)


def _grey(page: Image.Image, chance: random.Random) -> tuple[str, bytes]:
    worn = ImageChops.add(page, _noise(page.size, chance, 9), offset=-128)
    out = io.BytesIO()
    worn.save(out, "JPEG", quality=18, optimize=True, dpi=(DPI, DPI))
    return "jpg", out.getvalue()


def _black_and_white(page: Image.Image, chance: random.Random) -> tuple[str, bytes]:
    worn = ImageChops.add(page, _noise(page.size, chance, 36), offset=-128)
    threshold = chance.randint(140, 155)
    out = io.BytesIO()
    worn.point(lambda level: 255 if level > threshold else 0).convert("1").save(out, "PNG", optimize=True, dpi=(DPI, DPI))
    return "png", out.getvalue()
