"""What is asked, besides whether, before something is done to many people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from customers.forms.fields import VisibleCharField
from customers.forms.reason import ReasonForm

from ..models import User
from .details import PermissionsMixin

_DEPARTMENT_LENGTH: int = User._meta.get_field("department").max_length  # type: ignore[assignment]


class DeedForm(ReasonForm):
    """Nothing but why: all of these do what their name says."""

    def request(self) -> dict[str, Any]:
        """What the verb is given, as JSON has it."""
        reason = self.cleaned_data["reason"]
        return {"reason": reason} if reason else {}


class ChangeForm(DeedForm):
    """The same for all; nothing is chosen beforehand, so that no click alone changes people.

    `actor` is whoever chooses: what their role can't give is not offered.
    """

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Choose a country")), *countries]


class LocationForm(ChangeForm):
    usage_location = forms.ChoiceField(
        label=_("Usage location"),
        choices=_countries,
        help_text=_("The country where the licenses are used."),
        error_messages={
            "required": _("Choose a country."),
            "invalid_choice": _("Choose a country from the list."),
        },
    )

    def request(self) -> dict[str, Any]:
        location = self.cleaned_data["usage_location"]
        return super().request() | {"fields": {"usage_location": location}}


class DepartmentForm(ChangeForm):
    department = VisibleCharField(
        label=_("Department"),
        required=False,
        max_length=_DEPARTMENT_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remove = forms.BooleanField(label=_("Remove the department"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        department, remove = cleaned.get("department"), cleaned.get("remove")
        if department and remove:
            self.add_error("remove", _("Either enter a department, or remove it."))
        elif department == "" and not remove:
            self.add_error("department", _("Enter a department, or choose to remove it."))
        return cleaned

    def request(self) -> dict[str, Any]:
        return super().request() | {"fields": {"department": self.cleaned_data["department"]}}


class PermissionsForm(PermissionsMixin, ChangeForm):
    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, initial={"permission": None}, **kwargs)
        self.fields["permission"].error_messages["required"] = _("Choose the permissions.")
        self.limit_permissions(actor)

    def request(self) -> dict[str, Any]:
        return super().request() | {"roles": [role.value for role in self.roles()]}
