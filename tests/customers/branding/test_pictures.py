"""A logo is judged before it is read, and what is kept is a picture and nothing else."""

import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from customers.branding.pictures import BOX, LOGO_BYTES, Picture, read_picture
from customers.errors import Refused

from .pictures import picture, png_bomb, png_with_text_bomb, webp_bomb

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'


def opened(found: Picture) -> Image.Image:
    image = Image.open(BytesIO(found.png))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_format_becomes_a_png_that_fits(kind: str) -> None:
    found = read_picture(picture(kind, (1_500, 300)))
    image = opened(found)
    assert (image.format, image.size) == ("PNG", (found.width, found.height))
    assert found.width <= BOX[0]
    assert found.height <= BOX[1]
    assert found.width / found.height == pytest.approx(5, rel=0.05)
    assert len(found.digest) == 16


def test_a_small_one_is_not_made_larger() -> None:
    assert opened(read_picture(picture(size=(120, 40)))).size == (120, 40)


def test_nothing_of_the_file_is_kept_but_its_pixels() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "uma@contoso.example")
    exif = Image.Exif()
    exif[0x010E] = "uma@contoso.example"
    for data in (
        picture(pnginfo=notes, exif=exif),
        picture("JPEG", exif=exif, comment=b"uma@contoso.example"),
        picture("WEBP", exif=exif, xmp=b"uma@contoso.example"),
    ):
        assert b"uma@contoso" in data
        found = read_picture(data)
        assert b"uma@contoso" not in found.png
        assert opened(found).info.keys() <= {"transparency"}


def test_it_stands_upright_as_a_camera_meant_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by a quarter.
    found = read_picture(picture("JPEG", (200, 100), exif=exif))
    assert found.height > found.width


def test_an_empty_margin_is_cut_off() -> None:
    drawn = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    drawn.paste((10, 20, 30, 255), (100, 150, 300, 200))
    out = BytesIO()
    drawn.save(out, "PNG")
    assert opened(read_picture(out.getvalue())).size == (200, 50)


@pytest.mark.parametrize(
    ("color", "kind", "ground"),
    [
        ((255, 255, 255), "PNG", "dark"),
        ((20, 30, 60), "PNG", "light"),
        # With a ground of its own it needs none of ours.
        ((255, 255, 255), "JPEG", "light"),
    ],
)
def test_light_letters_get_a_dark_ground(
    color: tuple[int, int, int], kind: str, ground: str
) -> None:
    assert read_picture(picture(kind, color=color)).on_dark is (ground == "dark")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "I;16", "CMYK"])
def test_pictures_of_all_modes_are_read(mode: str) -> None:
    out = BytesIO()
    grays = Image.linear_gradient("L").resize((200, 100))
    if mode == "I;16":
        Image.frombytes("I;16", (200, 100), bytes(range(200)) * 200).save(out, "PNG")
    else:
        grays.convert(mode).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(read_picture(out.getvalue())).size == (200, 100)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (SVG, "SVG files are not accepted, because they can contain scripts. Export the logo as"),
        (b"\xef\xbb\xbf\n <SVG onload='x'>", "SVG files are not accepted"),
        (b"", "Upload a PNG, JPEG or WebP file."),
        (b"GIF89a" + bytes(100), "Upload a PNG, JPEG or WebP file."),
        (b"%PDF-1.7", "Upload a PNG, JPEG or WebP file."),
        (b"II*\x00" + bytes(200), "Upload a PNG, JPEG or WebP file."),
        (b"MZ" + bytes(1_000), "Upload a PNG, JPEG or WebP file."),
        (picture()[:200], "This image is damaged."),
        (picture("JPEG")[:300], "This image is damaged."),
        (b"RIFF" + bytes(8), "This image has too many pixels."),
        (picture(size=(10, 10)), "This image is too small or too narrow."),
        (picture(size=(4_000, 20)), "This image is too small or too narrow."),
        (bytes(LOGO_BYTES + 1), "This file is larger than 1 MB."),
    ],
)
def test_what_is_no_logo_is_refused_in_words(data: bytes, text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_picture(data)
    assert text in str(refused.value)
    assert (refused.value.code, refused.value.field) == ("logo-not-taken", "logo")


def test_an_empty_picture_is_refused() -> None:
    out = BytesIO()
    Image.new("RGBA", (100, 40), (0, 0, 0, 0)).save(out, "PNG")
    with pytest.raises(Refused, match="every pixel is transparent"):
        read_picture(out.getvalue())


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (7_000, 10), (10, 7_000), (5_000, 5_000), (2**31 - 1, 1)]
)
def test_a_bomb_is_refused_by_what_it_says(size: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="too many pixels"):
        read_picture(png_bomb(*size))


def test_other_bombs_are_refused_too() -> None:
    with pytest.raises(Refused, match="too many pixels"):
        read_picture(webp_bomb())
    with pytest.raises(Refused):
        read_picture(png_with_text_bomb())


@given(st.integers(0, 10_000), st.sampled_from(["PNG", "JPEG", "WEBP"]))
def test_a_file_that_was_tampered_with_is_a_picture_or_refused(seed: int, kind: str) -> None:
    drawn = random.Random(seed)
    data = bytearray(picture(kind, (64, 32)))
    for _change in range(drawn.randint(1, 8)):
        data[drawn.randrange(len(data))] = drawn.randrange(256)
    try:
        found = read_picture(bytes(data))
    except Refused:
        return
    assert opened(found).format == "PNG"
