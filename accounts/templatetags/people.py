"""Rows of people in Python: the template's own loop would be most of what a list costs."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.views.rows import UserRow

register = template.Library()

# On a narrow screen each row is a card, which shows data-label beside each value.
ROW = (
    '<tr><td class="cell-main"><a href="{}">{}</a></td>'
    '<td data-label="{}">{}</td><td data-label="{}">{}</td><td data-label="{}">{}</td>'
    '<td data-label="{}"><span class="state state-{}">{}</span></td>'
    '<td class="cell-nowrap cell-muted" data-label="{}">{}</td></tr>'
)


@register.simple_tag
def user_rows(rows: Iterable[UserRow]) -> SafeString:
    user, licenses, permissions = _("User name"), _("Licenses"), _("Permissions")
    sign_in, added = _("Sign-in"), _("Added")
    return format_html_join(
        "\n",
        ROW,
        (
            (
                *(row.url, row.display_name),
                *(user, row.user_name),
                *(licenses, row.licenses or "–"),
                *(permissions, row.permissions),
                *(sign_in, row.sign_in.tone, row.sign_in.label),
                *(added, row.added),
            )
            for row in rows
        ),
    )
