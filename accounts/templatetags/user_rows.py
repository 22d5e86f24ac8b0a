"""Rows of users in Python: the template's own loop would be most of what a list costs."""

from collections.abc import Iterable
from html import escape

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.views.deleted import DeletedRow
from accounts.views.user_rows import UserRow
from customers.views.tables import filled, labeled

register = template.Library()

ROW = (
    '<tr>{{}}<td class="cell-main"><a href="{{}}">{{}}</a></td>'
    '<td class="cell-user" data-label="{user}">{{}}</td>'
    '<td class="cell-licenses" data-label="{licenses}">{{}}</td>'
    '<td data-label="{permissions}">{{}}</td>'
    '<td class="cell-sign-in" data-label="{sign_in}">'
    '<span class="state state-{{}}">{{}}</span></td>'
    '<td class="cell-nowrap cell-muted" data-label="{added}">{{}}</td>{{}}</tr>'
)
USED = (
    '<svg class="bi" width="16" height="16" aria-hidden="true"><use href="#quick-{}"></use></svg>'
)
QUICK = '<a class="quick" href="{}" title="{}" aria-label="{}">{}</a>'

DELETED_ROW = (
    '<tr>{{}}<td class="cell-main"><a href="{{}}">{{}}</a>{{}}</td>'
    '<td class="cell-user" data-label="{user}">{{}}</td>'
    '<td class="cell-nowrap" data-label="{on}"><time datetime="{{}}">{{}}</time></td>'
    '<td data-label="{by}">{{}}</td>'
    '<td class="cell-nowrap" data-label="{left}">'
    '<time datetime="{{}}" title="{{}}">{{}}</time></td>'
    '<td class="cell-licenses" data-label="{licenses}">{{}}</td></tr>'
)
CHECK = (
    '<td class="cell-check"><label class="check"><input class="form-check-input" type="checkbox"'
    ' name="user" value="{}" data-select-row aria-label="{}"{}></label></td>'
)


@register.simple_tag
def user_rows(rows: Iterable[UserRow], *, selectable: bool) -> SafeString:
    """Return the rows of the user list; where `selectable`, each begins with a box to check."""
    labels = {
        "user": _("User name"),
        "licenses": _("Licenses"),
        "permissions": _("Permissions"),
        "sign_in": _("Sign-in"),
        "added": _("Added"),
    }
    drawn: dict[str, str] = {}

    def quick(row: UserRow) -> SafeString:
        """Return the cell with what is done every day; an icon is drawn once, then used again."""
        links = []
        for action, url in row.quick:
            name = action.name
            icon = USED.format(name)
            if name not in drawn:
                drawn[name] = escape(str(action.label_for_one))
                icon = bs_icon(action.icon).replace("<svg", f'<svg id="quick-{name}"', 1)
            title = f"{drawn[name]}: {escape(row.display_name)}"
            links.append(QUICK.format(escape(url), title, drawn[name], icon))
        cell = f'<td class="cell-quick"><span class="quick-row">{"".join(links)}</span></td>'
        return SafeString(cell)  # nosec B703 - names and addresses are escaped

    return filled(
        labeled(ROW, labels),
        (
            (
                *(_check(row) if selectable else "", row.url, row.display_name),
                *(row.user_name, row.licenses or "–"),
                *(row.permissions, row.sign_in.tone, row.sign_in.label, row.added, quick(row)),
            )
            for row in rows
        ),
    )


@register.simple_tag
def deleted_rows(rows: Iterable[DeletedRow], *, selectable: bool) -> SafeString:
    """Return the rows of the deleted; where `selectable`, those within reach have a box."""
    labels = {
        "user": _("User name"),
        "on": _("Deleted on"),
        "by": _("Deleted by"),
        "left": _("Days left"),
        "licenses": _("Licenses at deletion"),
    }
    return filled(
        labeled(DELETED_ROW, labels),
        (
            (
                *(_check(row) if selectable else "", row.url, row.display_name),
                *(_out_of_reach(row) if selectable else "", row.user_name, row.at, row.on),
                *(row.by or "–", row.final, row.final_on, _left(row), row.licenses or "–"),
            )
            for row in rows
        ),
    )


def _check(row: UserRow | DeletedRow) -> SafeString:
    """Return the cell with the box, which is empty for whom the role does not reach."""
    if isinstance(row, DeletedRow) and not row.reachable:
        return SafeString('<td class="cell-check"></td>')
    checked = " checked" if row.is_selected else ""
    box = CHECK.format(row.pk, escape(row.select), checked)
    return SafeString(box)  # nosec B703 - the name is escaped


def _out_of_reach(row: DeletedRow) -> str:
    if row.reachable:
        return ""
    reason = _("An administrator, whom your role can't manage")
    return format_html('<span class="cell-sub">{}</span>', reason)


def _left(row: DeletedRow) -> str:
    if not row.is_urgent:
        return row.left
    return format_html('<span class="state state-warning">{}</span>', row.left)
