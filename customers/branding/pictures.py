"""A logo that somebody has uploaded: judged by its first bytes, and drawn anew.

Only three formats are read at all, and none of them before its size is known: a picture of few
bytes may say that it is 60,000 pixels wide. What is kept is a PNG of our own making, without
anything that was written into the file besides the picture.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Self

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from ..errors import Refused
from .look import DIGEST_LENGTH

FORMATS = ("PNG", "JPEG", "WEBP")
LOGO_BYTES = 2**20
# Of what is uploaded.
LARGEST_SIDE, LARGEST_PIXELS = 6_000, 12_000_000
# Of what is kept: twice what is shown, for screens of fine pixels.
BOX = (600, 160)
SMALLEST_SIDE = 16
# Less alpha than this is no part of the picture.
VISIBLE = 16
# From this lightness on, of 255, letters are light.
LIGHT = 150


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo as it is kept; `on_dark`: it needs a dark ground."""

    png: bytes
    width: int
    height: int
    on_dark: bool

    @classmethod
    def of(cls, drawn: Image.Image) -> Self:
        """Return a picture of these pixels, and of nothing else that the file had."""
        alpha = drawn.getchannel("A")
        seen = alpha.point(lambda value: 255 if value >= VISIBLE else 0)
        has_ground = alpha.getextrema()[0] == 255
        lightness = ImageStat.Stat(drawn.convert("L"), seen).mean[0]
        clean = Image.new("RGB" if has_ground else "RGBA", drawn.size)
        clean.paste(drawn.convert(clean.mode))
        out = BytesIO()
        clean.save(out, "PNG", optimize=True)
        return cls(out.getvalue(), *clean.size, on_dark=not has_ground and lightness >= LIGHT)

    @property
    def digest(self) -> str:
        return sha256(self.png).hexdigest()[:DIGEST_LENGTH]


def read_picture(data: bytes) -> Picture:
    """Return the picture in a file. Raise Refused, at the field `logo`, for one that is none."""
    if len(data) > LOGO_BYTES:
        raise too_heavy()
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # As text, or packed as .svgz.
    if start.startswith((b"<?xml", b"<svg", b"<!doctype svg", b"<!--", b"\x1f\x8b")):
        raise _refused(
            _(
                "SVG files are not accepted, because they can contain scripts. Export the logo"
                " as a PNG, about 600 pixels wide, and upload that."
            )
        )
    drawn = _opened(data)
    if min(drawn.size) < SMALLEST_SIDE:
        raise _refused(
            _("This image is too small or too narrow. Use one of about 600 × 160 pixels.")
        )
    return Picture.of(drawn)


def _opened(data: bytes) -> Image.Image:
    if data[:4] == b"RIFF" and not _fits(*_size_of_webp(data)):
        # Its decoder makes room for the whole picture when it is opened.
        raise _too_large()
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            if not _fits(*found.size):
                raise _too_large()
            return _drawn(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except UnidentifiedImageError:
        raise _refused(_("Upload a PNG, JPEG or WebP file.")) from None
    # Pillow lets each of its decoders fail in its own way.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error):
        raise _refused(
            _("This image is damaged. Open it in an image editor, and save it as a PNG.")
        ) from None


def too_heavy() -> Refused:
    """Return the refusal of a file of too many bytes."""
    return _refused(_("This file is larger than 1 MB. Upload a smaller one."))


def _fits(width: int, height: int) -> bool:
    return 0 < max(width, height) <= LARGEST_SIDE and width * height <= LARGEST_PIXELS


def _size_of_webp(data: bytes) -> tuple[int, int]:
    """Return width and height by the first chunk; (0, 0), which fits nowhere, without one."""
    kind, body = data[12:16], data[20:30]
    if data[8:12] != b"WEBP" or len(body) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _drawn(found: Image.Image) -> Image.Image:
    """Return the picture in plain colors, upright, without an empty margin, in the box."""
    # A JPEG can be read at a part of its size.
    found.draft("RGB", (BOX[0] * 2, BOX[1] * 2))
    picture = ImageOps.exif_transpose(found)
    if picture.mode.startswith(("I", "F")):
        # 16 bits of gray, of which eight are shown.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    picture = picture.convert("RGBA")
    alpha = picture.getchannel("A").point(lambda value: 255 if value >= VISIBLE else 0)
    if (box := alpha.getbbox()) is None:
        raise _refused(_("This image is empty: every pixel is transparent."))
    picture = picture.crop(box)
    picture.thumbnail(BOX, Image.Resampling.LANCZOS)
    return picture


def _too_large() -> Refused:
    return _refused(_("This image has too many pixels. Use one of up to 4,000 × 3,000."))


def _refused(text: str) -> Refused:
    return Refused(text, code="logo-not-taken", field="logo")
