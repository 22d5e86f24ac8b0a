"""Manage licenses, and what a refused change leaves behind: nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import remove_users
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, Outcome
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import LicenseAssignment, Subscription
from licensing.services.subscriptions import cancel_subscription, suspend_subscription
from tests.accounts.verbs import delete, fresh, held, outcomes, subscribe
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign, reserve
from tests.support.cast import Cast
from tests.support.log import Line, log

UMA = "Uma (uma@contoso.example)"
HAVE, LOSE = LicenseChange(have=True), LicenseChange(have=False)


def change(
    cast: Cast,
    *users: User,
    to: dict[Subscription, LicenseChange],
    actor: User | None = None,
    key: str = "",
) -> Batch:
    changes = {subscription.pk: wanted for subscription, wanted in to.items()}
    return change_licenses(
        users, changes, customer=cast.contoso, actor=actor or cast.alice, key=key
    )


def test_assigned_with_the_services_chosen(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    off = LicenseChange(have=True, switch_off=frozenset({"CHAT"}))
    batch = change(cast, cast.uma, cast.gail, to={teams: off})
    assert held(cast.uma) == held(cast.gail) == [("Teams", ["CHAT"])]
    teams.refresh_from_db()
    assert teams.assigned == 2
    # The row of the user is not written: for many users that would cost more than their seats.
    assert fresh(cast.uma).changed_by_batch is None
    facts = {"product": "Teams", "services_off": ["CHAT"]}
    assert log() == [
        Line("license.assigned", "Gail (gail@contoso.example)", facts),
        Line("license.assigned", UMA, facts),
    ]
    item = batch.items.get(user=cast.uma)
    key = str(teams.pk)
    assert (item.before, item.after) == (
        {"licenses": {key: None}},
        {"licenses": {key: ["CHAT"]}},
    )
    assert violations() == []


def test_revoked_at_once_and_the_seat_is_free(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    batch = change(cast, cast.uma, to={teams: LOSE})
    assert held(cast.uma) == []
    row = cast.uma.assignments.get()
    assert row.released_at
    assert row.released_at >= row.assigned_at
    teams.refresh_from_db()
    assert teams.assigned == 0
    assert log() == [Line("license.revoked", UMA, {"product": "Teams"})]
    key = str(teams.pk)
    assert batch.items.get().after == {"licenses": {key: None}}
    assert violations() == []


def test_who_has_it_already_keeps_it_and_takes_no_second_seat(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma, quantity=2)
    before = cast.uma.assignments.get()
    change(cast, cast.uma, cast.gail, to={teams: HAVE})
    assert cast.uma.assignments.get() == before
    assert held(cast.gail) == [("Teams", [])]
    assert violations() == []


def test_left_alone_changes_nobody(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    change(cast, cast.uma, cast.gail, to={teams: LicenseChange()})
    assert (held(cast.uma), held(cast.gail), log()) == ([("Teams", [])], [], [])


def test_services_are_switched_on_and_off_one_by_one(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    assign(teams, cast.uma, services_off=["CHAT"])
    assign(teams, cast.gail)
    switch = LicenseChange(switch_on=frozenset({"CHAT"}), switch_off=frozenset({"MAIL"}))
    batch = change(cast, cast.uma, cast.gail, to={teams: switch})
    assert held(cast.uma) == held(cast.gail) == [("Teams", ["MAIL"])]
    services = [line for line in log() if line.action == "license.services"]
    assert {line.target: line.changes["services_off"] for line in services} == {
        UMA: [["CHAT"], ["MAIL"]],
        "Gail (gail@contoso.example)": [[], ["MAIL"]],
    }
    key = str(teams.pk)
    assert batch.items.get(user=cast.uma).before == {"licenses": {key: ["CHAT"]}}


def test_a_service_that_the_product_does_not_have_is_refused(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    with pytest.raises(Refused, match="These services no longer exist: WIKI"):
        change(cast, cast.uma, to={teams: LicenseChange(switch_off=frozenset({"WIKI"}))})
    assert held(cast.uma) == [("Teams", [])]


def test_a_swap_needs_no_free_seat_of_what_it_leaves(cast: Cast) -> None:
    old = subscribe(cast, "Old", cast.uma, quantity=1)
    new = subscribe(cast, "New", quantity=1)
    old.product.conflicts.add(new.product)
    change(cast, cast.uma, to={old: LOSE, new: HAVE})
    assert held(cast.uma) == [("New", [])]
    released, taken = cast.uma.assignments.order_by("pk")
    assert released.released_at == taken.assigned_at
    assert violations() == []


def test_short_of_seats_nothing_is_saved_and_each_row_says_how_many(cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    teams = subscribe(cast, "Teams", quantity=2)
    visio = subscribe(cast, "Visio", *users[:1], quantity=1)
    mail = subscribe(cast, "Mail", quantity=9)
    with pytest.raises(SeatsShort) as caught:
        change(cast, *users, to={teams: HAVE, visio: HAVE, mail: HAVE})
    assert caught.value.missing == {teams.pk: 1, visio.pk: 2}
    assert str(caught.value) == "Teams: 1 seat is missing. Visio: 2 seats are missing."
    assert [held(user) for user in users] == [[("Visio", [])], [], []]
    assert (Batch.objects.count(), log()) == (0, [])
    assert violations() == []


def test_a_suspended_subscription_can_be_revoked_and_not_assigned(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    suspend_subscription(teams, actor=cast.alice)
    with pytest.raises(NotActive, match="The subscription to Teams is suspended: resume it first"):
        change(cast, cast.gail, to={teams: HAVE})
    change(cast, cast.uma, to={teams: LOSE})
    assert held(cast.uma) == []


def test_a_canceled_subscription_is_final(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    cancel_subscription(teams, actor=cast.alice)
    with pytest.raises(NotActive, match="The subscription to Teams is canceled"):
        change(cast, cast.uma, to={teams: HAVE})


def test_another_customers_subscription_is_refused(cast: Cast) -> None:
    foreign = SubscriptionFactory.create(customer=cast.northwind)
    with pytest.raises(Refused, match="no longer exists"):
        change(cast, cast.uma, to={foreign: HAVE})


def test_rules_of_all_users_are_checked_before_any_change(cast: Cast) -> None:
    nowhere = UserFactory.create(customer=cast.contoso, usage_location="")
    north = UserFactory.create(customer=cast.contoso, usage_location="KP")
    base = ProductFactory.create(name="Base", blocked_countries=["KP"])
    addon = ProductFactory.create(name="Add-on", requires=[base])
    plain = SubscriptionFactory.create(customer=cast.contoso, product=base, holders=[cast.gail])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=addon)
    with pytest.raises(RulesBroken) as caught:
        change(cast, cast.uma, cast.gail, nowhere, north, to={extra: HAVE})
    location = "Set the usage location first: it is required to assign licenses."
    assert caught.value.problems == {
        cast.uma.pk: ["Add-on needs Base too."],
        north.pk: ["Add-on needs Base too."],
        nowhere.pk: [location],
    }
    with pytest.raises(RulesBroken, match=r"^Base can't be used in North Korea\.$"):
        change(cast, cast.uma, north, to={plain: HAVE, extra: HAVE})
    change(cast, cast.uma, to={plain: HAVE, extra: HAVE})
    assert violations() == []


def test_conflicts_are_refused_both_ways(cast: Cast) -> None:
    e3, e5 = subscribe(cast, "E3", cast.uma), subscribe(cast, "E5", cast.gail)
    e3.product.conflicts.add(e5.product)
    with pytest.raises(RulesBroken, match=r"^E5 can't be combined with E3\.$"):
        change(cast, cast.uma, to={e5: HAVE})
    with pytest.raises(RulesBroken, match=r"^E3 can't be combined with E5\.$"):
        change(cast, cast.gail, to={e3: HAVE})


def test_what_another_license_needs_is_not_taken_away_from_under_it(cast: Cast) -> None:
    base = subscribe(cast, "Base", cast.uma)
    addon = ProductFactory.create(name="Add-on", requires=[base.product])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=addon, holders=[cast.uma])
    with pytest.raises(RulesBroken, match=r"^Add-on, which stays, needs Base\.$"):
        change(cast, cast.uma, to={base: LOSE})
    change(cast, cast.uma, to={base: LOSE, extra: LOSE})
    assert held(cast.uma) == []


def test_a_deleted_user_among_them_refuses_all_and_is_named(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    delete(cast, ann, ben)
    remove_users([ben], customer=cast.contoso, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        change(cast, cast.uma, ann, ben, to={teams: HAVE})
    assert str(caught.value) == (
        f"{ann.display_name} has been deleted by Alice. {ben.display_name} has been removed."
    )
    assert held(cast.uma) == []


def test_a_user_who_may_not_manage_licenses_changes_none(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    with pytest.raises(Refused, match="Your role can't do this"):
        change(cast, cast.gail, to={teams: HAVE}, actor=cast.uma)
    for agent in (cast.sally, cast.bob, cast.gail):
        change(cast, cast.uma, to={teams: HAVE}, actor=agent)
        change(cast, cast.uma, to={teams: LOSE}, actor=agent)


def test_the_same_key_changes_once(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    first = change(cast, cast.uma, to={teams: HAVE}, key="form-1")
    change(cast, cast.uma, to={teams: LOSE})
    with pytest.raises(AlreadyDone) as caught:
        change(cast, cast.uma, to={teams: HAVE}, key="form-1")
    assert caught.value.batch == first
    assert held(cast.uma) == []


def test_as_many_queries_for_thirty_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(33, customer=cast.contoso)
    old = subscribe(cast, "Old", *users, quantity=40)
    new = subscribe(cast, "New", quantity=40)
    keep = subscribe(cast, "Keep", *users, quantity=40)
    off = LicenseChange(switch_off=frozenset({"CHAT"}))
    with CaptureQueriesContext(connection) as few:
        change(cast, *users[:3], to={old: LOSE, new: HAVE, keep: off})
    with django_assert_num_queries(len(few)):
        change(cast, *users[3:], to={old: LOSE, new: HAVE, keep: off})
    assert LicenseAssignment.objects.live().count() == 66
    assert violations() == []


INSTEAD = {"have": True, "switch_off": frozenset({"CHAT"})}


def swap(old: Subscription, new: Subscription) -> dict[Subscription, LicenseChange]:
    return {new: LicenseChange(**INSTEAD, instead_of=old.pk)}  # type: ignore[arg-type]


def test_a_swap_is_for_those_who_have_the_first_one_alone(cast: Cast) -> None:
    both, neither = UserFactory.create_batch(2, customer=cast.contoso)
    old = subscribe(cast, "Old", cast.uma, both)
    new = subscribe(cast, "New", cast.gail, both, quantity=3)
    old.product.conflicts.add(new.product)
    batch = change(cast, cast.uma, cast.gail, both, neither, to=swap(old, new))
    assert held(cast.uma) == [("New", ["CHAT"])]
    assert held(cast.gail) == [("New", ["CHAT"])]
    assert held(both) == [("New", ["CHAT"])]
    assert held(neither) == []
    item = batch.items.get(user=cast.uma)
    assert item.before["licenses"] == {str(old.pk): [], str(new.pk): None}
    assert item.after["licenses"] == {str(old.pk): None, str(new.pk): ["CHAT"]}
    assert (neither.pk, Outcome.ALREADY, "No change needed.") in outcomes(batch)
    assert (batch.total, batch.done, batch.already) == (4, 3, 1)
    released, taken = cast.uma.assignments.order_by("pk")
    assert released.released_at == taken.assigned_at
    assert violations() == []


def test_a_swap_counts_the_seats_of_those_who_lack_the_second_one(cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    old = subscribe(cast, "Old", *users)
    new = subscribe(cast, "New", users[0], quantity=2)
    with pytest.raises(SeatsShort) as caught:
        change(cast, *users, to=swap(old, new))
    assert caught.value.missing == {new.pk: 1}
    assert [held(user)[-1] for user in users] == [("Old", [])] * 3


def test_a_product_is_not_swapped_and_changed_at_once(cast: Cast) -> None:
    old, new = subscribe(cast, "Old", cast.uma), subscribe(cast, "New")
    with pytest.raises(Refused, match="being swapped can't be changed in another way"):
        change(cast, cast.uma, to={old: LOSE, **swap(old, new)})
    assert held(cast.uma) == [("Old", [])]


def test_as_many_as_fit_go_by_the_order_of_names_and_the_others_are_named(cast: Cast) -> None:
    zoe, ann, eve = (
        UserFactory.create(customer=cast.contoso, display_name=name)
        for name in ("Zoe", "Ann", "Eve")
    )
    teams = subscribe(cast, "Teams", quantity=2)
    old = subscribe(cast, "Old", zoe, ann, eve)
    changes = {teams.pk: LicenseChange(have=True, instead_of=old.pk)}
    batch = change_licenses(
        [zoe, ann, eve], changes, customer=cast.contoso, actor=cast.alice, as_many_as_fit=True
    )
    assert [held(user) for user in (ann, eve, zoe)] == [[("Teams", [])]] * 2 + [[("Old", [])]]
    assert (batch.total, batch.done, batch.failed) == (3, 2, 1)
    assert outcomes(batch)[0] == (zoe.pk, "failed", "Teams: no seats left.")
    assert batch.items.get(user=zoe).after == {}
    assert violations() == []


def test_each_gets_all_or_nothing_where_not_all_fit(cast: Cast) -> None:
    ann, ben = (
        UserFactory.create(customer=cast.contoso, display_name=name) for name in ("Ann", "Ben")
    )
    one, two = subscribe(cast, "One", quantity=1), subscribe(cast, "Two", quantity=5)
    changes = {one.pk: HAVE, two.pk: HAVE}
    change_licenses(
        [ann, ben], changes, customer=cast.contoso, actor=cast.alice, as_many_as_fit=True
    )
    assert [held(user) for user in (ann, ben)] == [[("One", []), ("Two", [])], []]


def test_where_nobody_fits_nothing_is_done(cast: Cast) -> None:
    full = subscribe(cast, "Full", cast.gail, quantity=1)
    with pytest.raises(SeatsShort):
        change_licenses(
            [cast.uma],
            {full.pk: HAVE},
            customer=cast.contoso,
            actor=cast.alice,
            as_many_as_fit=True,
        )
    assert Batch.objects.count() == 0


def test_as_many_as_fit_leaves_out_who_was_deleted(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    delete(cast, cast.uma)
    batch = change_licenses(
        [cast.uma.pk, cast.gail.pk],
        {teams.pk: HAVE},
        customer=cast.contoso,
        actor=cast.alice,
        as_many_as_fit=True,
    )
    assert held(cast.gail) == [("Teams", [])]
    left = batch.items.get(user=cast.uma)
    assert (left.outcome, left.reason) == ("failed", "Uma has been deleted by Alice.")


def test_many_users_alike_and_unlike_take_as_many_queries_as_three(cast: Cast) -> None:
    # SQLite takes no more than a thousand values a statement.
    third = 100 if connection.vendor == "postgresql" else 20
    users = UserFactory.create_batch(3 * third + 3, customer=cast.contoso)
    few, many = users[:3], users[3:]
    both = many[third // 2 : third]
    old = subscribe(cast, "Old", *few[:1], *many[:third], quantity=400)
    new = subscribe(cast, "New", *few[1:2], *both, *many[third : 2 * third], quantity=400)
    keep = subscribe(cast, "Keep", *few[2:], *many[2 * third :], quantity=400)
    changes = {**swap(old, new), keep: LicenseChange(switch_off=frozenset({"CHAT"}))}
    with CaptureQueriesContext(connection) as queries:
        change(cast, *few, to=changes)
    with CaptureQueriesContext(connection) as more:
        batch = change(cast, *many, to=changes)
    # From two hundred rows on PostgreSQL hands out the keys of the log first.
    assert len(more) <= len(queries) + 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.assigned, new.assigned, batch.total) == (0, 2 * third + 2, 3 * third)
    events = AuditEvent.objects.filter(batch_id=batch.pk, names__target__contains="@")
    assert {
        action: events.filter(action=f"license.{action}").count()
        for action in ("assigned", "revoked", "services")
    } == {"assigned": third // 2, "revoked": third, "services": 2 * third + third // 2}
    assert violations() == []


def test_one_who_takes_a_reserved_seat_is_counted_once(cast: Cast) -> None:
    pool = subscribe(cast, "Teams", quantity=1)
    reserve(pool, cast.uma)
    batch = change(cast, cast.uma, to={pool: HAVE})
    assert (batch.total, batch.done) == (1, 1)
    assert violations() == []
