"""Users in groups by what they hold, so that many are looked at once."""

from django.utils import timezone

from accounts.queries.license_groups import Group, Held, groups_at_deletion, groups_of
from tests.accounts.verbs import delete, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast


def test_users_of_one_place_with_the_same_licenses_are_one_group(cast: Cast) -> None:
    ann, ben, cid = UserFactory.create_batch(3, customer=cast.contoso)
    teams, visio = subscribe(cast, "Teams", ann, ben), subscribe(cast, "Visio", ben, ann)
    ids = [ben.pk, cid.pk, ann.pk]
    assert groups_of(ids, cast.contoso) == [
        Group(
            "US",
            {teams.pk: Held(teams.product_id), visio.pk: Held(visio.product_id)},
            [ann.pk, ben.pk],
        ),
        Group("US", {}, [cid.pk]),
    ]


def test_another_place_or_another_plan_is_another_group(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    cid = UserFactory.create(customer=cast.contoso, usage_location="SE")
    teams = subscribe(cast, "Teams", ann, cid)
    assign(teams, ben, services_off=["CHAT"])
    groups = groups_of([ann.pk, ben.pk, cid.pk], cast.contoso)
    assert [(group.location, group.held[teams.pk].off, group.users) for group in groups] == [
        ("US", (), [ann.pk]),
        ("US", ("CHAT",), [ben.pk]),
        ("SE", (), [cid.pk]),
    ]


def test_the_deleted_and_the_users_of_other_customers_are_in_none(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    gone = UserFactory.create(customer=cast.contoso)
    delete(cast, gone)
    assert groups_of([stranger.pk, gone.pk], cast.contoso) == []


def test_nobody_makes_no_group(cast: Cast) -> None:
    assert groups_of([], cast.contoso) == []
    assert groups_at_deletion([], cast.contoso) == []


def test_a_license_that_was_released_at_another_moment_was_not_held_at_the_deletion(
    cast: Cast,
) -> None:
    user = UserFactory.create(customer=cast.contoso)
    teams = subscribe(cast, "Teams", user)
    delete(cast, user)
    [group] = groups_at_deletion([user.pk, cast.uma.pk], cast.contoso)
    assert group == Group("US", {teams.pk: Held(teams.product_id)}, [user.pk])
    teams.assignments.update(released_at=timezone.now())
    assert groups_at_deletion([user.pk], cast.contoso) == [Group("US", {}, [user.pk])]
