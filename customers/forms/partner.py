import re
from base64 import b64decode
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator

from ..branding.colors import COLOR
from ..branding.help_contact import NOTE_LENGTH, PHONE_LENGTH
from ..branding.look import NAME_LENGTH
from ..branding.pictures import LOGO_BYTES, Picture, read_picture, too_heavy
from ..errors import Refused
from ..formats import LOGO_CHANGED
from ..models import Partner
from ..said import gettext_lazy
from .fields import VisibleCharField, VisibleEmailField, removal_notices
from .seen import SeenMixin

# A logo that was chosen and not saved yet, as text.
KEPT_LOGO = "kept_logo"


is_phone = RegexValidator(
    r"^[0-9+()/. \-]*[0-9][0-9+()/. \-]*\Z",
    gettext_lazy("Enter a phone number such as +1 555 0100."),
)


class ColorField(VisibleCharField):
    """A color as #rrggbb, which may be typed shorter."""

    default_error_messages: ClassVar = {
        "color": gettext_lazy("Enter a color as # and six digits or letters, such as #1F5BC9.")
    }

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).strip().lower().removeprefix("#")
        if re.fullmatch(r"[0-9a-f]{3}", text):
            text = "".join(letter * 2 for letter in text)
        if text and not re.fullmatch(COLOR, f"#{text}"):
            raise forms.ValidationError(self.error_messages["color"], code="color")
        return f"#{text}" if text else ""


class LogoField(forms.FileField):
    """A picture, which becomes one of the portal's own making."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})
    default_error_messages: ClassVar = {
        "empty": gettext_lazy("This logo file is empty. Choose another one.")
    }

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            if file.size > LOGO_BYTES:
                raise too_heavy()
            # A form that is looked at once more has read it.
            file.seek(0)
            return read_picture(file.read())
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


class BrandingForm(SeenMixin):
    """The form of a partner's look and help contact; each part may be empty."""

    FIELDS = ("brand_name", "brand_color", *Partner.HELP_FIELDS, "logo_digest")

    removed: list[str]

    brand_name = VisibleCharField(
        label=gettext_lazy("Displayed name"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("In emails, on slips and, without a logo, in the top bar."),
    )
    logo = LogoField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, up to 1 MB. About 600 × 160 pixels with a transparent background"
            " looks best."
        ),
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("Remove logo"), required=False)
    brand_color = ColorField(
        label=gettext_lazy("Accent color"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "#1F5BC9"}
        ),
        help_text=gettext_lazy(
            "For the top bar, buttons and links. It is made darker or lighter where text would be"
            " hard to read."
        ),
    )
    help_phone = VisibleCharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=PHONE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        validators=[
            is_phone,
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

    def __init__(self, data: Any = None, files: Any = None, *, row: Partner) -> None:
        super().__init__(data, row=row, files=files)
        self.file_is_too_large = False
        # The logo that was chosen; the next Save has it too, as a browser sends a file once.
        self.picture: Picture | None = None
        if not row.logo_digest:
            del self.fields["remove_logo"]

    def clean_logo(self) -> Picture | None:
        if self.file_is_too_large:
            raise forms.ValidationError(str(too_heavy()))
        chosen: Picture | None = self.cleaned_data["logo"]
        if chosen is None and (kept := self.data.get(KEPT_LOGO)):
            with suppress(Refused, ValueError):
                chosen = read_picture(b64decode(kept, validate=True))
        self.picture = chosen
        return chosen

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "logo" in values:
            seen = values.get("seen_logo_digest", "")
            without = "" if values.get("remove_logo") else seen
            values["logo_digest"] = values["logo"].digest if values["logo"] else without
        cleaned = super().clean()
        self.removed = removal_notices(self)
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return the same; a file that was chosen is meant, even if it is what the page had."""
        logo = self.cleaned_data.get("logo")
        changes = super().changes()
        if logo and logo.digest != self.current["logo_digest"]:
            changes["logo_digest"] = logo.digest
        return changes

    def say_clash(self, field: str, text: str) -> None:
        if field == "logo_digest":
            text = str(LOGO_CHANGED)
        super().say_clash("logo" if field == "logo_digest" else field, text)
