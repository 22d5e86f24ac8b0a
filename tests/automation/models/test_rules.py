"""How rules are called, and what the database holds them to."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from automation.models import KeptLicense, KeptState, LicenseRule, Unsettled
from licensing.models import Subscription
from tests.factories import LicenseRuleFactory, SubscriptionFactory, UserFactory
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
    kept = KeptLicense(pk=7, subscription=pool, user=cast.uma, state=KeptState.GIVEN)
    assert [str(row) for row in (rule.gives.get(), rule.exceptions.get(), kept)] == [
        f"{rule.pk}/{pool.pk}",
        f"{rule.pk}/{cast.uma.pk}",
        f"{pool.product} (7)",
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


@pytest.fixture
def kept(cast: Cast) -> KeptLicense:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    return KeptLicense.objects.create(
        customer=cast.contoso, subscription=pool, user=cast.uma, state=KeptState.WAITING
    )


@pytest.mark.postgres
@pytest.mark.parametrize("beside", [0, 120])
@pytest.mark.parametrize("kind", ["user", "subscription", "customer"])
def test_what_rules_keep_is_of_one_customer(
    cast: Cast, kept: KeptLicense, kind: str, beside: int
) -> None:
    """One INSERT of good rows and a wrong one, and an UPDATE, as no foreign key looks at them."""
    other = SubscriptionFactory.create(customer=cast.contoso)
    theirs = SubscriptionFactory.create(customer=cast.northwind)
    users = [cast.uma, *UserFactory.create_batch(beside, customer=cast.contoso)]
    good = [KeptLicense(customer=cast.contoso, subscription=other, user=one) for one in users]
    mine = {"customer": cast.contoso, "subscription": other, "user": cast.gail}
    wrong = {"user": cast.charlie, "subscription": theirs, "customer": cast.northwind}[kind]
    row = KeptLicense(**{**mine, kind: wrong})
    with pytest.raises(IntegrityError, match="not of this customer"), transaction.atomic():
        KeptLicense.objects.bulk_create([*good, row])
    with pytest.raises(IntegrityError, match="stay as they are"), transaction.atomic():
        KeptLicense.objects.filter(pk=kept.pk).update(**{kind: wrong})
    assert KeptLicense.objects.get() == kept


@pytest.mark.postgres
@pytest.mark.parametrize("model", [User, Subscription])
def test_of_whom_rules_keep_something_nothing_is_deleted_below_it(
    kept: KeptLicense, model: type[User | Subscription]
) -> None:
    gone = kept.user_id if model is User else kept.subscription_id
    statement = f"DELETE FROM {model._meta.db_table} WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="rules have given"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [gone])
    assert model.objects.filter(pk=gone).exists()
