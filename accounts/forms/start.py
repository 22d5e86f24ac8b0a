"""The first day of new users, and what becomes of licenses and passwords until then."""

from datetime import date
from typing import Any

from django import forms

from customers.errors import Refused
from customers.formats import ENTER_DATE_AHEAD
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext_lazy

from ..models import User
from ..services.users.new_users import SeatsUntil, Start
from ..services.users.starts import check_day


def start_field(**more: Any) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Start date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": ENTER_DATE_AHEAD},
        **more,
    )


class StartMixin(forms.Form):
    """Fields of the first day; without a day the others mean nothing."""

    starts_on = start_field(
        help_text=gettext_lazy("No sign-in before. Leave empty to let users start now.")
    )
    seats_until = forms.ChoiceField(
        label=gettext_lazy("Licenses until the start date"),
        choices=SeatsUntil.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    password_then = forms.TypedChoiceField(
        label=gettext_lazy("Temporary password"),
        choices=[
            ("", gettext_lazy("Make it now: the days it is valid count from the start date")),
            ("yes", gettext_lazy("Make it on the start date, on a sheet for you")),
        ],
        coerce=bool,
        required=False,
        widget=forms.RadioSelect,
    )

    START_INITIAL = {"seats_until": SeatsUntil.RESERVE.value, "password_then": ""}

    def limit_start(self, actor: User) -> None:
        """Offer what the actor's role can schedule for the day."""
        if not actor.can(Capability.MANAGE_LICENSES):
            del self.fields["seats_until"]
        if not actor.can(Capability.RESET_PASSWORDS):
            del self.fields["password_then"]

    def check_start(self, customer: Customer) -> None:
        """Say at the field what is wrong with the day."""
        day: date | None = self.cleaned_data.get("starts_on")
        if day is None:
            return
        try:
            check_day(day, customer)
        except Refused as refusal:
            self.add_error("starts_on", str(refusal))

    def start(self) -> Start | None:
        day = self.cleaned_data.get("starts_on")
        if day is None:
            return None
        seats = SeatsUntil(self.cleaned_data.get("seats_until") or SeatsUntil.NOW)
        return Start(day, seats, bool(self.cleaned_data.get("password_then")))
