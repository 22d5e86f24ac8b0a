"""Whose events a user sees, and how a batch becomes one line of the log."""

from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.actions import Action
from customers.log.events import on_user
from customers.models import AuditEvent, AuditNames, Batch, BatchKind, Customer
from customers.roles import Role
from tests.factories import StaffFactory
from tests.support.cast import Cast


def event(customer: Customer | None = None, **values: Any) -> AuditEvent:
    """One of a customer, or, with `partner` alone, of that partner's team."""
    actor, target = values.pop("actor", "Alice Lind"), values.pop("target", "Uma Berg")
    known: dict[str, Any] = {"action": Action.USER_BLOCKED, "target_type": "user", "target_id": 1}
    if customer is not None:
        known |= {"customer": customer, "partner": customer.partner}
    made = AuditEvent.objects.create(at=timezone.now(), **{**known, **values})
    AuditNames.objects.create(event=made, actor=actor, target=target)
    return made


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return Batch.objects.create(
        kind=BatchKind.BLOCK, by=cast.alice, customer=cast.contoso, key="key"
    )


@pytest.fixture
def of_batch(cast: Cast, batch: Batch) -> list[AuditEvent]:
    """Three events of one batch, the first of which stands for its three users."""
    return [
        event(
            cast.contoso,
            batch_id=batch.pk,
            target=f"User {number}",
            target_id=number,
            stands_for=None if number else 3,
            action=Action.USER_ALLOWED if number == 2 else Action.USER_BLOCKED,
        )
        for number in range(3)
    ]


@pytest.fixture
def everywhere(cast: Cast) -> dict[str, AuditEvent]:
    return {
        "contoso": event(cast.contoso),
        "northwind": event(cast.northwind),
        "adatum": event(cast.adatum),
        "team": event(partner=cast.fabrikam),
        "litware": event(partner=cast.litware),
        "nobody": event(),
    }


def named(events: Any, everywhere: dict[str, AuditEvent]) -> set[str]:
    return {name for name, one in everywhere.items() if one in set(events)}


def test_of_one_customer_it_is_the_customers_events_alone(
    cast: Cast, everywhere: dict[str, AuditEvent]
) -> None:
    assert named(AuditEvent.objects.of(cast.contoso), everywhere) == {"contoso"}


def test_of_all_customers_it_is_what_the_user_sees(
    cast: Cast, everywhere: dict[str, AuditEvent]
) -> None:
    def seen(user: User) -> set[str]:
        fresh = User.objects.with_roles().get(pk=user.pk)
        return named(AuditEvent.objects.of_all(fresh), everywhere)

    def limited(role: Role) -> User:
        return StaffFactory.create(partner=cast.fabrikam, roles=[role], only=[cast.northwind])

    assert seen(cast.alice) == {"contoso", "northwind", "team"}
    assert seen(cast.bob) == {"contoso", "northwind"}
    assert seen(cast.charlie) == {"adatum", "litware"}
    assert seen(limited(Role.ADMIN_AGENT)) == {"northwind"}
    assert seen(cast.support) == set(), "what belongs to no partner is nobody's here"


def test_the_teams_own_events_are_of_no_customer(
    cast: Cast, everywhere: dict[str, AuditEvent]
) -> None:
    assert named(AuditEvent.objects.of_team(cast.fabrikam.pk), everywhere) == {"team"}


def test_the_role_says_whether_it_is_all_or_the_own_actions_or_none(cast: Cast) -> None:
    own, other = event(cast.contoso, actor_id=cast.bob.pk), event(cast.contoso, actor_id=1)
    seen = {
        user.first_name: set(AuditEvent.objects.seen_by(User.objects.with_roles().get(pk=user.pk)))
        for user in (cast.alice, cast.gail, cast.bob, cast.sally, cast.uma)
    }
    assert seen == {
        "Alice": {own, other},
        "Gail": {own, other},
        "Bob": {own},
        "Sally": set(),
        "Uma": set(),
    }


