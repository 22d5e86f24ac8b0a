"""Whose mailbox an address is, and to whose no password goes."""

import unicodedata

from django.db.models import Q

from customers.models import Customer
from customers.said import gettext as _

from ..models import User


def kept_from(address: str, customer: Customer, owner: User | None = None) -> str:
    """Return why no password goes to this address, "" where it may.

    `owner` is the user whose password alone it would be. Looked at are the users of the customer's
    partner and its staff: another partner's can't be told of.
    """
    mailbox = _mailbox(address)
    if owner and mailbox == _mailbox(owner.user_name):
        return _(
            "The alternate email is the mailbox that the password opens. Enter another one, or hand"
            " the password over in another way."
        )
    partner = Q(customer__partner=customer.partner_id) | Q(partner=customer.partner_id)
    waiting = User.objects.active().filter(
        partner,
        username=mailbox,
        must_change_password=True,
        temporary_password_set_at__isnull=False,
    )
    if waiting.exists():
        return _(
            "The address is the mailbox of a user who can't sign in yet. Send it again when that"
            " user has signed in, or hand the password over in another way."
        )
    return ""


def _mailbox(address: str) -> str:
    """Return the address as user names are compared; with a +tag it is the same mailbox."""
    text = unicodedata.normalize("NFKC", address).strip().lower()
    local, _at, domain = text.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
