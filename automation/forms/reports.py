from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.forms.fields import NOT_LISTED
from customers.log.history import LABELS
from customers.models import Customer

from ..models import ReportForm, ReportKind, Rhythm, ScheduledReport, SentTo
from ..models.reports import LAST_DAY
from ..services.reports import ReportFacts

_SELECT = {"class": "form-select"}


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.Select(attrs=_SELECT), error_messages=NOT_LISTED
    )


class ScheduledReportForm(forms.Form):
    """What goes out, when, and to whom."""

    kind = _choice(gettext_lazy("Report"), ReportKind.choices)
    customer = forms.ModelChoiceField(
        label=gettext_lazy("Customer"),
        queryset=Customer.objects.none(),
        required=False,
        empty_label=gettext_lazy("All customers"),
        widget=forms.Select(attrs=_SELECT),
        error_messages=NOT_LISTED,
    )
    rhythm = _choice(gettext_lazy("How often"), Rhythm.choices)
    month_day = forms.TypedChoiceField(
        label=LABELS["day"],
        choices=[(day, str(day)) for day in range(1, LAST_DAY + 1)],
        coerce=int,
        required=False,
        empty_value="1",
        widget=forms.Select(attrs=_SELECT),
        error_messages=NOT_LISTED,
        help_text=gettext_lazy("In shorter months, the last day."),
    )
    week_day = forms.TypedChoiceField(
        label=LABELS["week_day"],
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        empty_value="1",
        widget=forms.Select(attrs=_SELECT),
        error_messages=NOT_LISTED,
    )
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        initial=time(7),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": gettext_lazy("Enter a time such as 07:00."),
            "invalid": gettext_lazy("Enter a time such as 07:00."),
        },
        help_text=gettext_lazy(
            "In the customer's time zone; for all customers, in your company's."
        ),
    )
    to = forms.ChoiceField(
        label=gettext_lazy("Send to"),
        choices=SentTo.choices,
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
    readers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members of your team"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )
    form = forms.ChoiceField(
        label=gettext_lazy("What is sent"),
        choices=ReportForm.choices,
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
        help_text=gettext_lazy(
            "A file can be read by everyone who reads the mailbox. A link shows the report only"
            " after sign-in."
        ),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customers: Any = self.fields["customer"]
        customers.queryset = Customer.objects.visible_to(actor).order_by("name", "pk")
        if actor.limited_to_customers:
            customers.required, customers.empty_label = True, None
        readers: Any = self.fields["readers"]
        staff = User.objects.active().filter(partner=actor.partner_id, is_machine=False)
        readers.queryset = staff.filter(blocked_at=None).order_by("sort_name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("to") == SentTo.STAFF and not cleaned.get("readers"):
            self.add_error("readers", ValidationError(_("Choose at least one member.")))
        if cleaned.get("to") == SentTo.CONTACT and cleaned.get("customer", "") is None:
            self.add_error("customer", _("Choose one customer: its contact gets the report."))
        return cleaned

    def facts(self) -> ReportFacts:
        """Return what was chosen, of a form that is valid."""
        values = self.cleaned_data
        rhythm, to = Rhythm(values["rhythm"]), SentTo(values["to"])
        return ReportFacts(
            kind=ReportKind(values["kind"]),
            customer=values["customer"],
            rhythm=rhythm,
            day=int(values["month_day" if rhythm == Rhythm.MONTHLY else "week_day"]),
            at=values["at"],
            to=to,
            form=ReportForm(values["form"]),
            readers=[user.pk for user in values["readers"]] if to == SentTo.STAFF else (),
        )


def initial_of(report: ScheduledReport) -> dict[str, Any]:
    """Return what the form shows of a report that is there."""
    day = "month_day" if report.rhythm == Rhythm.MONTHLY else "week_day"
    return {
        "kind": report.kind,
        "customer": report.customer_id,
        "rhythm": report.rhythm,
        day: report.day,
        "at": report.at,
        "to": report.to,
        "form": report.form,
        "readers": [user.pk for user in report.readers.all()],
        "seen": report.version,
    }
