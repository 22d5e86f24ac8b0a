"""Whose schedules are shown to whom, in what order."""

import pytest

from accounts.models import User
from automation.models import ScheduleState
from automation.queries.schedules import about, ahead, for_list, names_of, over, seen_by
from customers.roles import Role
from tests.automation.services.scheduling import in_days, scheduled
from tests.factories import ScheduleFactory, StaffFactory, UserFactory
from tests.support.cast import Cast


@pytest.mark.parametrize(
    "who, kinds",
    [
        ("alice", {"block", "licenses"}),
        ("gail", {"block", "licenses"}),
        # Who manages licenses alone, and who manages nothing.
        ("bob", {"licenses"}),
        ("sally", {"licenses"}),
        ("uma", set()),
        ("charlie", set()),
    ],
)
def test_a_role_shows_what_it_could_do_itself(cast: Cast, who: str, kinds: set[str]) -> None:
    for kind in ("block", "licenses"):
        ScheduleFactory.create(customer=cast.contoso, kind=kind, by=cast.alice)
    found = seen_by(User.objects.with_roles().get(pk=getattr(cast, who).pk))
    assert {row.kind for row in found} == kinds


def test_limited_staff_see_their_customers_alone_and_all_see_their_own(cast: Cast) -> None:
    ScheduleFactory.create(customer=cast.contoso)
    there = ScheduleFactory.create(customer=cast.northwind)
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    assert list(seen_by(limited)) == [there]
    own = ScheduleFactory.create(customer=cast.northwind, by=cast.bob)
    assert list(seen_by(cast.bob)) == [own]


def test_the_next_one_comes_first_and_of_the_past_the_last(cast: Cast) -> None:
    second, first = scheduled(cast, due=in_days(2)), scheduled(cast, due=in_days(1))
    past = [
        ScheduleFactory.create(customer=cast.contoso, state=state)
        for state in (ScheduleState.FAILED, ScheduleState.CANCELED)
    ]
    rows = seen_by(cast.alice)
    assert list(ahead(rows)) == [first, second]
    assert list(over(rows)) == past[::-1]


def test_few_users_are_named_and_many_counted(cast: Cast) -> None:
    few = scheduled(cast, cast.uma, cast.gail)
    many = scheduled(cast, *UserFactory.create_batch(4, customer=cast.contoso))
    rows = list(for_list(ahead(seen_by(cast.alice))))
    assert {row.pk: row.number for row in rows} == {few.pk: 2, many.pk: 4}  # type: ignore[attr-defined]
    assert names_of(rows) == {few.pk: ["Gail", "Uma"]}
    # Those of other pages are not counted.
    assert for_list(ahead(seen_by(cast.alice))).query.group_by is None


def test_of_a_user_what_waits_is_found(cast: Cast) -> None:
    made = scheduled(cast, cast.uma)
    scheduled(cast, cast.gail)
    ScheduleFactory.create(customer=cast.contoso, people=[cast.uma], state=ScheduleState.FAILED)
    assert about(cast.uma, cast.alice) == [made]
    assert about(cast.uma, cast.bob) == []
