"""Manage licenses: what is chosen on the page, drawn again, and counted before it happens.

A key names a subscription ("3") or one of its service plans ("3:MAIL"). For several people a
key is on for all of them, for some, or for none; "some" that is left alone changes nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus

from ..models import User
from ..services.licenses import LicenseChange

_SALT = "accounts.forms.licenses"


class State(StrEnum):
    ALL = "all"
    SOME = "some"
    NONE = "none"


# By key, whether it is wanted for all (True) or for nobody (False); what stays is not in it.
Choice = dict[str, bool]


def _state(count: int, of: int) -> State:
    if count == 0:
        return State.NONE
    return State.ALL if count == of else State.SOME


@dataclass(slots=True)
class Box:
    """A checkbox of one, two or three states: as it was, and as it is wanted."""

    key: str
    name: str
    was: State
    now: State

    @classmethod
    def wanted(cls, key: str, name: str, was: State, choice: Choice) -> "Box":
        now = was if key not in choice else State.ALL if choice[key] else State.NONE
        return cls(key, name, was, now)

    @property
    def id(self) -> str:
        """For the page: a colon would have to be escaped in CSS."""
        return self.key.replace(":", "-")

    @property
    def changed(self) -> bool:
        return self.was != self.now


@dataclass(slots=True)
class LicenseRow:
    """One subscription with the chosen people: `holders` are those who have it."""

    subscription: Subscription
    people: int
    holders: Sequence[tuple[User, LicenseAssignment]]
    box: Box
    plans: Sequence[Box]
    problems: list[str] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        return self.subscription.status == SubscriptionStatus.ACTIVE

    @property
    def is_off(self) -> bool:
        """Nothing can be done here: nobody has it, and nobody may get it."""
        return not self.is_active and not self.holders

    @property
    def lacks_seats(self) -> bool:
        return self.is_active and self.subscription.available < self.people - len(self.holders)

    @property
    def seats_for_all(self) -> int:
        """How many would have to be bought in all for everybody chosen to have it."""
        return self.subscription.assigned + self.people - len(self.holders)

    @property
    def plus(self) -> int:
        wanted = self.box.changed and self.box.now == State.ALL
        return self.people - len(self.holders) if wanted else 0

    @property
    def minus(self) -> int:
        return len(self.holders) if self.box.changed and self.box.now == State.NONE else 0

    @property
    def leaves(self) -> int:
        return self.subscription.available - self.plus + self.minus

    @property
    def missing(self) -> int:
        return max(0, -self.leaves) if self.plus else 0

    @property
    def changes_plans(self) -> bool:
        return self.box.now != State.NONE and any(plan.changed for plan in self.plans)

    @property
    def plans_on(self) -> int:
        return sum(plan.now != State.NONE for plan in self.plans)

    def change(self) -> LicenseChange | None:
        """What the service shall do; None leaves this subscription out."""
        if not (self.box.changed or self.changes_plans):
            return None
        if self.box.now == State.NONE:
            return LicenseChange(have=False)
        gives = self.box.changed
        off = {plan.key for plan in self.plans if self._switches_off(plan, gives=gives)}
        on = {plan.key for plan in self.plans if plan.changed and plan.now == State.ALL}
        return LicenseChange(True if gives else None, _codes(off), _codes(on))

    @staticmethod
    def _switches_off(plan: Box, *, gives: bool) -> bool:
        # Who gets the license anew gets it as the page shows it.
        return plan.now == State.NONE and (gives or plan.changed)


def _codes(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key.partition(":")[2] for key in keys)


class LicenseForm:
    """The rows for these people; `data` is what was sent, `kept` what an address brings back."""

    def __init__(
        self,
        people: Sequence[User],
        customer: Customer,
        *,
        data: QueryDict | None = None,
        kept: QueryDict | None = None,
    ) -> None:
        self.people = people
        self.customer = customer
        self.errors: list[str] = []
        self.choice = _sent(data) if data is not None else _kept(kept)

    @cached_property
    def rows(self) -> list[LicenseRow]:
        held: dict[int, list[LicenseAssignment]] = {}
        live = LicenseAssignment.objects.live().filter(user__in=[user.pk for user in self.people])
        for assignment in live:
            held.setdefault(assignment.subscription_id, []).append(assignment)
        current = self.customer.subscriptions.current().for_list()
        return [
            self._row(subscription, held.get(subscription.pk, []))
            for subscription in current.prefetch_related("product__plans")
        ]

    def _row(self, subscription: Subscription, held: Sequence[LicenseAssignment]) -> LicenseRow:
        by_user = {row.user_id: row for row in held}
        key, count = str(subscription.pk), len(self.people)
        box = Box.wanted(key, subscription.product.name, _state(len(held), count), self.choice)
        plans = [
            Box.wanted(
                f"{key}:{plan.code}",
                plan.name,
                _state(sum(plan.code not in row.services_off for row in held), len(held))
                if held
                else State.ALL,
                self.choice,
            )
            for plan in subscription.product.plans.all()
        ]
        holders = [(user, by_user[user.pk]) for user in self.people if user.pk in by_user]
        return LicenseRow(subscription, count, holders, box, plans)

    @property
    def seen(self) -> str:
        """What the page shows, so that what comes back can be told from what stood there.

        Boxes that can't be changed are not sent, and must not look cleared.
        """
        rows = [row for row in self.rows if not row.is_off]
        boxes = [box for row in rows for box in (row.box, *row.plans)]
        states = {box.key: str(box.was) for box in boxes}
        return signing.dumps(states, salt=_SALT, compress=True)

    def changes(self) -> dict[int, LicenseChange]:
        found = {row.subscription.pk: row.change() for row in self.rows}
        return {pk: change for pk, change in found.items() if change is not None}

    @property
    def changed_rows(self) -> list[LicenseRow]:
        return [row for row in self.rows if row.change() is not None]

    def check(self) -> bool:
        """Whether there is anything to save that the page still shows."""
        there = {row.box.key for row in self.rows}
        if any(key.partition(":")[0] not in there for key in self.choice):
            self.errors.append(
                _("A subscription that you changed is not there any more. Look at the rows again.")
            )
        elif not self.changes():
            self.errors.append(_("Nothing is changed yet: check or clear a box first."))
        return not self.errors

    def refuse(self, error: Exception) -> None:
        """Say a refusal at the rows it is about, or else on top."""
        before = sum(len(row.problems) for row in self.rows)
        for row in self.rows:
            row.problems += _problems(row, error)
        if sum(len(row.problems) for row in self.rows) == before:
            self.errors.append(str(error))

    def query(self) -> list[tuple[str, str]]:
        """The choice for an address, to come back to this page with everything kept."""
        names = [("on" if wanted else "off", key) for key, wanted in sorted(self.choice.items())]
        return [("user", str(user.pk)) for user in self.people] + names


def _problems(row: LicenseRow, error: Exception) -> list[str]:
    subscription = row.subscription
    if isinstance(error, SeatsShort):
        count = error.missing.get(subscription.pk, 0)
        text = ngettext("%(count)s seat is missing.", "%(count)s seats are missing.", count)
        return [text % {"count": count}] if count else []
    if isinstance(error, NotActive):
        return [str(error)] if error.subscription.pk == subscription.pk else []
    if isinstance(error, RulesBroken):
        return error.by_product.get(subscription.product_id, [])
    return []


def _sent(data: Mapping[str, Any]) -> Choice:
    """Compare the boxes with what the page had shown: what was left alone is no choice."""
    lists: Any = data
    on, off = set(lists.getlist("on")), set(lists.getlist("off"))
    try:
        seen: dict[str, str] = signing.loads(lists.get("seen", ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    choice = {}
    for key, was in seen.items():
        wanted = State.ALL if key in on else State.NONE
        if was == State.SOME and key not in on | off:
            continue
        if wanted != was:
            choice[key] = wanted == State.ALL
    return choice


def _kept(query: QueryDict | None) -> Choice:
    if query is None:
        return {}
    return dict.fromkeys(query.getlist("off"), False) | dict.fromkeys(query.getlist("on"), True)
