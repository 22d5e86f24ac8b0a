from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.formats import ENTER_DATE_AHEAD, figure, figure_lazy

from .models import Product
from .services.subscriptions import MAX_SEATS

LONGEST_TERM = timedelta(days=10 * 366)


def _seats_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Number of seats"),
        min_value=1,
        max_value=MAX_SEATS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter the number of seats."),
            "invalid": gettext_lazy("Enter a whole number, such as 25."),
            "min_value": gettext_lazy("A subscription has at least one seat."),
            "max_value": format_lazy(
                gettext_lazy("A subscription can have up to {seats} seats."),
                seats=figure_lazy(MAX_SEATS),
            ),
        },
    )


class SubscriptionAddForm(forms.Form):
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.none(),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a product."),
            "invalid_choice": gettext_lazy("This product is no longer offered. Choose another."),
        },
    )
    quantity = _seats_field()
    renews_on = forms.DateField(
        label=gettext_lazy("Renews on"),
        help_text=gettext_lazy("Renews automatically every year on this day."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the day of the renewal."),
            "invalid": ENTER_DATE_AHEAD,
        },
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, partner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Product.objects.offered_to(partner)
        field: Any = self.fields["product"]
        field.queryset = self.offered

    def clean_renews_on(self) -> date:
        day: date = self.cleaned_data["renews_on"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST_TERM:
            raise ValidationError(_("Choose a day from tomorrow on, within the next ten years."))
        return day


class SeatsForm(forms.Form):
    """The form of the seats; `seen` is what the page showed, lest a change be overwritten."""

    quantity = _seats_field()
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    next = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, assigned: int, reserved: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not assigned and not reserved:
            return
        text = _("Not fewer than the %(count)s assigned.")
        if reserved:
            text = _("Not fewer than the %(count)s assigned and %(reserved)s reserved.")
        facts = {"count": figure(assigned), "reserved": figure(reserved)}
        self.fields["quantity"].help_text = text % facts
