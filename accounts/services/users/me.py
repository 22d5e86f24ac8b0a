"""What users change about themselves."""

from django.db import transaction

from customers.actions import Action
from customers.services import audit

from ...models import User


@transaction.atomic
def record_sign_in(user: User) -> None:
    """Log that this user has signed in, all steps done.

    A refused sign-in leaves no event: the time of a write would tell that the account is there, and
    a stranger could fill the log.
    """
    entry = audit.Entry(Action.SIGNED_IN, user)
    audit.record([entry], actor=user, customer=user.customer, partner=user.partner)


@transaction.atomic
def set_time_zone(user: User, time_zone: str) -> bool:
    """Set the zone that this user reads times in, "" for the browser's; return whether it
    changed.
    """
    fresh = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if fresh.time_zone == time_zone:
        return False
    changes = {"time_zone": [fresh.time_zone, time_zone]}
    fresh.time_zone = time_zone
    fresh.save(update_fields=["time_zone"])
    entry = audit.Entry(Action.USER_CHANGED, fresh, changes)
    audit.record([entry], actor=fresh, customer=fresh.customer, partner=fresh.partner)
    return True


@transaction.atomic
def set_list_columns(user: User, names: str) -> None:
    """Keep which columns this user's lists show, "" for the usual ones.

    How somebody looks at a list changes nothing that the log is read for.
    """
    User.objects.filter(pk=user.pk).update(list_columns=names)
