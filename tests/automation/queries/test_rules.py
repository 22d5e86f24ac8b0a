"""Who has what by rule, who waits and who can't have it, and what nights have brought back."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from automation.models import KeptLicense, KeptState, LicenseRule
from automation.queries.rules import ByRule, barred_of, by_rule, count_kept, drifts_of, waiting_of
from automation.services.keeping.work import find_drift
from licensing.models import Subscription
from tests.accounts.verbs import delete, subscribe
from tests.automation.ruled import put, rule_on
from tests.factories import LicenseRuleFactory, UserFactory
from tests.support.cast import Cast


def owe(
    rule: LicenseRule | None, pool: Subscription, user: User, state: str, **more: Any
) -> KeptLicense:
    return KeptLicense.objects.create(
        rule=rule, subscription=pool, user=user, customer=pool.customer, state=state, **more
    )


def counts(rule: Any) -> tuple[int, int, int, int]:
    return rule.given, rule.waiting, rule.barred, rule.excepted


def test_what_each_rule_comes_to_is_counted_by_itself(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    teams, mail = subscribe(cast, "Teams"), subscribe(cast, "Mail")
    users = UserFactory.create_batch(4, customer=cast.contoso)
    first, second, none = (
        LicenseRuleFactory.create(customer=cast.contoso, gives=[teams], excepts=excepted)
        for excepted in (users[:3], users[:1], [])
    )
    for user in users[:2]:
        owe(first, teams, user, KeptState.GIVEN)
    owe(first, teams, users[2], KeptState.WAITING)
    owe(second, mail, users[0], KeptState.BARRED)
    owe(None, mail, users[1], KeptState.GIVEN)
    owe(first, mail, users[3], KeptState.GIVEN)
    delete(cast, users[3])
    with django_assert_num_queries(2):
        count_kept([first, second, none], cast.contoso)
    # Two licenses and three exceptions are no six of either.
    assert [counts(rule) for rule in (first, second, none)] == [
        (2, 1, 0, 3),
        (0, 0, 1, 1),
        (0, 0, 0, 0),
    ]


def test_a_license_is_by_the_rule_that_gave_it_or_by_none_that_is_there(cast: Cast) -> None:
    teams, mail = subscribe(cast, "Teams"), subscribe(cast, "Mail")
    rule = LicenseRuleFactory.create(customer=cast.contoso, name="Sales", gives=[teams])
    owe(rule, teams, cast.uma, KeptState.GIVEN)
    owe(None, mail, cast.uma, KeptState.GIVEN, why="Teams needs it.")
    owe(rule, teams, cast.gail, KeptState.WAITING)
    assert by_rule([cast.uma.pk, cast.gail.pk]) == {
        (cast.uma.pk, teams.pk): ByRule(rule.pk, "Sales", ""),
        (cast.uma.pk, mail.pk): ByRule(None, "", "Teams needs it."),
    }
    assert by_rule([]) == {}
    delete(cast, cast.uma)
    assert by_rule([cast.uma.pk]) == {}


def test_who_waits_is_listed_in_the_order_of_the_seats_and_who_cannot_by_name(cast: Cast) -> None:
    teams, now = subscribe(cast), timezone.now()
    first, second = (
        LicenseRuleFactory.create(customer=cast.contoso, gives=[teams], position=position)
        for position in (1, 2)
    )
    ann, ben, cid, dan = (
        UserFactory.create(customer=cast.contoso, display_name=name)
        for name in ("Ann", "Ben", "Cid", "Dan")
    )
    owe(second, teams, ann, KeptState.WAITING, since=now - timedelta(days=9))
    owe(first, teams, ben, KeptState.WAITING, since=now)
    owe(first, teams, cid, KeptState.WAITING, since=now - timedelta(days=1))
    for user in (dan, cast.uma):
        owe(first, teams, user, KeptState.BARRED)
    assert [row.user for row in waiting_of(cast.contoso)] == [cid, ben, ann]
    assert [row.user for row in barred_of(cast.contoso)] == [dan, cast.uma]
    assert not waiting_of(cast.northwind)


def test_only_what_a_night_has_brought_back_is_a_drift(cast: Cast) -> None:
    rule_on(cast, subscribe(cast))
    put(cast, "Sales", cast.gail)
    assert not drifts_of(cast.contoso)
    User.objects.filter(pk=cast.uma.pk).update(department="Sales")
    find_drift()
    [batch] = drifts_of(cast.contoso)
    assert list(batch.items.values_list("user", flat=True)) == [cast.uma.pk]
    assert not drifts_of(cast.northwind)
