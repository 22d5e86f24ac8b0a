"""What becomes of a row: looked at beside the other rows, and the people who are there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import NO_NAME
from accounts.services.users import License, NewUser
from accounts.services.users.locking import MAKES_NO_ADMINISTRATOR, beyond_reach_message
from accounts.services.users.writing import OWN_PERMISSIONS
from customers.roles import CUSTOMER_ROLES, Role
from licensing.errors import resume_first
from licensing.models import LicenseAssignment

from ..models import RowDecision, RowOutcome
from .cleaning import REMEMBERED
from .entries import (
    PERMISSIONS,
    SERVICES_OFF,
    SUBSCRIPTIONS,
    USER_NAME,
    Change,
    Licenses,
    ReadRow,
    Verdict,
)
from .options import Existing, Licensing, Options
from .world import World


@dataclass(slots=True)
class _There:
    """Of the people in some rows, who is there and who was deleted, by the compared name."""

    living: Mapping[str, User]
    deleted: Mapping[str, User]
    held: Mapping[int, Licenses]


class Matcher:
    """For the rows of one file, in their order; remembers the user names that it has seen."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self.seen: dict[str, int] = {}
        # Many rows want the same.
        self._against = lru_cache(REMEMBERED)(self._rules_against)
        self._made = lru_cache(REMEMBERED)(_made)

    def verdicts(
        self, entries: Sequence[ReadRow], decisions: Mapping[int, str] | None = None
    ) -> list[Verdict]:
        """A few queries, however many rows."""
        there = self._look_up(entries)
        chosen = decisions or {}
        return [self._verdict(entry, there, chosen.get(entry.number, "")) for entry in entries]

    def _look_up(self, entries: Iterable[ReadRow]) -> _There:
        keys = [entry.key for entry in entries if entry.key]
        living = User.objects.active().filter(username__among_texts=keys).with_roles()
        found = {str(user.username): user for user in living}
        missing = [key for key in keys if key not in found]
        return _There(found, self._deleted(missing), self._held(found.values()))

    def _deleted(self, keys: Sequence[str]) -> dict[str, User]:
        if not keys or not self.world.customer.deleted_users:
            return {}
        gone = User.objects.restorable().filter(customer=self.world.customer)
        named = gone.annotate(lower_name=Lower("user_name")).filter(lower_name__among_texts=keys)
        # Of several the one that was deleted last.
        return {user.user_name.lower(): user for user in named.with_roles().order_by("deleted_at")}

    def _held(self, people: Iterable[User]) -> dict[int, Licenses]:
        if not self.options.existing.licenses:
            return {}
        live = LicenseAssignment.objects.live().filter(user__among=[user.pk for user in people])
        held: dict[int, Licenses] = {}
        for user, subscription, off in live.values_list(
            "user_id", "subscription_id", "services_off"
        ):
            held.setdefault(user, {})[subscription] = tuple(off)
        return held

    def _verdict(self, entry: ReadRow, there: _There, decision: str) -> Verdict:
        if decision == RowDecision.DROP:
            return Verdict(entry, RowOutcome.DROP)
        if entry.key and (first := self.seen.setdefault(entry.key, entry.number)) != entry.number:
            text = _("Row %(number)s has the same user name.")
            entry.wrong(USER_NAME, text % {"number": first})
            return Verdict(entry, RowOutcome.WRONG)
        person = there.living.get(entry.key)
        if person is not None:
            return self._present(entry, person, there.held.get(person.pk, {}))
        gone = there.deleted.get(entry.key)
        if gone is not None and self._comes_back(decision):
            return self._restored(entry, gone)
        return self._added(entry, gone)

    def _comes_back(self, decision: str) -> bool:
        if decision:
            return decision == RowDecision.RESTORE
        return self.options.restores

    def _restored(self, entry: ReadRow, gone: User) -> Verdict:
        if gone.is_administrator and not self.world.reaches_administrators:
            entry.wrong(USER_NAME, beyond_reach_message(gone))
        if _about(entry, USER_NAME):
            return Verdict(entry, RowOutcome.WRONG, user_id=gone.pk)
        entry.problems.clear()
        text = _("%(name)s comes back as before the deletion; the row changes nothing.")
        entry.note(USER_NAME, text % {"name": gone.display_name})
        return Verdict(entry, RowOutcome.RESTORE, user_id=gone.pk)

    def _added(self, entry: ReadRow, gone: User | None) -> Verdict:
        name = _display_name(entry.values)
        if not name:
            entry.wrong("display_name", self._no_name())
        roles = self.options.roles if entry.roles is None else entry.roles
        if set(roles) & set(CUSTOMER_ROLES) and not self.world.reaches_administrators:
            entry.wrong(PERMISSIONS, str(MAKES_NO_ADMINISTRATOR), "User")
        licenses = self._of_new(entry)
        location = self._location(entry)
        self._check_usable(entry, licenses)
        self._check_rules(entry, licenses, licenses, location)
        if entry.problems or entry.domain is None:
            return Verdict(entry, RowOutcome.WRONG)
        if gone is not None:
            entry.note(USER_NAME, _was_deleted(gone))
        new = NewUser(
            local_part=entry.user_name.rpartition("@")[0],
            domain=entry.domain,
            display_name=name,
            fields=_fields(entry, location),
            roles=tuple(roles),
            licenses=self._made(tuple(licenses.items())),
        )
        return Verdict(
            entry,
            RowOutcome.ADD,
            dict.fromkeys(licenses, 1),
            gone.pk if gone else None,
            new=new,
        )

    def _of_new(self, entry: ReadRow) -> Licenses:
        if entry.licenses is not None:
            return entry.licenses
        return self.options.licenses if entry.default is None else entry.default

    def _no_name(self) -> str:
        if self.options.names_nobody:
            return _("No user has this user name, and the file has no names to add one with.")
        return str(NO_NAME)

    def _location(self, entry: ReadRow) -> str:
        return (
            entry.values.get("usage_location")
            or entry.values.get("country")
            or self.options.usage_location
            or self.world.customer.country.code
        )

    def _check_usable(self, entry: ReadRow, licenses: Iterable[int]) -> None:
        """What was chosen for all rows may have been suspended or canceled since."""
        for pk in licenses:
            offer = self.world.subscriptions.get(pk)
            if offer is None:
                entry.wrong(
                    SUBSCRIPTIONS, _("A subscription chosen for all is not there any more.")
                )
            elif not offer.subscription.is_active:
                entry.wrong(SUBSCRIPTIONS, resume_first(offer.subscription))

    def _check_rules(
        self, entry: ReadRow, held: Iterable[int], taken: Iterable[int], location: str
    ) -> None:
        for text in self._against(tuple(held), tuple(taken), location):
            entry.wrong(SUBSCRIPTIONS, text)

    def _rules_against(
        self, held: Iterable[int], taken: Iterable[int], location: str
    ) -> tuple[str, ...]:
        offers = self.world.subscriptions
        # Those that are not there any more were told of.
        products = [offers[pk].subscription.product_id for pk in held if pk in offers]
        wanted = [offers[pk].subscription.product_id for pk in taken if pk in offers]
        return tuple(self.world.catalog.problems(products, wanted, location).values())

    def _present(self, entry: ReadRow, person: User, held: Licenses) -> Verdict:
        if person.customer_id != self.world.customer.pk:
            entry.wrong(USER_NAME, _("This user name can't be used here. Choose another one."))
            return Verdict(entry, RowOutcome.WRONG)
        existing = self.options.existing
        change = self._change(entry, person, held)
        if change is None:
            self._note_namesake(entry, person)
            # Nothing of the row is used: what would be wrong with it does not matter.
            entry.problems.clear()
            return Verdict(entry, RowOutcome.LEAVE, user_id=person.pk)
        self._check_change(entry, person, change, held)
        if used := _used(entry, existing):
            entry.problems[:] = used
            return Verdict(entry, RowOutcome.WRONG, user_id=person.pk)
        entry.problems.clear()
        seats: Counter[int] = Counter()
        if change.licenses is not None:
            seats.update({pk: 1 for pk in change.licenses if pk not in held})
            seats.subtract({pk: 1 for pk in held if pk not in change.licenses})
        return Verdict(entry, RowOutcome.CHANGE, seats, person.pk, change=change)

    def _change(self, entry: ReadRow, person: User, held: Licenses) -> Change | None:
        """What the row changes of them, as far as the boxes are ticked; None for nothing."""
        existing = self.options.existing
        fields: dict[str, list[str]] = {}
        if existing.details:
            fields = {
                name: [str(getattr(person, name)), value]
                for name, value in entry.values.items()
                if str(getattr(person, name)) != value
            }
        roles = entry.roles if existing.permissions else None
        if roles is not None and set(roles) == set(person.roles):
            roles = None
        licenses = self._licenses(entry, held)
        wrong = existing.licenses and _about(entry, SUBSCRIPTIONS, SERVICES_OFF)
        wrong = wrong or (existing.permissions and _about(entry, PERMISSIONS))
        wrong = wrong or (existing.details and _about_details(entry))
        if fields or roles is not None or licenses is not None or wrong:
            return Change(person.pk, fields, roles, held, licenses)
        return None

    def _licenses(self, entry: ReadRow, held: Licenses) -> Licenses | None:
        existing = self.options.existing
        if not existing.licenses or entry.licenses is None:
            return None
        after = dict(held) if existing.licenses == Licensing.ADD else {}
        # Whose services a row does not name keep those that are off.
        after |= {pk: off or held.get(pk, ()) for pk, off in entry.licenses.items()}
        return None if after == held else after

    def _check_change(self, entry: ReadRow, person: User, change: Change, held: Licenses) -> None:
        actor = self.world.actor
        reaches = self.world.reaches_administrators
        if person.is_administrator and not reaches:
            entry.wrong(USER_NAME, beyond_reach_message(person))
        if change.roles is not None:
            self._check_roles(entry, person, change.roles, actor)
        after = held if change.licenses is None else change.licenses
        location = str(person.usage_location)
        if "usage_location" in change.fields:
            location = change.fields["usage_location"][1]
        taken = [pk for pk in after if pk not in held or "usage_location" in change.fields]
        self._check_rules(entry, after, taken, location)
        self._check_orphans(entry, held, after)

    def _check_roles(
        self, entry: ReadRow, person: User, roles: tuple[Role, ...], actor: User
    ) -> None:
        if roles and not self.world.reaches_administrators:
            entry.wrong(PERMISSIONS, str(MAKES_NO_ADMINISTRATOR), "User")
        if person.pk == actor.pk and set(person.roles) - set(roles):
            entry.wrong(PERMISSIONS, str(OWN_PERMISSIONS))

    def _check_orphans(self, entry: ReadRow, held: Licenses, after: Licenses) -> None:
        offers = self.world.subscriptions
        before = {offers[pk].subscription.product_id for pk in held if pk in offers}
        kept = {offers[pk].subscription.product_id for pk in after if pk in offers}
        for text in self.world.catalog.orphaned(kept, before - kept).values():
            entry.wrong(SUBSCRIPTIONS, text)

    def _note_namesake(self, entry: ReadRow, person: User) -> None:
        name = _display_name(entry.values)
        if name and name != person.display_name and not self.options.existing.details:
            text = _("%(there)s is here with this user name. If the row is about someone else,"
                     " give them another user name.")  # fmt: skip
            entry.note("display_name", text % {"there": person.display_name})


