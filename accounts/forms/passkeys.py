from typing import Any

from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from customers import scope
from customers.forms.fields import VisibleCharField

from ..models import User
from ..people import person_of_id, scope_of


class PasskeySignInForm(LoginWebAuthnForm):
    """A passkey in place of a password; it says whose it is, which is looked up by that alone."""

    def clean_credential(self) -> Authenticator:
        person = _named(self.cleaned_data["credential"])
        if person is None:
            raise get_adapter().validation_error("incorrect_code")
        with scope.within(scope_of(person)):
            found: Authenticator = super().clean_credential()
        found.user = person
        return found


def _named(credential: Any) -> User | None:
    """Whom the passkey names; that it is right is not said by that."""
    try:
        handle = websafe_decode(credential["response"]["userHandle"]).decode()
        return person_of_id(url_str_to_user_pk(handle))
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


class PasskeyForm(AddWebAuthnForm):
    """A passkey that the browser has made; without a name it gets one, for it exists already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"] = VisibleCharField(
            label=_("Name"),
            required=False,
            max_length=60,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            help_text=_("By which you tell it from others, such as the device that keeps it."),
        )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (TypeError, ValueError):
            # No browser sends this.
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned
