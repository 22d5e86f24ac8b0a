from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django_countries import countries

from ..models import Customer, Domain, domain_validator
from ..said import gettext as _
from ..said import gettext_lazy
from ..services.customers import name_problem
from ..services.domains import taken_message
from ..zones import CHOOSE_ZONE, by_region
from .fields import (
    CHOOSE_COUNTRY,
    COUNTRY_NEEDED,
    VisibleCharField,
    VisibleEmailField,
    removal_notices,
)
from .seen import SeenMixin

if TYPE_CHECKING:
    from accounts.models import User


def _domain_field(label: Any) -> VisibleCharField:
    return VisibleCharField(
        label=label,
        help_text=gettext_lazy("What follows the @ in user names, such as contoso.com."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Enter a domain such as contoso.com.")},
    )


class DomainCleanMixin(forms.Form):
    """A form that takes a domain as users write it; what is wrong is said in one sentence."""

    def clean_domain_name(self, name: str) -> str:
        domain = name.lower()
        domain_validator(domain)
        return domain


class CustomerForm(forms.Form):
    """The form of name, country and contact email."""

    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the customer's name.")},
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=lambda: [("", CHOOSE_COUNTRY), *((code, name) for code, name in countries)],
        help_text=Customer._meta.get_field("country").help_text,
        error_messages={"required": COUNTRY_NEEDED},
    )
    contact_email = VisibleEmailField(
        label=gettext_lazy("Contact email"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Where names and temporary passwords can be emailed."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user.limited_to_customers:
            self.fields["name"].help_text = _(
                "End it with a domain, as in Contoso (contoso.com): customers that you don't see"
                " may have the same name."
            )
        self.removed: list[str] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.removed = removal_notices(self)
        return cleaned

    def check_name(self, name: str, domains: Iterable[str], *, pk: int | None = None) -> None:
        named = Customer(pk=pk, partner=self.user.partner, name=name)
        if problem := name_problem(named, domains, by=self.user):
            self.add_error("name", problem)


class CustomerAddForm(DomainCleanMixin, CustomerForm):
    """The form of a new customer; `twin` is the same one, where the form came twice."""

    primary_domain = _domain_field(gettext_lazy("Primary domain"))
    field_order = ["name", "primary_domain", "country", "contact_email"]
    twin: Customer | None = None

    def clean_primary_domain(self) -> str:
        return self.clean_domain_name(self.cleaned_data["primary_domain"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.twin = self.find_twin()
        if self.twin is not None:
            return cleaned
        name, domain = cleaned.get("name"), cleaned.get("primary_domain")
        if name:
            self.check_name(name, [domain] if domain else [])
        if domain and Domain.objects.filter(name=domain).exists():
            self.add_error("primary_domain", taken_message())
        return cleaned

    def find_twin(self) -> Customer | None:
        values = self.cleaned_data
        return (
            Customer.objects.visible_to(self.user)
            .filter(
                name=values["name"],
                country=values["country"],
                contact_email=values["contact_email"],
                domains__in=Domain.objects.filter(name=values["primary_domain"], is_primary=True),
            )
            .first()
        )


def _zone_choices() -> list[tuple[str, Any]]:
    return [("", _("As the country has it")), ("UTC", "UTC"), *by_region()]


class CustomerChangeForm(SeenMixin, CustomerForm):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zone_choices,
        required=False,
        help_text=gettext_lazy("Scheduled actions run by this clock."),
        error_messages={"invalid_choice": CHOOSE_ZONE},
    )

    FIELDS = ("name", "country", "contact_email", "time_zone")

    def __init__(self, data: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        self.customer = customer
        super().__init__(data, row=customer, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "name" in self.changes():
            domains = self.customer.domains.values_list("name", flat=True)
            self.check_name(cleaned["name"], domains, pk=self.customer.pk)
        return cleaned

    def shown(self, field: str) -> str:
        value = super().shown(field)
        return countries.name(value) if field == "country" else value


class DomainForm(DomainCleanMixin, forms.Form):
    """The form of a further domain of a customer; `twin` is the one that it has already."""

    name = _domain_field(gettext_lazy("Domain"))
    twin: Domain | None = None

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.removed: list[str] = []

    def clean_name(self) -> str:
        name = self.clean_domain_name(self.cleaned_data["name"])
        self.removed = removal_notices(self)
        self.twin = self.customer.domains.filter(name=name).first()
        if self.twin is None and Domain.objects.filter(name=name).exists():
            raise ValidationError(taken_message(), code="domain-taken")
        return name
