"""The seat meter in Python: a template for each row of a list would cost more than the list."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

NEARLY_FULL = 90

# The drawing's own units are seats, so that no figure has to be computed for its size.
METER = (
    '<span class="{}"><svg class="seats-bar" viewBox="0 0 {} 1" preserveAspectRatio="none"'
    ' role="img" aria-label="{}"><rect class="seats-used" width="{}" height="1" /></svg>{}</span>'
)


@register.simple_tag
def seat_meter(
    assigned: int, quantity: int, label: str = "", *, only_picture: bool = False
) -> SafeString:
    """A bar of the seats used, with the figures beside it; its color says how full it is."""
    if not quantity:
        return format_html('<span class="text-muted">{}</span>', _("No seats"))
    percent = assigned * 100 // quantity
    spoken = _("%(what)s: %(percent)s %%") % {
        "what": label or _("Seats used"),
        "percent": percent,
    }
    figures = "" if only_picture else _figures(assigned, quantity)
    return format_html(METER, _tone(percent), quantity, spoken, assigned, figures)


def _tone(percent: int) -> str:
    if percent >= 100:
        return "seats seats-full"
    return "seats seats-near" if percent >= NEARLY_FULL else "seats"


def _figures(assigned: int, quantity: int) -> SafeString:
    text = _("%(assigned)s of %(quantity)s") % {
        "assigned": _number(assigned),
        "quantity": _number(quantity),
    }
    return format_html('<span class="seats-figures">{}</span>', text)


def _number(value: int) -> str:
    # intcomma takes a quarter of the tag's time.
    return str(value) if value < 1_000 else str(intcomma(value))
