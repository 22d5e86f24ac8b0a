"""When an action is to be done: now, at the end of the day or the month, or on a date."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.base import Order
from accounts.actions.later import Scheduled
from customers.errors import Refused
from customers.formats import ENTER_DATE, ENTER_DATE_LIKE
from customers.forms.activity import DateInput
from customers.models import BatchKind, Customer

from ..due import PASSED, Due, end_of_month, end_of_today, in_words, moment_ahead, zone_of
from ..models import Schedule
from ..services.schedules import schedule

ON_A_DAY = gettext_lazy("On a date")

NOW, ON_A_DATE = "now", "date"
# When offices close, by the field that a date comes with.
EVENING = time(18)


class TimeInput(forms.TimeInput):
    input_type = "time"


class WhenForm(forms.Form):
    """The time of an action by the customer's clock; what is offered by name is told with its day.

    An answer names the moment that was shown: after midnight it does not mean another day.
    """

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": PASSED},
    )
    due_on = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=DateInput(format="%Y-%m-%d", attrs={"class": "form-control"}),
        error_messages={"invalid": ENTER_DATE_LIKE},
    )
    due_at = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        initial=EVENING,
        widget=TimeInput(format="%H:%M", attrs={"class": "form-control"}),
        error_messages={"invalid": gettext_lazy("Enter a time such as 18:00.")},
    )
    asks_now = True

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        customer: Customer,
        *,
        now: datetime | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            data, initial={"when": NOW if self.asks_now else ON_A_DATE, **(initial or {})}
        )
        self.customer, self.now = customer, now or timezone.now()
        self.zone = zone_of(customer)
        self.due: Due | None = None
        today, month = end_of_today(self.zone, self.now), end_of_month(self.zone, self.now)
        choices = [(NOW, _("Now"))] if self.asks_now else []
        text = _("End of today (%(time)s)") % {"time": time_format(today.at)}
        choices.append((_text(today), text))
        if month != today:
            shown = {"date": date_format(month.on), "time": time_format(month.at)}
            choices.append((_text(month), _("End of the month (%(date)s, %(time)s)") % shown))
        field: Any = self.fields["when"]
        field.choices = [*choices, (ON_A_DATE, str(ON_A_DAY))]

    @property
    def help(self) -> str:
        clock = {"customer": self.customer.name, "zone": self.zone}
        return _("Dates and times are in the time zone of %(customer)s (%(zone)s).") % clock

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        when = cleaned.get("when") or (NOW if self.asks_now else ON_A_DATE)
        if "when" in self.errors or when == NOW:
            return cleaned
        field = "when"
        if when == ON_A_DATE:
            field = "due_on"
            for name, text in (("due_on", str(ENTER_DATE)), ("due_at", _("Enter a time."))):
                if name in cleaned and cleaned[name] is None:
                    self.add_error(name, text)
            if self.errors:
                return cleaned
            self.due = Due(cleaned["due_on"], cleaned["due_at"])
        else:
            moment = datetime.fromisoformat(when)
            self.due = Due(moment.date(), moment.time())
        try:
            moment_ahead(self.due, self.zone, self.now)
        except Refused as refusal:
            self.add_error(field, str(refusal))
        return cleaned

    @property
    def is_later(self) -> bool:
        return self.due is not None

    def leave(self, kind: BatchKind, order: Order) -> Scheduled:
        if self.due is None:
            raise ValueError("it is to be done now")
        made = schedule(
            kind,
            order.users,
            customer=order.customer,
            actor=order.actor,
            due=self.due,
            request=order.request,
            key=order.key,
        )
        return Scheduled(detail_url(made), scheduled_text(made))


def detail_url(made: Schedule) -> str:
    return reverse("automation:schedule-detail", args=[made.pk])


def scheduled_text(made: Schedule) -> str:
    return _("Scheduled for %(when)s.") % {"when": in_words(made.on, made.at, made.zone)}


class MoveForm(WhenForm):
    """Another time for what waits; `seen` is the moment that the page was opened with."""

    asks_now = False
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)


def _text(due: Due) -> str:
    return f"{due.on.isoformat()}T{due.at:%H:%M}"
