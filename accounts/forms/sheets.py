from typing import Any

from django import forms

from customers.models import Customer
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..models import MailTo, User
from ..services.mail import own_address


class MailForm(forms.Form):
    """Where the passwords go. `users` is how many are on the sheet, `with_address` how many of
    them have an alternate email."""

    to = forms.ChoiceField(
        label=gettext_lazy("Send to"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whom to send the passwords to.")},
    )

    def __init__(
        self,
        *args: Any,
        actor: User,
        customer: Customer,
        users: int,
        with_address: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.users, self.with_address = users, with_address
        choices = [(MailTo.SELF.value, _("Me, %(address)s") % {"address": own_address(actor)})]
        if customer.contact_email:
            contact = _("The customer's contact, %(address)s") % {"address": customer.contact_email}
            choices.append((MailTo.CONTACT.value, contact))
        if with_address:
            text = ngettext(
                "Each user's alternate email: %(have)s of %(count)s has one",
                "Each user's alternate email: %(have)s of %(count)s have one",
                with_address,
            )
            each = text % {"have": with_address, "count": users}
            choices.append((MailTo.USER.value, each))
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
