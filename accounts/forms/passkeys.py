from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.fields import VisibleCharField


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
