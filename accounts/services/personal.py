"""A person's data, handed out: the log says to whom."""

from collections.abc import Iterator

from customers.actions import Action
from customers.services import audit
from customers.services.transactions import transactional

from ..models import User
from ..personal import personal_data


@transactional
def export_person(person: User, *, actor: User) -> Iterator[str]:
    """The text of a file of JSON, which is read while it is written out, after the log was."""
    entry = audit.Entry(Action.USER_EXPORTED, person)
    audit.record([entry], actor=actor, customer=person.customer, partner=person.partner)
    return personal_data(person)
