"""A person's data, handed out: the log says to whom."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.roles import Capability
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import User
from ..personal import personal_data
from .users.locking import check_reach


@transactional
def export_person(person: User, *, actor: User) -> Iterator[str]:
    """The text of a file of JSON, which is read while it is written out, after the log was.

    Everybody may have their own. Refused for other people, but to whoever manages them.
    """
    if person.pk != actor.pk:
        _check_may(person, actor)
    entry = audit.Entry(Action.USER_EXPORTED, person)
    audit.record([entry], actor=actor, customer=person.customer, partner=person.partner)
    return personal_data(person)


def _check_may(person: User, actor: User) -> None:
    fresh = check_actor(actor, Capability.MANAGE_USERS, customer=person.customer)
    if fresh.is_staff:
        return
    if person.customer is None:
        raise Refused(
            _("Only they themselves can export the data of partner staff."), code="export-not-yours"
        )
    check_reach([person], actor=fresh, capability=Capability.MANAGE_USERS)
