"""Taking the locks of users, and what every service checks once it holds them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from customers import progress
from customers.errors import Refused
from customers.formats import TOLD, first_of
from customers.models import Batch, BatchItem, Customer, Outcome
from customers.roles import CUSTOMER_ROLES, Capability, Reach, Role
from customers.said import gettext as _
from customers.said import gettext_lazy, joined
from customers.services import batches
from customers.services.audit import named
from customers.services.permission import check_actor

from ...models import User
from ...queries.user_briefs import Brief, briefs_of

ALL_GONE = gettext_lazy("These users have been deleted permanently.")

MAKES_NO_ADMINISTRATOR = gettext_lazy("Your role can't make a user an administrator. Choose User.")

LeftUser = tuple[User, Outcome, str]
Verdict = tuple[Outcome, str] | None
Why = Callable[[User], Verdict]
# Also of those services for which nobody is loaded.
WhyBrief = Callable[[User | Brief], Verdict]


@dataclass(frozen=True, slots=True)
class LockedUsers:
    """Fresh rows, locked in the order of their ids; the actor too, as they are now."""

    rows: list[User]
    actor: User

    def sort_out(self, *reasons: Why) -> tuple[list[User], list[LeftUser]]:
        """Return to whom it can be done, and to whom not, with why. Refused when nobody remains."""
        todo: list[User] = []
        left: list[LeftUser] = []
        for row in self.rows:
            found = next((why for reason in reasons if (why := reason(row))), None)
            if found:
                left.append((row, *found))
            else:
                todo.append(row)
        if not todo:
            raise Refused(reasons_of(left), code="nobody-left")
        return todo, left


def reasons_of(left: Sequence[tuple[User | Brief, Outcome, str]]) -> str:
    """Return why nobody remains, in sentences."""
    if not left:
        return str(ALL_GONE)
    return joined(first_of(dict.fromkeys(text for _row, _outcome, text in left)))


def ids_of(users: Iterable[User | int]) -> list[int]:
    """Return the ids of users, who may be given by id already."""
    return [user if isinstance(user, int) else user.pk for user in users]


def take_users(
    users: Iterable[User | int], *, customer: Customer, actor: User, capability: Capability
) -> LockedUsers:
    """Lock these users. Refused when the actor may no longer do this at all.

    An administrator of the same customer is locked along with them: of two who delete each other
    only one succeeds.
    """
    ids = set(ids_of(users))
    colleague = actor.customer_id is not None and actor.customer_id == customer.pk
    rows = lock_users(ids | {actor.pk} if colleague else ids, customer=customer)
    fresh = check_actor(actor, capability, customer=customer, known=rows)
    return LockedUsers([row for row in rows if row.pk in ids], fresh)


def lock_users(users: Iterable[User | int], *, customer: Customer) -> list[User]:
    """Return the fresh rows of those who are still there, locked in the order of their ids.

    First the locks, then the rows: what is joined to a row that had to be waited for, its roles and
    by whom it was deleted, would be of the time before.
    """
    locked = _lock(ids_of(users), customer)
    rows = User.objects.with_roles().select_related("deleted_by").filter(pk__among=locked)
    found = list(rows.order_by("pk"))
    progress.advance(len(found))
    return found


def _lock(ids: Iterable[int], customer: Customer) -> list[int]:
    own = User.objects.filter(customer=customer, pk__among=set(ids)).order_by("pk")
    return list(own.select_for_update(no_key=True).values_list("pk", flat=True))


def take_briefs(
    ids: Iterable[int], *, customer: Customer, actor: User, capability: Capability
) -> tuple[dict[int, Brief], User]:
    """Lock as take_users, in few columns; return the users by id, and the actor as they are
    now.
    """
    wanted = set(ids)
    colleague = actor.customer_id is not None and actor.customer_id == customer.pk
    locked = _lock(wanted | {actor.pk} if colleague else wanted, customer)
    fresh = check_actor(actor, capability, customer=customer)
    found = briefs_of(wanted.intersection(locked), customer)
    progress.advance(len(found))
    return found, fresh


@dataclass(frozen=True, slots=True)
class Crowd:
    """Locked users in as few words as a change of very many needs."""

    # By id, the name as the log has it.
    living: dict[int, str]
    deleted: list[int]
    removed: set[int]

    def deleted_users(self) -> list[User]:
        """Return the first of the deleted, with who did it."""
        if not self.deleted:
            return []
        rows = User.objects.select_related("deleted_by").filter(pk__in=self.deleted[:TOLD])
        return list(rows.order_by("pk"))


def take_crowd(
    users: Iterable[User | int], *, customer: Customer, actor: User, capability: Capability
) -> Crowd:
    """Lock as take_users, without loading a single user."""
    ids = set(ids_of(users))
    colleague = actor.customer_id is not None and actor.customer_id == customer.pk
    wanted = ids | {actor.pk} if colleague else ids
    rows = (
        User.objects.filter(customer=customer, pk__among=wanted)
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
        .values_list("pk", "display_name", "user_name", "deleted_at")
    )
    found = [row for row in rows if row[0] in ids]
    progress.advance(len(found))
    check_actor(actor, capability, customer=customer)
    living = {pk: named(name, user_name) for pk, name, user_name, gone in found if not gone}
    deleted_ids = [pk for pk, _name, _user_name, gone in found if gone]
    return Crowd(living, deleted_ids, ids - living.keys() - set(deleted_ids))


def lock_one(user: User, locked: LockedUsers) -> User:
    """Return the fresh row. Refused when the user was deleted meanwhile, naming by whom."""
    if not locked.rows:
        raise Refused(removed_message(user), code="user-gone")
    if locked.rows[0].deleted_at:
        raise Refused(deleted_message(locked.rows[0]), code="user-deleted")
    return locked.rows[0]


def removed_message(user: User) -> str:
    """Return the sentence for a user who was deleted permanently meanwhile."""
    return _("%(name)s has been removed.") % {"name": user.display_name}


def deleted_message(user: User | Brief) -> str:
    """Return the sentence for a user who was deleted meanwhile, and by whom."""
    if user.deleter:
        return _("%(name)s has been deleted by %(who)s.") % {
            "name": user.display_name,
            "who": user.deleter,
        }
    return _("%(name)s has been deleted.") % {"name": user.display_name}


def deleted(row: User | Brief) -> Verdict:
    """Return why a deleted user is left out."""
    return (Outcome.FAILED, deleted_message(row)) if row.deleted_at else None


def oneself(actor: User, message: str) -> WhyBrief:
    """Return the reason by which a bulk action leaves oneself out; alone it is refused."""
    return lambda row: (Outcome.SKIPPED, message) if row.pk == actor.pk else None


def beyond_reach(actor: User, capability: Capability) -> WhyBrief:
    """Return the reason that leaves administrators out, where the actor's roles don't reach
    them.
    """
    limited = actor.reach(capability) == Reach.LIMITED

    def why(row: User | Brief) -> Verdict:
        if not limited or not row.is_administrator:
            return None
        return Outcome.SKIPPED, beyond_reach_message(row)

    return why


def beyond_reach_message(row: User | Brief) -> str:
    """Return the sentence for an administrator whom the actor's role does not reach."""
    text = _("%(name)s is an administrator, whom your role can't manage.")
    return text % {"name": row.display_name}


