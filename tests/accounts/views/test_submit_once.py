"""A form that acts once: the second click, or Back and again, shows what the first one did."""

from django.test import Client

from accounts.models import User
from customers.models import Batch
from customers.roles import Role
from tests.accounts.bulk import of
from tests.accounts.verbs import fresh
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
