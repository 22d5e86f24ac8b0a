"""What every change of a team begins with: its lock, the users', and who may make it."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from customers.errors import Refused
from customers.models import Partner
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services.permission import check_actor

from ...models import User
from ..users.locking import deleted_message, removed_message

NOT_OF_INTEGRATIONS = gettext_lazy(
    "An integration has no sign-in: it can only be blocked or allowed here."
)


@dataclass(frozen=True, slots=True)
class Team:
    """Fresh rows, locked in the order of their ids; the actor too, as they are now."""

    rows: list[User]
    actor: User

    @property
    def living(self) -> list[User]:
        return [row for row in self.rows if row.deleted_at is None]


def take_staff(users: Iterable[User], *, actor: User, with_integrations: bool = False) -> Team:
    """Lock these staff. Refused when the actor may not, or may no longer, do this.

    Refused for an integration as well, unless what is done can be done to one: it is no user who
    signs in, and the app that has them looks after them.

    Of a partner's team one change is made at a time: of two account admins who demote each other
    the second one is refused.
    """
    staff = list(users)
    ids = {user.pk for user in staff}
    lock_teams({user.partner_id for user in staff if user.partner_id})
    wanted = User.objects.filter(pk__in={*ids, actor.pk}).order_by("pk")
    locked = list(wanted.select_for_update(no_key=True).values_list("pk", flat=True))
    # First the locks, then the rows: the roles of one that had to be waited for are new.
    own = User.objects.with_roles().select_related("partner", "deleted_by", "blocked_by")
    found = list(own.filter(pk__in=locked).order_by("pk"))
    rows = [row for row in found if row.pk in ids and row.customer_id is None]
    fresh = check_may([row.partner_id for row in rows], actor=actor, known=found)
    if not with_integrations and any(row.is_machine for row in rows):
        raise Refused(str(NOT_OF_INTEGRATIONS), code="not-of-integrations")
    return Team(rows, fresh)


def take_one(user: User, *, actor: User) -> tuple[User, User]:
    """Lock one user as take_staff; return that one and the actor. Refused when the user is gone."""
    team = take_staff([user], actor=actor)
    if not team.rows:
        raise Refused(removed_message(user), code="user-gone")
    if team.rows[0].deleted_at:
        raise Refused(deleted_message(team.rows[0]), code="user-deleted")
    return team.rows[0], team.actor


def lock_teams(partners: Collection[int]) -> None:
    """Lock these partners' teams, in the order of their ids."""
    rows = Partner.objects.filter(pk__in=partners).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def check_may(partners: Iterable[int | None], *, actor: User, known: Collection[User] = ()) -> User:
    """Return the actor as they are now. Support staff (None) are made by superusers alone."""
    fresh = check_actor(actor, Capability.MANAGE_TEAM, known=known)
    for partner in set(partners):
        if partner is None and not fresh.is_superuser:
            raise Refused(
                _("Only a superuser can add or change support staff."), code="superusers-only"
            )
        if not fresh.is_staff and partner != fresh.partner_id:
            raise Refused(
                _("You can look after the team of your own partner only."), code="team-not-yours"
            )
    return fresh


@contextmanager
def keeping_an_admin(rows: Iterable[User]) -> Iterator[None]:
    """Refuse, with all that was written, when a team would lose its last account admin.

    The locks of take_staff are held. One who is blocked, or limited to some customers, can't look
    after the team, and does not count.
    """
    partners = {user.partner_id for user in rows if user.partner_id}
    before = _looked_after(partners)
    yield
    if before - _looked_after(partners):
        raise Refused(
            _("This is the last account admin who can look after the team. Make another user"
              " account admin for all customers first."), code="last-account-admin"
        )  # fmt: skip


def _looked_after(partners: Collection[int]) -> set[int | None]:
    admins = User.objects.team_admins().filter(partner__in=partners)
    return set(admins.values_list("partner_id", flat=True))
