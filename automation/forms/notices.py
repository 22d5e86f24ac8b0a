"""The form of how a user is told: a box for each kind and channel, quiet hours and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from ..models import LetterChannel, NoticeKind, NoticeSettings
from ..notice_choices import Channels, choices_of, kinds_for
from ..services.choosing import Limits

MOST_SEATS = 10_000
MOST_DAYS = 365

CHANNELS = {
    "page": gettext_lazy("Portal"),
    "at_once": LetterChannel.AT_ONCE.label,
    "daily": LetterChannel.DAILY.label,
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind, and its boxes in the order of the channels."""

    label: str
    boxes: Sequence[BoundField]


class NoticeSettingsForm(forms.Form):
    quiet_from = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    seats_below = forms.IntegerField(
        label=gettext_lazy("Seats left, fewer than"),
        min_value=0,
        max_value=MOST_SEATS,
        help_text=gettext_lazy(
            "Enter 0 to be told only when no seats are left. Smaller subscriptions are always told"
            " of only then."
        ),
    )
    renewal_days = forms.IntegerField(
        label=gettext_lazy("Days before a renewal"), min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, *args: Any, user: User, settings: NoticeSettings, **kwargs: Any) -> None:
        own = choices_of(user.pk)
        self.kinds = kinds_for(user)
        initial: dict[str, Any] = {
            field.name: getattr(settings, field.name) for field in fields(Limits)
        }
        boxes: dict[str, forms.BooleanField] = {}
        for kind in self.kinds:
            for channel, label in CHANNELS.items():
                name = self.box(kind, channel)
                initial[name] = getattr(own[kind], channel)
                boxes[name] = forms.BooleanField(
                    label=f"{kind.label}: {label}",
                    required=False,
                    widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
                )
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields |= boxes
        if not {NoticeKind.SEATS, NoticeKind.RENEWAL} & set(self.kinds):
            del self.fields["seats_below"], self.fields["renewal_days"]

    @staticmethod
    def box(kind: NoticeKind, channel: str) -> str:
        return f"{kind.name.lower()}-{channel}"

    def rows(self) -> list[KindRow]:
        return [
            KindRow(str(kind.label), [self[self.box(kind, channel)] for channel in CHANNELS])
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_to")
        if (start is None) != (end is None) and not self.errors:
            empty = "quiet_to" if end is None else "quiet_from"
            self.add_error(empty, _("Enter both times, or none."))
        elif start is not None and start == end:
            self.add_error("quiet_to", _("Enter another time than the one before."))
        return cleaned

    def choices(self) -> dict[NoticeKind, Channels]:
        """Return what was chosen of each kind, once the form is valid."""
        return {
            kind: Channels(
                **{channel: self.cleaned_data[self.box(kind, channel)] for channel in CHANNELS}
            )
            for kind in self.kinds
        }

    def limits(self) -> Limits:
        """Return the hours and numbers, once the form is valid; what it does not ask stays."""
        kept = {**self.initial, **self.cleaned_data}
        return Limits(**{field.name: kept[field.name] for field in fields(Limits)})
