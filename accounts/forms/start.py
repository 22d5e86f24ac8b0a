"""The first day of a user, as forms ask for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


def start_field(**more: Any) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Start date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a date such as 2027-03-31.")},
        **more,
    )
