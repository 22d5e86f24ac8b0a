"""The colors of the design meet WCAG 2.2 AA in both themes, whatever page uses them."""

import re

import pytest

from tests.support.house import BASE_DIR

TOKENS = (BASE_DIR / "static" / "css" / "tokens.css").read_text()
TEXT, GRAPHIC = 4.5, 3.0

GROUNDS = ("canvas", "surface", "surface-2")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent-ink") for ground in GROUNDS],
    *[(tone, f"{tone}-soft") for tone in ("success", "warning", "danger", "neutral")],
    *[("ink", f"{tone}-soft") for tone in ("success", "warning", "danger", "neutral", "accent")],
    *[(tone, "surface") for tone in ("success", "warning", "danger", "neutral")],
    ("ink-2", "surface-3"),
    ("ink-3", "surface-3"),
    ("accent-ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-accent", "accent-press"),
    ("on-danger", "danger-button"),
    ("on-danger", "danger-hover"),
    ("bar-ink", "bar"),
    ("bar-ink-2", "bar"),
    ("bar-ink", "bar-hover"),
]
GRAPHIC_PAIRS = [
    *[("line-strong", ground) for ground in GROUNDS],
    *[("focus", ground) for ground in GROUNDS],
    *[(f"{tone}-solid", "surface") for tone in ("success", "danger")],
    ("bar-focus", "bar"),
    ("accent", "surface"),
    ("meter", "surface"),
]


def colors(theme: str) -> dict[str, str]:
    """The tokens of a theme: the dark one inherits what it does not name."""
    blocks = re.findall(
        r"^(:root|\[data-bs-theme=\"dark\"\]) {(.*?)^}", TOKENS, re.DOTALL | re.MULTILINE
    )
    named: dict[str, dict[str, str]] = {}
    for selector, body in blocks:
        # Of Bootstrap's names, which follow, none has a color of its own.
        named.setdefault(selector, {}).update(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))
    light = named[":root"]
    return light if theme == "light" else {**light, **named['[data-bs-theme="dark"]']}


def test_each_theme_has_its_own_colors() -> None:
    assert (colors("light")["canvas"], colors("dark")["canvas"]) == ("#f4f6f9", "#0e131b")


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert round(contrast("#ffffff", "#000000"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT_PAIRS, TEXT), (GRAPHIC_PAIRS, GRAPHIC)], ids=["text", "graphic"]
)
def test_every_pair_of_colors_has_contrast(
    theme: str, pairs: list[tuple[str, str]], least: float
) -> None:
    named = colors(theme)
    measured = {pair: round(contrast(named[pair[0]], named[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in measured.items() if ratio < least} == {}


def test_only_tokens_name_colors() -> None:
    """Others use the tokens; not paper (print.css), nor the admin, which has Django's own names."""
    sheets = (BASE_DIR / "static" / "css").glob("*.css")
    found = {
        sheet.name: re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r"url\(.*?\"\)", "", sheet.read_text()))
        for sheet in sheets
        if sheet.name not in {"tokens.css", "print.css", "admin.css"}
    }
    assert [name for name, colors_found in found.items() if colors_found] == []


def test_pages_have_two_widths() -> None:
    """What is read and filled in, and lists: no part of a page has a width of its own.

    A sentence of `prose` is no longer than is easily read, which is less than either.
    """
    pattern = re.compile(r"(?<!\()max-width: (?:4[3-9]|[5-9]\d|\d{3,})(?:\.\d+)?rem")
    # The admin's pages are Django's.
    texts = {path.name: path.read_text() for path in (BASE_DIR / "static" / "css").glob("*.css")}
    del texts["admin.css"]
    assert {name: wide for name, text in texts.items() if (wide := pattern.findall(text))} == {}
