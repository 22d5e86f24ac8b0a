"""Taking the locks of people, and what every verb checks once it holds them."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability, Reach, Role

from ...models import User


def lock_users(users: Iterable[User | int], *, customer: Customer) -> list[User]:
    """The fresh rows of those who are still there, locked in the order of their ids."""
    ids = {user if isinstance(user, int) else user.pk for user in users}
    rows = (
        User.objects.with_roles()
        .select_for_update(no_key=True, of=("self",))
        .filter(customer=customer, pk__in=ids)
        .order_by("pk")
    )
    return list(rows)


def lock_one(user: User, *, customer: Customer) -> User:
    """The fresh row; Refused when the person was deleted meanwhile, naming by whom."""
    rows = lock_users([user], customer=customer)
    if not rows:
        raise Refused(_("%(name)s was removed meanwhile.") % {"name": user.display_name})
    if rows[0].deleted_at:
        raise Refused(deleted_message(rows[0]))
    return rows[0]


def deleted_message(user: User) -> str:
    if user.deleted_by:
        return _("%(name)s was deleted meanwhile by %(who)s.") % {
            "name": user.display_name,
            "who": user.deleted_by.display_name,
        }
    return _("%(name)s was deleted meanwhile.") % {"name": user.display_name}


def check_reach(users: Iterable[User], *, actor: User, capability: Capability) -> None:
    """Refused, naming them, where somebody is an administrator and the actor's roles stop there."""
    if actor.reach(capability) != Reach.LIMITED:
        return
    barred = [user.display_name for user in users if user.is_administrator]
    if barred:
        raise Refused(
            _("Your role does not reach administrators: %(names)s.") % {"names": ", ".join(barred)}
        )


def check_not_self(users: Iterable[User], *, actor: User, message: str) -> None:
    if any(user.pk == actor.pk for user in users):
        raise Refused(message)


def check_roles(roles: Collection[Role], *, actor: User) -> None:
    """Nobody gives a role above their own."""
    if roles and actor.reach(Capability.MANAGE_USERS) == Reach.LIMITED:
        raise Refused(_("Your role can't make somebody an administrator. Choose User."))
