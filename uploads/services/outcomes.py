"""What becomes of a row: looked at beside the other rows, and the users who are there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from django.db.models.functions import Lower
from django.utils.timezone import localtime

from accounts.columns import USER_NAME
from accounts.models import User
from accounts.names import NO_NAME
from accounts.services.users import License, NewUser
from accounts.services.users.locking import MAKES_NO_ADMINISTRATOR, beyond_reach_message
from accounts.services.users.new_users import SeatsUntil
from accounts.services.users.owning import Owned, kept_from, owned_message, owned_of
from accounts.services.users.writing import OWN_PERMISSIONS
from customers.invisible import visible
from customers.roles import CUSTOMER_ROLES
from customers.said import day as written_day
from customers.said import gettext as _
from licensing.models import LicenseAssignment

from ..models import RowDecision, RowOutcome
from .cleaning import REMEMBERED
from .entries import PERMISSIONS, SUBSCRIPTIONS, Change, Licenses, ReadRow, Verdict
from .options import Assigning, Licensing, Options
from .world import World


@dataclass(frozen=True, slots=True)
class _Namesakes:
    """Users whose names stand in some rows, by the compared name, and what is held, by user id."""

    living: Mapping[str, User]
    deleted: Mapping[str, User]
    held: Mapping[int, Licenses]

    @classmethod
    def of(cls, entries: Sequence[ReadRow], world: World, *, with_licenses: bool) -> Self:
        """Look them up in a few queries, however many rows."""
        keys = [entry.key for entry in entries if entry.key]
        active = User.objects.active().filter(username__among_texts=keys).with_roles()
        living = {str(user.username): user for user in active}
        deleted: dict[str, User] = {}
        missing = [key for key in keys if key not in living]
        if missing and world.customer.deleted_users:
            gone = User.objects.restorable().filter(customer=world.customer)
            named = gone.annotate(lower_name=Lower("user_name"))
            found = named.filter(lower_name__among_texts=missing).with_roles()
            # Of several the one that was deleted last.
            deleted = {user.user_name.lower(): user for user in found.order_by("deleted_at")}
        held: dict[int, Licenses] = {}
        if with_licenses:
            live = LicenseAssignment.objects.live()
            own = live.filter(user__among=[user.pk for user in living.values()])
            for user, subscription, off in own.values_list(
                "user_id", "subscription_id", "services_off"
            ):
                held.setdefault(user, {})[subscription] = tuple(off)
        return cls(living, deleted, held)


class OutcomeFinder:
    """What becomes of the rows of one file, in their order; their user names are remembered."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.seen: dict[str, int] = {}
        # What is kept elsewhere of the users whose details may be changed.
        self._owned: dict[int, Owned] = {}
        # Many rows want the same.
        self._against = lru_cache(REMEMBERED)(world.license_problems)
        self._made = lru_cache(REMEMBERED)(_made)

    def verdicts(
        self, entries: Sequence[ReadRow], decisions: Mapping[int, str] | None = None
    ) -> list[Verdict]:
        """Return what becomes of each row, in a few queries, however many rows."""
        with_licenses = self.options.licenses_existing
        there = _Namesakes.of(entries, self.world, with_licenses=with_licenses)
        if self.options.existing.details:
            self._owned = owned_of([user.pk for user in there.living.values()])
        chosen = decisions or {}
        return [self._verdict(entry, there, chosen.get(entry.number, "")) for entry in entries]

    def _verdict(self, entry: ReadRow, there: _Namesakes, decision: str) -> Verdict:
        if decision == RowDecision.DROP:
            entry.warn_only(lambda _column: False)
            return Verdict(entry, RowOutcome.DROP)
        if entry.key and (first := self.seen.setdefault(entry.key, entry.number)) != entry.number:
            text = _("Row %(number)s has the same user name.")
            entry.wrong(USER_NAME, text % {"number": first}, cause="twice")
            return Verdict(entry, RowOutcome.WRONG)
        user = there.living.get(entry.key)
        if user is not None:
            return self._present(entry, user, there.held.get(user.pk, {}))
        gone = there.deleted.get(entry.key)
        comes_back = decision == RowDecision.RESTORE if decision else self.options.restores
        if gone is not None and comes_back:
            return self._restored(entry, gone)
        return self._added(entry, gone)

    def _restored(self, entry: ReadRow, gone: User) -> Verdict:
        if gone.is_administrator and not self.world.reaches_administrators:
            entry.wrong(USER_NAME, beyond_reach_message(gone), cause="role")
        if entry.is_wrong(USER_NAME):
            return Verdict(entry, RowOutcome.WRONG, user_id=gone.pk)
        entry.problems.clear()
        entry.warn_only(lambda _column: False)
        text = _("%(name)s comes back as before the deletion; the row changes nothing.")
        entry.note(USER_NAME, text % {"name": gone.display_name})
        return Verdict(entry, RowOutcome.RESTORE, user_id=gone.pk)

    def _added(self, entry: ReadRow, gone: User | None) -> Verdict:
        """Return what adds the user; `gone` is a deleted one of that name, who stays deleted."""
        options, values = self.options, entry.values
        name = entry.display_name
        # A row of nothing but a mark, as at the end of old files, has one cause.
        if not name and (entry.values or visible(entry.user_name)[0] or not entry.problems):
            text = _("No user has this user name, and the file has no names to add one with.")
            entry.wrong(
                "display_name", text if options.names_nobody else str(NO_NAME), cause="no-name"
            )
        roles = options.roles if entry.roles is None else entry.roles
        if set(roles) & set(CUSTOMER_ROLES) and not self.world.reaches_administrators:
            entry.wrong(PERMISSIONS, str(MAKES_NO_ADMINISTRATOR), "User", cause="role")
        licenses = options.licenses if entry.default is None else entry.default
        if entry.licenses is not None:
            licenses = entry.licenses
        location = (
            values.get("usage_location")
            or values.get("country")
            or options.usage_location
            or self.world.customer.country.code
        )
        for text in self._against((), tuple(licenses), location):
            entry.wrong(SUBSCRIPTIONS, text, cause="rules")
        if entry.problems or entry.domain is None:
            return Verdict(entry, RowOutcome.WRONG)
        if gone is not None:
            text = _("%(name)s had this user name and was deleted on %(day)s. This adds a new"
                     " user.")  # fmt: skip
            day = written_day(localtime(gone.deleted_at))
            entry.note(USER_NAME, text % {"name": gone.display_name, "day": day})
        if entry.blocked_by:
            text = _("The file says that sign-in is blocked: block the user after adding.")
            entry.note(entry.blocked_by, text)
        fields = {**values, "usage_location": location}
        fields.pop("display_name", None)
        new = NewUser(
            local_part=entry.user_name.rpartition("@")[0],
            domain=entry.domain,
            display_name=name,
            fields=fields,
            roles=tuple(roles),
            licenses=self._made(tuple(licenses.items())),
            start=options.start(entry.starts_on, self.world.today),
        )
        seats = {} if new.seats == SeatsUntil.THEN else dict.fromkeys(licenses, 1)
        return Verdict(entry, RowOutcome.ADD, seats, gone.pk if gone else None, new=new)

    def _present(self, entry: ReadRow, user: User, held: Licenses) -> Verdict:
        if user.customer_id != self.world.customer.pk:
            entry.wrong(
                USER_NAME,
                _("This user name can't be used here. Choose another one."),
                cause="elsewhere",
            )
            return Verdict(entry, RowOutcome.WRONG)
        options = self.options
        entry.warn_only(options.uses)
        change = self._change(entry, user, held)
        if change is None:
            name = entry.display_name
            if name and name != user.display_name and not options.existing.details:
                text = _("%(there)s already has this user name. If the row is about"
                         " someone else, give them another user name.")  # fmt: skip
                entry.note("display_name", text % {"there": user.display_name})
            # Nothing of the row is used: what would be wrong with it does not matter.
            entry.problems.clear()
            return Verdict(entry, RowOutcome.LEAVE, user_id=user.pk)
        self._check_change(entry, user, change)
        entry.problems[:] = [
            each
            for each in entry.problems
            if each.column in (USER_NAME, "") or options.uses(each.column)
        ]
        if entry.problems:
            return Verdict(entry, RowOutcome.WRONG, user_id=user.pk)
        seats: Counter[int] = Counter()
        if change.licenses is not None:
            seats.update({pk: 1 for pk in change.licenses if pk not in held})
            seats.subtract({pk: 1 for pk in held if pk not in change.licenses})
        return Verdict(entry, RowOutcome.CHANGE, seats, user.pk, change=change)

    def _change(self, entry: ReadRow, user: User, held: Licenses) -> Change | None:
        """Return what the row changes, as far as the boxes are ticked; None for nothing."""
        options, existing = self.options, self.options.existing
        fields: dict[str, list[str]] = {}
        if existing.details:
            fields = {
                name: [now, value]
                for name, value in entry.values.items()
                if (now := str(getattr(user, name))) != value
            }
        roles = entry.roles if existing.permissions else None
        if roles is not None and set(roles) == set(user.roles):
            roles = None
        licenses: Licenses | None = None
        if existing.licenses and entry.licenses is not None:
            # A license whose services a row does not name keeps those off that are.
            licenses = {pk: off or held.get(pk, ()) for pk, off in entry.licenses.items()}
            if existing.licenses == Licensing.ADD:
                licenses = held | licenses
        elif options.assigning == Assigning.ASSIGN and entry.licenses is None:
            chosen = options.licenses if entry.default is None else entry.default
            licenses = chosen | held
        if licenses == held:
            licenses = None
        if fields or roles is not None or licenses is not None:
            return Change(user.pk, fields, roles, held, licenses)
        # What is wrong would have been a change.
        wrong = any(options.uses(problem.column) for problem in entry.problems)
        return Change(user.pk, held=held) if wrong else None

    def _check_change(self, entry: ReadRow, user: User, change: Change) -> None:
        """Say on the row what the actor's role and the rules of products have against it."""
        reaches = self.world.reaches_administrators
        if user.is_administrator and not reaches:
            entry.wrong(USER_NAME, beyond_reach_message(user), cause="role")
        if change.roles and not reaches:
            entry.wrong(PERMISSIONS, str(MAKES_NO_ADMINISTRATOR), "User", cause="role")
        lost = set() if change.roles is None else set(user.roles) - set(change.roles)
        if lost and user.pk == self.world.actor.pk:
            entry.wrong(PERMISSIONS, str(OWN_PERMISSIONS), cause="own")
        if owned := self._owned.get(user.pk):
            for name in kept_from(owned, change.fields, self.world.actor.pk):
                entry.wrong(name, owned_message(owned, [name]), cause="kept")
        moved = "usage_location" in change.fields
        location = change.fields["usage_location"][1] if moved else str(user.usage_location)
        after = change.held if change.licenses is None else change.licenses
        for text in self._against(tuple(change.held), tuple(after), location, moved=moved):
            entry.wrong(SUBSCRIPTIONS, text, cause="rules")


def _made(licenses: tuple[tuple[int, tuple[str, ...]], ...]) -> tuple[License, ...]:
    return tuple(License(pk, off) for pk, off in licenses)
