"""What came by a token says so: on the page of its batch, and wherever the log shows it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.users import block_users
from api.authentication import narrowing_by
from api.models import Token, TokenKind
from customers.log.history import came_by
from customers.models import Batch, Via
from customers.narrowing import narrowed_to
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, token_of
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import told


@pytest.fixture
def users(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso)


def blocked_by(token: Token, users: list[User], cast: Cast) -> Batch:
    with narrowed_to(narrowing_by(token)):
        return block_users(users, customer=cast.contoso, actor=fresh(token.user))


def pages(client: Client, cast: Cast, batch: Batch, user: User) -> dict[str, Any]:
    customer = cast.contoso.pk
    client.force_login(cast.alice)
    urls = {
        "batch": reverse("accounts:batch-detail", args=[batch.pk]),
        "log": reverse("customers:activity-list", args=[customer]),
        "users of the batch": reverse("customers:activity-batch", args=[customer, batch.pk]),
        "user": reverse("accounts:user-detail", args=[customer, user.pk]),
        "customer": reverse("customers:customer-detail", args=[customer]),
    }
    return {name: told(client.get(url)) for name, url in urls.items()}


def test_a_batch_by_a_token_says_by_which(client: Client, cast: Cast, users: list[User]) -> None:
    batch = blocked_by(token_of(cast.alice).token, users, cast)
    found = pages(client, cast, batch, users[0])
    missing = [name for name, text in found.items() if "by API token Nightly" not in text]
    assert missing == []
    listed = told(client.get(reverse("accounts:batch-list")))
    assert "Block sign-in API" in listed


def test_an_integration_is_named_with_its_token(
    client: Client, cast: Cast, users: list[User]
) -> None:
    sync = integration(cast.alice, Role.ADMIN_AGENT, name="Nightly import")
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    batch = blocked_by(token, users, cast)
    text = pages(client, cast, batch, users[0])["batch"]
    assert "Nightly import · by API token Nightly" in text


def test_what_was_done_on_a_page_says_nothing_of_it(
    client: Client, cast: Cast, users: list[User]
) -> None:
    token_of(cast.alice)
    batch = block_users(users, customer=cast.contoso, actor=cast.alice)
    found = pages(client, cast, batch, users[0])
    assert [name for name, text in found.items() if "token" in text] == []


def test_a_token_that_was_swept_has_no_name_any_more(
    client: Client, cast: Cast, users: list[User]
) -> None:
    batch = blocked_by(token_of(cast.alice).token, users, cast)
    Token.objects.all().delete()
    found = pages(client, cast, batch, users[0])
    assert {name for name, text in found.items() if "by an API token" in text} == set(found)


@pytest.mark.parametrize(
    ("via", "token", "words"),
    [
        (Via.PAGE, None, ""),
        (None, None, ""),
        (Via.API, 7, "by API token Nightly"),
        (Via.API, 8, "by an API token"),
        (Via.SCIM, 7, "by SCIM token Nightly"),
        (Via.SCIM, 8, "by a SCIM token"),
    ],
)
def test_the_words_for_each_door(via: str | None, token: int | None, words: str) -> None:
    assert came_by(via, token, {7: "Nightly"}) == words
