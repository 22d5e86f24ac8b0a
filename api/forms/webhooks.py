"""The form of a webhook: where it is, which events it is told of, and of which customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from applications.egress.addresses import check_address
from customers.errors import Refused
from customers.forms.fields import ALL, NOT_LISTED, SOME, VisibleCharField, say_at_field
from customers.models import Partner
from customers.query_params import read_number

from ..models import Webhook
from ..models.webhooks import ADDRESS_LENGTH, NAME_LENGTH
from ..services.webhooks import EVENT_NEEDED, WebhookFacts
from ..webhook_events import EventGroup, actions_of, whole
from .customers import CustomersForm


@dataclass(frozen=True, slots=True)
class EventBoxes:
    """The checkboxes of a group of events: one for all of it, and one for each."""

    label: str
    whole: BoundWidget
    each: Sequence[BoundWidget]
    is_open: bool


def _choices() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for group in EventGroup:
        found.append((whole(group), gettext_lazy("All, including those of later versions")))
        found += [(action.value, action.label) for action in actions_of(group)]
    return found


class WebhookForm(CustomersForm):
    everywhere = gettext_lazy("All customers, including new ones, and your team")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = VisibleCharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    address = VisibleCharField(
        label=gettext_lazy("Address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Where your server takes messages, such as https://hooks.example/portal."
        ),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED | {"required": EVENT_NEEDED},
    )

    def __init__(
        self, data: QueryDict | None = None, *, partner: Partner, webhook: Webhook | None = None
    ) -> None:
        super().__init__(data, initial=_initial(webhook) if webhook else None)
        self.offer(partner.customers.all())

    def clean_address(self) -> str:
        """Refuse what the service refuses, along with all else that is wrong in the form."""
        address = str(self.cleaned_data["address"])
        try:
            check_address(address)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None
        return address

    def facts(self) -> WebhookFacts:
        get: Callable[[str], Any] = self.cleaned_data.__getitem__
        return WebhookFacts(
            name=get("name"),
            address=get("address"),
            events=get("events"),
            customers=self.chosen(),
        )

    def seen_version(self) -> int | None:
        return read_number(self.cleaned_data["seen"])

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        say_at_field(self, refusal)

    def event_groups(self) -> list[EventBoxes]:
        """Return the checkboxes by group; a group of which some are chosen is open."""
        boxes = {box.data["value"]: box for box in self["events"].subwidgets}
        groups = []
        for group in EventGroup:
            each = [boxes[action.value] for action in actions_of(group)]
            is_open = any(box.data["selected"] for box in each)
            groups.append(EventBoxes(str(group.label), boxes[whole(group)], each, is_open))
        return groups


def _initial(webhook: Webhook) -> dict[str, Any]:
    return {
        "seen": webhook.version,
        "name": webhook.name,
        "address": webhook.address,
        "reach": ALL if webhook.all_customers else SOME,
        "customers": webhook.customers.all(),
        "events": webhook.events,
    }
