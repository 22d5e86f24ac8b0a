"""Filters by name: what a user looks for again and again, or a whole team does."""

from django.db import IntegrityError, transaction

from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import SavedFilter, User
from ..queries.filters import UserFilter


@transactional
def save_filter(
    name: str,
    found: UserFilter,
    *,
    customer: Customer,
    actor: User,
    is_shared: bool = False,
    is_general: bool = False,
) -> SavedFilter:
    """Save a filter for oneself or, shared, for the team; for this customer or, general, for all.

    Refused where one that the user can pick here has that name, and where a general one names what
    only this customer has.
    """
    check_actor(actor, Capability.SEE, customer=customer)
    if is_general and found.subscription:
        raise Refused(
            _("This filter names a subscription of %(customer)s: save it for this customer alone.")
            % {"customer": customer.name},
            code="filter-of-one-customer",
            field="is_general",
        )
    if is_general and actor.customer_id:
        raise Refused(
            _("You look after one customer."), code="filter-of-one-customer", field="is_general"
        )
    if SavedFilter.objects.open_to(actor, customer).filter(name__iexact=name).exists():
        raise Refused(_taken_message(), code="filter-name-taken", field="name")
    saved = SavedFilter(
        owner=actor,
        customer=None if is_general else customer,
        name=name,
        query=found.query(),
        is_shared=is_shared,
    )
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        raise Refused(_taken_message(), code="filter-name-taken", field="name") from None
    return saved


def _taken_message() -> str:
    return _(
        "A filter with this name already exists. Choose another name, or delete that filter first."
    )


@transactional
def delete_filter(saved: SavedFilter, *, actor: User) -> None:
    """Delete the actor's own filter. Refused for another user's."""
    check_actor(actor, Capability.SEE)
    if saved.owner_id != actor.pk:
        raise Refused(
            _("Only the user who saved this filter can delete it."), code="filter-not-yours"
        )
    saved.delete()
