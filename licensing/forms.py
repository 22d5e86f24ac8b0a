from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import Refused
from customers.formats import ENTER_DATE_AHEAD, PRICE_PER_SEAT, figure, figure_lazy

from .models import CURRENCY_LENGTH, PRICE_DIGITS, PRICE_PLACES, Product
from .prices import check_price
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


class PriceFields(forms.Form):
    """What a seat costs in a month, which may be left empty."""

    price = forms.DecimalField(
        label=PRICE_PER_SEAT,
        required=False,
        max_digits=PRICE_DIGITS,
        decimal_places=PRICE_PLACES,
        min_value=0,
        help_text=gettext_lazy(
            "Optional. Reports then say what unused seats cost. The customer's administrators see"
            " it too."
        ),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Enter an amount, such as 9.50.")},
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        required=False,
        max_length=CURRENCY_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=gettext_lazy("Three letters, such as EUR."),
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "price" in values and "currency" in values:
            try:
                check_price(values["price"], values["currency"])
            except Refused as refusal:
                self.add_error(refusal.field, str(refusal))
        return values


class PriceForm(PriceFields):
    """The form of the price alone; `seen` is what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class SubscriptionAddForm(PriceFields):
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
    field_order = ("product", "quantity", "renews_on", "price", "currency")

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
