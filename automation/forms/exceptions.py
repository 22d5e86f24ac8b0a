"""Whom an exception to a rule is made for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import USER_NAME_LENGTH
from customers.forms.fields import VisibleCharField
from customers.forms.reason import ReasonForm
from customers.models import Customer


class ExceptionForm(ReasonForm):
    """A living user of the customer, by the user name."""

    field_order = ("user_name", "reason")

    user_name = VisibleCharField(
        label=gettext_lazy("User name"),
        max_length=USER_NAME_LENGTH,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    user: User

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def clean_user_name(self) -> str:
        typed: str = self.cleaned_data["user_name"]
        users = User.objects.active().filter(customer=self.customer)
        found = users.filter(username=typed.strip().lower()).first()
        if found is None:
            text = _("%(customer)s has no user with this name. Enter the whole user name.")
            raise ValidationError(text % {"customer": self.customer.name})
        self.user = found
        return typed
