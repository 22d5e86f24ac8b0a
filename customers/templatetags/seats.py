"""Template tags for seats and customers, in Python: a template for each row would cost more."""

from collections.abc import Collection, Iterable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.formats import figure
from customers.views.tables import filled, labeled

register = template.Library()

NEARLY_FULL = 90
NO_SPARKS: Mapping[int, SafeString] = MappingProxyType({})

# The drawing's own units are seats, so that no figure has to be computed for its size.
METER = (
    '<span class="{}"><svg class="seats-bar" viewBox="0 0 {} 1" preserveAspectRatio="none"'
    ' role="img" aria-label="{}"><rect class="seats-used" width="{}" height="1" />{}</svg>{}</span>'
)
RESERVED = '<rect class="seats-reserved" x="{}" width="{}" height="1" />'

CUSTOMER_ROW = (
    '<tr><th scope="row" class="cell-main"><a href="/customers/{{}}/">{{}}</a>{{}}</th>'
    '<td data-label="{domain}">{{}}</td><td data-label="{users}"><div>{{}}</div></td>'
    '<td data-label="{seats}">{{}}</td><td data-label="{deleted}">{{}}</td></tr>'
)


STAR = ' <span class="star" aria-hidden="true">★</span><span class="visually-hidden">({})</span>'


@register.simple_tag
def customer_rows(
    customers: Iterable[Any],
    favorites: Collection[int] = (),
    sparks: Mapping[int, SafeString] = NO_SPARKS,
) -> SafeString:
    """Return the rows of customers with their domain, restorable users and seats annotated.

    `favorites` are the ids of those with a star, `sparks` small charts of their users, by customer.
    """
    star = format_html(STAR, _("Favorite"))
    labels = {
        "domain": _("Primary domain"),
        "users": _("Users"),
        "seats": _("Seats used"),
        "deleted": _("Deleted users"),
    }
    rows = []
    for row in customers:
        # Straight to the list that it counts.
        users = SafeString(  # nosec B703 - a number, and one that is escaped
            f'<a href="/customers/{row.pk}/users/">{escape(figure(row.active_users))}</a>'
        )
        deleted = '<span class="text-muted">0</span>'
        if row.restorable_users:
            number = escape(figure(row.restorable_users))
            deleted = f'<a href="/customers/{row.pk}/users/deleted/">{number}</a>'
        rows.append(
            (
                *(str(row.pk), row.name, star if row.pk in favorites else ""),
                row.primary_domain or "",
                SafeString(f"{sparks.get(row.pk, '')}{users}"),  # nosec B703 - the same
                seat_meter(row.seats_used, row.seats_bought),
                SafeString(deleted),  # nosec B703 - a number, and one that is escaped
            )
        )
    return filled(labeled(CUSTOMER_ROW, labels), rows)


@register.simple_tag
def seat_meter(
    assigned: int,
    quantity: int,
    label: str = "",
    *,
    reserved: int = 0,
    only_picture: bool = False,
) -> SafeString:
    """Return a bar of the seats used, with the figures beside it; its color says how full it is.

    Seats that are reserved come after those that are assigned, in a lighter color.
    `label` is spoken with the bar. Inside an element of class seats-block it takes the whole width.
    """
    if not quantity:
        return format_html('<span class="text-muted">{}</span>', _("No seats"))
    percent = assigned * 100 // quantity
    full = (assigned + reserved) * 100 // quantity
    spoken = _("%(what)s: %(percent)s %%") % {
        "what": label or _("Seats used"),
        "percent": percent,
    }
    tone = "seats"
    if full >= NEARLY_FULL:
        tone += " seats-full" if full >= 100 else " seats-near"
    figures = kept = ""
    if reserved:
        spoken = f"{spoken}, {reserved_text(reserved)}"
        kept = format_html(RESERVED, assigned, reserved)
    if not only_picture:
        both = {"assigned": figure(assigned), "quantity": figure(quantity)}
        text = _("%(assigned)s of %(quantity)s") % both
        figures = format_html('<span class="seats-figures">{}</span>', text)
    return format_html(METER, tone, quantity, spoken, assigned, kept, figures)


@register.simple_tag
def reserved_text(count: int) -> str:
    """Return how many seats are reserved, in words."""
    text = ngettext("%(count)s reserved", "%(count)s reserved", count)
    return text % {"count": figure(count)}
