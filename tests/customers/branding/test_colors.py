"""Whatever color a partner types, texts in it and on it can be read."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customers.branding.colors import COLOR, luminance, palette, stylesheet
from tests.rules.test_tokens import (
    GRAPHIC,
    GRAPHIC_PAIRS,
    TEXT,
    TEXT_PAIRS,
    colors,
    contrast,
)

EVERY_COLOR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
# What the portal's own colors have to have, and on the bar besides.
MORE_TEXT = [("bar-ink-2", "bar-hover"), ("accent-ink", "surface-3")]
MORE_GRAPHIC = [("bar-control", "bar"), ("mark-back", "bar")]


@given(EVERY_COLOR)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
@example("#00ff00")
@example("#1f5bc9")
def test_every_pair_keeps_its_contrast(typed: str) -> None:
    found = palette(typed)
    low = {}
    for theme, own in (("light", found.light), ("dark", found.dark)):
        named = {**colors(theme), **own}
        for pairs, least in (
            (TEXT_PAIRS + MORE_TEXT, TEXT),
            (GRAPHIC_PAIRS + MORE_GRAPHIC, GRAPHIC),
        ):
            for one, other in pairs:
                if (ratio := contrast(named[one], named[other])) < least:
                    low[theme, one, other] = round(ratio, 2)
    assert low == {}


def test_a_grid_of_all_colors_keeps_its_contrast() -> None:
    """Hypothesis looks where it likes: a step of 51 in each channel leaves no corner out."""
    steps = range(0, 256, 51)
    for red in steps:
        for green in steps:
            for blue in steps:
                test_every_pair_keeps_its_contrast.hypothesis.inner_test(  # type: ignore[attr-defined]
                    f"#{red:02x}{green:02x}{blue:02x}"
                )


@given(EVERY_COLOR)
def test_what_can_be_read_stays_as_it_was_typed(typed: str) -> None:
    found = palette(typed)
    assert (found.light["accent"] == typed) == (luminance(typed) <= 0.18)
    assert found.is_adjusted(typed) == (not found.light["accent"] == found.dark["accent"] == typed)


@pytest.mark.parametrize(
    ("typed", "light"), [("#d4002a", "#d4002a"), ("#ffff00", "#797900"), ("#ffffff", "#757575")]
)
def test_a_color_gets_no_darker_than_it_has_to(typed: str, light: str) -> None:
    assert palette(typed).light["accent"] == light


@pytest.mark.parametrize("part", ["page", "preview"])
def test_the_stylesheet_names_colors_and_nothing_else(part: str) -> None:
    css = stylesheet("#d4002a", preview=part == "preview")
    named = re.findall(r"^  --([\w-]+): (.+);$", css, re.MULTILINE)
    assert len(named) == 2 * len(palette("#d4002a").light)
    assert all(re.match(COLOR, value) for _name, value in named)
    assert (":root" in css) is (part == "page")
    assert css.count("{") == css.count("}") == 3
