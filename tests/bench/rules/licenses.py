"""License rules over 100,000 users against COPY of the same assignments, and a create under 20."""

from collections.abc import Callable, Iterator
from functools import partial

from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.users import License, NewUser, add_unseen_users
from automation.models import LicenseRule
from automation.services.drafts import Draft
from automation.services.keeping.work import mend, settle_customer
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_rule
from customers import scope
from customers.models import Customer
from customers.services.batches import new_key
from licensing.models import Subscription
from tests.bench.clock import median_elapsed, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.licenses import COPIED, copy_assignments, subscription
from tests.bench.population import STAFF, Population, run
from tests.bench.stage import Stage

GIVEN, RULES = 4, 20


def measure(stage: Stage) -> Iterator[Figure]:
    number = stage.users(100_000, 200)
    whole = Population("ruled", ((number, 0), (1, 0)), others=5, licenses=1, spread=1)
    with stage.databases.copy_of(whole):
        users = list(User.objects.filter(customer=1).order_by("id").values_list("pk", flat=True))
        yield from _whole(stage, users)
        yield from _creates(stage)


def _whole(stage: Stage, users: list[int]) -> Iterator[Figure]:
    customer, actor = Customer.objects.get(pk=1), User.objects.get(pk=STAFF)
    draft = Draft("All", UserFilter(), {subscription(GIVEN): frozenset()})
    rule = add_rule(draft, customer=customer, actor=actor)
    now, seat = timezone.now().isoformat(), subscription(COPIED)
    rows = "".join(f"{seat}\t{pk}\t1\t[]\t{now}\n" for pk in users).encode()
    with override_settings(PEOPLE_AT_ONCE=len(users)):
        spent = side_by_side(
            {
                "COPY": partial(copy_assignments, rows),
                "on": _as_task(lambda: switch_on(rule, actor=actor, key=new_key())),
                "nothing to do": _as_task(lambda: mend(customer)),
                "off": _as_task(lambda: switch_off(rule, actor=actor, key=new_key())),
            },
            rounds=stage.rounds,
            after={"COPY": _remove_copied, "off": partial(settle_customer, 1)},
        )
    copy = median_elapsed(spent.pop("COPY"))
    yield yardstick(f"COPY of {len(users)} assignments", copy, "s")
    idle = median_elapsed(spent.pop("nothing to do"))
    yield at_most(2, f"rules of {len(users)} users compared, nothing to do", idle, "s")
    for what, one in spent.items():
        name = f"a rule over {len(users)} users switched {what}"
        yield at_most(4, name, median_elapsed(one) / copy, "x COPY")
        yield yardstick(f"{name}, elapsed", median_elapsed(one), "s")
    LicenseRule.objects.all().delete()


def _creates(stage: Stage) -> Iterator[Figure]:
    """Of a user whom none of twenty rules matches, and of one whom two of them give a license each,
    beside one who has the same by hand.
    """
    actor = User.objects.get(pk=STAFF)
    ruled, plain = Customer.objects.get(pk=2), Customer.objects.get(pk=3)
    pools, others = (
        list(Subscription.objects.filter(customer=one).order_by("product"))[:2]
        for one in (ruled, plain)
    )
    for number in range(RULES):
        found = UserFilter(department=f"Department {number // 2}")
        draft = Draft(f"Rule {number}", found, {pools[number % 2].pk: frozenset()})
        switch_on(add_rule(draft, customer=ruled, actor=actor), actor=actor)
    settle_customer(ruled.pk)
    made = iter(range(1_000_000))

    def add(customer: Customer, department: str, licenses: tuple[License, ...] = ()) -> None:
        number = next(made)
        new = NewUser(
            local_part=f"ruled{number}",
            domain=customer.domains.get(),
            display_name=f"Ada Lind {number}",
            fields={"usage_location": "US", "department": department},
            licenses=licenses,
        )
        add_unseen_users([new], customer=customer, actor=actor, key=new_key())

    by_hand = tuple(License(pool.pk, ()) for pool in others)
    works: dict[str, Callable[[], object]] = {
        "where there is no rule": partial(add, plain, "Department 3"),
        "whom no rule matches": partial(add, ruled, "Elsewhere"),
        "with two licenses by hand": partial(add, plain, "Department 3", by_hand),
        "with two licenses by rule": partial(add, ruled, "Department 3"),
    }
    spent = side_by_side(
        {name: _as_task(work) for name, work in works.items()}, rounds=max(20, stage.rounds * 8)
    )
    without, missed, given, ruling = (median_elapsed(spent[name]) for name in works)
    for name in list(works)[::2]:
        yield yardstick(f"a user added {name}", 1000 * median_elapsed(spent[name]), "ms")
    yield at_most(
        1.3, f"a user added, {RULES} rules and none matches", missed / without, "x no rule"
    )
    yield at_most(1.3, f"a user added, {RULES} rules and two give", ruling / given, "x by hand")


def _as_task(work: Callable[[], object]) -> Callable[[], object]:
    """COPY goes as the owner, whom row-level security spares; what the portal does, as a task."""
    return scope.within(scope.TASKS)(work)


def _remove_copied() -> None:
    seat = subscription(COPIED)
    run("DELETE FROM licensing_licenseassignment WHERE subscription_id = %s", [seat])
