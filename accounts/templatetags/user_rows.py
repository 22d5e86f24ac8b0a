"""Rows of users in Python: the template's own loop would be most of what a list costs."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import escape
from itertools import chain

from bs_icon_templates.templatetags.bs_icons import bs_icon
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.views.deleted import DeletedRow
from accounts.views.user_columns import CHOICES, USUAL
from accounts.views.user_rows import UserRow
from customers.views.tables import filled, labeled

register = template.Library()

# A row has so many licenses as chips, and the others behind a number.
CHIPS = 2
# A user name that is longer may have to break, and does so where its parts begin.
UNBROKEN = 24
TEXT_CELL = '<td class="cell-text" data-label="{label}">{{}}</td>'
STATE_CELL = (
    '<td class="cell-sign-in" data-label="{label}"><span class="state state-{{}}">{{}}</span></td>'
)
DAY_CELL = '<td class="cell-nowrap cell-muted" data-label="{label}">{{}}</td>'
ROW = (
    '<tr>{{}}<th scope="row" class="cell-main"><a href="{{}}">{{}}</a></th>'
    '<td class="cell-user" data-label="{user}">{{}}</td>'
)
# Of accounts.views.user_columns, by their names: the cell, and what is filled in.
CELLS: dict[str, tuple[str, Callable[[UserRow], Sequence[str]]]] = {
    "licenses": (
        '<td class="cell-licenses" data-label="{label}">{{}}</td>',
        lambda row: (license_chips(row.licenses),),
    ),
    "department": (TEXT_CELL, lambda row: (row.department or "–",)),
    "title": (TEXT_CELL, lambda row: (row.job_title or "–",)),
    "office": (TEXT_CELL, lambda row: (row.office or "–",)),
    "location": (TEXT_CELL, lambda row: (row.location or "–",)),
    "permissions": ('<td data-label="{label}">{{}}</td>', lambda row: (row.permissions,)),
    "sign-in": (
        STATE_CELL,
        lambda row: (row.sign_in.tone, row.sign_in.label),
    ),
    "signed-in": (DAY_CELL, lambda row: (row.signed_in,)),
    "added": (DAY_CELL, lambda row: (row.added,)),
}
USED = (
    '<svg class="bi" width="16" height="16" aria-hidden="true"><use href="#quick-{}"></use></svg>'
)
QUICK = '<a class="quick" href="{}" title="{}" aria-label="{}">{}</a>'

DELETED_ROW = (
    '<tr>{{}}<th scope="row" class="cell-main"><a href="{{}}">{{}}</a>{{}}</th>'
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
def user_rows(
    rows: Iterable[UserRow], shown: Sequence[str] = USUAL, *, selectable: bool
) -> SafeString:
    """Return the rows of the user list with the shown columns.

    Where `selectable`, each begins with a box to check.
    """
    cells = [labeled(CELLS[name][0], {"label": str(CHOICES[name])}) for name in shown]
    values = [CELLS[name][1] for name in shown]
    drawn: dict[str, str] = {}

    def quick(row: UserRow) -> SafeString:
        """Return the cell with what is done every day; an icon is drawn once, then used again."""
        links = []
        for action, url in row.quick:
            name = action.name
            icon = USED.format(name)
            if name not in drawn:
                drawn[name] = escape(str(action.label_for_one))
                hidden = f'<svg id="quick-{name}" aria-hidden="true"'
                icon = bs_icon(action.icon).replace("<svg", hidden, 1)
            title = f"{drawn[name]}: {escape(row.display_name)}"
            links.append(QUICK.format(escape(url), title, drawn[name], icon))
        cell = f'<td class="cell-quick"><span class="quick-row">{"".join(links)}</span></td>'
        return SafeString(cell)  # nosec B703 - names and addresses are escaped

    return filled(
        labeled(ROW, {"user": _("User name")}) + "".join(cells) + "{}</tr>",
        (
            (
                *(_check(row) if selectable else "", row.url, row.display_name),
                in_parts(row.user_name),
                *chain.from_iterable(value(row) for value in values),
                quick(row),
            )
            for row in rows
        ),
    )


def in_parts(user_name: str) -> str:
    """Return a long user name with the places at which a line may break, never within a word."""
    if len(user_name) <= UNBROKEN:
        return user_name
    parts = re.split(r"(?=[@._-])", user_name)
    return SafeString("<wbr>".join(map(escape, parts)))  # nosec B703 - escaped


def license_chips(names: tuple[str, ...]) -> SafeString:
    """Return the first licenses as chips, and a number that opens the others."""
    return chips_in(names, get_language()) if names else SafeString("–")


@lru_cache(maxsize=2048)
def chips_in(names: tuple[str, ...], language: str | None) -> SafeString:
    """Return the same in the language in use: many users have the same licenses."""
    tags = [format_html('<span class="tag">{}</span>', name) for name in names]
    first, more = SafeString(" ".join(tags[:CHIPS])), tags[CHIPS:]  # nosec B703 - escaped above
    if not more:
        return format_html('<div class="tags" title="{}">{}</div>', ", ".join(names), first)
    others = ngettext("%(count)s more license", "%(count)s more licenses", len(more))
    return format_html(
        '<div class="tags" title="{}">{} <details class="tags-more">'
        '<summary class="tag" aria-label="{}">+{}</summary><div class="tags">{}</div>'
        "</details></div>",
        ", ".join(names),
        first,
        others % {"count": len(more)},
        len(more),
        SafeString(" ".join(more)),  # nosec B703 - the same
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
                *(_out_of_reach(row) if selectable else "", in_parts(row.user_name)),
                *(row.at, row.on),
                *(row.by or "–", row.final, row.final_on, _left(row), license_chips(row.licenses)),
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
