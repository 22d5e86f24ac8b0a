"""Rules as the portal follows them: read once for any number of users, and matched in memory."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from accounts.queries.filters import PLAIN, UserFilter, read_filter
from customers.models import Customer

from ..models import LicenseRule, RuleException, RuleSubscription


class UserFacts(NamedTuple):
    """What of a living user a rule can ask for."""

    usage_location: str
    department: str = ""
    job_title: str = ""
    role_names: str | None = None
    added_at: datetime | None = None

    @classmethod
    def alike(cls, facts: Mapping[str, Any], added_at: datetime | None) -> Self:
        """Return users who are alike; they were added at this moment or after it, if any rule
        asks for one.
        """
        return cls(
            facts["usage_location"],
            facts.get("department", ""),
            facts.get("job_title", ""),
            facts.get("role_names"),
            added_at,
        )


def filter_of(stored: Mapping[str, Any]) -> UserFilter:
    """Return a stored filter, which is read once for as long as it stays the same."""
    return _read(json.dumps(stored, sort_keys=True))


@lru_cache(maxsize=4_096)
def _read(stored: str) -> UserFilter:
    return read_filter(json.loads(stored))


@dataclass(frozen=True)
class RuleFacts:
    """A rule that is on, or is looked at as if it were; `gives` has the plans that are off.

    `since` is the moment from which users must have been added, if it is for newcomers only.
    """

    pk: int
    name: str
    position: int
    filter: UserFilter
    gives: Mapping[int, frozenset[str]]
    since: datetime | None = None
    excepted: frozenset[int] = frozenset()

    @classmethod
    def of(cls, rule: LicenseRule, *, now: datetime | None = None) -> Self:
        """Return a rule whose subscriptions are loaded; one that is off as switched on `now`."""
        return cls(
            pk=rule.pk,
            name=rule.name,
            position=rule.position,
            filter=filter_of(rule.filter),
            gives={row.subscription_id: frozenset(row.services_off) for row in rule.gives.all()},
            since=(rule.on_since or now) if rule.for_newcomers else None,
        )

    def matches(self, user: UserFacts) -> bool:
        """Whether the user is in its filter, whatever the exceptions."""
        if self.since is not None and (user.added_at is None or user.added_at < self.since):
            return False
        found = self.filter
        if found.unknown:
            return False
        if any(getattr(user, name) != value for name, value in found.fields.items()):
            return False
        if not found.permission:
            return True
        names = (user.role_names or "").split("|") if user.role_names else []
        return not names if found.permission == PLAIN else found.permission in names

    def users(self, customer: Customer) -> QuerySet[User]:
        """Return whom it matches, but for the exceptions, as lists find them."""
        users = User.objects.active().filter(self.filter.condition(), customer=customer)
        users = users.exclude(pk__among=sorted(self.excepted)) if self.excepted else users
        return users.filter(added_at__gte=self.since) if self.since is not None else users


@dataclass(frozen=True, slots=True)
class Wish:
    """What the rules want of one subscription for a user: the plans that are off, and the first
    rule.
    """

    off: tuple[str, ...]
    rule: int
    name: str
    position: int


# By subscription id.
Wishes = Mapping[int, Wish]


@dataclass
class Rulebook:
    """The rules of a customer that are on, in their order."""

    rules: tuple[RuleFacts, ...]
    _known: dict[UserFacts, tuple[int, ...]] = field(default_factory=dict)
    _wishes: dict[tuple[int, ...], Wishes] = field(default_factory=dict)

    def wishes(self, user: UserFacts, pk: int = 0) -> Wishes:
        """Return what the rules want for a user; the same object for users who are alike."""
        matching = self._known.get(user)
        if matching is None:
            found = (number for number, rule in enumerate(self.rules) if rule.matches(user))
            matching = self._known[user] = tuple(found)
        left = tuple(n for n in matching if pk not in self.rules[n].excepted)
        if left not in self._wishes:
            self._wishes[left] = _union(self.rules[number] for number in left)
        return self._wishes[left]

    def wishes_of(
        self, user: UserFacts, members: Collection[int]
    ) -> list[tuple[Wishes, list[int]]]:
        """Return the same for many who are alike, but for the exceptions."""
        apart = self.excepted.intersection(members)
        parts = [(self.wishes(user, pk), [pk]) for pk in sorted(apart)]
        rest = [pk for pk in members if pk not in apart] if apart else list(members)
        return [*parts, (self.wishes(user), rest)] if rest else parts

    @cached_property
    def excepted(self) -> frozenset[int]:
        return frozenset(pk for rule in self.rules for pk in rule.excepted)

    def asks(self, name: str) -> bool:
        return any(name in rule.filter.fields for rule in self.rules)

    @property
    def asks_roles(self) -> bool:
        return any(rule.filter.permission for rule in self.rules)


def _union(rules: Iterable[RuleFacts]) -> Wishes:
    """Return what several rules give together: services add up."""
    found: dict[int, Wish] = {}
    for rule in rules:
        for pk, off in rule.gives.items():
            if (first := found.get(pk)) is None:
                found[pk] = Wish(tuple(sorted(off)), rule.pk, rule.name, rule.position)
            else:
                both = tuple(sorted(off.intersection(first.off)))
                found[pk] = Wish(both, first.rule, first.name, first.position)
    return found


def rules_of(customer: Customer, *, but: int | None = None) -> list[LicenseRule]:
    """Return the customer's rules that are on, in their order, with what they give."""
    rules = LicenseRule.objects.filter(customer=customer, is_on=True)
    rules = rules if but is None else rules.exclude(pk=but)
    return list(rules.order_by("position", "pk").prefetch_related(GIVES))


GIVES = Prefetch("gives", RuleSubscription.objects.order_by("subscription"))


def rulebook_of(
    rules: Iterable[LicenseRule | RuleFacts], users: Collection[int] | None = None
) -> Rulebook:
    """Return the rules in their order with their exceptions: those among `users`, or all."""
    facts = [rule if isinstance(rule, RuleFacts) else RuleFacts.of(rule) for rule in rules]
    exceptions = RuleException.objects.filter(rule__in=[rule.pk for rule in facts])
    if users is not None:
        exceptions = exceptions.filter(user__among=users)
    excepted: dict[int, set[int]] = {}
    for rule, user in exceptions.values_list("rule_id", "user_id") if facts else ():
        excepted.setdefault(rule, set()).add(user)
    whole = [
        replace(rule, excepted=rule.excepted.union(excepted.get(rule.pk, ()))) for rule in facts
    ]
    return Rulebook(tuple(sorted(whole, key=lambda rule: (rule.position, rule.pk))))


def facts_of(customer: Customer, users: Iterable[int]) -> dict[int, UserFacts]:
    """Return what rules ask for, of the living among these users."""
    rows = User.objects.active().with_roles().filter(customer=customer, pk__among=list(users))
    return {pk: UserFacts(*values) for pk, *values in rows.values_list("pk", *UserFacts._fields)}
