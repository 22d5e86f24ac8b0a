"""Another first day for users who have not started yet."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import date_format

from customers.roles import CUSTOMER_ROLES
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..forms.bulk import ActionForm
from ..forms.start import start_field
from ..models import UserQuerySet
from .change import NOW, FieldChange


class StartForm(ActionForm):
    starts_on = start_field()
    now = forms.BooleanField(label=gettext_lazy("Let them start now"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, now = cleaned.get("starts_on"), cleaned.get("now")
        if day and now:
            self.add_error("now", _("Either enter a date, or let them start now."))
        elif not day and not now and "starts_on" not in self.errors:
            self.add_error("starts_on", _("Enter a date, or choose to let them start now."))
        return cleaned

    def request(self) -> dict[str, Any]:
        day: date | None = self.cleaned_data["starts_on"]
        return super().request() | {"start": day.isoformat() if day else NOW}


class ChangeStart(FieldChange):
    name = "start"
    field = "starts_on"
    label = gettext_lazy("Change start date")
    icon = "calendar-event"
    form_class = StartForm
    # It has a date of its own.
    waits = False
    # A password that waits for the first day is made on it, for who has moved it: as by a reset.
    grave_roles = CUSTOMER_ROLES
    already = Q(starts_at=None) | Q(starts_at__lte=Now())

    def shown(self, value: str) -> str:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        return [
            _("Sign-in is possible from the new date, not before."),
            _("What is scheduled for the start date moves with it; reserved seats stay reserved."),
        ]

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s has already started: %(names)s.",
            "%(count)s have already started: %(names)s.",
            count,
        )


CHANGE_START = ChangeStart()
