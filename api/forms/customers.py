"""For which customers something is: for all, or for those that are checked."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from applications.services.applications import NO_CUSTOMER
from customers.forms.fields import ALL, ALL_CUSTOMERS, CHOSEN_CUSTOMERS, NOT_LISTED, SOME
from customers.models import Customer, CustomerQuerySet


class CustomersForm(forms.Form):
    """The two fields that say it; `offer` has those to choose from, `everywhere` what all means."""

    everywhere = ALL_CUSTOMERS

    reach = forms.ChoiceField(
        label=gettext_lazy("Customers"),
        choices=[(ALL, everywhere), (SOME, CHOSEN_CUSTOMERS)],
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
        initial=ALL,
    )
    customers = forms.ModelMultipleChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Chosen customers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )

    def offer(self, open_customers: CustomerQuerySet) -> None:
        reach: Any = self.fields["reach"]
        reach.choices = [(ALL, self.everywhere), *reach.choices[1:]]
        customers: Any = self.fields["customers"]
        customers.queryset = open_customers.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reach") == SOME and not cleaned.get("customers", True):
            self.add_error("customers", NO_CUSTOMER)
        return cleaned

    def chosen(self) -> Collection[Customer] | None:
        """Return the chosen customers, or None for all."""
        return list(self.cleaned_data["customers"]) if self.cleaned_data["reach"] == SOME else None
