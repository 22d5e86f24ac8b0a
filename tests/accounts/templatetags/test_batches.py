"""Undo beside the lines of the activity log: for whom it is, in one query a page."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.users import block_users
from accounts.templatetags.batches import of_batch, undo_urls
from customers.models import AuditEvent, Batch
from customers.views.activity import EventLine, lines
from tests.accounts.undoing import undo
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


def block(cast: Cast, *users: User) -> Batch:
    return block_users(users, customer=cast.contoso, actor=cast.alice)


def log(cast: Cast) -> list[EventLine]:
    events = AuditEvent.objects.of(cast.contoso).with_batch().newest_first()
    return list(lines(cast.contoso, events))


def test_a_batch_can_be_undone_from_its_line(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    urls = undo_urls(log(cast), fresh(cast.alice))
    assert urls == {batch.pk: f"/batches/{batch.pk}/undo/"}
    assert of_batch(urls, batch.pk) == f"/batches/{batch.pk}/undo/"


def test_a_user_who_may_not_undo_it_has_no_address(cast: Cast) -> None:
    block(cast, cast.uma)
    for other in (cast.sally, cast.uma):
        assert undo_urls(log(cast), fresh(other)) == {}


def test_what_was_undone_is_not_undone_twice(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    undo(batch, cast.alice)
    assert batch.pk not in undo_urls(log(cast), fresh(cast.alice))


def test_lines_of_no_batch_have_none(cast: Cast) -> None:
    assert undo_urls([], fresh(cast.alice)) == {}
    assert of_batch({}, None) == of_batch({1: "/x/"}, None) == of_batch({1: "/x/"}, 2) == ""


def test_many_batches_take_one_query(cast: Cast) -> None:
    for user in UserFactory.create_batch(4, customer=cast.contoso):
        block(cast, user)
    found, alice = log(cast), fresh(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        urls = undo_urls(found, alice)
    assert len(urls) == 4
    assert len(queries) == 1
