"""The pages of sources."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from api.models import Doing, Source, Token
from api.views.sources import figures_of, rows_of
from customers.models import Customer
from tests.api.scim.calling import caller_of
from tests.api.tokens import source_of, source_token
from tests.factories import (
    ScimLinkFactory,
    SourceFactory,
    SourceRefusalFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast


@pytest.fixture
def gail(client: Client, cast: Cast) -> Client:
    client.force_login(cast.gail)
    return client


def at(name: str, *args: int) -> str:
    return reverse(f"api:source-{name}", args=args)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_source_is_added_and_gets_a_token_that_is_shown_until_done(
    gail: Client, cast: Cast
) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    sent = {"name": "Entra ID", "subscription": pool.pk, "takes_over": "on"}
    response = gail.post(at("add", cast.contoso.pk), sent)
    source = Source.objects.get()
    assert (source.name, source.takes_over, source.subscription) == ("Entra ID", True, pool)
    assert response.headers["Location"] == at("detail", cast.contoso.pk, source.pk)
    page = text_of(gail.get(response.headers["Location"]))
    assert f"http://testserver/scim/{cast.contoso.uuid}/v2<" in page
    assert "Has no token yet" in page
    response = gail.post(at("token-add", cast.contoso.pk, source.pk), {"days": "30"})
    token = Token.objects.get(user=source.user)
    shown = response.headers["Location"]
    assert shown == at("token", cast.contoso.pk, source.pk, token.pk)
    text = gail.get(shown).context["token"]
    assert text.startswith(token.prefix)
    assert gail.get(shown).context["token"] == text
    assert text not in text_of(gail.get(at("detail", cast.contoso.pk, source.pk)))
    gail.post(shown)
    assert gail.get(shown).status_code == HTTPStatus.FOUND
    assert text not in str(dict(gail.session))


def test_another_session_is_not_shown_the_token(gail: Client, cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    gail.post(at("token-add", cast.contoso.pk, source.pk), {"days": "30"})
    other = Client()
    other.force_login(cast.alice)
    shown = at("token", cast.contoso.pk, source.pk, Token.objects.get(user=source.user).pk)
    assert other.get(shown).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Taken"}, "There is a source of this name already."),
        ({"name": "x" * 61}, "Shorten this to 60 characters or fewer"),
        ({"name": "New", "subscription": "4711"}, "This subscription is no longer available."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    gail: Client, cast: Cast, sent: dict[str, str], says: str
) -> None:
    source_of(cast.contoso, cast.gail, name="Taken")
    response = gail.post(at("add", cast.contoso.pk), sent)
    assert says in text_of(response)
    assert Source.objects.count() == 1


@pytest.mark.parametrize("days", ["", "0", "366", "x", "9" * 40])
def test_a_token_has_an_end(gail: Client, cast: Cast, days: str) -> None:
    source = source_of(cast.contoso, cast.gail)
    response = gail.post(at("token-add", cast.contoso.pk, source.pk), {"days": days})
    assert response.status_code == HTTPStatus.OK
    assert not Token.objects.exists()


def test_a_third_token_is_refused(gail: Client, cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    for _number in range(2):
        source_token(source, cast.gail)
    assert "Add token" not in text_of(gail.get(at("detail", cast.contoso.pk, source.pk)))
    response = gail.post(at("token-add", cast.contoso.pk, source.pk), {"days": "30"})
    assert "up to two tokens at a time" in text_of(response)


def test_settings_are_saved(gail: Client, cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    address = at("detail", cast.contoso.pk, source.pk)
    page = gail.post(address, {"takes_over": "on", "subscription": ""}, follow=True)
    assert "Saved." in text_of(page)
    source.refresh_from_db()
    assert source.takes_over
    same = gail.post(address, {"takes_over": "on", "subscription": ""}, follow=True)
    assert "Nothing was changed." in text_of(same)


def test_tokens_are_revoked_and_sources_removed(gail: Client, cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    token = source_token(source, cast.gail).token
    revoke = at("token-revoke", cast.contoso.pk, source.pk, token.pk)
    assert token.prefix in text_of(gail.get(revoke))
    gail.post(revoke)
    assert not Token.objects.living().exists()
    assert gail.post(revoke).status_code == HTTPStatus.NOT_FOUND
    remove = at("remove", cast.contoso.pk, source.pk)
    assert "Its users stay as they are" in text_of(gail.get(remove))
    page = gail.post(remove, follow=True)
    assert "Personio was removed." in text_of(page)
    assert not Source.objects.exists()


def test_what_a_source_has_done_is_counted(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    made = call.create(externalId="7")
    call.patch(made["id"], {"op": "replace", "path": "title", "value": "x"})
    call.patch(made["id"], {"op": "replace", "path": "active", "value": False})
    call("DELETE", f"/Users/{made['id']}")
    call.create(externalId="7")
    call.create()
    call.create()
    figures = figures_of(call.source)
    assert (figures.users, figures.added, figures.changed) == (1, 2, 1)
    assert (figures.blocked, figures.deleted, figures.refused) == (1, 1, 2)


def test_refusals_are_shown_in_words_and_forgotten(gail: Client, cast: Cast) -> None:
    source = SourceFactory.create(customer=cast.contoso)
    SourceRefusalFactory.create(source=source, user_name="<b>ada</b>", times=48)
    old = SourceRefusalFactory.create(source=source, user_name="old", doing=Doing.DELETE)
    type(old).objects.filter(pk=old.pk).update(last_at=timezone.now() - timedelta(days=31))
    page = text_of(gail.get(at("detail", cast.contoso.pk, source.pk)))
    assert "&lt;b&gt;ada&lt;/b&gt;" in page
    assert "48 times" in page
    assert "This user name is taken." in page
    assert ">old<" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_no_more_often_for_more(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for source in SourceFactory.create_batch(count, customer=cast.contoso):
        ScimLinkFactory.create(source=source, user=UserFactory.create(customer=cast.contoso))
        SourceRefusalFactory.create(source=source)
    with django_assert_num_queries(5):
        rows = rows_of(cast.contoso)
    assert [(row.users, row.refused, row.ends_at) for row in rows] == [(1, 1, None)] * count


def test_the_list_says_when_it_was_heard_and_how_long_its_token_is_good(
    gail: Client, cast: Cast
) -> None:
    call = caller_of(cast.contoso, cast.gail)
    call.search()
    [row] = rows_of(Customer.objects.get(pk=cast.contoso.pk))
    assert row.last_contact is not None
    assert row.ends_at is not None
    assert "Valid until" in text_of(gail.get(at("list", cast.contoso.pk)))


def test_the_account_leads_to_the_sources(gail: Client, cast: Cast) -> None:
    account = reverse("customers:customer-account", args=[cast.contoso.pk])
    assert at("list", cast.contoso.pk) in text_of(gail.get(account))
    gail.force_login(cast.bob)
    assert at("list", cast.contoso.pk) not in text_of(gail.get(account))
