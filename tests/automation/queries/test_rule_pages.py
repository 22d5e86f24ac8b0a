"""What pages ask of rules: lists in order, values to choose from, and marks of licenses."""

from datetime import timedelta

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.queries.license_marks import Marks
from automation.models import KeptLicense, KeptState, LicenseRule
from automation.queries.rule_pages import kept_by, rule_marks
from tests.factories import LicenseRuleFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast


def test_who_waits_longest_comes_first(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    rule = LicenseRuleFactory.create(customer=cast.contoso, gives=[pool])
    users = UserFactory.create_batch(3, customer=cast.contoso)
    for days, user in enumerate(users):
        KeptLicense.objects.create(
            rule=rule,
            subscription=pool,
            user=user,
            customer=cast.contoso,
            state=KeptState.WAITING,
            since=timezone.now() - timedelta(days=days),
        )
    assert [row.user for row in kept_by(rule, KeptState.WAITING)] == users[::-1]
    assert not kept_by(rule, KeptState.GIVEN)
    assert not kept_by(rule, KeptState.BARRED)


def test_licenses_are_marked_where_there_are_rules(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    assign(pool, cast.uma)
    with django_assert_num_queries(1):
        assert rule_marks(cast.contoso, [cast.uma.pk]) == Marks()
    rule = LicenseRuleFactory.create(customer=cast.contoso, name="Sales", gives=[pool])
    KeptLicense.objects.create(
        rule=rule, subscription=pool, user=cast.uma, customer=cast.contoso, state=KeptState.GIVEN
    )
    with django_assert_num_queries(2):
        marks = rule_marks(cast.contoso, [cast.uma.pk, cast.gail.pk])
    assert marks.of(cast.uma.pk, pool.pk) == "By rule Sales"
    assert marks.of(cast.gail.pk, pool.pk) == "Direct"
    KeptLicense.objects.update(rule=None)
    assert rule_marks(cast.contoso, [cast.uma.pk]).of(cast.uma.pk, pool.pk).startswith("By rule (")
    assert LicenseRule.objects.count() == 1
