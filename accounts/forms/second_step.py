"""Codes that are typed: at sign-in, as a proof later on, and to set up an authenticator app."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError

from customers.errors import Refused
from customers.said import gettext as _

from ..models import User
from ..services.second_steps import CODE, CodesSpent, check_codes, fitting_step, use_code
from ..signin.limits import is_known, take_step, wait_in_words


def code_field(label: Any, help_text: Any = "", *, digits_only: bool = False) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
    if digits_only:
        attrs["inputmode"] = "numeric"
    return forms.CharField(
        label=label,
        max_length=64,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": _("Enter the code.")},
    )


class TypedCodeMixin(forms.Form):
    """The check of a typed code, for allauth's knows spent codes by the cache alone."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(
            _("Code"), _("The 6 digits that your app shows, or one of your recovery codes.")
        )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        known = is_known(context.request, self.user.get_username())
        try:
            # First: what is not looked at does not use up the owner's next minutes.
            check_codes(self.user, known=known)
            release = take_step(context.request, self.user, CODE)
            found = use_code(self.user, code, known=known)
        except CodesSpent as spent:
            raise ValidationError(_none_taken(spent, known=known)) from None
        except Refused as refused:
            raise ValidationError(str(refused)) from None
        if found is None:
            raise ValidationError(
                _(
                    "This code is incorrect or was used before. Wait for the next code,"
                    " then try again."
                )
            )
        release()
        found.user = self.user
        self.authenticator = found
        return code


def _none_taken(spent: CodesSpent, *, known: bool) -> str:
    text = _(
        "Too many wrong codes within a day: no code is accepted for %(wait)s. Use a"
        " passkey if you have one, or ask the administrator who looks after your account"
        " to reset your two-step sign-in."
    )
    elsewhere = "" if known else _("They are accepted on a device where you have signed in before.")
    return f"{text % {'wait': wait_in_words(spent.seconds)}} {elsewhere}".strip()


class SecondStepForm(TypedCodeMixin, AuthenticateForm):
    """The code that follows the password, before the user is signed in."""


class ProofForm(TypedCodeMixin, ReauthenticateForm):
    """The code that a signed-in user proves themselves by."""


class AppForm(forms.Form):
    """The first code of a new authenticator app; `used_step` is its time step."""

    used_step: int

    def __init__(self, *args: Any, user: User, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.secret = user, secret
        help_text = _("6 digits, changes every 30 seconds.")
        self.fields["code"] = code_field(_("Code from the app"), help_text, digits_only=True)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        release = take_step(context.request, self.user, CODE)
        step = fitting_step(self.secret, code)
        if step is None:
            raise ValidationError(
                _("Incorrect code. Check that the clock of the device is right, then"
                  " type the code that the app shows now.")
            )  # fmt: skip
        release()
        self.used_step = step
        return code