def test_what_was_done_to_a_user_is_found_by_number(cast: Cast) -> None:
    one = event(cast.contoso, target_id=cast.uma.pk)
    event(cast.contoso, target_id=cast.gail.pk)
    event(cast.contoso, target_id=cast.uma.pk, target_type="domain")
    assert list(AuditEvent.objects.about(cast.uma)) == [one]


def test_every_word_is_in_the_name_of_then(cast: Cast) -> None:
    one = event(cast.contoso, actor="Alice Lind (alice@fabrikam.example)", target="Uma Berg")
    other = event(cast.contoso, actor="Bob Lind", target="Contoso", target_type="customer")
    events = AuditEvent.objects.order_by("pk")
    assert list(events.by_actor("lind")) == [one, other]
    assert list(events.by_actor("ALICE fabrikam")) == [one]
    assert list(events.by_actor("alice bob")) == []
    assert list(events.filter(on_user("berg uma"))) == [one]
    assert list(events.filter(on_user("contoso"))) == [], "a customer is no user"
    assert list(events.filter(on_user("%"))) == []


def test_a_batch_is_one_line_and_any_other_event_is_one(
    cast: Cast, of_batch: list[AuditEvent]
) -> None:
    alone = event(cast.contoso)
    lines = AuditEvent.objects.lines().order_by("pk")
    assert list(lines) == [of_batch[0], alone]


def test_a_batch_that_writes_its_log_in_chunks_is_still_one_line(
    cast: Cast, batch: Batch, of_batch: list[AuditEvent]
) -> None:
    event(cast.contoso, batch_id=batch.pk, stands_for=5)
    [line] = AuditEvent.objects.lines().with_batch()
    assert line == of_batch[0]
    assert line.batch_users == 8  # type: ignore[attr-defined]


def test_a_line_is_there_where_any_event_of_its_batch_fits(
    cast: Cast, of_batch: list[AuditEvent]
) -> None:
    event(cast.contoso)
    allowed = Q(action=Action.USER_ALLOWED)
    assert list(AuditEvent.objects.lines(allowed)) == [of_batch[0]]
    assert list(AuditEvent.objects.lines(Q(action=Action.USER_ADDED))) == []
    assert list(AuditEvent.objects.lines(Q())) == list(AuditEvent.objects.lines())


def test_a_line_knows_its_batch(cast: Cast, of_batch: list[AuditEvent]) -> None:
    alone = event(cast.contoso)
    rows: Any = AuditEvent.objects.lines().with_batch().order_by("pk")
    assert [(row.pk, row.in_company, row.batch_kind, row.batch_users) for row in rows] == [
        (of_batch[0].pk, True, "block", 3),
        (alone.pk, False, None, None),
    ]


def test_a_batch_of_one_event_has_no_company(cast: Cast, batch: Batch) -> None:
    event(cast.contoso, batch_id=batch.pk)
    row: Any = AuditEvent.objects.lines().with_batch().get()
    assert (row.in_company, row.batch_users) == (False, 1)


@pytest.mark.parametrize("limit, counted", [(5, 2), (2, 2), (1, 2), (0, 1)])
def test_what_fits_is_counted_to_one_above_the_limit(
    cast: Cast, of_batch: list[AuditEvent], limit: int, counted: int
) -> None:
    blocked = Q(action=Action.USER_BLOCKED)
    row: Any = AuditEvent.objects.lines(blocked).with_fitting(blocked, limit).get()
    assert row.fitting == counted


def test_a_domain_that_was_removed_is_known_by_its_number(cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    one = event(
        cast.contoso, action=Action.DOMAIN_REMOVED, target_type="domain", target_id=domain.pk
    )
    event(cast.contoso, action=Action.DOMAIN_ADDED, target_type="domain", target_id=domain.pk)
    assert list(AuditEvent.objects.removed_domain(domain.pk)) == [one]
    assert not AuditEvent.objects.removed_domain(0).exists()


def test_the_newest_come_first_with_their_names(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [event(cast.contoso, actor=f"User {number}") for number in range(3)]
    with django_assert_num_queries(1):
        found = list(AuditEvent.objects.newest_first())
        assert [one.named.actor for one in found] == ["User 2", "User 1", "User 0"]
    assert found == made[::-1]
