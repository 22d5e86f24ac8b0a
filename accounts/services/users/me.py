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
def set_preferences(user: User, *, time_zone: str, language: str) -> bool:
    """Set the zone and the language that this user reads in, "" for the browser's; return whether
    anything changed.
    """
    fresh = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    wanted = {"time_zone": time_zone, "language": language}
    changes = {
        name: [getattr(fresh, name), value]
        for name, value in wanted.items()
        if getattr(fresh, name) != value
    }
    if not changes:
        return False
    for name in changes:
        setattr(fresh, name, wanted[name])
    fresh.save(update_fields=list(changes))
    entry = audit.Entry(Action.USER_CHANGED, fresh, changes)
    audit.record([entry], actor=fresh, customer=fresh.customer, partner=fresh.partner)
    return True


@transaction.atomic
def set_list_columns(user: User, names: str) -> None:
    """Keep which columns this user's lists show, "" for the usual ones.

    How somebody looks at a list changes nothing that the log is read for.
    """
    User.objects.filter(pk=user.pk).update(list_columns=names)
