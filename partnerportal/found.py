"""`{% load found %}`: lines of what was found, in Python: a template for each would cost more."""

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
    return format_html_join("", LINE, ((hit.url, _content(hit)) for hit in group.hits))


@register.simple_tag
def found_options(group: "Group") -> SafeString:
    """Return the lines as options of a listbox, which a script leads through."""
    rows = enumerate(group.hits, 1)
    return format_html_join(
        "", OPTION, ((f"find-{group.name}-{n}", hit.url, _content(hit)) for n, hit in rows)
    )


def _content(hit: "Hit") -> SafeString:
    return format_html(
        CONTENT,
        drawn(hit.icon),
        hit.label,
        format_html_join("", MARK, ((mark,) for mark in hit.marks)),
        format_html(DETAIL, hit.detail) if hit.detail else "",
        format_html(CUSTOMER, hit.customer) if hit.customer else "",
    )
