"""Three kinds of users, three forms: a customer's user, partner staff, support staff."""

from enum import StrEnum
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ServiceForm
from customers.models import Customer, Domain
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES, Role

from ..forms.details import CONTACT_FIELDS
from ..models import User
from ..names import check_local_part
from ..services.returns import strange_domain
from ..services.staff import StaffDetails

NAMES = ("first_name", "last_name", "display_name")
USER_FIELDS = (*NAMES, "usage_location", *CONTACT_FIELDS)
STAFF_FIELDS = (*NAMES, "alternate_email", "country")


class Kind(StrEnum):
    USER = "user"
    STAFF = "staff"
    SUPPORT = "support"

    @classmethod
    def of(cls, user: User) -> "Kind":
        if user.customer_id:
            return cls.USER
        return cls.STAFF if user.partner_id else cls.SUPPORT


def _roles(choices: tuple[Role, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Permissions"),
        choices=[(role.value, role.label) for role in choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class AnyUserForm(ServiceForm):
    """The form of any user; `values` are the cleaned details by field, `roles` what was ticked."""

    detail_fields: tuple[str, ...] = NAMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user_name" in self.fields:
            self.fields["user_name"].help_text = gettext("With its domain: name@domain.")
        if self.instance.pk and "roles" in self.fields:
            self.initial["roles"] = [role.value for role in self.instance.roles]

    def values(self) -> dict[str, str]:
        return {name: str(self.cleaned_data[name]) for name in self.detail_fields}

    def chosen_roles(self) -> tuple[Role, ...]:
        return tuple(Role(value) for value in self.cleaned_data["roles"])


class CustomerUserForm(AnyUserForm):
    detail_fields = USER_FIELDS
    roles = _roles(CUSTOMER_ROLES)
    domain: Domain

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not self.instance.pk and not cleaned.get("customer"):
            self.add_error("customer", gettext("Choose the customer."))
        customer: Customer | None = cleaned.get("customer") or self.instance.customer
        if not customer or not cleaned.get("user_name"):
            return cleaned
        self.local_part, _at, name = cleaned["user_name"].rpartition("@")
        try:
            check_local_part(self.local_part)
        except ValidationError as error:
            self.add_error("user_name", error)
        domain = customer.domains.filter(name=name.lower()).first()
        if domain is None:
            self.add_error("user_name", strange_domain(name))
        else:
            self.domain = domain
        return cleaned


class PartnerStaffForm(AnyUserForm):
    detail_fields = STAFF_FIELDS
    roles = _roles(STAFF_ROLES)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not self.instance.pk and not cleaned.get("partner"):
            self.add_error("partner", gettext("Choose the partner."))
        return cleaned

    def details(self) -> StaffDetails:
        data = self.cleaned_data
        return StaffDetails(
            data["user_name"],
            self.values(),
            roles=self.chosen_roles(),
            limited_to_customers=data["limited_to_customers"],
            only_customers=list(data["allowed_customers"]),
        )


class SupportForm(AnyUserForm):
    detail_fields = STAFF_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields.get("groups")
        if groups is None:
            return
        groups.queryset = Group.objects.exclude(name__in=Role.values).order_by("name")
        groups.help_text = gettext("Groups say what support staff may see and do here.")

    def details(self) -> StaffDetails:
        data = self.cleaned_data
        return StaffDetails(
            data["user_name"],
            self.values(),
            groups=list(data["groups"]),
            is_superuser=data["is_superuser"],
        )


FORMS: dict[Kind, type[AnyUserForm]] = {
    Kind.USER: CustomerUserForm,
    Kind.STAFF: PartnerStaffForm,
    Kind.SUPPORT: SupportForm,
}
OWNERS = {Kind.USER: ("customer",), Kind.STAFF: ("partner",), Kind.SUPPORT: ()}
RIGHTS = {
    Kind.USER: ("roles",),
    Kind.STAFF: ("roles", "limited_to_customers", "allowed_customers"),
    Kind.SUPPORT: ("is_superuser", "groups"),
}
