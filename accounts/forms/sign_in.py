from typing import Any

from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from customers.said import gettext_lazy as _

from ..models import User
from ..names import typed_user_name
from ..passwords import canonical
from ..signin.admission import NotAdmitted

NAME_LENGTH = 254
_MISSING = {
    "oldpassword": _("Enter your current password."),
    "password1": _("Enter a new password."),
    "password2": _("Type the new password again."),
}


class SignInNameField(forms.CharField):
    """A whole user name, however it was copied."""

    def to_python(self, value: Any) -> str:
        return typed_user_name(super().to_python(value) or "")


def hinted_name(request: HttpRequest | None) -> str:
    """Return the user name that an application has sent the browser with, to sign in there."""
    hint = request.GET.get("login_hint", "") if request else ""
    return typed_user_name(hint) if len(hint) <= NAME_LENGTH else ""


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = SignInNameField(
            label=_("User name"),
            max_length=NAME_LENGTH,
            widget=forms.TextInput(
                attrs={
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "autocomplete": "username",
                }
            ),
            error_messages={
                "required": _("Enter your user name."),
                "max_length": _("This is too long for a user name."),
            },
        )
        self.fields["login"].initial = hinted_name(self.request)
        self.fields["password"].error_messages["required"] = _("Enter your password.")
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any] | None:
        try:
            cleaned: dict[str, Any] | None = super().clean()
        except NotAdmitted as refusal:
            raise ValidationError(str(refusal)) from None
        return cleaned


class ChangePasswordForm(BaseChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("Confirm new password")
        self.fields["password1"].help_text = _("12 characters or more; a few words are fine.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, text in _MISSING.items():
            self.fields[name].error_messages["required"] = text

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        if password == self.cleaned_data.get("oldpassword"):
            raise ValidationError(_("Choose a password other than the current one."))
        return password


class ChoosePasswordForm(forms.Form):
    """The first password of one's own, in place of the temporary one."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=4096,
        help_text=_("12 characters or more; a few words are fine."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        error_messages={"required": _MISSING["password1"]},
    )
    password2 = forms.CharField(
        label=_("Confirm new password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _MISSING["password2"]},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        if self.user.check_password(canonical(password)):
            raise ValidationError(_("Choose a password other than the temporary one."))
        return password

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords don't match. Type both again."))
        return cleaned
