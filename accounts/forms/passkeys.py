from typing import Any

from allauth.account.utils import url_str_to_user_pk
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from fido2.utils import websafe_decode

from customers import scope
from customers.forms.fields import SentJSONField, VisibleCharField
from customers.said import gettext_lazy as _

from ..models import User
from ..services.second_steps import refuse_step
from ..signin.allauth_internals import complete_authentication, parse_authentication_response
from ..signin.ceremonies import Purpose, check_purpose
from ..signin.limits import take_step
from ..signin.lookup import scope_of, user_signing_in
from ..signin.mfa import Type


class PasskeySignInForm(LoginWebAuthnForm):
    """A passkey in place of a password; it says whose it is, which is looked up by that alone."""

    credential = SentJSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]
        try:
            handle = websafe_decode(credential["response"]["userHandle"]).decode()
            # The passkey names this user, which proves nothing yet.
            user = user_signing_in(url_str_to_user_pk(handle))
        except (KeyError, OverflowError, TypeError, ValueError):
            user = None
        if user is None or not _is_verified(credential):
            raise get_adapter().validation_error("incorrect_code")
        check_purpose(Purpose.SIGN_IN)
        with scope.within(scope_of(user)):
            found: Authenticator = super().clean_credential()
        found.user = user
        return found


def _is_verified(credential: Any) -> bool:
    """Return whether the passkey says that it has asked for fingerprint, face or PIN.

    Raise ValidationError for what no browser sends. What it says is not yet known to be true.
    """
    try:
        parsed = parse_authentication_response(credential)
    except (AttributeError, KeyError):
        raise get_adapter().validation_error("incorrect_code") from None
    return bool(parsed.response.authenticator_data.is_user_verified())


class SecondPasskeyMixin(forms.Form):
    """A passkey of a known user: after the password, or as a proof later on."""

    user: User
    purpose: Purpose
    credential = SentJSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        """Return the passkey; a wrong one is an event, one that is not looked at is none."""
        credential = self.cleaned_data["credential"]
        is_verified = _is_verified(credential)
        release = take_step(context.request, self.user, Type.WEBAUTHN)
        try:
            check_purpose(self.purpose, self.user)
            found: Authenticator = complete_authentication(self.user, credential)
            if not is_verified:
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            refuse_step(self.user, Type.WEBAUTHN)
            raise
        release()
        return found


class SecondPasskeyForm(SecondPasskeyMixin, AuthenticateWebAuthnForm):
    """The passkey that follows the password, before the user is signed in."""

    purpose = Purpose.SECOND_STEP


class ProofPasskeyForm(SecondPasskeyMixin, ReauthenticateWebAuthnForm):
    """The passkey that a signed-in user proves themselves by."""

    purpose = Purpose.PROOF


class PasskeyForm(AddWebAuthnForm):
    """A passkey that the browser has made; without a name it gets one, for it exists already."""

    credential = SentJSONField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = VisibleCharField(
            label=_("Name"),
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            help_text=_("A name to recognize it by, such as the device that keeps it."),
        )

    def clean(self) -> dict[str, Any]:
        check_purpose(Purpose.REGISTRATION, self.user)
        try:
            cleaned: dict[str, Any] = super().clean()
        except (AttributeError, KeyError, TypeError, ValueError):
            # No browser sends this.
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned
