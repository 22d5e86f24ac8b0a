"""What is asked before users are removed: the last day, and when each step is done."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.bulk import ActionForm
from accounts.models import User
from customers.errors import Refused

from ..due import AHEAD, TOO_FAR, Due, moment_ahead
from ..leave_steps import END_OF_WORK, STEPS, Step, Wanted, check_order, in_order
from .when import ON_A_DAY

NOW, ON, NEVER = "now", "date", "no"
WHEN = (
    (NOW, gettext_lazy("Now")),
    (ON, ON_A_DAY),
    (NEVER, gettext_lazy("Not at all")),
)


class LastDayForm(forms.Form):
    """The day from which all dates are proposed."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": gettext_lazy("Enter a date, such as 2027-01-31."),
            "required": gettext_lazy("Enter a date, such as 2027-01-31."),
        },
    )

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        # No step could be planned for it; and after the last day of the calendar none comes.
        if day > timezone.now().date() + AHEAD:
            raise ValidationError(TOO_FAR)
        return day


class LeaveForm(ActionForm):
    """For each step: now, on a date, or not at all."""

    def __init__(
        self,
        *args: Any,
        actor: User,
        zone: str,
        now: datetime,
        proposed: Mapping[str, Wanted],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.zone, self.now = zone, now
        self.offered = [step for step in STEPS if actor.can(step.action.capability)]
        for step in self.offered:
            self._add(step, proposed.get(step.kind))
        self.order_fields([name for name in self.fields if name != "reason"])

    def _add(self, step: Step, wanted: Wanted | None) -> None:
        due = wanted.due if wanted else None
        when = NEVER if wanted is None else ON if due else NOW
        self.fields[f"{step.kind}_when"] = forms.ChoiceField(
            label=_("When"),
            choices=WHEN,
            initial=when,
            error_messages={"required": _("Choose when."), "invalid_choice": _("Choose when.")},
        )
        self.fields[f"{step.kind}_on"] = forms.DateField(
            label=_("Date"),
            required=False,
            initial=due.on if due else None,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": _("Enter a date, such as 2027-01-31.")},
        )
        self.fields[f"{step.kind}_at"] = forms.TimeField(
            label=_("Time"),
            required=False,
            initial=due.at if due else END_OF_WORK,
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            error_messages={"invalid": _("Enter a time, such as 18:00.")},
        )

    def rows(self) -> Iterator[tuple[Step, BoundField, BoundField, BoundField]]:
        """Yield each step with its fields."""
        for step in self.offered:
            kind = step.kind
            yield step, self[f"{kind}_when"], self[f"{kind}_on"], self[f"{kind}_at"]

    def problems(self) -> list[str]:
        """Return what is wrong, in sentences, each with its step."""
        found = [str(error) for error in self.non_field_errors()]
        for step, *fields in self.rows():
            found += [f"{step.label}: {error}" for field in fields for error in field.errors]
        return found

    def clean(self) -> dict[str, Any]:
        for step in self.offered:
            if self.cleaned_data.get(f"{step.kind}_when") == ON:
                self._check_moment(step)
        if not self.errors:
            try:
                check_order(in_order(self.wanted(), self.zone, self.now))
            except Refused as refused:
                name = refused.field if refused.field in self.fields else None
                self.add_error(name, str(refused))
        return self.cleaned_data

    def _check_moment(self, step: Step) -> None:
        on, at = f"{step.kind}_on", f"{step.kind}_at"
        if on in self.errors or at in self.errors:
            return
        if self.cleaned_data[on] is None:
            self.add_error(on, _("Enter a date, such as 2027-01-31."))
        elif self.cleaned_data[at] is None:
            self.add_error(at, _("Enter a time, such as 18:00."))
        else:
            try:
                moment_ahead(Due(self.cleaned_data[on], self.cleaned_data[at]), self.zone)
            except Refused as refused:
                self.add_error(on, str(refused))

    def wanted(self) -> list[Wanted]:
        """Return the steps that were chosen, of a valid form."""
        chosen = [each for each in self.offered if self.cleaned_data[f"{each.kind}_when"] != NEVER]
        return [self._wanted(step) for step in chosen]

    def _wanted(self, step: Step) -> Wanted:
        found, kind = self.cleaned_data, step.kind
        if found[f"{kind}_when"] != ON:
            return Wanted(step)
        return Wanted(step, Due(found[f"{kind}_on"], found[f"{kind}_at"]))

    def mark(self) -> str:
        """Return what tells whether the plan that is confirmed is the one that was shown."""
        return mark_of(self.wanted())


def mark_of(wanted: Sequence[Wanted]) -> str:
    text = json.dumps([one.as_json() for one in wanted])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
