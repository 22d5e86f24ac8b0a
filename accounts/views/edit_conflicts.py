from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _

from customers.models import AuditEvent


def newer(form: forms.Form, fields: Iterable[str], events: Iterable[AuditEvent]) -> list[str]:
    """Return which fields another user has changed, and who, as far as the log knows.

    `events` are those of the user, the newest first.
    """
    labels = {"roles": _("Permissions")}
    who: dict[str, str] = {}
    for event in events:
        for name in {*event.changes, *event.named.changes}:
            who.setdefault(name, event.named.actor)
    return [
        changed_by(labels.get(name) or form.fields[name].label, who.get(name, ""))
        for name in fields
    ]


def changed_by(field: object, who: str) -> str:
    """Return that someone else has changed a field, by its label; "" is someone unknown."""
    return _("%(field)s: changed by %(who)s.") % {"field": field, "who": who or _("someone else")}
