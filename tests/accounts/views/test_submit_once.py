"""A form that acts once: the second click, or Back and again, shows what the first one did."""

from django.test import Client

from accounts.models import User
from customers.models import Batch
from customers.roles import Role
from tests.accounts.bulk import of
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_second_of_two_clicks_leads_to_the_first_ones_batch(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("block", cast.uma)
    sent = fields(read(alice, url))
    first, second = alice.post(url, sent), alice.post(url, sent)
    batch = Batch.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/batches/{batch.pk}/"


def test_so_it_does_when_the_users_are_gone_by_then(cast: Cast) -> None:
    alice, url = client_of(cast.alice), of("delete", cast.uma)
    sent = fields(read(alice, url))
    alice.post(url, sent)
    User.objects.filter(pk=cast.uma.pk).update(customer=cast.northwind)
    again = alice.post(url, sent)
    assert again.headers["Location"] == f"/batches/{Batch.objects.get().pk}/"


def test_the_key_of_somebody_else_is_none(cast: Cast) -> None:
    colleague = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    key = ""
    for actor, user in ((cast.alice, cast.uma), (colleague, cast.gail)):
        client, url = client_of(actor), of("block", user)
        sent = fields(read(client, url))
        key = key or sent["key"][0]
        client.post(url, {**sent, "key": key})
    assert set(Batch.objects.values_list("by", "key")) == {
        (cast.alice.pk, key),
        (colleague.pk, key),
    }


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
