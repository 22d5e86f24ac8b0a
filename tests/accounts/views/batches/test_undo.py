"""Undo in pages: first what it will do, then the action, once."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.users import reset_passwords
from customers.models import Batch
from tests.accounts.undoing import HAVE, allow, block, blocked, give, undo
from tests.accounts.verbs import delete, fresh, subscribe
from tests.accounts.views.batches.addresses import page
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems


@pytest.fixture
def users(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso)


def send(client: Client, batch: Batch, sent: dict[str, list[str]] | None = None) -> Any:
    sent = sent or fields(read(client, page(batch, "undo/")))
    return client.post(page(batch, "undo/"), sent, follow=True)


def test_first_what_it_will_do_and_whom_it_leaves_alone(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    batch = block(cast, *users)
    allow(cast, users[1], actor=cast.gail)
    assert f'href="{page(batch, "undo/")}"' in read(alice, page(batch))
    html = read(alice, page(batch, "undo/"))
    text = words(html)
    assert problems(html) == []
    assert "2 users can sign in again, with the same passwords as before." in text
    assert "1 user will not be changed" in text
    assert f"{users[1].display_name} has since been changed by Gail: Allow sign-in, " in text
    assert blocked(*users) == [True, False, True]


def test_both_are_in_the_order_of_names(alice: Client, cast: Cast) -> None:
    # Å stands behind Z where a Swede looks for it, and ids are in another order.
    cast.contoso.country = "SE"
    cast.contoso.save()
    names = ("Åsa Berg", "Bo Alm", "Zoe Dahl", "Ada Ek")
    users = [UserFactory.create(customer=cast.contoso, first_name=name) for name in names]
    for user, name in zip(users, names, strict=True):
        user.display_name = name
        user.save()
    stay = UserFactory.create_batch(3, customer=cast.contoso)
    batch = block(cast, *users, *stay[::-1])
    allow(cast, *stay, actor=cast.gail)
    context = alice.get(page(batch, "undo/")).context
    assert [user.display_name for user in context["users"]] == [
        *("Ada Ek", "Bo Alm", "Zoe Dahl", "Åsa Berg")
    ]
    left = [(row.display_name, why) for row, why in context["left"]]
    assert [name for name, _why in left] == sorted(user.display_name for user in stay)
    assert all(why.startswith(name) for name, why in left)


def test_then_the_action_once(alice: Client, cast: Cast, users: list[User]) -> None:
    batch = delete(cast, *users)
    sent = fields(read(alice, page(batch, "undo/")))
    first, second = send(alice, batch, sent), send(alice, batch, sent)
    assert first.request["PATH_INFO"] == second.request["PATH_INFO"]
    assert "Users restored" in told(first)
    assert "Undo: Delete user accounts" in told(first)
    assert "Reverses: Delete user accounts" in told(first)
    assert [fresh(user).deleted_at for user in users] == [None] * 3
    assert Batch.objects.count() == 2


def test_who_was_changed_between_page_and_action_is_named_by_the_result(
    alice: Client, cast: Cast, users: list[User]
) -> None:
    batch = block(cast, *users)
    sent = fields(read(alice, page(batch, "undo/")))
    allow(cast, users[0], actor=cast.gail)
    response = send(alice, batch, sent)
    assert "Sign-in allowed" in told(response)
    assert "1 user was not changed; see the reason next to the name." in told(response)
    assert f"{users[0].display_name} has since been changed by Gail" in told(response)


def test_when_nobody_is_left_the_page_says_so_and_nothing_happens(
    alice: Client, cast: Cast
) -> None:
    batch = block(cast, cast.uma)
    sent = fields(read(alice, page(batch, "undo/")))
    allow(cast, cast.uma, actor=cast.gail)
    response = send(alice, batch, sent)
    assert response.status_code == HTTPStatus.OK
    assert "Uma has since been changed by Gail" in told(response)
    assert "This can't be undone for any user." in told(response)
    assert Batch.objects.count() == 2


def test_what_was_undone_says_by_whom(alice: Client, cast: Cast) -> None:
    batch = block(cast, cast.uma)
    sent = fields(read(alice, page(batch, "undo/")))
    done = undo(batch, cast.gail)
    for text in (
        words(read(alice, page(batch))),
        words(read(alice, page(batch, "undo/"))),
        told(send(alice, batch, sent)),
    ):
        assert "Undone by Gail on " in text
    html = read(alice, page(batch))
    assert f'href="{page(done)}"' in html
    assert f'href="{page(batch, "undo/")}"' not in html


def test_what_can_not_be_undone_says_so(alice: Client, cast: Cast) -> None:
    batch = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).batch
    assert "Reset password can't be undone." in words(read(alice, page(batch)))
    assert "Reset password can't be undone." in words(read(alice, page(batch, "undo/")))


def test_undo_is_for_a_user_who_may_do_the_inverse(client: Client, cast: Cast) -> None:
    off = block(cast, UserFactory.create(customer=cast.contoso))
    given = give(cast, [cast.uma], {subscribe(cast): HAVE})
    # She has done it while she had another role.
    Batch.objects.filter(pk=off.pk).update(by=cast.sally)
    client.force_login(cast.sally)
    assert client.get(page(off, "undo/")).status_code == HTTPStatus.FORBIDDEN
    assert client.post(page(off, "undo/")).status_code == HTTPStatus.FORBIDDEN
    assert f'href="{page(off, "undo/")}"' not in read(client, page(off))
    assert "Licenses removed: 1 × Teams." in words(read(client, page(given, "undo/")))
    client.force_login(cast.uma)
    assert client.get(page(given, "undo/")).status_code == HTTPStatus.FORBIDDEN
    client.force_login(cast.charlie)
    assert client.get(page(given, "undo/")).status_code == HTTPStatus.NOT_FOUND


def test_as_many_queries_for_sixty_users_as_for_three(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = (
        block(cast, *UserFactory.create_batch(number, customer=cast.contoso)) for number in (3, 60)
    )
    with CaptureQueriesContext(connection) as queries:
        alice.get(page(few, "undo/"))
    with django_assert_num_queries(len(queries)):
        text = words(read(alice, page(many, "undo/")))
    assert "and 10 more" in text
