"""The form of an integration: its name, roles and customers."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.errors import Refused
from customers.forms.fields import ALL, NOT_LISTED, SOME, VisibleCharField, say_at_field
from customers.models import Partner
from customers.roles import STAFF_ROLES, Role

from ..models.tokens import NAME_LENGTH
from ..services.integrations import version_of
from .customers import CustomersForm


class IntegrationForm(CustomersForm):
    seen = VisibleCharField(widget=forms.HiddenInput, required=False)
    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("The script or service that uses it, such as Nightly import."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, role.label) for role in STAFF_ROLES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            **NOT_LISTED,
            "required": gettext_lazy("Choose at least one role."),
        },
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        partner: Partner,
        integration: User | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(integration) if integration else None)
        self.offer(partner.customers.all())

    def chosen_roles(self) -> tuple[Role, ...]:
        return tuple(Role(value) for value in self.cleaned_data["roles"])

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        say_at_field(self, refusal)


def _initial(integration: User) -> dict[str, object]:
    return {
        "seen": version_of(integration),
        "name": integration.display_name,
        "roles": [role.value for role in integration.roles],
        "reach": SOME if integration.limited_to_customers else ALL,
        "customers": integration.allowed_customers.all(),
    }
