"""Whom a page is about: named by its address, or by a selection, and who came or went since."""

import re

import pytest
from django.test import Client

from accounts.models import Selection, User
from accounts.services import selections
from accounts.views.bulk_selection import NAMED
from customers.models import Batch
from customers.roles import Role
from tests.accounts.bulk import by_filter, by_ids, of
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read


def test_an_address_names_each_once(alice: Client, cast: Cast) -> None:
    url = f"{of('block', cast.uma)}&user={cast.uma.pk}"
    assert alice.get(url).context["chosen"] == 1


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "9" * 30, "1.0", "１"])
def test_what_is_no_number_of_a_user_is_not_found(alice: Client, cast: Cast, value: str) -> None:
    assert alice.get(f"{of('block', cast.uma)}&user={value}").status_code == 404


def test_a_user_of_another_customer_is_not_found(alice: Client, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    assert alice.get(f"{of('block', cast.uma)}&user={stranger.pk}").status_code == 404


@pytest.mark.parametrize("token", ["x", "of-nobody", "\0"])
def test_a_selection_that_there_is_not_is_not_found(alice: Client, cast: Cast, token: str) -> None:
    url = f"/customers/{cast.contoso.pk}/users/block/"
    assert alice.get(url, {"s": token}).status_code == 404


def test_a_selection_goes_before_the_users_of_the_address(alice: Client, cast: Cast) -> None:
    url = f"{by_ids(cast, 'block', cast.uma)}&user={cast.gail.pk}"
    assert [user.pk for user in chosen(alice, url)] == [cast.uma.pk]


def chosen(client: Client, url: str) -> list[User]:
    response = client.get(url)
    names = response.context["todo"].names
    return list(User.objects.filter(display_name__in=[str(name) for name in names]))


def test_the_page_that_asks_remembers_whom_it_has_shown(alice: Client, cast: Cast) -> None:
    url = by_ids(cast, "block", cast.uma, cast.gail)
    alice.get(url)
    frozen = Selection.objects.get().frozen_ids
    assert frozen is not None
    assert sorted(frozen) == sorted([cast.uma.pk, cast.gail.pk])


def test_a_page_about_the_users_of_its_address_has_no_differences(
    alice: Client, cast: Cast
) -> None:
    url = of("block", cast.uma)
    sent = fields(read(alice, url))
    assert alice.post(url, sent).status_code == 302


def test_of_many_who_came_the_first_are_named_and_the_rest_counted(
    alice: Client, cast: Cast
) -> None:
    UserFactory.create(customer=cast.contoso)
    url = by_filter(cast, "block", "lind")
    sent = fields(read(alice, url))
    UserFactory.create_batch(NAMED + 3, customer=cast.contoso)
    differences = alice.post(url, sent).context["differences"]
    assert (len(differences.came), differences.came_more) == (NAMED, 3)
    assert (list(differences.went), differences.went_more) == ([], 0)


def test_a_user_who_went_is_named(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.contoso)
    url = by_filter(cast, "block", "lind")
    sent = fields(read(alice, url))
    delete(cast, users[0])
    differences = alice.post(url, sent).context["differences"]
    assert list(differences.went) == [users[0].display_name]
    assert list(differences.came) == []


def test_the_page_that_was_asked_again_is_about_the_users_of_now(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.contoso)
    url = by_filter(cast, "block", "lind")
    sent = fields(read(alice, url))
    delete(cast, users[0])
    again = fields(alice.post(url, sent).content.decode())
    assert alice.post(url, again).status_code == 302
    blocked = User.objects.filter(blocked_at__isnull=False)
    assert list(blocked) == [users[1]]


def test_a_selection_of_another_user_is_not_found(client: Client, cast: Cast) -> None:
    ids = [cast.uma.pk]
    selections.choose("t", shown=ids, chosen=ids, customer=cast.contoso, actor=cast.alice)
    client.force_login(StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN]))
    assert client.get(f"/customers/{cast.contoso.pk}/users/block/?s=t").status_code == 404


@pytest.mark.parametrize(
    "action", ["licenses", "delete", "block", "change/department", "restore", "remove"]
)
def test_breadcrumb_and_cancel_lead_back_to_the_selection(
    alice: Client, cast: Cast, action: str
) -> None:
    subscribe(cast)
    page = f"/customers/{cast.contoso.pk}/users/"
    if action in {"restore", "remove"}:
        delete(cast, cast.uma, cast.gail)
        page += "deleted/"
    html = alice.get(by_ids(cast, action, cast.uma, cast.gail)).content.decode()
    links = re.findall(rf'href="({page}(?:\?[^"]*)?)"', html.split("<main")[1])
    assert links == [f"{page}?s={Selection.objects.get().token}"] * 2


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_second_of_two_clicks_leads_to_the_first_ones_batch(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("block", cast.uma)
    sent = fields(read(alice, url))
    first, second = alice.post(url, sent), alice.post(url, sent)
    assert Batch.objects.count() == 1
    back = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert first.headers["Location"] == second.headers["Location"] == back


def test_so_it_does_when_the_users_are_gone_by_then(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("delete", cast.uma)
    sent = fields(read(alice, url))
    alice.post(url, sent)
    User.objects.filter(pk=cast.uma.pk).update(customer=cast.northwind)
    again = alice.post(url, sent)
    assert again.headers["Location"] == f"/batches/{Batch.objects.get().pk}/"


def test_the_key_of_another_user_leads_nowhere_and_does_nothing(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("block", cast.uma)
    sent = fields(read(alice, url))
    alice.post(url, sent)
    colleague = client_of(StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN]))
    other = of("block", cast.gail)
    response = colleague.post(other, {**fields(read(colleague, other)), "key": sent["key"]})
    assert response.status_code == 200, "the page again, and not the batch of another user"
    assert fresh(cast.gail).blocked_at is None
    assert Batch.objects.get().by == cast.alice


def test_a_page_that_is_opened_again_has_a_new_key(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("block", cast.uma)
    keys = {fields(read(alice, url))["key"][0] for _time in range(2)}
    assert len(keys) == 2


def test_a_form_without_a_key_is_twin_of_none(cast: Cast) -> None:
    alice = client_of(cast.alice)
    for user in (cast.uma, cast.gail):
        sent = {**fields(read(alice, of("block", user))), "key": [""]}
        alice.post(of("block", user), sent)
    assert Batch.objects.count() == 2
