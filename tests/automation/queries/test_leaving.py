"""What a plan will do, in figures: its steps in order, and the seats that come free."""

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from automation.queries.leaving import foresee_steps, freed_seats, licensed_by_rule, without_license
from tests.accounts.undoing import block
from tests.accounts.verbs import subscribe
from tests.automation.leaving import wanted
from tests.automation.ruled import put, rule_on
from tests.support.cast import Cast

ZONE = "America/New_York"


def test_each_step_counts_whom_it_is_for(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    block(cast, cast.uma)
    ids = [cast.uma.pk, cast.gail.pk]
    steps = wanted(delete=30, block=None, licenses=7)
    with django_assert_num_queries(3):
        found = foresee_steps(
            steps, ids, customer=cast.contoso, actor=cast.alice, zone=ZONE, now=timezone.now()
        )
    assert [(one.step.kind, one.forecast.todo.count) for one in found] == [
        ("block", 1),
        ("licenses", 2),
        ("delete", 2),
    ]
    assert [one.at is None for one in found] == [True, False, False]


def test_seats_come_free_with_the_licenses_or_else_with_the_account(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.uma, cast.gail)
    subscribe(cast, "Chat", cast.uma)
    subscribe(cast, "Phone")
    users = User.objects.filter(pk__in=[cast.uma.pk, cast.gail.pk])

    def freed(**days: float | None) -> list[tuple[str, int, int, bool]]:
        steps = foresee_steps(
            wanted(**days),
            [cast.uma.pk, cast.gail.pk],
            customer=cast.contoso,
            actor=cast.alice,
            zone=ZONE,
            now=timezone.now(),
        )
        rows = freed_seats(steps, users)
        return [
            (row.subscription.product.name, row.seats, row.free_then, row.at is None)
            for row in rows
        ]

    assert freed(licenses=None, delete=30) == [("Chat", 1, 5, True), ("Mail", 2, 5, True)]
    assert freed(block=None, delete=30) == [("Chat", 1, 5, False), ("Mail", 2, 5, False)]
    assert freed(block=None) == []
    assert mail.quantity == 5


def test_who_has_a_license_by_rule_is_counted(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.gail)
    put(cast, "Sales", cast.uma)
    rule_on(cast, mail)
    users = User.objects.filter(pk__in=[cast.uma.pk, cast.gail.pk])
    assert licensed_by_rule(users) == 1


def test_who_has_no_license_is_counted(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    users = User.objects.filter(pk__in=[cast.uma.pk, cast.gail.pk])
    assert without_license(users) == 1
