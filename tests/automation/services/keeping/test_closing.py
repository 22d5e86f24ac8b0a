"""What keeps the rules: every change of users, at its close, and of subscriptions."""

import pytest
from django.utils import translation

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import block_users, change_users
from automation.models import KeptLicense, KeptState, Unsettled
from automation.services.keeping import closing
from automation.services.keeping.work import settle_customer
from customers.models import AuditEvent, Batch, BatchKind, Outcome
from licensing.models import Subscription
from licensing.services.subscriptions import (
    cancel_subscription,
    change_seats,
    resume_subscription,
    suspend_subscription,
)
from tests.accounts.verbs import delete, held, restore, subscribe
from tests.automation.ruled import kept, put, rule_on
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    pool = subscribe(cast, "Teams", quantity=2)
    rule_on(cast, pool)
    return pool


@pytest.fixture
def people(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso, usage_location="US")


def left() -> list[tuple[int | None, bool]]:
    return list(Unsettled.objects.order_by("pk").values_list("batch", "is_whole"))


def test_what_the_rules_want_is_done_with_the_change(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    batch = put(cast, "Sales", *people[:2])
    assert [held(user) for user in people] == [[("Teams", [])], [("Teams", [])], []]
    assert left() == []
    given = AuditEvent.objects.filter(batch_id=batch.pk, action="license.assigned")
    assert {(event.actor_id, event.reason) for event in given} == {
        (cast.alice.pk, "License rule: Sales")
    }


def test_many_are_left_to_a_task_at_once_after_it(
    cast: Cast, teams: Subscription, people: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    assert put(cast, "Sales", *people[:2]).done == 2
    assert left() == []
    batch = put(cast, "HR", *people)
    assert left() == [(batch.pk, False)]
    assert held(people[0]) == [("Teams", [])]
    assert settle_customer(cast.contoso.pk) == 2
    assert not any(held(user) for user in people)
    assert left() == []


def test_what_makes_no_difference_to_a_rule_is_not_looked_at(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    put(cast, "Sales", people[0])
    block_users([people[0]], customer=cast.contoso, actor=cast.alice)
    assert (held(people[0]), left()) == ([("Teams", [])], [])


def test_a_seat_that_comes_free_is_left_to_those_who_wait(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    put(cast, "Sales", *people)
    assert kept(people[2]) == [("Teams", KeptState.WAITING)]
    put(cast, "HR", people[0])
    assert left() == [(None, False)]
    assert settle_customer(cast.contoso.pk) == 1
    assert held(people[2]) == [("Teams", [])]
    assert violations() == []


def test_who_is_deleted_waits_no_longer_and_is_remembered_for_what_they_had(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    put(cast, "Sales", *people)
    delete(cast, people[2], people[1])
    assert (kept(people[2]), kept(people[1])) == ([], [("Teams", KeptState.GIVEN)])
    restore(cast, people[1])
    assert held(people[1]) == [("Teams", [])]
    put(cast, "HR", people[1])
    assert held(people[1]) == []


def test_seats_that_are_bought_or_can_be_given_again_are_left_to_those_who_wait(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    put(cast, "Sales", *people)
    suspend_subscription(teams, actor=cast.alice)
    change_seats(Subscription.objects.get(pk=teams.pk), 3, actor=cast.alice)
    assert left() == []
    resume_subscription(Subscription.objects.get(pk=teams.pk), actor=cast.alice)
    assert left() == [(None, False)]
    assert settle_customer(cast.contoso.pk) == 1
    assert all(held(user) for user in people)


def test_the_same_reason_in_another_language_is_no_other_reason(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    suspend_subscription(teams, actor=cast.alice)
    put(cast, "Sales", people[0])
    row = KeptLicense.objects.get()
    assert row.why == "Teams: the subscription is suspended."
    with translation.override("de"):
        # Seen by a change of the user, and by what looks at all users.
        batch = change_users(
            people[:1], customer=cast.contoso, actor=cast.alice, fields={"usage_location": "SE"}
        )
        Unsettled.objects.create(customer=cast.contoso, is_whole=True)
        assert settle_customer(cast.contoso.pk) == 0
    # German, it was not written anew, and nobody is told of it once more.
    assert KeptLicense.objects.values_list("why", flat=True).get() == row.why
    assert not Batch.objects.filter(kind=BatchKind.RULES, pk__gt=batch.pk).exists()
    assert [item.outcome for item in batch.items.all()] == [Outcome.DONE]


def test_what_was_given_of_a_canceled_subscription_is_forgotten(
    cast: Cast, teams: Subscription, people: list[User]
) -> None:
    put(cast, "Sales", *people)
    cancel_subscription(teams, actor=cast.alice)
    assert not KeptLicense.objects.exists()
    assert settle_customer(cast.contoso.pk) == 0
    assert violations() == []


def test_where_there_never_was_a_rule_nothing_is_left(cast: Cast) -> None:
    subscribe(cast, "Teams")
    assert put(cast, "Sales", cast.uma).done == 1
    assert (left(), Batch.objects.filter(kind=BatchKind.RULES).count()) == ([], 0)
