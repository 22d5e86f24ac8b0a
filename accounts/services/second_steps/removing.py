"""Taking second steps away: one's own, or those of users who lost theirs."""

from collections.abc import Iterable, Sequence

from allauth.mfa.models import Authenticator

from customers.actions import Action
from customers.errors import Refused
from customers.models import Customer, Partner
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ...models import User
from ...signin.mfa import STEPS, Type, must_have_second_step
from ..access import end_access
from ..staff.locking import NOT_OF_INTEGRATIONS
from ..users.locking import check_not_self, check_reach, deleted_message, ids_of
from .record import lock_user, log


@transactional
def remove_step(authenticator: Authenticator, *, actor: User) -> None:
    """Remove one's own app or passkey. With the last one go the recovery codes.

    Refused where it is the last one of a user who must have one. Gone already: nothing to do.
    """
    fresh = lock_user(actor)
    own = Authenticator.objects.filter(user=fresh)
    found = own.filter(pk=authenticator.pk, type__in=STEPS).first()
    if found is None:
        return
    is_last = not own.filter(type__in=STEPS).exclude(pk=found.pk).exists()
    if is_last and must_have_second_step(fresh):
        raise Refused(
            _("Your account needs a second step, and this is the only one. Set up another first."),
            code="last-second-step",
        )
    personal = {"name": str(found)} if found.type == Type.WEBAUTHN else {}
    gone = own if is_last else own.filter(pk=found.pk)
    gone.delete()
    log(Action.STEP_REMOVED, fresh, {"kind": found.type}, actor=fresh, personal=personal)


@transactional
def reset_second_factor(users: Iterable[User | int], *, actor: User, reason: str = "") -> int:
    """Take away every second step of users who lost theirs; return how many had one.

    Every session of these users ends; those who must have a second step set one up at the next
    sign-in. Refused for oneself, for the deleted, and for whom the actor's role does not reach: a
    customer's users as by reset_passwords, partner staff by MANAGE_TEAM of their partner, support
    staff by a superuser.
    """
    rows = lock_reachable(users, actor=actor)
    having = set(
        Authenticator.objects.filter(user__in=rows).values_list("user_id", flat=True).distinct()
    )
    found = [row for row in rows if row.pk in having]
    Authenticator.objects.filter(user__in=found).delete()
    end_access(found)
    for owner, own in by_owner(found).items():
        entries = [audit.Entry(Action.STEP_RESET, row) for row in own]
        customer, partner = owner
        audit.record(entries, actor=actor, customer=customer, partner=partner, reason=reason)
    return len(found)


def lock_reachable(users: Iterable[User | int], *, actor: User) -> list[User]:
    """Return the living rows, locked. Refused as reset_second_factor says."""
    # First the locks, then the rows, as locking.lock_users says; in the order of their ids.
    wanted = User.objects.select_for_update(no_key=True).filter(pk__in=set(ids_of(users)))
    locked = list(wanted.order_by("pk").values_list("pk", flat=True))
    own = User.objects.with_roles().select_related("customer", "partner", "deleted_by")
    rows = list(own.filter(pk__in=locked).order_by("pk"))
    check_not_self(rows, actor=actor, message=_("Choose Two-step sign-in, under your name."))
    if gone := [row for row in rows if row.deleted_at]:
        raise Refused(deleted_message(gone[0]), code="user-deleted")
    if any(row.is_machine for row in rows):
        raise Refused(str(NOT_OF_INTEGRATIONS), code="not-of-integrations")
    _check_may(rows, actor)
    return rows


def by_owner(rows: Iterable[User]) -> dict[tuple[Customer | None, Partner | None], list[User]]:
    """Return the users by their customer and partner, whose logs they are told in."""
    found: dict[tuple[Customer | None, Partner | None], list[User]] = {}
    for row in rows:
        found.setdefault((row.customer, row.partner), []).append(row)
    return found


def _check_may(rows: Sequence[User], actor: User) -> None:
    """Refuse users beyond the actor's reach; for support staff the admin has asked before."""
    if not any(row.customer_id for row in rows):
        fresh = check_actor(actor, Capability.MANAGE_TEAM)
    else:
        fresh = check_actor(actor, Capability.RESET_PASSWORDS)
    barred = Refused(
        _("You can't reset the two-step sign-in of these users."), code="second-step-beyond-reach"
    )
    if fresh.is_staff:
        if not fresh.is_superuser and any(row.is_staff for row in rows):
            raise barred
        return
    users = [row for row in rows if row.customer_id]
    staff = [row for row in rows if not row.customer_id]
    if staff and not fresh.can(Capability.MANAGE_TEAM):
        raise barred
    if any(row.partner_id != fresh.partner_id for row in staff):
        raise barred
    customers = {row.customer_id for row in users if row.customer_id}
    if Customer.objects.visible_to(fresh).filter(pk__in=customers).count() != len(customers):
        raise barred
    check_reach(users, actor=fresh, capability=Capability.RESET_PASSWORDS)
