"""Taking all licenses that users have, whichever these are by then."""

from collections.abc import Callable, Sequence

from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability
from customers.services import batches
from customers.services.transactions import transactional
from licensing.models import LicenseAssignment

from ...models import User
from ..users.locking import ids_of, take_crowd
from .changing import change_licenses
from .planning import LicenseChange

TAKE = LicenseChange(have=False)
# Called first of all, in the transaction, with whose licenses are to be taken, by whom and why:
# whatever would give them again lets go of these users.
LetGo = Callable[[Sequence[int], Customer, User, str], None]

_before: list[LetGo] = []


def before_all_are_taken(act: LetGo) -> None:
    """Have this called before all licenses of users are taken; an app above says so when ready."""
    if act not in _before:
        _before.append(act)


@transactional
def take_all_licenses(
    users: Sequence[User | int],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Take what these users hold once they are locked; the deleted are left out, with a reason.

    Raises AlreadyDone; Refused when all of them are deleted.
    """
    batch = batch or batches.open_batch(
        BatchKind.LICENSES, actor=actor, customer=customer, key=key, reason=reason
    )
    for act in _before:
        act(ids_of(users), customer, actor, batch.reason)
    crowd = take_crowd(users, customer=customer, actor=actor, capability=Capability.MANAGE_LICENSES)
    live = LicenseAssignment.objects.live().filter(
        subscription__customer=customer, user__among=list(crowd.living)
    )
    held = live.order_by("subscription").values_list("subscription", flat=True).distinct()
    return change_licenses(
        users,
        dict.fromkeys(held, TAKE),
        customer=customer,
        actor=actor,
        # It is short of no seat; those who may lack it are the deleted.
        as_many_as_fit=True,
        batch=batch,
    )
