"""The `datetime` of a `<time>`, of which HTML takes three digits of a second at most."""

from datetime import datetime

from django import template

from customers import formats

register = template.Library()


@register.filter
def exact(moment: datetime | None) -> str:
    """Return the moment in whole seconds and with its offset; "" for none."""
    return formats.exact(moment) if moment else ""
