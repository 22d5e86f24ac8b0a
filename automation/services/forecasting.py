"""What a rule would come to right now, by the same arithmetic that does it; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import User
from customers.models import Customer
from licensing.models import Subscription
from licensing.rules import Catalog

from ..models import KeptLicense, KeptState, LicenseRule
from ..queries.rule_facts import (
    RuleFacts,
    rulebook_of,
    rules_of,
)
from .drafts import Draft
from .keeping.planning import Board, Settlement
from .keeping.reading import claims, read_cases, subscriptions_of
from .keeping.settling import moving, reserved_seats

# So many are named.
NAMED = 10


@dataclass
class PoolForecast:
    """Of one subscription: how many get, lose and lack a seat, and how many are free before."""

    subscription: Subscription
    free: int
    get: int = 0
    lose: int = 0
    short: int = 0

    @property
    def needed(self) -> int:
        return self.get + self.short


@dataclass(frozen=True)
class Named:
    """How many users, and the first of them in the order of names."""

    count: int = 0
    users: Sequence[User] = ()


@dataclass(frozen=True)
class Forecast:
    """What would happen; `matching` is how many users the rule itself matches.

    `barred` has the users who can't have something, by the sentence that says why.
    """

    matching: int = 0
    get: Named = field(default_factory=Named)
    lose: Named = field(default_factory=Named)
    switch: Named = field(default_factory=Named)
    wait: Named = field(default_factory=Named)
    barred: Sequence[tuple[str, Named]] = ()
    pools: Sequence[PoolForecast] = ()

    @property
    def changes_nothing(self) -> bool:
        parts = (self.get, self.lose, self.switch, self.wait)
        return not any(part.count for part in parts) and not self.barred


def forecast(
    rule: LicenseRule | None, customer: Customer, *, on: bool, draft: Draft | None = None
) -> Forecast:
    """Return what would come of a rule that is on or off from now, and says what the draft says.

    Without a `rule` the draft is of a new one, which comes last.
    """
    now = timezone.now()
    others = rules_of(customer, but=rule.pk if rule else None)
    stored = RuleFacts.of(rule, now=now) if rule else None
    facts = stored if draft is None else _drafted(draft, rule, customer)
    if facts is None:
        return Forecast()
    [mine] = rulebook_of([facts]).rules
    matching = set(mine.users(customer).order_by().values_list("pk", flat=True))
    pools = {*facts.gives, *(stored.gives if stored else ())}
    kept = KeptLicense.objects.filter(
        customer=customer, subscription__in=pools, user__deleted_at=None
    )
    users = matching | set(kept.order_by().values_list("user_id", flat=True))
    if stored is not None:
        [old] = rulebook_of([stored]).rules
        users |= set(old.users(customer).order_by().values_list("pk", flat=True))
    book = rulebook_of([*others, mine] if on else others, users)
    found = read_cases(users, book, customer)
    subscriptions = subscriptions_of(found.subscriptions | pools, customer)
    board = Board(subscriptions, Catalog(), {}, found.since, now)
    wanted = moving(found.cases, board)
    free = {pk: subscriptions[pk].assignable for pk in wanted | pools}
    others_wait = claims(free, users, customer)
    board.free = {pk: count - others_wait.get(pk, 0) for pk, count in free.items()}
    board.reserved = reserved_seats({pk: subscriptions[pk] for pk in free}, users)
    changed = [one for one in board.settle(found.cases) if not one.changes_nothing]
    return _told(changed, subscriptions, free, len(matching))


def _drafted(draft: Draft, rule: LicenseRule | None, customer: Customer) -> RuleFacts:
    last = LicenseRule.objects.filter(customer=customer).order_by("position").last()
    position = rule.position if rule else (last.position + 1 if last else 1)
    since = None
    if draft.for_newcomers:
        since = (rule.on_since if rule else None) or timezone.now()
    pk = rule.pk if rule else 0
    return RuleFacts(pk, draft.name, position, draft.filter, draft.gives, since)


def _told(
    changed: Sequence[Settlement],
    subscriptions: Mapping[int, Subscription],
    free: Mapping[int, int],
    matching: int,
) -> Forecast:
    rows = {pk: PoolForecast(subscriptions[pk], count) for pk, count in free.items()}
    parts: dict[str, set[int]] = {name: set() for name in ("get", "lose", "switch", "wait")}
    barred: dict[str, set[int]] = {}
    for one in changed:
        step, owed = one.step, one.verdict.kept.items()
        short = [pk for pk, kept in owed if kept.state == KeptState.WAITING]
        of_step = (("get", step.taken), ("lose", step.released), ("short", short))
        for name, pks in of_step:
            for pk in pks:
                setattr(rows[pk], name, getattr(rows[pk], name) + len(one.users))
        for name, pks in (*of_step[:2], ("switch", step.switched), ("wait", short)):
            parts[name].update(one.users if pks else ())
        for _pk, kept in owed:
            if kept.state == KeptState.BARRED:
                barred.setdefault(kept.why, set()).update(one.users)
    ordered = sorted(rows.values(), key=lambda row: row.subscription.product.name)
    return Forecast(
        matching,
        **{name: _named(users) for name, users in parts.items()},
        barred=[(why, _named(users)) for why, users in sorted(barred.items())],
        pools=[row for row in ordered if row.get or row.lose or row.short],
    )


def _named(users: set[int]) -> Named:
    if not users:
        return Named()
    rows = User.objects.filter(pk__among=sorted(users)).order_by("sort_name", "pk")
    return Named(len(users), list(rows[:NAMED]))
