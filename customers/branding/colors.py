"""A partner's color, made fit: whatever was typed, texts in it and on it can be read.

Hue and saturation are the partner's, the lightness is ours. Each color of the portal's own
(static/css/tokens.css) that is one of the accent gets a range of luminance in which WCAG 2.2 AA
holds against all grounds that it meets: 4.5 for text, 3 for what bounds a control. Luminance is
linear in light, so that a color is brought into its range by mixing it with black or white there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COLOR = r"^#[0-9a-f]{6}\Z"
# Of what follows: part of the address of a stylesheet, which browsers keep for a year.
RULES = 1

# Lowest and highest luminance, by token.
_LIGHT = {
    "accent": (0.0, 0.18),
    "accent-ink": (0.0, 0.13),
    "accent-soft": (0.86, 0.9),
    "accent-line": (0.55, 0.62),
    "bar": (0.0, 0.08),
}
_DARK = {
    "accent": (0.145, 0.175),
    "accent-ink": (0.37, 1.0),
    "accent-soft": (0.018, 0.024),
    "accent-line": (0.07, 0.09),
    "bar": (0.0, 0.012),
}
# Of a button that is pointed at or pressed, as a part of its own luminance; black gets lighter.
_HOVER, _PRESS, _OF_BLACK = 0.72, 0.5, 0.05
_BAR_HOVER = 0.035
# On the bar, which is dark in both themes.
_ON_BAR = {"bar-ink-2": (0.75, 0.85), "bar-control": (0.37, 0.42), "mark-back": (0.48, 0.6)}


@dataclass(frozen=True, slots=True)
class Palette:
    """The tokens of the accent in both themes, by name."""

    light: Mapping[str, str]
    dark: Mapping[str, str]

    def is_adjusted(self, typed: str) -> bool:
        return {self.light["accent"], self.dark["accent"]} != {typed}


def palette(color: str) -> Palette:
    return Palette(_tokens(color, _LIGHT, "light"), _tokens(color, _DARK, "dark"))


def stylesheet(color: str, *, preview: bool = False) -> str:
    """Return the tokens as CSS: of the whole page or, in a preview, of the samples in it."""
    found = palette(color)
    light, dark = ':root, [data-bs-theme="light"]', '[data-bs-theme="dark"]'
    if preview:
        light, dark = '.brand-preview[data-bs-theme="light"]', f".brand-preview{dark}"
    return f"@media screen {{\n{_rule(light, found.light)}{_rule(dark, found.dark)}}}\n"


def luminance(color: str) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    return _luminance(_light_of(color))


def fitted(color: str, lowest: float, highest: float) -> str:
    """Return the color, darker or lighter only as far as its luminance has to be."""
    here = luminance(color)
    if lowest <= here <= highest:
        return color
    # Eight bits a channel miss what was meant by a little: aim further in, until they don't.
    for aim in range(1, 41):
        share = aim / 40 / 2
        if here > highest:
            found = _darker(color, highest - (highest - lowest) * share)
        else:
            found = _lighter(color, lowest + (highest - lowest) * share)
        if lowest <= luminance(found) <= highest:
            return found
    return found


def _tokens(color: str, ranges: Mapping[str, tuple[float, float]], theme: str) -> dict[str, str]:
    found = {name: fitted(color, *limits) for name, limits in ranges.items()}
    accent, bar = found["accent"], found["bar"]
    here = luminance(accent)
    on_bar = {name: fitted(color, *limits) for name, limits in _ON_BAR.items()}
    is_black = here < _OF_BLACK / 2
    return {
        **found,
        "accent-hover": _lighter(accent, _OF_BLACK) if is_black else _darker(accent, here * _HOVER),
        "accent-press": (
            _lighter(accent, _OF_BLACK * 2) if is_black else _darker(accent, here * _PRESS)
        ),
        "on-accent": "#ffffff",
        "focus": found["accent-ink"],
        "bar-line": bar if theme == "light" else _lighter(bar, luminance(bar) + _BAR_HOVER),
        "bar-hover": _lighter(bar, luminance(bar) + _BAR_HOVER),
        "bar-focus": on_bar["bar-ink-2"],
        **on_bar,
    }


def _rule(selector: str, tokens: Mapping[str, str]) -> str:
    lines = "".join(f"  --{name}: {value};\n" for name, value in tokens.items())
    return f"{selector} {{\n{lines}}}\n"


def _darker(color: str, aim: float) -> str:
    light = _light_of(color)
    part = aim / _luminance(light)
    return _color_of([channel * part for channel in light])


def _lighter(color: str, aim: float) -> str:
    light = _light_of(color)
    here = _luminance(light)
    part = (aim - here) / (1 - here)
    return _color_of([channel + (1 - channel) * part for channel in light])


def _light_of(color: str) -> list[float]:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def _luminance(light: list[float]) -> float:
    red, green, blue = light
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _color_of(light: list[float]) -> str:
    encoded = [c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in light]
    return "#" + "".join(f"{round(min(max(c, 0.0), 1.0) * 255):02x}" for c in encoded)
