"""How rules are called, and what the database holds them to."""

import pytest
from django.db import IntegrityError, transaction

from automation.models import KeptLicense, KeptState, LicenseRule, Unsettled
from tests.factories import LicenseRuleFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_a_name_is_a_customers_once_however_it_is_written(cast: Cast) -> None:
    LicenseRuleFactory.create(customer=cast.contoso, name="Sales")
    LicenseRuleFactory.create(customer=cast.northwind, name="sales")
    with pytest.raises(IntegrityError), transaction.atomic():
        LicenseRuleFactory.create(customer=cast.contoso, name="SALES")


def test_rules_come_in_their_order_and_are_called_by_name(cast: Cast) -> None:
    last, first = (
        LicenseRuleFactory.create(customer=cast.contoso, name=name, position=position)
        for name, position in (("Last", 2), ("First", 1))
    )
    assert [str(rule) for rule in LicenseRule.objects.all()] == ["First", "Last"]
    assert [*LicenseRule.objects.all()] == [first, last]


def test_what_hangs_on_a_rule_is_told_apart_by_ids(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    rule = LicenseRuleFactory.create(customer=cast.contoso, gives=[pool], excepts=[cast.uma])
    kept = KeptLicense(subscription=pool, user=cast.uma, state=KeptState.GIVEN)
    assert [str(row) for row in (rule.gives.get(), rule.exceptions.get(), kept)] == [
        f"{rule.pk}/{pool.pk}",
        f"{rule.pk}/{cast.uma.pk}",
        f"{pool.pk}/{cast.uma.pk}",
    ]
    assert str(Unsettled(customer=cast.contoso)) == f"{cast.contoso.pk}/"


@pytest.mark.postgres
def test_a_rule_gives_and_excepts_nothing_of_another_customer(cast: Cast) -> None:
    theirs = SubscriptionFactory.create(customer=cast.northwind)
    rule = LicenseRuleFactory.create(customer=cast.contoso)
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.gives.create(subscription=theirs, customer=cast.contoso)
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.exceptions.create(user=cast.charlie, customer=cast.contoso)
