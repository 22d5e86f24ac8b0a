"""The forms of a source: what it does, and how long its token is good for."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from customers.forms.fields import VisibleCharField
from customers.log.history import LABELS
from customers.models import Customer
from licensing.errors import CHOOSE_ANOTHER
from licensing.models import Subscription, SubscriptionStatus

from ..models import Source
from ..models.sources import SOURCE_NAME_LENGTH
from ..services.sources import SourceFacts
from .tokens import DaysField

DAYS = 180


class SourceSettingsForm(forms.Form):
    """What a source does; its name, which the log has, stays as it is."""

    subscription = forms.ModelChoiceField(
        label=LABELS["default_license"],
        queryset=Subscription.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
        error_messages={"invalid_choice": CHOOSE_ANOTHER},
        help_text=gettext_lazy(
            "Assigned to the users that it adds, as long as there are seats. Without a seat the"
            " user is added all the same, and this page says so."
        ),
    )
    takes_over = forms.BooleanField(
        label=LABELS["takes_over"],
        required=False,
        help_text=gettext_lazy(
            "It then sees all users of this customer, and keeps those whose user name it sends."
            " Otherwise it keeps only the users that it has added itself."
        ),
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["subscription"]
        current = customer.subscriptions.filter(status=SubscriptionStatus.ACTIVE)
        field.queryset = current.for_list()

    @staticmethod
    def initial_of(source: Source) -> dict[str, Any]:
        return {"takes_over": source.takes_over, "subscription": source.subscription_id}

    def facts(self) -> SourceFacts:
        cleaned = self.cleaned_data
        return SourceFacts(cleaned["takes_over"], cleaned["subscription"])


class SourceForm(SourceSettingsForm):
    """A new source."""

    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=SOURCE_NAME_LENGTH,
        help_text=gettext_lazy(
            "The HR system or directory, such as Entra ID. The activity log has this name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "subscription", "takes_over")


class SourceTokenForm(forms.Form):
    """How long a new token of a source is good for."""

    days = DaysField(
        initial=DAYS,
        help_text=gettext_lazy(
            "Up to 365. Before it ends, add a second one, enter that in the source, and revoke the"
            " first."
        ),
    )

    def ends_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
