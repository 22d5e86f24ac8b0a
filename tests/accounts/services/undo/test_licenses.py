"""Undo of a change of licenses: for each user what was held before."""

from accounts.models import User
from accounts.services.licenses import LicenseChange
from licensing.services.subscriptions import (
    cancel_subscription,
    change_seats,
    suspend_subscription,
)
from tests.accounts.undoing import (
    HAVE,
    LOSE,
    change,
    give,
    left,
    named,
    plan,
    undo,
)
from tests.accounts.verbs import delete, held, subscribe
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_each_gets_the_licenses_of_before(cast: Cast, users: list[User]) -> None:
    ann, ben, cid = users
    old, new = subscribe(cast, "Old", ann, ben), subscribe(cast, "New", ben)
    assign(old, cid, services_off=["MAIL"])
    give(cast, [ben], {new: LOSE})
    # Neither way there is a moment with both.
    old.product.conflicts.add(new.product)
    new.product.conflicts.add(old.product)
    before = [held(user) for user in users]
    have = LicenseChange(have=True, switch_off=frozenset(["CHAT"]))
    batch = give(cast, users, {old: LOSE, new: have})
    assert held(cid) == [("New", ["CHAT"])]
    assert plan(batch, cast.bob).points == [
        "Licenses removed: 3 × New.",
        "Licenses assigned again: 3 × Old.",
    ]
    done = undo(batch, cast.bob)
    assert [held(user) for user in users] == before
    assert (done.done, left(done)) == (3, {})
    old.refresh_from_db()
    assert old.assigned == 3


def test_services_are_switched_as_they_were(cast: Cast, users: list[User]) -> None:
    ann, ben, cid = users
    teams = subscribe(cast, "Teams", ann)
    assign(teams, ben, services_off=["CHAT"])
    change_both = LicenseChange(switch_on=frozenset(["CHAT"]), switch_off=frozenset(["MAIL"]))
    batch = give(cast, users, {teams: change_both})
    assert (held(ann), held(ben)) == ([("Teams", ["MAIL"])], [("Teams", ["MAIL"])])
    assert plan(batch, cast.alice).points == ["Service plans switched as before: 2 × Teams."]
    done = undo(batch, cast.alice)
    assert (held(ann), held(ben)) == ([("Teams", [])], [("Teams", ["CHAT"])])
    # To the third one, who has no license, nothing had been done.
    assert (done.total, held(cid)) == (2, [])
    facts = {"product": "Teams", "services_off": [["MAIL"], ["CHAT"]]}
    assert log()[-1] == Line("license.services", named(ben), facts)


def test_who_comes_first_gets_the_last_seat_back(cast: Cast, users: list[User]) -> None:
    teams = subscribe(cast, "Teams", *users, quantity=3)
    batch = give(cast, users, {teams: LOSE})
    change_seats(teams, 2, actor=cast.alice)
    found = plan(batch, cast.alice)
    assert found.points == ["Licenses assigned again: 2 × Teams."]
    assert [row.pk for row, _outcome, _why in found.left] == [users[2].pk]
    done = undo(batch, cast.alice)
    assert left(done) == {users[2].pk: "Teams: no seats left."}
    assert [len(held(user)) for user in users] == [1, 1, 0]


def test_a_suspended_subscription_gives_no_license_back(cast: Cast, users: list[User]) -> None:
    teams, mail = subscribe(cast, "Teams", users[0]), subscribe(cast, "Mail", *users)
    batch = give(cast, users, {teams: LOSE, mail: LOSE})
    suspend_subscription(teams, actor=cast.alice)
    done = undo(batch, cast.alice)
    # All or nothing for each user: a swap must not end halfway.
    assert left(done) == {users[0].pk: "Teams: the subscription is suspended."}
    assert [held(user) for user in users] == [[], [("Mail", [])], [("Mail", [])]]


def test_what_a_canceled_subscription_took_stays_taken(cast: Cast, users: list[User]) -> None:
    teams = subscribe(cast, "Teams", users[1])
    given, taken = give(cast, users[:1], {teams: HAVE}), give(cast, users[1:2], {teams: LOSE})
    cancel_subscription(teams, actor=cast.alice)
    for batch in (given, taken):
        found = plan(batch, cast.alice)
        reasons = [why for _row, _outcome, why in found.left]
        assert (found.users, reasons) == ([], ["Teams: the subscription was canceled."])


def test_license_rules_hold_for_undo_too(cast: Cast, users: list[User]) -> None:
    ann, ben, cid = users
    base = subscribe(cast, "Base", *users)
    addon = ProductFactory.create(name="Add-on", requires=[base.product])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=addon, holders=[ann, ben])
    taken = give(cast, [ann, ben], {extra: LOSE})
    lost = give(cast, [ann, cid], {base: LOSE})
    done = undo(taken, cast.alice)
    assert left(done) == {ann.pk: "Add-on needs Base too."}
    change(cast, cid, fields={"usage_location": ""})
    done = undo(lost, cast.alice)
    assert left(done) == {
        cid.pk: "Set the usage location first: it is required to assign licenses."
    }
    batch = give(cast, [cast.uma, cast.gail], {base: HAVE})
    give(cast, [cast.uma], {extra: HAVE})
    done = undo(batch, cast.alice)
    assert left(done) == {cast.uma.pk: "Add-on, which stays, needs Base."}


def test_the_page_says_what_moves(cast: Cast, users: list[User]) -> None:
    ann, ben, _cid = users
    old, new = subscribe(cast, "Old", ann, ben), subscribe(cast, "New")
    batch = give(cast, users, {old: LOSE, new: HAVE})
    assert plan(batch, cast.alice).points == [
        "Licenses removed: 3 × New.",
        "Licenses assigned again: 2 × Old.",
    ]
    undo(batch, cast.alice)
    assert [held(user) for user in users] == [[("Old", [])], [("Old", [])], []]


def test_licenses_that_are_no_longer_as_they_were_left_stay(cast: Cast, users: list[User]) -> None:
    ann, ben, _cid = users
    teams = subscribe(cast, "Teams")
    batch = give(cast, [ann, ben], {teams: HAVE})
    teams.assignments.filter(user=ann).update(services_off=["CHAT"])
    done = undo(batch, cast.alice)
    assert left(done) == {ann.pk: "The licenses have been changed since then."}
    assert [held(user) for user in (ann, ben)] == [[("Teams", ["CHAT"])], []]


def test_a_deleted_user_is_left_out_and_named(cast: Cast, users: list[User]) -> None:
    ann, ben, _cid = users
    teams = subscribe(cast, "Teams")
    batch = give(cast, [ann, ben], {teams: HAVE})
    delete(cast, ann)
    [(row, _outcome, why)] = plan(batch, cast.alice).left
    assert row.pk == ann.pk
    assert "Alice" in why


def test_a_sales_agent_undoes_what_was_done_to_licenses(cast: Cast, users: list[User]) -> None:
    teams = subscribe(cast, "Teams", *users)
    batch = give(cast, users, {teams: LOSE})
    undo(batch, cast.sally)
    assert [held(user) for user in users] == [[("Teams", [])]] * 3
    teams.refresh_from_db()
    assert teams.assigned == 3
