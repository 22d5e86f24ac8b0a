"""The options of a select, in Python: a template for each, twice 250 of countries, is slow."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def as_options(groups: Iterable[tuple[str | None, Sequence[Mapping[str, Any]], int]]) -> SafeString:
    """Return the markup of what a select offers (`widget.optgroups`), as Django's templates do."""
    parts = []
    for name, options, _at in groups:
        markup = "".join(map(_option, options))
        parts.append(f'<optgroup label="{_text(name)}">{markup}</optgroup>' if name else markup)
    return SafeString("".join(parts))  # nosec B703 - each value is escaped


def _option(option: Mapping[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    return f'<option value="{_text(option["value"])}"{attributes}>{_text(option["label"])}</option>'


def _text(value: object) -> str:
    return str(value.__html__()) if hasattr(value, "__html__") else escape(str(value))
