"""What changes leave to the rules is worked off, and what drifted without one is brought back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.queries.filters import UserFilter
from automation.models import KeptLicense, KeptState, LicenseRule, Unsettled
from automation.services.keeping.marks import leave
from automation.services.keeping.work import find_drift, settle_all, settle_customer
from customers.models import Batch, BatchKind
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import held, subscribe
from tests.automation.ruled import kept, put, rule_on
from tests.factories import LicenseRuleFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def moved(user: User, department: str) -> None:
    """Put a user into a department behind the portal's back: nothing is left to the rules."""
    User.objects.filter(pk=user.pk).update(department=department)


def test_what_nothing_was_left_for_stays_until_the_night(cast: Cast) -> None:
    rule_on(cast, subscribe(cast))
    moved(cast.uma, "Sales")
    assert settle_customer(cast.contoso.pk) == 0
    assert held(cast.uma) == []
    assert find_drift() == 1
    assert held(cast.uma) == [("Teams", [])]
    batch = Batch.objects.latest("pk")
    assert (batch.kind, batch.by, batch.request["do"]) == (BatchKind.RULES, None, "drift")
    assert find_drift() == 0
    assert violations() == []


def test_a_customer_whose_comparison_fails_keeps_no_other_from_it(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.northwind, quantity=5)
    LicenseRuleFactory.create(
        customer=cast.northwind, gives=[pool], is_on=True, on_since=timezone.now()
    )
    other = UserFactory.create(customer=cast.northwind, usage_location="US")
    rule_on(cast, subscribe(cast))
    # Nothing that the portal writes, and read_filter can't read it.
    LicenseRule.objects.filter(customer=cast.contoso).update(filter=["department"])
    with pytest.raises(TypeError):
        find_drift()
    assert LicenseAssignment.objects.live().filter(user=other).count() == 1


def test_the_whole_customer_is_looked_at_where_it_was_left(cast: Cast) -> None:
    rule_on(cast, subscribe(cast))
    moved(cast.uma, "Sales")
    leave(cast.contoso, is_whole=True)
    assert settle_customer(cast.contoso.pk) == 1
    assert held(cast.uma) == [("Teams", [])]
    assert not Unsettled.objects.exists()


def test_who_was_changed_while_a_rule_was_is_looked_at_afterwards(cast: Cast) -> None:
    rule_on(cast, subscribe(cast))
    since = timezone.now()
    put(cast, "HR", cast.uma)
    moved(cast.uma, "Sales")
    moved(cast.gail, "Sales")
    leave(cast.contoso, since=since)
    # The log names uma alone.
    assert settle_customer(cast.contoso.pk) == 1
    assert (held(cast.uma), held(cast.gail)) == ([("Teams", [])], [])


def test_of_those_who_wait_as_many_are_looked_at_as_there_are_seats(cast: Cast) -> None:
    pool = subscribe(cast, quantity=1)
    rule_on(cast, pool)
    users = UserFactory.create_batch(4, customer=cast.contoso, usage_location="US")
    put(cast, "Sales", *users)
    waits = KeptLicense.objects.filter(state=KeptState.WAITING)
    assert waits.count() == 3
    # Bought behind the portal's back.
    Subscription.objects.filter(pk=pool.pk).update(quantity=3)
    assert settle_customer(cast.contoso.pk) == 2
    assert [row.user_id for row in waits] == [users[3].pk]
    assert kept(users[1]) == [("Teams", KeptState.GIVEN)]
    assert violations() == []


def test_nothing_is_left_of_a_customer_who_is_none(db: None) -> None:
    assert settle_customer(9_000_000_000) == 0


def test_what_a_lost_task_left_is_sent_for_again(cast: Cast) -> None:
    pool = subscribe(cast, quantity=1)
    rule_on(cast, pool, to=UserFilter(department="Sales"))
    put(cast, "Sales", cast.uma, cast.gail)
    assert settle_all() == 0
    leave(cast.northwind, is_whole=True)
    # It may be under way as yet.
    assert settle_all() == 0
    Unsettled.objects.update(created_at=timezone.now() - timedelta(seconds=3))
    assert settle_all() == 1
    Subscription.objects.filter(pk=pool.pk).update(quantity=2)
    with CaptureQueriesContext(connection) as queries:
        assert settle_all() == 2
    assert len(queries) == 2
