"""Users in cases that are alike, as the database puts them together."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries.filters import PLAIN, UserFilter
from accounts.queries.license_groups import Held
from automation.models import KeptLicense, KeptState, LicenseRule
from automation.queries.rule_facts import RuleFacts, rulebook_of
from automation.services.keeping.planning import Case, Kept
from automation.services.keeping.reading import claims, read_cases, subscriptions_of
from customers.roles import Role
from licensing.models import Subscription, SubscriptionStatus
from tests.accounts.verbs import delete, subscribe
from tests.factories import LicenseRuleFactory, UserFactory, assign
from tests.support.cast import Cast


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    User.objects.filter(customer=cast.contoso).update(usage_location="US", department="Sales")
    return subscribe(cast, "Teams")


def rule(cast: Cast, *pools: Subscription, **more: Any) -> LicenseRule:
    found: LicenseRule = LicenseRuleFactory.create(
        customer=cast.contoso, gives=pools, filter={"department": "Sales"}, is_on=True,
        on_since=timezone.now(), **more,
    )  # fmt: skip
    return found


def owe(pool: Subscription, user: User, by: LicenseRule | None, state: str, **more: Any) -> None:
    KeptLicense.objects.create(
        customer=pool.customer, subscription=pool, user=user, rule=by, state=state, **more
    )


def in_cases(cases: list[Case]) -> list[list[int]]:
    return sorted(case.users for case in cases)


def test_users_who_are_alike_are_one_case(
    cast: Cast, teams: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = rule(cast, teams)
    users = UserFactory.create_batch(
        3, customer=cast.contoso, usage_location="US", department="Sales"
    )
    assign(teams, users[2])
    UserFactory.create(customer=cast.contoso, usage_location="US", department="HR")
    delete(cast, cast.gail)
    book = rulebook_of([one])
    with django_assert_num_queries(1):
        found = read_cases(None, book, cast.contoso)
    assert in_cases(found.cases) == [sorted([cast.uma.pk, users[0].pk, users[1].pk]), [users[2].pk]]
    assert (found.subscriptions, found.since) == ({teams.pk}, {})
    held = {case.users[0]: case.held for case in found.cases}[users[2].pk]
    assert held == {teams.pk: Held(teams.product_id)}
    some = read_cases([users[0].pk], book, cast.contoso)
    assert in_cases(some.cases) == [[users[0].pk]]


def test_what_no_rule_asks_for_parts_nobody(cast: Cast, teams: Subscription) -> None:
    User.objects.filter(pk=cast.uma.pk).update(job_title="Agent")
    # Gail is an administrator, and uma is none.
    alike = read_cases(None, rulebook_of([rule(cast, teams)]), cast.contoso)
    assert in_cases(alike.cases) == [sorted([cast.uma.pk, cast.gail.pk])]
    plain = RuleFacts(0, "Plain", 1, UserFilter(permission=PLAIN), {teams.pk: frozenset()})
    admins = RuleFacts(
        0, "Admins", 2, UserFilter(permission=Role.GLOBAL_ADMIN), {teams.pk: frozenset({"CHAT"})}
    )
    apart = read_cases(None, rulebook_of([plain, admins]), cast.contoso)
    assert in_cases(apart.cases) == sorted([[cast.uma.pk], [cast.gail.pk]])


def test_who_was_added_since_a_rule_was_is_parted_from_who_was_there(
    cast: Cast, teams: Subscription
) -> None:
    User.objects.filter(pk=cast.uma.pk).update(added_at=timezone.now() - timedelta(days=1))
    newer = rule(cast, teams, for_newcomers=True)
    User.objects.filter(pk=cast.gail.pk).update(added_at=newer.on_since)
    found = read_cases(None, rulebook_of([newer]), cast.contoso)
    assert in_cases(found.cases) == [[cast.gail.pk]]


def test_who_has_or_awaits_something_by_a_rule_is_a_case_without_a_wish(
    cast: Cast, teams: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = rule(cast, teams)
    since = timezone.now() - timedelta(days=1)
    why = "A sentence | with \u201csigns\u201d, and\ta tab."
    owe(teams, cast.uma, one, KeptState.WAITING, since=since)
    owe(subscribe(cast, "Mail"), cast.gail, None, KeptState.GIVEN, why=why)
    with django_assert_num_queries(2):
        found = read_cases(None, rulebook_of([]), cast.contoso)
    kept = {case.users[0]: case.kept for case in found.cases}
    assert kept[cast.uma.pk] == {teams.pk: Kept(KeptState.WAITING, one.pk)}
    [row] = kept[cast.gail.pk].values()
    assert row == Kept(KeptState.GIVEN, None, why)
    assert found.since == {(cast.uma.pk, teams.pk): since}
    assert not any(case.wishes for case in found.cases)


def test_others_who_wait_are_counted_by_subscription(cast: Cast, teams: Subscription) -> None:
    one, mail = rule(cast, teams), subscribe(cast, "Mail")
    users = UserFactory.create_batch(3, customer=cast.contoso)
    for user in users:
        owe(teams, user, one, KeptState.WAITING)
    owe(mail, users[0], one, KeptState.BARRED)
    assert claims([teams.pk, mail.pk], [users[0].pk], cast.contoso) == {teams.pk: 2}
    assert claims([mail.pk], [], cast.contoso) == {}


def test_subscriptions_are_those_of_the_customer_canceled_ones_too(
    cast: Cast, teams: Subscription
) -> None:
    gone = subscribe(cast, "Gone")
    Subscription.objects.filter(pk=gone.pk).update(status=SubscriptionStatus.CANCELED)
    found = subscriptions_of([teams.pk, gone.pk], cast.contoso)
    assert found == {teams.pk: teams, gone.pk: gone}
    assert subscriptions_of([teams.pk], cast.northwind) == {}
