"""The details and permissions of a customer's user, for adding and for changing one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.text import capfirst
from django_countries import countries
from django_stubs_ext import StrPromise

from customers.forms.fields import VisibleCharField, VisibleEmailField, removal_notices
from customers.invisible import visible
from customers.models import Customer, Domain
from customers.roles import LIMITED_ROLES, Capability, Reach, Role, is_grave_change
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..models import User
from ..names import DISPLAY_NAME_LENGTH, NO_NAME, check_local_part

CONTACT_FIELDS = (
    "job_title",
    "department",
    "office",
    "office_phone",
    "mobile_phone",
    "fax",
    "alternate_email",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
)
SIGNS_IN_WITH_IT = gettext_lazy("Used to sign in. After a change only the new name works.")
SUBSCRIPTION_GONE = gettext_lazy(
    "A chosen subscription is no longer available. Check the list again."
)
MODEL_FIELDS = ("first_name", "last_name", "display_name", "usage_location", *CONTACT_FIELDS)


class UserNameField(forms.CharField):
    """The part before the @; invisible characters are an error, and leave the control after it."""

    default_error_messages = {
        "null_characters_not_allowed": gettext_lazy(
            "An invisible character can't be in a user name. Check what is left, then try again."
        )
    }

    def bound_data(self, data: Any, initial: Any) -> Any:
        return visible(data)[0] if isinstance(data, str) else data

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class FilledInput(forms.TextInput):
    """The control of a required field that the server can fill: the browser asks for nothing."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


def country_choices() -> list[tuple[str, str]]:
    return [("", _("Not set")), *((code, name) for code, name in countries)]


def _text(name: str, **attrs: str) -> forms.CharField:
    """Return the form field of a model field, with its label and its length."""
    field: models.CharField[str, str] = User._meta.get_field(name)  # type: ignore[assignment]
    return VisibleCharField(
        label=capfirst(field.verbose_name),
        required=False,
        max_length=field.max_length,
        widget=_input(**attrs),
    )


def _input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", **attrs})


