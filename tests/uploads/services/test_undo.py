"""An upload taken back: the added are deleted, the others are as before, the touched stay."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import CredentialSheet, User
from accounts.services.undo import why_not
from accounts.services.users import (
    License,
    NewUser,
    block_users,
    choose_password,
    delete_users,
    reset_passwords,
    restore_users,
    write_users,
)
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchItem, BatchKind, BatchState
from customers.services.batches import finish_batch, open_batch
from licensing.models import Subscription
from tests.accounts.undoing import HAVE, LOSE, change, give, left, plan, undo
from tests.accounts.verbs import fresh
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.support.forms import words


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    return SubscriptionFactory.create(customer=cast.contoso, quantity=50)


def upload(
    cast: Cast, number: int, *subscriptions: Subscription, of: Iterable[Batch] = ()
) -> Batch:
    """So many people added, and what these batches did, as if the upload had done it."""
    domain = cast.contoso.domains.get()
    licenses = tuple(License(row.pk) for row in subscriptions)
    new = [
        NewUser(f"p{n}", domain, f"P{n}", {"usage_location": "DE"}, licenses=licenses)
        for n in range(number)
    ]
    batch = open_batch(BatchKind.UPLOAD, actor=cast.alice, customer=cast.contoso)
    for other in of:
        _take_over(batch, other)
    if new:
        write_users([new], total=number, customer=cast.contoso, actor=cast.alice, batch=batch)
    return finish_batch(batch)


def _take_over(batch: Batch, other: Batch) -> None:
    for item in other.items.order_by("pk"):
        mine, _new = BatchItem.objects.get_or_create(
            batch=batch, user=item.user, defaults={"outcome": item.outcome}
        )
        mine.before |= item.before
        mine.after |= item.after
        mine.save()
    User.objects.filter(batch_items__batch=batch).update(changed_by_batch=batch)
    batch.done = batch.items.count()
    other.delete()


def added(batch: Batch) -> list[User]:
    return list(
        User.objects.filter(batch_items__batch=batch, user_name__startswith="p").order_by("pk")
    )


def test_the_untouched_are_deleted_with_their_seats_and_passwords(
    cast: Cast, teams: Subscription
) -> None:
    cast.contoso.refresh_from_db()
    before = cast.contoso.active_users
    batch = upload(cast, 3, teams)
    found = plan(batch, cast.alice)
    assert found.points == [
        "3 users who were added are deleted. Restore is possible for 30 days.",
        f"Seats that are free at once: 3 × {teams.product.name}.",
    ]
    assert [row.user_name for row in found.users] == [f"p{n}@contoso.example" for n in range(3)]
    done = undo(batch, cast.alice)
    teams.refresh_from_db()
    cast.contoso.refresh_from_db()
    assert (teams.assigned, cast.contoso.active_users) == (0, before)
    assert (done.kind, done.state, done.done, done.failed) == ("upload", BatchState.DONE, 3, 0)
    assert CredentialSheet.objects.get().destroyed_at
    events = AuditEvent.objects.filter(batch_id=done.pk, action="user.deleted")
    assert sorted(events.values_list("names__target", flat=True)) == [
        f"P{n} (p{n}@contoso.example)" for n in range(3)
    ]
    gone = User.objects.filter(user_name__startswith="p", username=None)
    dates = gone.values_list("deleted_at", "purge_after")
    assert {final - at for at, final in dates if at and final} == {timedelta(days=30)}
    back = restore_users(list(gone), customer=cast.contoso, actor=cast.alice)
    assert back.batch.done == 3
    teams.refresh_from_db()
    assert teams.assigned == 3


def test_whoever_was_changed_or_has_signed_in_is_left_alone_by_name(
    cast: Cast, teams: Subscription
) -> None:
    batch = upload(cast, 8)
    blocked, reset, gone, known, chosen, licensed, undone, rest = added(batch)
    block_users([blocked], customer=cast.contoso, actor=cast.gail)
    reset_passwords([reset], customer=cast.contoso, actor=cast.alice)
    delete_users([gone], customer=cast.contoso, actor=cast.alice)
    User.objects.filter(pk=known.pk).update(last_login=timezone.now())
    choose_password(fresh(chosen), PASSWORD)
    give(cast, [licensed], {teams: HAVE})
    undo(block_users([undone], customer=cast.contoso, actor=cast.alice), cast.alice)
    found = {row.pk: why for row, _outcome, why in plan(batch, cast.alice).left}
    assert found[known.pk] == "P3 has signed in since."
    assert found[chosen.pk] == "P4 has signed in since."
    assert found[undone.pk] == "P6 was changed since."
    assert found[blocked.pk].startswith("P0 has since been changed by Gail: Block sign-in, ")
    done = undo(batch, cast.alice)
    assert left(done) == found
    assert found.keys() == {row.pk for row in added(batch) if row.pk != rest.pk}
    assert fresh(rest).deleted_at
    assert len(found) == 7
    assert (done.done, done.failed) == (1, 7)
    assert CredentialSheet.objects.filter(batch=batch, destroyed_at=None).exists()


def test_whoever_is_left_alone_for_two_reasons_is_counted_once_with_both(
    cast: Cast, teams: Subscription
) -> None:
    user = UserFactory.create(customer=cast.contoso, display_name="Una")
    gone = delete_users([user], customer=cast.contoso, actor=cast.alice)
    again = restore_users([user], customer=cast.contoso, actor=cast.alice).batch
    batch = upload(cast, 1, of=[gone, again])
    block_users([user], customer=cast.contoso, actor=cast.gail)
    [(row, _outcome, why)] = plan(batch, cast.alice).left
    assert row.pk == user.pk
    assert why.count("Una has since been changed by Gail") == 1
    done = undo(batch, cast.alice)
    assert (done.done, left(done)) == (1, {user.pk: why})


def test_a_restored_person_is_deleted_again_with_the_first_dates(
    cast: Cast, teams: Subscription
) -> None:
    user = UserFactory.create(customer=cast.contoso)
    give(cast, [user], {teams: HAVE})
    delete_users([user], customer=cast.contoso, actor=cast.alice)
    first = fresh(user)
    again = restore_users([user], customer=cast.contoso, actor=cast.alice).batch
    batch = upload(cast, 1, of=[again])
    undo(batch, cast.alice)
    now = fresh(user)
    assert (now.deleted_at, now.purge_after) == (first.deleted_at, first.purge_after)
    teams.refresh_from_db()
    assert teams.assigned == 0


def test_changed_people_have_fields_roles_and_licenses_as_before(
    cast: Cast, teams: Subscription
) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso, department="Sales")
    both = [
        change(cast, ann, fields={"department": "Support"}),
        give(cast, [ann, ben], {teams: HAVE}),
    ]
    batch = upload(cast, 1, of=both)
    done = undo(batch, cast.alice)
    assert fresh(ann).department == "Sales"
    teams.refresh_from_db()
    assert teams.assigned == 0
    item = done.items.get(user=ann)
    assert item.after == {"department": "Sales", "licenses": {str(teams.pk): None}}
    assert item.before == {"department": "Support", "licenses": {str(teams.pk): []}}
    assert (done.done, done.failed) == (3, 0)


def test_a_location_that_came_with_a_license_goes_with_it(cast: Cast, teams: Subscription) -> None:
    user = UserFactory.create(customer=cast.contoso, usage_location="")
    both = [
        change(cast, user, fields={"usage_location": "DE"}),
        give(cast, [user], {teams: HAVE}),
    ]
    undo(upload(cast, 0, of=both), cast.alice)
    assert str(fresh(user).usage_location) == ""
    assert not user.assignments.live().exists()


def test_fields_stay_where_the_licenses_can_not_be_as_before(
    cast: Cast, teams: Subscription
) -> None:
    user = UserFactory.create(customer=cast.contoso, department="Sales")
    both = [
        change(cast, user, fields={"department": "Support"}),
        give(cast, [user], {teams: HAVE}),
    ]
    batch = upload(cast, 1, of=both)
    give(cast, [user], {teams: LOSE})
    done = undo(batch, cast.alice)
    assert fresh(user).department == "Support"
    assert "has since been changed by Alice: Manage licenses" in left(done)[user.pk]


def test_the_undo_can_be_undone_which_restores_users(
    cast: Cast, client: Client, teams: Subscription
) -> None:
    ann = UserFactory.create(customer=cast.contoso, department="Sales")
    changed = change(cast, ann, fields={"department": "Support"})
    done = undo(upload(cast, 2, teams, of=[changed]), cast.alice)
    assert not why_not(done)
    undo(done, cast.alice)
    back = User.objects.filter(user_name__startswith="p", deleted_at=None)
    assert [(row.username, row.assignments.live().count()) for row in back.order_by("pk")] == [
        (f"p{n}@contoso.example", 1) for n in range(2)
    ]
    assert fresh(ann).department == "Support"


def test_the_list_of_batches_asks_nothing_for_each_undo(cast: Cast, client: Client) -> None:
    done = undo(upload(cast, 2), cast.alice)
    client.force_login(cast.alice)
    with CaptureQueriesContext(connection) as few:
        listed = client.get("/batches/")
    assert f"/batches/{done.pk}/undo/" in listed.text
    html = client.get(f"/batches/{done.pk}/").text
    assert "Upload undone" in html
    assert "P0 p0@contoso.example" in words(html)
    for _time in range(3):
        undo(upload(cast, 2), cast.alice)
    with CaptureQueriesContext(connection) as many:
        client.get("/batches/")
    assert len(many) == len(few)


def test_the_results_say_what_happened_to_each(
    cast: Cast, client: Client, teams: Subscription
) -> None:
    ann, eve = (
        UserFactory.create(customer=cast.contoso, display_name=name) for name in ("Ann", "Eve")
    )
    delete_users([eve], customer=cast.contoso, actor=cast.alice)
    actions = [
        change(cast, ann, fields={"usage_location": "FR"}),
        give(cast, [ann], {teams: HAVE}),
        restore_users([eve], customer=cast.contoso, actor=cast.alice).batch,
    ]
    batch = upload(cast, 1, of=actions)
    client.force_login(cast.alice)
    there = told(client, batch)
    assert there["Ann"] == [
        ("Changed", ["Usage location: United States of America → France"]),
        ("Assigned", [str(teams)]),
    ]
    assert (there["Eve"], there["P0"]) == ("Restored", "Added")
    gone = told(client, undo(batch, cast.alice))
    assert gone["Ann"] == [
        ("Changed", ["Usage location: France → United States of America"]),
        ("Revoked", [str(teams)]),
    ]
    assert (gone["Eve"], gone["P0"]) == ("Deleted", "Deleted")


def told(client: Client, batch: Batch) -> dict[str, object]:
    """What happened by name, in groups or in words."""
    rows = client.get(f"/batches/{batch.pk}/").context["rows"]
    return {row.name: row.groups or row.reason or row.done for row in rows}


def test_the_undo_of_an_upload_that_added_nobody_can_be_undone(
    cast: Cast, teams: Subscription
) -> None:
    ann, ben, eve = UserFactory.create_batch(3, customer=cast.contoso, department="Sales")
    delete_users([eve], customer=cast.contoso, actor=cast.alice)
    actions = [
        change(cast, ann, fields={"department": "Support"}),
        give(cast, [ann, ben], {teams: HAVE}),
        restore_users([eve], customer=cast.contoso, actor=cast.alice).batch,
    ]
    done = undo(upload(cast, 0, of=actions), cast.alice)
    assert fresh(eve).deleted_at
    undo(done, cast.alice)
    teams.refresh_from_db()
    assert (teams.assigned, fresh(ann).department) == (2, "Support")
    assert fresh(eve).deleted_at is None


def test_only_whoever_may_add_people_can_undo_it(cast: Cast) -> None:
    batch = upload(cast, 2)
    for actor in (cast.bob, cast.sally):
        with pytest.raises(Refused):
            undo(batch, actor)
    undo(batch, cast.gail)


def test_queries_do_not_grow_with_the_people(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=50)
    asked = []
    for number in (3, 20):
        users = UserFactory.create_batch(number, customer=cast.contoso, department="Sales")
        batch = upload(cast, number, teams, of=[give(cast, users, {teams: HAVE})])
        with CaptureQueriesContext(connection) as captured:
            undo(batch, cast.alice)
        asked.append(len(captured))
    assert asked[0] == asked[1]
