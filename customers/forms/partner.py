from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from ..branding.help_contact import NOTE_LENGTH, PHONE_LENGTH
from ..models import Partner
from .fields import VisibleCharField, VisibleEmailField, removal_notices
from .seen import SeenMixin


class HelpContactForm(SeenMixin):
    """The form of a partner's help contact; each part may be empty."""

    FIELDS = Partner.HELP_FIELDS

    removed: list[str]

    help_phone = VisibleCharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=PHONE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        validators=[
            RegexValidator(
                r"^[0-9+()/. \-]*[0-9][0-9+()/. \-]*\Z",
                gettext_lazy("Enter a phone number such as +1 555 0100."),
            )
        ],
    )
    help_email = VisibleEmailField(
        label=gettext_lazy("Email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Replies to emails with passwords go to this address."),
    )
    help_note = VisibleCharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For example the hours: Monday to Friday, 8:00 to 17:00."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.removed = removal_notices(self)
        return cleaned
