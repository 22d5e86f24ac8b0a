"""Batches: opened once for a key, left waiting, taken by one worker, and closed with counts."""

from typing import Any

import pytest
from django.db import transaction

from accounts.services.users import block_users
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchKind, BatchState, Outcome
from customers.services import batches
from customers.services.messages import send
from tests.factories import UserFactory
from tests.support.cast import Cast


def open_batch(cast: Cast, key: str = "", kind: BatchKind = BatchKind.BLOCK) -> Batch:
    return batches.open_batch(kind, actor=cast.alice, customer=cast.contoso, key=key)


def test_keys_differ_and_say_nothing() -> None:
    keys = {batches.new_key() for _number in range(100)}
    assert {len(key) for key in keys} == {22}
    assert len(keys) == 100


def test_a_key_is_used_once(cast: Cast) -> None:
    first = open_batch(cast, "k")
    with pytest.raises(AlreadyDone) as caught:
        open_batch(cast, "k")
    assert caught.value.batch == first


def test_a_key_of_another_user_customer_or_action_is_refused(cast: Cast) -> None:
    open_batch(cast, "k")
    with pytest.raises(Refused, match=r"^This form is no longer valid\. Load the page again\.$"):
        open_batch(cast, "k", BatchKind.DELETE)
    for actor, customer in ((cast.bob, cast.contoso), (cast.alice, cast.northwind)):
        with pytest.raises(Refused):
            batches.open_batch(BatchKind.BLOCK, actor=actor, customer=customer, key="k")


def test_a_closed_batch_counts_its_items(cast: Cast) -> None:
    batch = batches.open_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso)
    assert (batch.state, batch.finished_at) == (BatchState.RUNNING, None)
    users = UserFactory.create_batch(6, customer=cast.contoso)
    outcomes = [Outcome.DONE, Outcome.PARTLY, Outcome.SKIPPED, Outcome.FAILED, Outcome.DONE]
    outcomes.append(Outcome.ALREADY)
    items = [
        batches.item(batch, user, outcome=outcome)
        for user, outcome in zip(users, outcomes, strict=True)
    ]
    batches.close_batch(batch, items)
    batch.refresh_from_db()
    assert (batch.total, batch.done, batch.failed, batch.already) == (6, 3, 2, 1)
    batches.count_again(batch)
    assert (batch.done, batch.failed, batch.already) == (3, 2, 1)
    assert batch.state == BatchState.DONE
    assert batch.finished_at


def test_a_refused_verb_leaves_no_batch(cast: Cast) -> None:
    with pytest.raises(Refused):
        block_users([cast.gail], customer=cast.contoso, actor=cast.gail, key="k")
    open_batch(cast, "k")


def leave(cast: Cast, *users: Any, **values: Any) -> Batch:
    return batches.leave_batch(
        BatchKind.BLOCK,
        [user.pk for user in users],
        actor=cast.alice,
        customer=cast.contoso,
        **values,
    )


@transaction.atomic
def take(batch: Batch) -> Batch | None:
    return batches.take_batch(batch.pk)


@pytest.mark.parametrize("key", ["x" * 65, "a b", "a/b", "é", "a\0"])
def test_a_key_that_no_form_has_carried_is_refused(cast: Cast, key: str) -> None:
    with pytest.raises(Refused, match=r"This form is no longer valid") as caught:
        open_batch(cast, key)
    assert caught.value.code == "malformed"
    assert (
        batches.find_batch(BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso, key=key)
        is None
    )
    assert not Batch.objects.exists()


def test_without_a_key_each_batch_gets_one_of_its_own(cast: Cast) -> None:
    keys = {open_batch(cast).key, open_batch(cast).key, leave(cast).key}
    assert len(keys) == 3
    assert all(len(key) == 22 for key in keys)


def test_a_reason_is_cut_to_what_the_column_holds(cast: Cast) -> None:
    whose = {"actor": cast.alice, "customer": cast.contoso}
    batch = batches.open_batch(BatchKind.BLOCK, **whose, reason="x" * 300)  # type: ignore[arg-type]
    assert Batch.objects.get(pk=batch.pk).reason == "x" * 255


def test_a_batch_is_found_by_its_key_its_kind_and_whose_it_is(cast: Cast) -> None:
    batch = open_batch(cast, "k")
    whose = {"actor": cast.alice, "customer": cast.contoso, "key": "k"}
    assert batches.find_batch(BatchKind.BLOCK, **whose) == batch  # type: ignore[arg-type]
    assert batches.find_batch(BatchKind.ALLOW, **whose) is None  # type: ignore[arg-type]
    for other in ({"actor": cast.bob}, {"customer": cast.northwind}, {"key": "other"}):
        assert batches.find_batch(BatchKind.BLOCK, **{**whose, **other}) is None  # type: ignore[arg-type]


def test_a_batch_that_is_left_waits_with_its_users_frozen(cast: Cast) -> None:
    batch = leave(cast, cast.uma, cast.gail, request={"names": {}}, reason="4711", key="k")
    fresh = Batch.objects.get(pk=batch.pk)
    assert (fresh.state, fresh.users, fresh.total) == (
        BatchState.WAITING,
        [cast.uma.pk, cast.gail.pk],
        2,
    )
    assert (fresh.started_at, fresh.finished_at, fresh.request) == (None, None, {"names": {}})
    with pytest.raises(AlreadyDone) as caught:
        leave(cast, cast.uma, key="k")
    assert caught.value.batch == batch


