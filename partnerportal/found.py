"""`{% load found %}`: lines of what was found, in Python: a template for each would cost more."""

from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString

from customers.views.tables import filled

from .icons import drawn

if TYPE_CHECKING:
    from .searching import Group, Hit

register = template.Library()

LINE = '<li><a class="found-hit" href="{}">{}</a></li>'
OPTION = (
    '<a class="found-hit" role="option" aria-selected="false" tabindex="-1"'
    ' id="{}" href="{}">{}</a>'
)
CONTENT = (
    '<span class="found-icon" aria-hidden="true">{}</span><span class="found-text">'
    '<span class="found-label"><bdi>{}</bdi>{}</span>{}</span>{}'
)
MARK = ' <span class="found-mark">{}</span>'
DETAIL = ' <span class="found-detail">{}</span>'
CUSTOMER = ' <span class="found-customer">{}</span>'


@register.simple_tag
def found_lines(group: "Group") -> SafeString:
    return filled(LINE, ((hit.url, _content(hit)) for hit in group.hits))


@register.simple_tag
def found_options(group: "Group") -> SafeString:
    """Return the lines as options of a listbox, which a script leads through."""
    rows = enumerate(group.hits, 1)
    return filled(OPTION, ((f"find-{group.name}-{n}", hit.url, _content(hit)) for n, hit in rows))


def _content(hit: "Hit") -> SafeString:
    content = CONTENT.format(
        drawn(hit.icon),
        escape(str(hit.label)),
        "".join(MARK.format(escape(mark)) for mark in hit.marks),
        DETAIL.format(escape(hit.detail)) if hit.detail else "",
        CUSTOMER.format(escape(hit.customer)) if hit.customer else "",
    )
    return SafeString(content)  # nosec B703 - each text is escaped
