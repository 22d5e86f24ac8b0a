from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from customers.formats import ENTER_DATE_LIKE

from ..actions import Action
from ..folding import folded_words
from ..log.events import AuditEventQuerySet, on_user
from ..log.given import has_reason
from ..models import Customer
from ..said import gettext as _
from ..said import gettext_lazy
from .fields import IdField, VisibleCharField
from .reason import LABEL as REASON_LABEL

if TYPE_CHECKING:
    from accounts.models import User

TEXT_LENGTH = 200
NOBODY = gettext_lazy("This address names no user. Choose Clear, and look for the user by name.")


class DateInput(forms.DateInput):
    input_type = "date"


def _text(label: Any, placeholder: Any) -> VisibleCharField:
    attrs = {
        "class": "form-control",
        "autocomplete": "off",
        "spellcheck": "false",
        "placeholder": placeholder,
    }
    return VisibleCharField(
        label=label, required=False, max_length=TEXT_LENGTH, widget=forms.TextInput(attrs=attrs)
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DateInput(format="%Y-%m-%d", attrs={"class": "form-control"}),
        error_messages={"invalid": ENTER_DATE_LIKE},
    )


class DaysForm(forms.Form):
    """The first and the last day of what is asked for, in the viewer's zone."""

    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("since", _("From must not be later than To."))
        return cleaned

    def of_days(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        values = self.cleaned_data
        if values.get("since"):
            events = events.filter(at__gte=_moment(values["since"], time.min))
        if values.get("until"):
            events = events.filter(at__lte=_moment(values["until"], time.max))
        return events


class ActivityFilterForm(DaysForm):
    """The filter of the activity log, as it stands in the address."""

    person = _text(gettext_lazy("By"), gettext_lazy("Who did it"))
    action = forms.ChoiceField(
        label=gettext_lazy("Action"),
        required=False,
        choices=lambda: [("", _("All actions")), *Action.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": gettext_lazy("Choose one of these actions.")},
    )
    user = _text(gettext_lazy("User"), gettext_lazy("To whom"))
    # Exactly this user, whatever the name was or becomes.
    user_id = IdField(required=False, nobody=NOBODY)
    reason = _text(REASON_LABEL, gettext_lazy("Why"))

    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def of_batch(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        """Return the events that fit what a batch has in common: its actor, reason and time."""
        values = self.cleaned_data
        if values.get("person"):
            events = events.by_actor(values["person"])
        if values.get("reason"):
            events = events.filter(has_reason(values["reason"]))
        return self.of_days(events)

    def of_event(self) -> Q:
        """Return the condition on each event by itself: its action, and to whom it was done."""
        values = self.cleaned_data
        condition = Q()
        if values.get("action"):
            condition &= Q(action=values["action"])
        if values.get("user"):
            condition &= self.on_user(values["user"])
        if values.get("user_id"):
            condition &= Q(target_type="user", target_id=values["user_id"])
        return condition

    def on_user(self, text: str) -> Q:
        """Return the condition that a user of this name was acted on."""
        return on_user(text)

    def event_query(self) -> str:
        """Return what of_event asks for, as it stands in an address."""
        asked = {name: self.cleaned_data.get(name) for name in ("action", "user")}
        return urlencode({name: value for name, value in asked.items() if value})

    def apply(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        """Return the events that fit the filter."""
        return self.of_batch(events).filter(self.of_event())


# Words that hardly any event has would else be looked for in years of all customers' activity.
DAYS_LOOKED_THROUGH = 30


class AllActivityFilterForm(ActivityFilterForm):
    """The same filter over all customers that one sees, of which it can choose some.

    What is filtered without a first day begins `DAYS_LOOKED_THROUGH` ago: the field then has it.
    """

    field_order = ("customer", "person", "action", "user", "reason", "since", "until")
    user_id = None  # type: ignore[assignment]  # takes the field out
    customer = _text(gettext_lazy("Customer"), gettext_lazy("Name or domain"))

    def __init__(self, sent: QueryDict, *, actor: "User") -> None:
        self.actor = actor
        asked = {name for name in self.base_fields if sent.get(name)}
        self.has_own_beginning = bool(asked - {"since", "until"}) and "since" not in asked
        if self.has_own_beginning:
            sent = sent.copy()
            until = parse_day(sent.get("until", "")) or timezone.localdate()
            sent["since"] = (until - timedelta(days=DAYS_LOOKED_THROUGH - 1)).isoformat()
        super().__init__(sent)

    def of_batch(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        events = super().of_batch(events)
        if not (text := self.cleaned_data.get("customer")):
            return events
        # As numbers, of which the database knows how many events each has.
        visible = Customer.objects.visible_to(self.actor)
        return events.filter(customer__in=list(visible.matching(text).values_list("pk", flat=True)))

    def on_user(self, text: str) -> Q:
        """Return the condition that one was acted on who has this name now: an index has these,
        and to read each event's takes a hundred times as long. It narrows what one sees anyway.
        """
        users = get_user_model().objects.matching(folded_words(text))
        return Q(target_type="user", target_id__in=users.order_by().values("pk"))


def parse_day(text: str) -> date | None:
    """Return the day of an address; None for what is none, or so early that none is before it."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day.year > 1 else None


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
