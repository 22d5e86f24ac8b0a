"""What a file changes of users who are there already."""

import pytest

from accounts.models import User
from customers.actions import Action
from customers.models import AuditEvent, Batch, BatchKind
from customers.roles import Role
from customers.services.batches import open_batch
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from uploads.services import World
from uploads.services.changes import write_changes
from uploads.services.entries import Change


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return open_batch(BatchKind.UPLOAD, actor=cast.alice, customer=cast.contoso)


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(plans=["POP"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


def changed(cast: Cast, batch: Batch, *changes: Change) -> dict[int, tuple[object, object]]:
    users = User.objects.with_roles().in_bulk([change.user_id for change in changes])
    world = World.of(cast.contoso, cast.alice)
    items = write_changes(changes, users, world=world, actor=cast.alice, batch=batch)
    return {item.user_id: (item.before, item.after) for item in items if item.user_id}


def held(user: User) -> dict[int, list[str]]:
    live = LicenseAssignment.objects.live().filter(user=user)
    return {each.subscription_id: list(each.services_off) for each in live}


def test_fields_change_and_are_kept_on_both_sides(cast: Cast, batch: Batch) -> None:
    found = changed(cast, batch, Change(cast.uma.pk, {"office": ["", "Leeds"]}))
    assert found == {cast.uma.pk: ({"office": ""}, {"office": "Leeds"})}
    cast.uma.refresh_from_db()
    assert (cast.uma.office, cast.uma.changed_by_batch) == ("Leeds", batch)
    event = AuditEvent.objects.get(batch_id=batch.pk, action=Action.USER_CHANGED)
    assert event.target_id == cast.uma.pk


def test_roles_change_beside_fields(cast: Cast, batch: Batch) -> None:
    found = changed(
        cast, batch, Change(cast.uma.pk, {"office": ["", "Leeds"]}, (Role.BILLING_ADMIN,))
    )
    assert found[cast.uma.pk] == (
        {"office": "", "roles": []},
        {"office": "Leeds", "roles": [Role.BILLING_ADMIN.value]},
    )
    assert User.objects.get(pk=cast.uma.pk).roles == (Role.BILLING_ADMIN,)


def test_licenses_are_given_taken_and_switched(
    cast: Cast, batch: Batch, mail: Subscription
) -> None:
    word = SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    other = UserFactory.create(customer=cast.contoso)
    assign(mail, other)
    changed(
        cast,
        batch,
        Change(cast.uma.pk, held={word.pk: ()}, licenses={mail.pk: ()}),
        Change(other.pk, held={mail.pk: ()}, licenses={mail.pk: ("POP",)}),
    )
    assert held(cast.uma) == {mail.pk: []}
    assert held(other) == {mail.pk: ["POP"]}
    mail.refresh_from_db()
    word.refresh_from_db()
    assert (mail.assigned, word.assigned) == (2, 0)


def test_one_user_has_one_item_for_all_that_changed(
    cast: Cast, batch: Batch, mail: Subscription
) -> None:
    change = Change(cast.uma.pk, {"office": ["", "Leeds"]}, held={}, licenses={mail.pk: ()})
    found = changed(cast, batch, change)
    before, after = found[cast.uma.pk]
    assert before == {"office": "", "licenses": {str(mail.pk): None}}
    assert after == {"office": "Leeds", "licenses": {str(mail.pk): []}}


def test_nothing_is_written_where_nothing_changes(cast: Cast, batch: Batch) -> None:
    assert changed(cast, batch) == {}
    assert not AuditEvent.objects.filter(batch_id=batch.pk, action=Action.USER_CHANGED).exists()
    assert not batch.items.exists()
