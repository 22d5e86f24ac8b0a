"""Many rows are written as a set, and read back as if Django had written each."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.actions import Action
from customers.models import AuditEvent, AuditNames, Batch, BatchItem, BatchKind, Outcome
from customers.services import batches, bulk
from tests.factories import UserFactory
from tests.support.cast import Cast

UPDATED = (
    "department",
    "session_epoch",
    "must_change_password",
    "temporary_password_set_at",
    "changed_by_batch",
)


def open_batch(cast: Cast) -> Batch:
    return batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)


@pytest.mark.parametrize("number", [0, 3, bulk.SET_FROM])
def test_many_rows_and_few_are_written_alike(cast: Cast, number: int) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    text = 'a\tb\\N\n"c" é王 %s'
    rows = [
        AuditEvent(
            at=at,
            customer=cast.contoso,
            partner=cast.fabrikam,
            action=Action.USER_ADDED,
            target_id=place,
            reason=text,
            changes={"text": text, "number": place, "none": None},
        )
        for place in range(number)
    ]
    written = bulk.insert(AuditEvent, rows)
    assert [row.pk for row in written] == sorted(row.pk for row in rows)
    stored = list(AuditEvent.objects.order_by("pk"))
    assert stored == rows
    for place, row in enumerate(stored):
        assert (row.at, row.reason, row.target_id) == (at, text, place)
        assert row.changes == {"text": text, "number": place, "none": None}
        assert row.batch_id is None
    bulk.insert(AuditNames, [AuditNames(event_id=row.pk, actor=text) for row in rows])
    assert AuditNames.objects.filter(actor=text).count() == number


@pytest.mark.parametrize("number", [0, 1, 7])
def test_rows_are_changed_each_to_its_own_values(cast: Cast, number: int) -> None:
    """Of every kind: text, number, truth, moment, reference, and none at all."""
    batch = open_batch(cast)
    users = UserFactory.create_batch(number, customer=cast.contoso)
    wanted = {}
    for place, user in enumerate(users):
        user.department = f"x{place},{{}}\"'\\ %s ä😀"
        user.session_epoch, user.must_change_password = place, place % 2 == 0
        user.temporary_password_set_at = None if place else datetime(2026, 2, 3, 4, tzinfo=UTC)
        user.changed_by_batch = None if place == 1 else batch
        wanted[user.pk] = tuple(getattr(user, name) for name in UPDATED)
        user.city = "not one of the fields"
    bulk.update(users, UPDATED)
    rows = User.objects.filter(pk__in=wanted)
    assert {row.pk: tuple(getattr(row, name) for name in UPDATED) for row in rows} == wanted
    assert {row.city for row in rows} <= {""}
    assert User.objects.get(pk=cast.uma.pk).department == ""


@pytest.mark.postgres
def test_many_rows_are_changed_by_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(30, customer=cast.contoso)
    for size in (3, 30):
        with django_assert_num_queries(1):
            bulk.update(users[:size], UPDATED)


FEW_AND_MANY = [1, 3, bulk.SET_FROM]


def test_a_set_is_for_many_rows() -> None:
    assert not bulk.by_set(bulk.SET_FROM - 1)
    assert bulk.by_set(bulk.SET_FROM)


def texts(batch: Batch) -> list[tuple[int, str]]:
    return list(batch.items.order_by("pk").values_list("user_id", "reason"))


@pytest.mark.parametrize("number", FEW_AND_MANY)
def test_rows_alike_are_written_in_the_order_of_their_lists(cast: Cast, number: int) -> None:
    batch, users = open_batch(cast), UserFactory.create_batch(number, customer=cast.contoso)
    ids = [user.pk for user in users][::-1]
    reasons = [f'{place} é \\ "x" {{}}' for place in range(number)]
    same = {"batch_id": batch.pk, "outcome": Outcome.SKIPPED, "before": {"a": [1]}}
    bulk.insert_alike(BatchItem, same, {"user_id": ids, "reason": reasons})
    assert texts(batch) == list(zip(ids, reasons, strict=True))
    rows = batch.items.values_list("outcome", flat=True)
    assert set(rows) == {Outcome.SKIPPED}
    # Neither given by `same` nor by a list: the model's own default.
    assert all(row.after == {} and row.before == {"a": [1]} for row in batch.items.all())


@pytest.mark.parametrize("number", FEW_AND_MANY)
def test_keys_of_new_rows_ascend_in_their_order(cast: Cast, number: int) -> None:
    same = {"at": datetime(2026, 6, 1, tzinfo=UTC), "action": Action.USER_ADDED}
    targets = list(range(number))[::-1]
    keys = bulk.insert_keyed(AuditEvent, same, {"target_id": targets})
    assert keys == sorted(keys)
    found = AuditEvent.objects.order_by("pk").values_list("pk", "target_id")
    assert list(found) == list(zip(keys, targets, strict=True))


@pytest.mark.parametrize("number", FEW_AND_MANY)
def test_groups_have_in_common_what_they_say(cast: Cast, number: int) -> None:
    batch, users = open_batch(cast), UserFactory.create_batch(number, customer=cast.contoso)
    first, rest = [user.pk for user in users], [cast.uma.pk, cast.gail.pk]
    groups: list[bulk.Group] = [
        ({"reason": "first", "after": {"n": 1}}, {"user_id": first}),
        ({"reason": 'se"cond', "after": {"n": 2}}, {"user_id": rest}),
    ]
    keys = bulk.insert_groups(BatchItem, {"batch_id": batch.pk}, groups, keyed=True)
    assert texts(batch) == [(pk, "first") for pk in first] + [(pk, 'se"cond') for pk in rest]
    assert keys == list(batch.items.order_by("pk").values_list("pk", flat=True))
    assert [row.after["n"] for row in batch.items.order_by("pk")] == [1] * number + [2, 2]


def test_keys_are_told_to_those_who_ask(cast: Cast) -> None:
    batch = open_batch(cast)
    groups: list[bulk.Group] = [({}, {"user_id": [cast.uma.pk]})]
    assert bulk.insert_groups(BatchItem, {"batch_id": batch.pk}, groups) == []
    assert texts(batch) == [(cast.uma.pk, "")]


@pytest.mark.parametrize("number", FEW_AND_MANY)
def test_nothing_at_all_is_written_where_one_row_breaks_a_rule(cast: Cast, number: int) -> None:
    batch, users = open_batch(cast), UserFactory.create_batch(number, customer=cast.contoso)
    ids = [user.pk for user in users]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_alike(BatchItem, {"batch_id": batch.pk}, {"user_id": [*ids, ids[0]]})
    assert texts(batch) == []


def test_an_object_that_was_written_is_no_new_one(cast: Cast) -> None:
    batch = open_batch(cast)
    rows = [BatchItem(batch=batch, user=user) for user in (cast.uma, cast.gail)]
    bulk.insert(BatchItem, rows)
    assert not any(row._state.adding for row in rows)
    rows[0].reason = "saved again"
    rows[0].save()
    assert texts(batch) == [(cast.uma.pk, "saved again"), (cast.gail.pk, "")]


@pytest.mark.postgres
def test_a_set_is_one_statement_whatever_its_groups(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    batch = open_batch(cast)
    users = UserFactory.create_batch(bulk.SET_FROM + 2, customer=cast.contoso)
    groups: list[bulk.Group] = [
        ({"reason": str(place)}, {"user_id": [user.pk]}) for place, user in enumerate(users)
    ]
    with django_assert_num_queries(1):
        bulk.insert_groups(BatchItem, {"batch_id": batch.pk}, groups, keyed=True)
    assert texts(batch) == [(user.pk, str(place)) for place, user in enumerate(users)]
