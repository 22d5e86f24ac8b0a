"""The select that the portal writes itself, beside Django's."""

import re
from typing import Any

import pytest
from django.forms import Select, SelectMultiple
from django.forms.renderers import DjangoTemplates, TemplatesSetting, get_default_renderer
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

CHOICES: list[tuple[Any, Any]] = [
    ("", "---"),
    ("Europe & Asia", [("TR", "Türkiye"), ("RU", "<b>")]),
    (1_000, 'say "no"'),
    ("\"><script>'", gettext_lazy("Customers")),
    ("&", mark_safe("<i>as it is</i>")),
]


class Marked(Select):
    """With attributes of its options: a text, a flag that is set and one that is not."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= {"data-n": 'a"b', "disabled": True, "hidden": False}
        return option


@pytest.mark.parametrize("kind", [Select, SelectMultiple, Marked])
@pytest.mark.parametrize("value", ["TR", 1_000, "", None, "other", ["TR", "&"]])
def test_a_select_is_the_one_that_django_writes(kind: type[Select], value: Any) -> None:
    """But for the white space between its parts, and the order of what an option says of itself."""
    widget = kind(attrs={"class": "form-select", "required": True, "data-x": 7}, choices=CHOICES)
    renderer = get_default_renderer()
    assert isinstance(renderer, TemplatesSetting)
    ours, djangos = (
        widget.render("country", value, renderer=each) for each in (renderer, DjangoTemplates())
    )
    assert _parts(ours) == _parts(djangos)
    assert ours.count("<option ") == 6


def _parts(markup: str) -> list[Any]:
    tags = re.sub(r">\s+<", "><", markup).strip().split("<")
    return [
        (sorted(re.findall(r'[\w-]+(?:="[^"]*")?', tag)), tag.partition(">")[2]) for tag in tags
    ]
