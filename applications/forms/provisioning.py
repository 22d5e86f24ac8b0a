from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from customers.forms.fields import VisibleCharField

from ..models import Leaving, Provisioning
from ..models.applications import ADDRESS_LENGTH
from ..services.provisioning.setting_up import Connection

TOKEN_LENGTH = 4_000


class ProvisioningForm(forms.Form):
    """Where an application takes accounts. The token that is kept is never shown again."""

    address = VisibleCharField(
        label=gettext_lazy("SCIM address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "As the application's own settings show it, such as https://chat.example/scim/v2."
        ),
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        max_length=TOKEN_LENGTH,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    leaving = forms.ChoiceField(
        label=gettext_lazy("When a user may no longer sign in"),
        choices=Leaving.choices,
        widget=forms.RadioSelect,
        initial=Leaving.DEACTIVATE,
    )

    def __init__(self, *args: Any, there: Provisioning | None = None, **kwargs: Any) -> None:
        if there is not None:
            kwargs["initial"] = {"address": there.address, "leaving": there.leaving}
        super().__init__(*args, **kwargs)
        self.fields["token"].required = there is None
        if there is not None:
            self.fields["token"].help_text = gettext_lazy("Leave it empty to keep the current one.")

    def connection(self) -> Connection:
        return Connection(**self.cleaned_data)
