"""Life of the users of one customer since the partner took it on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from django.conf import settings

from accounts.models import User
from customers.actions import Action
from customers.models import BatchKind, Customer, Partner
from customers.roles import Role
from customers.services import audit

from .seats import DemoSeats, Taken
from .stage import DemoAction, Stage


class Fate(Enum):
    PLAIN = auto()
    CHANGED = auto()
    LICENSED = auto()
    TRIMMED = auto()
    RESET = auto()
    BLOCKED = auto()
    ALLOWED = auto()
    NEW = auto()
    EXPIRED = auto()
    DELETED = auto()
    RESTORED = auto()


# Of a thousand users.
ODDS = {
    Fate.PLAIN: 715,
    Fate.CHANGED: 45,
    Fate.LICENSED: 40,
    Fate.TRIMMED: 25,
    Fate.RESET: 30,
    Fate.BLOCKED: 25,
    Fate.ALLOWED: 10,
    Fate.NEW: 35,
    Fate.EXPIRED: 12,
    Fate.DELETED: 50,
    Fate.RESTORED: 13,
}


@dataclass(frozen=True, slots=True)
class Staff:
    """The users of a partner who act: the same one may be all three."""

    partner: Partner
    admin: User
    helpdesk: User
    sales: User


class Life:
    def __init__(
        self, customer: Customer, staff: Staff, seats: DemoSeats, stage: Stage, random: Random
    ) -> None:
        self.customer, self.staff, self.seats = customer, staff, seats
        self.stage, self.random = stage, random
        self.start, self.now = seats.start, seats.now
        self.deleted = self.living = 0
        self.first_day = self.start + timedelta(hours=3)
        self._first: DemoAction | None = None

    def draw_fate(self) -> Fate:
        if not self.living:
            # One user has to be there to run the customer.
            return Fate.PLAIN
        return self.random.choices(list(ODDS), weights=list(ODDS.values()))[0]

    def draw_moment(self, fate: Fate) -> datetime:
        """Return when a user of this fate was added; most came together on the first day."""
        if fate == Fate.NEW:
            return self.now - self._days(0.05, 9)
        if fate == Fate.EXPIRED:
            return self.now - self._days(settings.TEMPORARY_PASSWORD_DAYS + 1, 50)
        if self.random.random() < 0.75:
            return self.first_day
        return self.start + (self.now - self.start) * self.random.uniform(0.02, 0.6)

    def _days(self, least: float, most: float) -> timedelta:
        return timedelta(days=self.random.uniform(least, most))

    def _between(self, earlier: datetime, later: datetime) -> datetime:
        return earlier + (later - earlier) * self.random.uniform(0.05, 0.95)

    def add(self, user: User, fate: Fate, roles: tuple[Role, ...] = ()) -> None:
        """Add a user with licenses, and have them live through their fate."""
        self.stage.users.append((user, roles))
        taken = self._wanted(user, fate)
        facts = {"roles": [[], [str(role) for role in roles]]} if roles else {}
        entries = [audit.Entry(Action.USER_ADDED, user, facts)]
        if fate != Fate.LICENSED:
            entries += given(user, taken)
        self.log_adding(user, entries)
        if fate in (Fate.NEW, Fate.EXPIRED):
            user.must_change_password = True
            user.temporary_password_set_at = user.added_at
        elif self.random.random() < 0.8:
            user.last_login = self._between(user.added_at, self.now)
        self.living += fate != Fate.DELETED
        self.deleted += fate == Fate.DELETED
        _FATES.get(fate, Life.keep)(self, user, taken)

    def _wanted(self, user: User, fate: Fate) -> list[Taken]:
        chance = self.random.random()
        if chance < 0.06:
            return []
        if chance < 0.07 and fate == Fate.PLAIN:
            user.usage_location = ""
            return []
        taken = self.seats.choose(str(user.usage_location), user.added_at)
        if fate in (Fate.DELETED, Fate.RESTORED, Fate.LICENSED, Fate.TRIMMED):
            return [item for item in taken if self.seats.lasts(item.sku)]
        return taken

    def log_adding(self, user: User, entries: list[audit.Entry]) -> None:
        """Log that a user was added; those of the first day are one batch, until it is written."""
        is_first = user.added_at == self.first_day
        action = self._first if is_first else None
        if action is None or action.batch is not None:
            action = self._act(user.added_at, self.staff.admin, BatchKind.CREATE)
        if is_first:
            self._first = action
        action.users.append(user)
        action.entries.extend(entries)

    def _act(
        self, at: datetime, actor: User, kind: BatchKind | None, *entries: audit.Entry
    ) -> DemoAction:
        users = [entry.target for entry in entries if isinstance(entry.target, User)]
        unique = list({id(user): user for user in users}.values())
        action = DemoAction(at, actor, self.customer, list(entries), kind, unique)
        self.stage.actions.append(action)
        return action

    def hold(
        self, user: User, taken: Sequence[Taken], at: datetime, until: datetime | None = None
    ) -> None:
        self.stage.assignments += [
            self.seats.assign(user, item, at=at, released=until) for item in taken
        ]

    def keep(self, user: User, taken: Sequence[Taken]) -> None:
        self.hold(user, taken, user.added_at)

    def change(self, user: User, taken: Sequence[Taken]) -> None:
        self.keep(user, taken)
        before = self.random.choice(["Front Office", "Warehouse", "Projects", "Trainees"])
        entry = audit.Entry(Action.USER_CHANGED, user, {"department": [before, user.department]})
        action = self._act(
            self._between(user.added_at, self.now), self.staff.admin, BatchKind.CHANGE, entry
        )
        action.before, action.after = {"department": before}, {"department": user.department}

    def license(self, user: User, taken: Sequence[Taken]) -> None:
        """License a user some time after they were added."""
        if not taken:
            return
        at = self._between(user.added_at, self.now)
        self.hold(user, taken, at)
        agent = self.random.choice((self.staff.sales, self.staff.helpdesk))
        action = self._act(at, agent, BatchKind.LICENSES, *given(user, taken))
        action.before = {"licenses": {str(item.subscription.pk): None for item in taken}}
        action.after = {
            "licenses": {str(item.subscription.pk): list(item.services_off) for item in taken}
        }

    def trim(self, user: User, taken: Sequence[Taken]) -> None:
        """Take the last license away again, which none of the others needs."""
        self.hold(user, taken[:-1], user.added_at)
        at = self._between(user.added_at, self.now)
        self.hold(user, taken[-1:], user.added_at, at)
        for item in taken[-1:]:
            entry = audit.Entry(Action.LICENSE_REVOKED, user, item.facts())
            action = self._act(at, self.staff.sales, BatchKind.LICENSES, entry)
            key = str(item.subscription.pk)
            action.before = {"licenses": {key: list(item.services_off)}}
            action.after = {"licenses": {key: None}}

    def reset(self, user: User, taken: Sequence[Taken]) -> None:
        """Reset the password by the helpdesk; the user chose another within the hour."""
        self.keep(user, taken)
        at = self._between(user.added_at, self.now)
        entry = audit.Entry(Action.PASSWORD_RESET, user)
        self._act(at, self.staff.helpdesk, BatchKind.RESET, entry)
        chosen = at + timedelta(minutes=self.random.randint(3, 55))
        if chosen >= self.now:
            return
        own = audit.Entry(Action.PASSWORD_CHANGED, user, {"was_temporary": True})
        self._act(chosen, user, None, own)
        user.session_epoch, user.last_login = 2, chosen

    def block(self, user: User, taken: Sequence[Taken]) -> None:
        self.keep(user, taken)
        user.blocked_at = self._between(user.added_at, self.now)
        user.blocked_by = self.staff.admin
        user.session_epoch = 1
        self._signed_in_before(user, user.blocked_at)
        entry = audit.Entry(Action.USER_BLOCKED, user)
        action = self._act(user.blocked_at, self.staff.admin, BatchKind.BLOCK, entry)
        action.before, action.after = {"blocked": False}, {"blocked": True}

    def allow(self, user: User, taken: Sequence[Taken]) -> None:
        self.block(user, taken)
        blocked, user.blocked_at, user.blocked_by = user.blocked_at, None, None
        at = self._between(blocked or user.added_at, self.now)
        entry = audit.Entry(Action.USER_ALLOWED, user)
        action = self._act(at, self.staff.admin, BatchKind.ALLOW, entry)
        action.before, action.after = {"blocked": True}, {"blocked": False}

    def delete(self, user: User, taken: Sequence[Taken], *, ago: timedelta | None = None) -> None:
        """Delete a user, who is still there to be restored for hours or weeks."""
        keep = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
        longest = min(keep, self.now - user.added_at) * 0.98
        at = self.now - (ago or longest * self.random.uniform(0.01, 1))
        self.hold(user, taken, user.added_at, at)
        user.username, user.domain = None, None
        user.deleted_at, user.deleted_by, user.purge_after = at, self.staff.admin, at + keep
        user.session_epoch += 1
        self._signed_in_before(user, at)
        self._log_deletion(user, taken, at)

    def _signed_in_before(self, user: User, at: datetime) -> None:
        if user.last_login and user.last_login > at:
            user.last_login = self._between(user.added_at, at)

    def _log_deletion(self, user: User, taken: Sequence[Taken], at: datetime) -> None:
        released = {"released": [item.subscription.product.name for item in taken]}
        entry = audit.Entry(Action.USER_DELETED, user, released)
        action = self._act(at, self.staff.admin, BatchKind.DELETE, entry)
        action.after = dict(released)

    def restore(self, user: User, taken: Sequence[Taken]) -> None:
        deleted = self._between(user.added_at, self.now)
        back = deleted + min((self.now - deleted) / 2, self._days(0.1, 20))
        self.hold(user, taken, user.added_at, deleted)
        self.hold(user, taken, back)
        user.session_epoch = 1
        self._log_deletion(user, taken, deleted)
        names = [item.subscription.product.name for item in taken]
        entry = audit.Entry(Action.USER_RESTORED, user, {"restored": names, "not_restored": []})
        self._act(back, self.staff.admin, BatchKind.RESTORE, entry)


def given(user: User, taken: Sequence[Taken]) -> list[audit.Entry]:
    return [audit.Entry(Action.LICENSE_ASSIGNED, user, item.facts()) for item in taken]


_FATES: dict[Fate, Callable[[Life, User, Sequence[Taken]], None]] = {
    Fate.CHANGED: Life.change,
    Fate.LICENSED: Life.license,
    Fate.TRIMMED: Life.trim,
    Fate.RESET: Life.reset,
    Fate.BLOCKED: Life.block,
    Fate.ALLOWED: Life.allow,
    Fate.DELETED: Life.delete,
    Fate.RESTORED: Life.restore,
}