def test_a_waiting_batch_is_taken_with_customer_and_partner(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    batch = leave(cast, cast.uma)
    taken = take(batch)
    assert taken == batch
    with django_assert_num_queries(0):
        assert (taken.by, taken.customer.partner) == (cast.alice, cast.fabrikam)


def test_what_does_not_wait_is_not_taken(cast: Cast) -> None:
    assert take(open_batch(cast)) is None
    assert take(Batch(pk=0)) is None
    started = batches.start_batch(leave(cast, cast.uma))
    assert (started.state, take(started)) == (BatchState.RUNNING, None)
    assert Batch.objects.get(pk=started.pk).started_at == started.started_at


def test_a_refused_batch_says_why_and_forgets_whom_it_was_for(cast: Cast) -> None:
    undone = open_batch(cast)
    names = {"names": {"1": "ada"}, "kept": 1}
    batch = leave(cast, cast.uma, request=names, undo_of=undone)
    assert batches.refuse_batch(batch.pk, "The subscription is full.") == batch
    fresh = Batch.objects.get(pk=batch.pk)
    assert (fresh.state, fresh.refusal) == (BatchState.FAILED, "The subscription is full.")
    assert (fresh.users, fresh.undo_of, fresh.request) == ([], None, {"kept": 1})
    assert fresh.finished_at is not None
    assert batches.refuse_batch(batch.pk, "Again.") is None
    # What was to be undone can be undone by another batch.
    assert leave(cast, cast.uma, undo_of=undone).undo_of == undone


def test_a_waiting_batch_is_canceled_and_says_by_whom(cast: Cast) -> None:
    batch = leave(cast, cast.uma)
    batches.cancel_batch(batch.pk, actor=cast.bob)
    fresh = Batch.objects.get(pk=batch.pk)
    assert (fresh.state, fresh.refusal) == (BatchState.CANCELED, "Canceled by Bob.")
    for pk in (batch.pk, open_batch(cast).pk, 0):
        with pytest.raises(Refused, match="It has already begun") as caught:
            batches.cancel_batch(pk, actor=cast.bob)
        assert caught.value.code == "begun-already"


def test_a_batch_of_one_user_is_written_as_done(cast: Cast) -> None:
    new, statement = batches.batch_of_one(
        BatchKind.LICENSES, actor=cast.alice, customer=cast.contoso, key="k", reason="4711"
    )
    assert not Batch.objects.exists()
    batch = batches.opened(new, *send(statement))
    fresh = Batch.objects.get()
    assert (fresh.pk, fresh.state, fresh.total, fresh.done) == (batch.pk, BatchState.DONE, 1, 1)
    assert (fresh.started_at, fresh.reason) == (fresh.finished_at, "4711")
    with pytest.raises(AlreadyDone) as caught:
        batches.opened(new, *send(statement))
    assert caught.value.batch == fresh


def test_items_alike_are_written_in_groups_and_counted(cast: Cast) -> None:
    batch = open_batch(cast)
    users = UserFactory.create_batch(4, customer=cast.contoso)
    ids = [user.pk for user in users]
    batches.write_items(batch, [batches.Alike(ids[:1], after={"a": 1})])
    groups = [
        batches.Alike(ids[1:3], outcome=Outcome.ALREADY, reason="Already blocked."),
        batches.Alike(ids[3:], outcome=Outcome.FAILED, reason="No seat."),
    ]
    closed = batches.close_batch_alike(batch, groups)
    assert (closed.total, closed.done, closed.state) == (4, 1, BatchState.DONE)
    assert (closed.failed, closed.already) == (1, 2)
    rows = closed.items.order_by("pk").values_list("user", "outcome", "reason", "after")
    assert list(rows) == [
        (ids[0], "done", "", {"a": 1}),
        (ids[1], "already", "Already blocked.", {}),
        (ids[2], "already", "Already blocked.", {}),
        (ids[3], "failed", "No seat.", {}),
    ]


def test_a_batch_without_items_keeps_the_total_it_began_with(cast: Cast) -> None:
    batch = batches.start_batch(leave(cast, cast.uma, cast.gail))
    closed = batches.close_batch(batch, [])
    assert (closed.total, closed.done, closed.failed, closed.users) == (2, 0, 0, [])


def test_those_who_were_left_out_are_added_to_a_closed_batch(cast: Cast) -> None:
    batch = open_batch(cast)
    batches.close_batch(batch, [batches.item(batch, cast.uma)])
    batches.leave_alone(batch, [])
    so = UserFactory.create(customer=cast.contoso)
    left = [(cast.gail.pk, Outcome.SKIPPED, "An administrator."), (so.pk, Outcome.ALREADY, "So.")]
    batches.leave_alone(batch, left)
    fresh = Batch.objects.get(pk=batch.pk)
    assert (fresh.total, fresh.done, fresh.failed, fresh.already) == (3, 1, 1, 1)
    row = fresh.items.get(user=cast.gail)
    assert (row.outcome, row.reason) == (Outcome.SKIPPED, "An administrator.")
