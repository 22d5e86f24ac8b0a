"""Figures of reports in words."""

from django import template
from django.utils.translation import gettext as _

from customers.formats import figure

from ..queries.reports.rows import UserFigures

register = template.Library()


@register.simple_tag
def signed(change: int | None) -> str:
    """Return a change with its sign, or a dash where nothing is known of the month before."""
    if change is None:
        return "–"
    if not change:
        return "0"
    return f"{'+' if change > 0 else '−'}{figure(abs(change))}"


@register.simple_tag
def users_text(users: UserFigures) -> str:
    """Return a customer's users in a line: how many, the most, and how they became so many."""
    parts = [_("Users: %(count)s") % {"count": figure(users.users)}]
    if users.change is not None:
        parts[0] += f" ({signed(users.change)})"
    parts.append(_("peak %(count)s") % {"count": figure(users.peak)})
    flows = (
        (users.added, _("%(count)s added")),
        (users.deleted, _("%(count)s deleted")),
        (users.restored, _("%(count)s restored")),
    )
    parts += [text % {"count": figure(count)} for count, text in flows if count]
    return ", ".join(parts)
