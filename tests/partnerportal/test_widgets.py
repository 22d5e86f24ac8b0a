"""The select that the portal writes itself, beside Django's."""

import re

from django.forms import Select
from django.forms.renderers import DjangoTemplates, TemplatesSetting, get_default_renderer


def test_a_select_is_the_one_that_django_writes() -> None:
    """But for the white space between its parts."""
    choices = [
        ("", "---"),
        ("Europe & Asia", [("TR", "Türkiye"), ("RU", "<b>")]),
        (1_000, 'say "no"'),
    ]
    widget = Select(attrs={"class": "form-select", "required": True, "data-x": 7}, choices=choices)
    renderer = get_default_renderer()
    assert isinstance(renderer, TemplatesSetting)
    for value in ("TR", 1_000, "", None, "other"):
        ours = widget.render("country", value, renderer=renderer)
        djangos = widget.render("country", value, renderer=DjangoTemplates())
        assert ours.strip() == re.sub(r">\s+<", "><", djangos).strip()
