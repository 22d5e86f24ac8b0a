"""The form of a new token: what it may do, for which customers, from where, and for how long."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services.second_steps import address_of
from customers.errors import Refused
from customers.forms.fields import NOT_LISTED, VisibleCharField, say_at_field
from customers.invisible import visible
from customers.models import Customer
from customers.roles import Capability
from customers.services.batches import new_key

from ..capability_words import WORDS
from ..models.tokens import NAME_LENGTH
from ..services.tokens import CAPABILITY_NEEDED, LONGEST, TokenFacts, capabilities_of, read_network
from .customers import CustomersForm

DAYS = 90
NETWORKS = 50


class NetworksField(forms.CharField):
    """Networks as CIDR has them, or single addresses, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        text: str = super().to_python(value) or ""
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def run_validators(self, value: Any) -> None:
        if len(value) > NETWORKS:
            raise ValidationError(_("Enter up to %(count)s networks.") % {"count": NETWORKS})
        for line in value:
            try:
                read_network(line)
            except Refused as refusal:
                told = {"network": visible(line)[0][:60], "reason": str(refusal)}
                raise ValidationError(_("%(network)s: %(reason)s") % told) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the lines without what is no character of HTML."""
        return "\n".join(visible(line)[0] for line in (data or "").splitlines())


class DaysField(forms.IntegerField):
    """How many days a token is good for."""

    default_error_messages: ClassVar = dict.fromkeys(
        ("invalid", "min_value", "max_value"),
        gettext_lazy("Enter a number of days from 1 to 365."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Valid for (days)"), min_value=1, max_value=LONGEST.days, **kwargs
        )


class TokenForm(CustomersForm):
    """A token of this user, who has the rights to choose from."""

    key = VisibleCharField(widget=forms.HiddenInput)
    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("A name to recognize it by, such as the script that uses it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**NOT_LISTED, "required": CAPABILITY_NEEDED},
        initial=[Capability.SEE.value],
    )
    networks = NetworksField(
        label=gettext_lazy("Networks"),
        required=False,
        help_text=gettext_lazy(
            "Where it can be used from, one per line, such as 203.0.113.0/24. Without any, from"
            " everywhere."
        ),
    )
    days = DaysField(
        initial=DAYS,
        help_text=gettext_lazy("Up to 365. You get an email 14 days before it expires."),
    )
    may_do_grave = forms.BooleanField(
        label=gettext_lazy("Allow what the portal asks a second step for"),
        required=False,
        help_text=gettext_lazy(
            "Such as resetting an administrator's password, or making someone an administrator."
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, user: User) -> None:
        super().__init__(data, initial={"key": new_key()})
        held = capabilities_of(user)
        capabilities: Any = self.fields["capabilities"]
        capabilities.choices = [(one.value, WORDS[one].label) for one in held]
        if not address_of(user):
            self.fields["days"].help_text = _("Up to 365. The list marks it in its last 14 days.")
        if user.customer_id:
            # An administrator has no other than the own one.
            del self.fields["reach"], self.fields["customers"]
        else:
            self.offer(Customer.objects.visible_to(user))

    def meanings(self) -> list[tuple[Any, object]]:
        """Return each box of a permission with what it means."""
        return [(box, WORDS[Capability(box.data["value"])].meaning) for box in self["capabilities"]]

    def facts(self) -> TokenFacts:
        cleaned = self.cleaned_data
        return TokenFacts(
            name=cleaned["name"],
            capabilities=[Capability(value) for value in cleaned["capabilities"]],
            ends_at=timezone.now() + timedelta(days=cleaned["days"]),
            customers=self.chosen() if "reach" in self.fields else None,
            networks=cleaned["networks"],
            may_do_grave=cleaned["may_do_grave"],
        )

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        say_at_field(self, refusal)
