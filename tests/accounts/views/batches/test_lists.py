"""Running and recent: whose batches, which state they are in, and one that is canceled."""

import re
from http import HTTPStatus

from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.services import running
from accounts.services.users import block_users, reset_passwords
from customers.models import Batch, BatchKind
from customers.roles import Role
from customers.services import batches
from tests.accounts.undoing import allow, block, undo
from tests.accounts.verbs import delete
from tests.accounts.views.batches.addresses import page
from tests.factories import StaffFactory, UserFactory
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, told, words
from tests.support.html import problems

LIST = "/batches/"
POLL = {"HX-Request": "true"}


def rows(html: str) -> list[str]:
    """The text of each row of the list."""
    return [
        words(f"<main>{row}</main>")
        for row in re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", html, re.DOTALL)
    ]


# The page of a batch


def test_one_that_waits_can_be_canceled_by_a_user_who_may_do_it(cast: Cast, waiting: Batch) -> None:
    assert signed_in(cast.sally).get(page(waiting)).status_code == HTTPStatus.FORBIDDEN
    denied = signed_in(cast.sally).post(page(waiting, "cancel/"))
    assert denied.status_code == HTTPStatus.FORBIDDEN
    assert "Cancel" in words(read(signed_in(cast.gail), page(waiting)))
    response = signed_in(cast.gail).post(page(waiting, "cancel/"), follow=True)
    assert "Nothing was changed" in told(response)
    assert "Canceled by Gail." in told(response)
    assert not running.run_batch(waiting.pk)


def test_one_that_has_begun_can_not(cast: Cast, waiting: Batch) -> None:
    running.run_batch(waiting.pk)
    response = signed_in(cast.alice).post(page(waiting, "cancel/"), follow=True)
    assert "It has already begun and can no longer be canceled." in told(response)
    assert "Sign-in blocked" in told(response)


# Running and recent


def test_mine_first_and_all_on_request(cast: Cast, waiting: Batch) -> None:
    block(cast, cast.uma)
    delete(cast, cast.uma, actor=cast.gail)
    reset_passwords([cast.gail], customer=cast.contoso, actor=cast.alice)
    client = signed_in(cast.alice)
    html = read(client, LIST)
    assert problems(html) == []
    found = rows(html)
    what = [row.split(" Contoso ")[0] for row in found]
    assert what == ["Reset password", "Block sign-in", "Block sign-in"]
    assert [row.endswith(" Undo") for row in found] == [False, True, False]
    assert "Waiting for a worker 0 of 4" in found[2]
    found = rows(read(client, f"{LIST}?who=everybody"))
    assert len(found) == 4
    assert found[1].startswith("Delete user accounts Contoso 1 Gail ")


def test_what_is_under_way_follows_by_itself(cast: Cast, waiting: Batch) -> None:
    client = signed_in(cast.alice)
    swaps = f'data-hx-select-oob="#follow,#state-{waiting.pk},#undo-{waiting.pk}"'
    assert swaps in read(client, LIST)
    running.run_batch(waiting.pk)
    html = read(client, LIST)
    assert "data-hx-get" not in html[html.index("<main") :]
    assert rows(html)[0].endswith("Done Undo")


def test_states_are_said_in_words(cast: Cast, waiting: Batch) -> None:
    batches.refuse_batch(waiting.pk, "Somebody was quicker.")
    block(cast, cast.uma, cast.gail)
    batch = block(cast, cast.uma, UserFactory.create(customer=cast.contoso))
    undo(batch, cast.alice)
    found = rows(read(signed_in(cast.alice), LIST))
    assert found[0].startswith("Undo: Block sign-in ")
    assert found[1].endswith("Undone 1 user needed no change")
    assert found[2].endswith("Done Undo")
    assert found[3].endswith("Failed Somebody was quicker.")


def test_one_sees_the_batches_of_the_customers_that_one_sees(cast: Cast, waiting: Batch) -> None:
    stranger = UserFactory.create(customer=cast.adatum)
    block_users([stranger], customer=cast.adatum, actor=cast.charlie)
    neighbor = UserFactory.create(customer=cast.northwind)
    block_users([neighbor], customer=cast.northwind, actor=cast.alice)
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    # Bob blocks nobody, and sees just his own actions.
    counts = {cast.alice: 2, cast.bob: 0, cast.charlie: 1, cast.gail: 1, limited: 1}
    for user, count in counts.items():
        assert len(rows(read(signed_in(user), f"{LIST}?who=everybody"))) == count, user
    assert "No changes of yours yet" in words(read(signed_in(cast.bob), LIST))
    denied = signed_in(cast.uma).get(LIST)
    assert denied.status_code == HTTPStatus.FORBIDDEN


def test_a_user_who_may_not_undo_is_not_offered_it(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    # He has done it while he had another role.
    Batch.objects.filter(pk=batch.pk).update(by=cast.bob)
    [row] = rows(read(signed_in(cast.bob), LIST))
    assert row.endswith("Done")


def test_one_that_left_a_user_out_is_not_said_to_be_done(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    Batch.objects.filter(pk=batch.pk).update(failed=1)
    html = read(signed_in(cast.alice), LIST)
    assert "Incomplete" in words(html)
    assert "state-success" not in html


def test_one_that_needed_no_change_for_some_is_done(cast: Cast) -> None:
    block(cast, cast.uma)
    block(cast, cast.uma, cast.gail)
    [row, _first] = rows(read(signed_in(cast.alice), LIST))
    assert row.endswith("Done 1 user needed no change Undo")
    block(cast, cast.uma, cast.gail)
    assert rows(read(signed_in(cast.alice), LIST))[0].endswith("Done 2 users needed no change")


def test_pages_begin_where_the_last_one_ended(cast: Cast, settings: Settings) -> None:
    settings.PAGE_SIZE = 2
    made = [block(cast, cast.uma), allow(cast, cast.uma), block(cast, cast.uma)]
    newest = [batch.pk for batch in reversed(made)]
    client = signed_in(cast.alice)

    def shown(query: str) -> list[int]:
        return [int(pk) for pk in re.findall(r'id="batch-(\d+)"', read(client, LIST + query))]

    assert shown("") == newest[:2]
    assert shown(f"?before={newest[1]}") == newest[2:]
    assert shown("?after=0") == newest[1:]
    assert shown(f"?after={newest[2]}") == newest[:2]
    # Whatever is newer than that is less than a page: the first page is a full one.
    assert shown(f"?after={newest[1]}") == newest[:2]
    assert shown("?before=1e9") == newest[:2]
    assert 'rel="next"' in read(client, LIST)


def test_as_many_queries_for_thirty_batches_as_for_three(
    cast: Cast, users: list[User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.alice)
    _fill(cast, users, 1)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    _fill(cast, users, 9)
    with django_assert_num_queries(len(few)):
        client.get(LIST)
    assert len(few) <= 5


def _fill(cast: Cast, users: list[User], times: int) -> None:
    for _number in range(times):
        undo(block(cast, cast.uma), cast.alice)
        ids = [user.pk for user in users]
        running.perform(BatchKind.BLOCK, ids, customer=cast.contoso, actor=cast.alice)
