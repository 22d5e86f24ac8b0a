"""Undo of each kind: for each person what was before."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.services.licenses import LicenseChange
from accounts.services.returns import Choices
from accounts.services.users import NewUser, add_users
from customers.models import AuditEvent, BatchKind, Outcome
from customers.roles import Role
from licensing.services.subscriptions import (
    cancel_subscription,
    change_seats,
    suspend_subscription,
)
from tests.accounts.undoing import (
    HAVE,
    LOSE,
    allow,
    block,
    blocked,
    change,
    give,
    left,
    plan,
    undo,
)
from tests.accounts.verbs import delete, fresh, held, restore, subscribe
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.log import Line, log


@pytest.fixture
def people(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso)


def named(user: User) -> str:
    return f"{user.display_name} ({user.user_name})"


# Block and allow


def test_who_was_blocked_can_sign_in_again(cast: Cast, people: list[User]) -> None:
    block(cast, people[2])
    batch = block(cast, *people)
    found = plan(batch, cast.alice)
    assert found.points == ["2 users can sign in again, with the same passwords as before."]
    # The third one was blocked before: that was not this batch's doing.
    assert ([row.pk for row in found.people], found.left) == ([p.pk for p in people[:2]], [])
    done = undo(batch, cast.alice)
    assert (done.kind, done.undo_of, done.done, done.failed) == (BatchKind.ALLOW, batch, 2, 0)
    assert blocked(*people) == [False, False, True]
    assert log()[-1] == Line("user.allowed", named(people[1]))
    assert AuditEvent.objects.latest("pk").batch_id == done.pk


def test_who_was_allowed_is_blocked_again_but_nobody_blocks_oneself(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    block(cast, cast.gail, other)
    batch = allow(cast, cast.gail, other)
    done = undo(batch, cast.gail)
    assert left(done) == {cast.gail.pk: "You can't block yourself."}
    assert blocked(cast.gail, other) == [False, True]


def test_an_undo_can_be_undone(cast: Cast, people: list[User]) -> None:
    first = undo(block(cast, *people), cast.alice)
    second = undo(first, cast.alice)
    assert (second.kind, second.undo_of) == (BatchKind.BLOCK, first)
    assert blocked(*people) == [True] * 3


# Licenses


def test_each_gets_the_licenses_of_before(cast: Cast, people: list[User]) -> None:
    ann, ben, cid = people
    old, new = subscribe(cast, "Old", ann, ben), subscribe(cast, "New", ben)
    assign(old, cid, services_off=["MAIL"])
    give(cast, [ben], {new: LOSE})
    # Neither way there is a moment with both.
    old.product.conflicts.add(new.product)
    new.product.conflicts.add(old.product)
    before = [held(user) for user in people]
    have = LicenseChange(have=True, switch_off=frozenset(["CHAT"]))
    batch = give(cast, people, {old: LOSE, new: have})
    assert held(cid) == [("New", ["CHAT"])]
    assert plan(batch, cast.bob).points == [
        "Licenses taken away: 3 × New.",
        "Licenses given back: 3 × Old.",
    ]
    done = undo(batch, cast.bob)
    assert [held(user) for user in people] == before
    assert (done.done, left(done)) == (3, {})
    old.refresh_from_db()
    assert old.assigned == 3


def test_services_are_switched_as_they_were(cast: Cast, people: list[User]) -> None:
    ann, ben, cid = people
    teams = subscribe(cast, "Teams", ann)
    assign(teams, ben, services_off=["CHAT"])
    change_both = LicenseChange(switch_on=frozenset(["CHAT"]), switch_off=frozenset(["MAIL"]))
    batch = give(cast, people, {teams: change_both})
    assert (held(ann), held(ben)) == ([("Teams", ["MAIL"])], [("Teams", ["MAIL"])])
    assert plan(batch, cast.alice).points == ["Service plans switched as before: 2 × Teams."]
    done = undo(batch, cast.alice)
    assert (held(ann), held(ben)) == ([("Teams", [])], [("Teams", ["CHAT"])])
    # To the third one, who has no license, nothing had been done.
    assert (done.total, held(cid)) == (2, [])
    facts = {"product": "Teams", "services_off": [["MAIL"], ["CHAT"]]}
    assert log()[-1] == Line("license.services", named(ben), facts)


def test_who_comes_first_gets_the_last_seat_back(cast: Cast, people: list[User]) -> None:
    teams = subscribe(cast, "Teams", *people, quantity=3)
    batch = give(cast, people, {teams: LOSE})
    change_seats(teams, 2, actor=cast.alice)
    found = plan(batch, cast.alice)
    assert found.points == ["Licenses given back: 2 × Teams."]
    assert [row.pk for row, _outcome, _why in found.left] == [people[2].pk]
    done = undo(batch, cast.alice)
    assert left(done) == {people[2].pk: "Teams: no seat is free."}
    assert [len(held(user)) for user in people] == [1, 1, 0]


def test_a_suspended_subscription_gives_no_license_back(cast: Cast, people: list[User]) -> None:
    teams, mail = subscribe(cast, "Teams", people[0]), subscribe(cast, "Mail", *people)
    batch = give(cast, people, {teams: LOSE, mail: LOSE})
    suspend_subscription(teams, actor=cast.alice)
    done = undo(batch, cast.alice)
    # All or nothing for each person: a swap must not end halfway.
    assert left(done) == {people[0].pk: "Teams: the subscription is suspended."}
    assert [held(user) for user in people] == [[], [("Mail", [])], [("Mail", [])]]


def test_what_a_canceled_subscription_took_stays_taken(cast: Cast, people: list[User]) -> None:
    teams = subscribe(cast, "Teams", people[1])
    given, taken = give(cast, people[:1], {teams: HAVE}), give(cast, people[1:2], {teams: LOSE})
    cancel_subscription(teams, actor=cast.alice)
    for batch in (given, taken):
        found = plan(batch, cast.alice)
        reasons = [why for _row, _outcome, why in found.left]
        assert (found.people, reasons) == ([], ["Teams: the subscription was canceled."])


def test_license_rules_hold_for_undo_too(cast: Cast, people: list[User]) -> None:
    ann, ben, cid = people
    base = subscribe(cast, "Base", *people)
    addon = ProductFactory.create(name="Add-on", requires=[base.product])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=addon, holders=[ann, ben])
    taken = give(cast, [ann, ben], {extra: LOSE})
    lost = give(cast, [ann, cid], {base: LOSE})
    done = undo(taken, cast.alice)
    assert left(done) == {ann.pk: "Add-on needs Base too."}
    change(cast, cid, fields={"usage_location": ""})
    done = undo(lost, cast.alice)
    assert left(done) == {
        cid.pk: "Set the usage location first: no license can be assigned without it."
    }
    batch = give(cast, [cast.uma, cast.gail], {base: HAVE})
    give(cast, [cast.uma], {extra: HAVE})
    done = undo(batch, cast.alice)
    assert left(done) == {cast.uma.pk: "Add-on, which stays, needs Base."}


# Delete and restore


def test_the_deleted_come_back_with_their_licenses(cast: Cast, people: list[User]) -> None:
    teams = subscribe(cast, "Teams", *people[:2])
    batch = delete(cast, *people)
    assert plan(batch, cast.alice).points == [
        "3 users come back, with permissions, contact data and passwords as before.",
        "Licenses that come back: 2 × Teams.",
    ]
    done = undo(batch, cast.alice)
    assert (done.kind, done.done) == (BatchKind.RESTORE, 3)
    assert [held(user) for user in people] == [[("Teams", [])], [("Teams", [])], []]
    teams.refresh_from_db()
    assert teams.assigned == 2


def test_a_license_without_a_seat_is_said_and_the_person_comes_back(
    cast: Cast, people: list[User]
) -> None:
    teams = subscribe(cast, "Teams", people[0], quantity=1)
    batch = delete(cast, *people)
    give(cast, [cast.uma], {teams: HAVE})
    assert plan(batch, cast.alice).points[1:] == [
        "Licenses that can't come back: 1 × Teams: no seat is free."
    ]
    done = undo(batch, cast.alice)
    item = done.items.get(user=people[0])
    assert (item.outcome, item.reason) == (Outcome.PARTLY, "Teams: no seat is free.")
    assert [fresh(user).deleted_at for user in people] == [None] * 3


def test_whose_name_is_taken_stays_deleted_and_is_named(cast: Cast, people: list[User]) -> None:
    teams = subscribe(cast, "Teams", *people[:2], quantity=2)
    batch = delete(cast, *people)
    give(cast, [cast.uma], {teams: HAVE})
    local_part, _at, _domain = people[0].user_name.partition("@")
    new = NewUser(local_part, cast.contoso.domains.get(), "Namesake")
    add_users([new], customer=cast.contoso, actor=cast.alice)
    # The seat that is left goes to whoever comes back.
    assert plan(batch, cast.alice).points[1:] == ["Licenses that come back: 1 × Teams."]
    done = undo(batch, cast.alice)
    reason = f"Somebody else has the user name {people[0].user_name}."
    assert left(done) == {people[0].pk: reason}
    assert [fresh(user).deleted_at is None for user in people] == [False, True, True]


def test_the_time_to_restore_may_be_over(cast: Cast, people: list[User]) -> None:
    batch = delete(cast, *people)
    User.objects.filter(pk=people[0].pk).update(purge_after=timezone.now())
    done = undo(batch, cast.alice)
    assert left(done) == {people[0].pk: f"The time to restore {people[0].display_name} is over."}


def test_the_restored_are_deleted_again_as_they_were(cast: Cast, people: list[User]) -> None:
    ann, ben = people[:2]
    teams, mail = subscribe(cast, "Teams", ann, quantity=1), subscribe(cast, "Mail", ann)
    delete(cast, ann, ben, actor=cast.gail)
    day = timezone.now() - timedelta(days=3)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    User.objects.filter(pk=ben.pk).update(deleted_at=day, purge_after=day + kept)
    before = [fresh(user) for user in (ann, ben)]
    give(cast, [cast.uma], {teams: HAVE})
    restored = restore(
        cast, ann, ben, choices=Choices(names={ben.pk: "ben.two@contoso.example"})
    ).batch
    assert held(ann) == [("Mail", [])]
    assert plan(restored, cast.alice).points == [
        "2 users are deleted again; every open session ends at once.",
        "Seats that are free at once: 1 × Mail.",
        "The day on which it becomes final is that of the first deletion, if it is still ahead.",
    ]
    done = undo(restored, cast.alice)
    for user, was in zip((ann, ben), before, strict=True):
        now = fresh(user)
        assert (now.deleted_at, now.purge_after) == (was.deleted_at, was.purge_after)
        assert (now.user_name, now.deleted_by, now.username) == (was.user_name, cast.gail, None)
        assert now.session_epoch == was.session_epoch + 1
    mail.refresh_from_db()
    assert (done.kind, mail.assigned) == (BatchKind.DELETE, 0)
    # What each held at the first deletion is not forgotten: now there is a seat.
    give(cast, [cast.uma], {teams: LOSE})
    undo(done, cast.alice)
    assert held(ann) == [("Mail", []), ("Teams", [])]


def test_a_day_that_is_over_gives_a_new_time_to_restore(cast: Cast, people: list[User]) -> None:
    ann = people[0]
    delete(cast, ann)
    User.objects.filter(pk=ann.pk).update(purge_after=timezone.now() + timedelta(hours=1))
    restored = restore(cast, ann).batch
    item = restored.items.get()
    item.before["purge_after"] = timezone.now().isoformat()
    item.save()
    undo(restored, cast.alice)
    kept = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    now = fresh(ann)
    assert now.deleted_at is not None
    assert now.purge_after == now.deleted_at + kept


# Change


def test_each_field_is_as_before(cast: Cast) -> None:
    uma = cast.uma
    fields = {"display_name": "Uma Ek", "department": "Sales", "usage_location": "SE"}
    domain = cast.contoso.domains.get()
    batch = change(cast, uma, fields=fields, local_part="uma.ek", domain=domain)
    assert plan(batch, cast.alice).points == [
        "As before: 1 × Department, 1 × Display name, 1 × Usage location, 1 × User name."
    ]
    done = undo(batch, cast.alice)
    now = fresh(uma)
    assert (now.display_name, now.department, str(now.usage_location)) == ("Uma", "", "US")
    assert (now.user_name, now.username, now.sort_name) == (
        *["uma@contoso.example"] * 2,
        "uma",
    )
    assert (done.kind, done.done, now.changed_by_batch) == (BatchKind.CHANGE, 1, done)
    line = log()[-1]
    assert line.changes == {"department": ["Sales", ""], "usage_location": ["SE", "US"]}
    assert line.personal["display_name"] == ["Uma Ek", "Uma"]
    undo(done, cast.alice)
    assert fresh(uma).user_name == "uma.ek@contoso.example"


def test_permissions_are_as_before_and_nobody_gives_more_than_the_own(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    raised = change(cast, cast.uma, roles=(Role.LICENSE_ADMIN, Role.BILLING_ADMIN))
    lowered = undo(raised, cast.gail)
    assert fresh(cast.uma).roles == ()
    done = plan(lowered, admin)
    assert [why for _row, _outcome, why in done.left] == [
        "Your role can't make somebody an administrator. Choose User."
    ]
    undo(lowered, cast.gail)
    assert set(fresh(cast.uma).roles) == {Role.LICENSE_ADMIN, Role.BILLING_ADMIN}


def test_nobody_takes_the_own_permissions_away_by_undo(cast: Cast) -> None:
    batch = change(cast, cast.uma, roles=(Role.GLOBAL_ADMIN,))
    found = plan(batch, fresh(cast.uma))
    assert [why for _row, _outcome, why in found.left] == [
        "You can't take away your own permissions. Ask another administrator."
    ]


def test_a_location_that_a_license_forbids_is_not_set_back(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    teams.product.blocked_countries = ["KP"]
    teams.product.save()
    change(cast, cast.uma, fields={"usage_location": "KP"})
    batch = change(cast, cast.uma, fields={"usage_location": "US"})
    give(cast, [cast.uma], {teams: HAVE})
    found = plan(batch, cast.alice)
    assert [why for _row, _outcome, why in found.left] == ["Teams can't be used in North Korea."]


def test_a_name_that_somebody_has_taken_is_not_set_back(cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    batch = change(cast, cast.uma, local_part="uma.ek", domain=domain)
    add_users([NewUser("uma", domain, "Uma Two")], customer=cast.contoso, actor=cast.alice)
    found = plan(batch, cast.alice)
    assert [why for _row, _outcome, why in found.left] == [
        "Somebody else has the user name uma@contoso.example."
    ]