def _made(licenses: tuple[tuple[int, tuple[str, ...]], ...]) -> tuple[License, ...]:
    return tuple(License(pk, off) for pk, off in licenses)


def _display_name(values: Mapping[str, str]) -> str:
    composed = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    return values.get("display_name") or composed[:256]


def _fields(entry: ReadRow, location: str) -> dict[str, str]:
    fields = {name: value for name, value in entry.values.items() if name != "display_name"}
    return fields | {"usage_location": location}


def _about(entry: ReadRow, *columns: str) -> bool:
    return any(problem.column in columns for problem in entry.problems)


def _about_details(entry: ReadRow) -> bool:
    apart = (USER_NAME, PERMISSIONS, SUBSCRIPTIONS, SERVICES_OFF)
    return any(problem.column not in apart for problem in entry.problems)


def _used(entry: ReadRow, existing: Existing) -> list[Any]:
    """The problems of what is used of a row, by the boxes that are ticked."""
    ticked = {
        USER_NAME: True,
        "": True,
        PERMISSIONS: existing.permissions,
        SUBSCRIPTIONS: bool(existing.licenses),
        SERVICES_OFF: bool(existing.licenses),
    }
    return [each for each in entry.problems if ticked.get(each.column, existing.details)]


def _was_deleted(gone: User) -> str:
    assert gone.deleted_at is not None  # noqa: S101 - restorable people are deleted
    text = _("%(name)s had this user name and was deleted on %(day)s. This adds a new user.")
    day = date_format(localtime(gone.deleted_at), "DATE_FORMAT")
    return text % {"name": gone.display_name, "day": day}