def left_items(batch: Batch, left: Iterable[LeftUser]) -> list[BatchItem]:
    """Return the batch items of those who are left out."""
    return [batches.item(batch, row, outcome=outcome, reason=why) for row, outcome, why in left]


def check_not_self(users: Iterable[User], *, actor: User, message: str) -> None:
    """Refuse, with this message, where the actor is among the users."""
    if any(user.pk == actor.pk for user in users):
        raise Refused(message, code="not-yourself")


def check_reach(users: Iterable[User], *, actor: User, capability: Capability) -> None:
    """Refuse, naming the first of them, where a user is beyond the actor's reach."""
    reason = beyond_reach(actor, capability)
    left = [(row, *why) for row in users if (why := reason(row))]
    if left:
        raise Refused(reasons_of(left), code="beyond-reach")


def check_roles(roles: Collection[Role], *, actor: User) -> None:
    """Refuse roles above the actor's own, and those that are for partner staff."""
    if set(roles) - set(CUSTOMER_ROLES):
        raise Refused(
            _("This permission is for partner staff. Choose another one."), code="role-of-others"
        )
    if roles and actor.reach(Capability.MANAGE_USERS) == Reach.LIMITED:
        raise Refused(str(MAKES_NO_ADMINISTRATOR), code="role-beyond-reach")
