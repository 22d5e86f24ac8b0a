"""Files that are logos, and files that only say so."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 80), **about: Any) -> bytes:
    """A file of one color, half of which is transparent where the kind has that."""
    color, mode = about.pop("color", (200, 0, 40)), about.pop("mode", "RGBA")
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    drawn.paste((*color, 255), (0, 0, max(size[0] // 2, 1), size[1]))
    drawn.paste((*color, 255), (size[0] - 1, 0, size[0], size[1]))
    out = BytesIO()
    drawn.convert("RGB" if kind == "JPEG" else mode).save(out, kind, **about)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG that says how large it is, with as many rows of nothing as fit into 100 kB."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = zlib.compress(bytes(20_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_with_text_bomb() -> bytes:
    """A picture with a comment that unpacks to 200 MB."""
    whole = picture()
    text = b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9)
    # After the signature and IHDR.
    return whole[:33] + chunk(b"zTXt", text) + whole[33:]


def webp_bomb() -> bytes:
    """A WebP of 30 bytes that says it is 16,384 pixels wide and high."""
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\x00\xff\x3f\x00"
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
