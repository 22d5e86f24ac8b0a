"""The field for why something is done, which the activity log keeps."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ..errors import Refused
from ..models import AuditEvent
from ..said import gettext_lazy as _
from .fields import VisibleCharField

_LENGTH: int = AuditEvent._meta.get_field("reason").max_length  # type: ignore[assignment]


LABEL = _("Reason or ticket")


class ReasonForm(forms.Form):
    reason = VisibleCharField(
        label=LABEL,
        required=False,
        max_length=_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Optional. Saved in the activity log. Don't enter personal names."),
    )


def told_reason(post: Mapping[str, Any]) -> str:
    """Return the reason sent along with another form. Raise Refused when it can't be kept."""
    form = ReasonForm(post)
    if not form.is_valid():
        raise Refused(
            f"{form.fields['reason'].label}: {form.errors['reason'][0]}",
            code="reason-wrong",
            field="reason",
        )
    return str(form.cleaned_data["reason"])
