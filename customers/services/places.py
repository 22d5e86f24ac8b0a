"""What a user keeps of customers for themselves: a star, and that they were opened."""

from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..errors import Refused
from ..models import Customer
from ..places.rows import REMEMBERED, Favorite, Visit
from ..roles import Capability
from ..said import gettext as _
from .permission import check_actor
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User

# More stars would mark nothing.
MOST_FAVORITES = 50


@transactional
def set_favorite(customer: Customer, *, on: bool, actor: "User") -> None:
    """Mark a customer with the actor's star, or take it off; twice is as once."""
    check_actor(actor, Capability.SEE, customer=customer)
    own = Favorite.objects.filter(owner=actor)
    if not on:
        own.filter(customer=customer).delete()
        return
    if own.exclude(customer=customer).count() >= MOST_FAVORITES:
        raise Refused(
            _("You can have up to %(count)s favorites. Remove one first.")
            % {"count": MOST_FAVORITES},
            code="too-many-favorites",
        )
    Favorite.objects.get_or_create(owner=actor, customer=customer)


def note_visit(customer: int, user: int | None, *, actor: "User") -> None:
    """Remember that the actor has opened a customer or one of its users, and forget the oldest.

    The page has asked before whether the actor may see it. What another tab notes at this moment
    is noted by that one, and who is removed now is not remembered.
    """
    # The key of who was removed is missed at the end of the transaction.
    with suppress(IntegrityError), transaction.atomic():
        _note(customer, None, actor)
        if user is not None:
            _note(customer, user, actor)


def _note(customer: int, user: int | None, actor: "User") -> None:
    own = Visit.objects.filter(owner=actor, user__isnull=user is None)
    same = own.filter(customer=customer) if user is None else own.filter(user=user)
    if same.update(at=timezone.now()):
        return
    Visit.objects.create(owner=actor, customer_id=customer, user_id=user, at=timezone.now())
    oldest = own.order_by("-at", "-pk").values_list("pk", flat=True)[REMEMBERED:]
    Visit.objects.filter(pk__in=list(oldest)).delete()
