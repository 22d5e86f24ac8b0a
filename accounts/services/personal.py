"""The export of a user's data: who may have it, and that the log says to whom it went."""

from collections.abc import Iterator

from customers.actions import Action
from customers.errors import Refused
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import User
from ..personal import personal_data
from .users.locking import check_reach


@transactional
def export_user(user: User, *, actor: User) -> Iterator[str]:
    """Return the text of a JSON file with a user's data, read while it is written out.

    That it was handed out is in the log before. Every user may have their own; Refused for those of
    others, but to users who manage them.
    """
    if user.pk != actor.pk:
        fresh = check_actor(actor, Capability.MANAGE_USERS, customer=user.customer)
        if not fresh.is_staff and user.customer is None:
            raise Refused(
                _("Only they themselves can export the data of partner staff."),
                code="export-not-yours",
            )
        if not fresh.is_staff:
            check_reach([user], actor=fresh, capability=Capability.MANAGE_USERS)
    entry = audit.Entry(Action.USER_EXPORTED, user)
    audit.record([entry], actor=actor, customer=user.customer, partner=user.partner)
    return personal_data(user)
