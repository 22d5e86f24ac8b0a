"""Adding to a partner's team, or to support staff."""

from django.utils import timezone

from customers.actions import Action
from customers.models import Partner
from customers.services.transactions import transactional

from ...models import User
from ...passwords import hash_temporary_password, make_temporary_password
from .details import Issued, StaffDetails
from .locking import check_may
from .writing import log, save, set_fields, set_links, set_name


def add_staff(details: StaffDetails, *, partner: Partner | None, actor: User) -> Issued:
    """Add partner staff, or support staff where `partner` is None. Raises NamesTaken, Refused."""
    password = make_temporary_password(1)
    # Before the transaction: a slow hash must not be waited for under a lock.
    hashed = hash_temporary_password(password)
    return Issued(_add(details, hashed, partner=partner, actor=actor), password)


@transactional
def _add(details: StaffDetails, hashed: str, *, partner: Partner | None, actor: User) -> User:
    check_may([partner.pk if partner else None], actor=actor)
    user = User(
        partner=partner,
        is_staff=partner is None,
        password=hashed,
        must_change_password=True,
        temporary_password_set_at=timezone.now(),
    )
    set_name(user, details.user_name)
    changes = set_fields(user, details)
    save(user)
    changes |= set_links(user, details)
    log(Action.STAFF_ADDED, user, changes, actor=actor)
    return user
