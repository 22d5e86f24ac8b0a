"""Rows of people in Python: the template's own loop would be most of what a list costs."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.views.rows import UserRow

register = template.Library()

# On a narrow screen each row is a card, which shows data-label beside each value. The labels are
# the same in all rows, and filled in before.
ROW = (
    '<tr><td class="cell-main"><a href="{{}}">{{}}</a></td>'
    '<td data-label="{user}">{{}}</td><td data-label="{licenses}">{{}}</td>'
    '<td data-label="{permissions}">{{}}</td>'
    '<td data-label="{sign_in}"><span class="state state-{{}}">{{}}</span></td>'
    '<td class="cell-nowrap cell-muted" data-label="{added}">{{}}</td></tr>'
)


@register.simple_tag
def user_rows(rows: Iterable[UserRow]) -> SafeString:
    labels = {
        "user": _("User name"),
        "licenses": _("Licenses"),
        "permissions": _("Permissions"),
        "sign_in": _("Sign-in"),
        "added": _("Added"),
    }
    row_format = ROW.format_map({name: escape(label) for name, label in labels.items()})
    return format_html_join(
        "\n",
        row_format,
        (
            (
                *(row.url, row.display_name, row.user_name, row.licenses or "–"),
                *(row.permissions, row.sign_in.tone, row.sign_in.label, row.added),
            )
            for row in rows
        ),
    )