class NamesForm(forms.Form):
    """A user's names; `removed` has a sentence for each field that lost invisible characters."""

    first_name = _text("first_name")
    last_name = _text("last_name")
    display_name = VisibleCharField(
        label=gettext_lazy("Display name"),
        max_length=DISPLAY_NAME_LENGTH,
        widget=FilledInput(
            attrs={
                "autocomplete": "off",
                "aria-required": "true",
                "data-fill-from": "id_first_name id_last_name",
            }
        ),
        error_messages={"required": NO_NAME},
    )
    user_name = UserNameField(
        label=gettext_lazy("User name"),
        widget=_input(autocapitalize="none", spellcheck="false"),
        error_messages={"required": gettext_lazy("Enter the user name: the part before the @.")},
    )
    domain = forms.ModelChoiceField(
        label=gettext_lazy("Domain"),
        queryset=Domain.objects.none(),
        empty_label=None,
        error_messages={
            "invalid_choice": gettext_lazy("This domain no longer exists. Choose one of these."),
            "required": gettext_lazy("Choose a domain."),
        },
    )

    def __init__(self, *args: Any, domains: "models.QuerySet[Domain]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.removed: list[str] = []
        self.domain_field.queryset = domains

    @property
    def domain_field(self) -> "forms.ModelChoiceField[Domain]":
        field: forms.ModelChoiceField[Domain] = self.fields["domain"]  # type: ignore[assignment]
        return field

    def typed_name(self) -> str:
        return f"{self.cleaned_data['user_name']}@{self.cleaned_data['domain'].name}"

    def clean_user_name(self) -> str:
        local_part: str = self.cleaned_data["user_name"]
        check_local_part(local_part)
        return local_part

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        composed = " ".join(filter(None, (cleaned.get("first_name"), cleaned.get("last_name"))))
        if composed and self.has_error("display_name", "required"):
            del self.errors["display_name"]
            cleaned["display_name"] = composed
        self.removed = removal_notices(self)
        return cleaned


class DetailsForm(NamesForm):
    """The details of a customer's user."""

    usage_location = forms.ChoiceField(
        label=gettext_lazy("Usage location"),
        choices=country_choices,
        required=False,
        help_text=gettext_lazy(
            "The country where the licenses are used. Required to assign licenses."
        ),
    )
    job_title = _text("job_title")
    department = _text("department")
    office = _text("office")
    office_phone = _text("office_phone", inputmode="tel")
    mobile_phone = _text("mobile_phone", inputmode="tel")
    fax = _text("fax", inputmode="tel")
    alternate_email = VisibleEmailField(
        label=gettext_lazy("Alternate email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    street = _text("street")
    city = _text("city")
    state = _text("state")
    postal_code = _text("postal_code")
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=country_choices, required=False
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, domains=customer.domains.all(), **kwargs)
        self.customer = customer

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        """Return what the form shows of an existing user."""
        values = {name: str(getattr(user, name)) for name in MODEL_FIELDS}
        local_part = user.user_name.rpartition("@")[0]
        return values | {"user_name": local_part, "domain": user.domain_id}

    def model_fields(self) -> dict[str, str]:
        """Return the cleaned values by field of the model, without user name and domain."""
        return {name: self.cleaned_data[name] for name in MODEL_FIELDS}


def roles_sent(sent: QueryDict) -> tuple[str, ...] | None:
    """Return the roles that a form, as it was sent, is to give; None where it says nothing."""
    chosen: dict[str | None, tuple[str, ...]] = {
        PermissionsMixin.USER: (),
        PermissionsMixin.GLOBAL: (Role.GLOBAL_ADMIN,),
        PermissionsMixin.LIMITED: tuple(sent.getlist("limited_roles")),
    }
    return chosen.get(sent.get("permission"))


def is_grave_form(sent: QueryDict, before: Iterable[str] = ()) -> bool:
    """Return whether a form, as it was sent, is a grave change of a user with these roles."""
    roles = roles_sent(sent)
    return roles is not None and is_grave_change(before, roles)


def subscriptions_field(label: StrPromise) -> forms.MultipleChoiceField:
    """Return the field for which subscriptions are to be had; the form fills in the choices."""
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": SUBSCRIPTION_GONE},
    )


class PermissionsMixin(forms.Form):
    """The choice of permissions: User, Global or Limited administrator with some areas."""

    USER, GLOBAL, LIMITED = "user", "global", "limited"

    permission = forms.ChoiceField(
        label=gettext_lazy("Permissions"),
        choices=[
            (USER, gettext_lazy("User")),
            (GLOBAL, Role.GLOBAL_ADMIN.label),
            (LIMITED, gettext_lazy("Limited administrator")),
        ],
        widget=forms.RadioSelect,
        initial=USER,
    )
    limited_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Areas"),
        choices=[(role.value, role.label) for role in LIMITED_ROLES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def limit_permissions(self, actor: User) -> None:
        """Offer no roles to an actor who does not reach administrators and so can't make one."""
        self.may_give_roles = actor.reach(Capability.MANAGE_USERS) == Reach.FULL
        if not self.may_give_roles:
            self.fields["permission"].choices = [(self.USER, _("User"))]  # type: ignore[attr-defined]

    @classmethod
    def initial_permissions(cls, user: User) -> dict[str, Any]:
        limited = [role.value for role in user.roles if role in LIMITED_ROLES]
        kind = cls.LIMITED if limited else cls.USER
        if Role.GLOBAL_ADMIN in user.roles:
            kind = cls.GLOBAL
        return {"permission": kind, "limited_roles": limited}

    def clean_limited_roles(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["limited_roles"]
        if self.cleaned_data.get("permission") == self.LIMITED and not chosen:
            raise ValidationError(_("Choose at least one area, or choose User."))
        return chosen

    def roles(self) -> tuple[Role, ...]:
        kind = self.cleaned_data["permission"]
        if kind == self.GLOBAL:
            return (Role.GLOBAL_ADMIN,)
        if kind == self.LIMITED:
            return tuple(Role(value) for value in self.cleaned_data["limited_roles"])
        return ()
