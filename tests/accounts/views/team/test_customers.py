"""Which customers a member of the team may know of: a page of them at a time."""

from django.test import Client

from accounts.models import User
from tests.accounts.views.team.members import add, address
from tests.factories import CustomerFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words


def test_a_user_who_is_to_be_limited_sees_nothing_until_customers_are_chosen(
    alice: Client, cast: Cast
) -> None:
    add(alice, reach="some")
    dora = User.objects.get(username="dora@fabrikam.example")
    assert dora.limited_to_customers
    assert "No customer is open to this user yet" in words(read(alice, address(dora)))
    done = alice.post(address(dora, "password"))
    assert done.headers["Location"] == address(dora, "customers")
    sent = fields(read(alice, done.headers["Location"]))
    assert "at least one customer" in told(alice.post(done.headers["Location"], sent))
    alice.post(done.headers["Location"], {**sent, "customer": [str(cast.contoso.pk)]})
    assert list(dora.allowed_customers.all()) == [cast.contoso]


def test_customers_on_other_pages_and_searches_stay_as_they_are(alice: Client, cast: Cast) -> None:
    far = CustomerFactory.create_batch(55, partner=cast.fabrikam)
    url = address(cast.bob, "customers")
    sent = fields(read(alice, f"{url}?q=Contoso"))
    assert sent["shown"] == [str(cast.contoso.pk)]
    alice.post(f"{url}?q=Contoso", {**sent, "reach": "some", "customer": sent["shown"]})
    sent = fields(read(alice, f"{url}?page=2"))
    assert len(sent["shown"]) == 7
    alice.post(f"{url}?page=2", {**sent, "customer": sent["shown"][:1]})
    found = set(cast.bob.allowed_customers.values_list("pk", flat=True))
    assert found == {cast.contoso.pk, int(sent["shown"][0])}
    assert found <= {cast.contoso.pk, cast.northwind.pk, *(row.pk for row in far)}
    assert "Chosen (2)" in words(read(alice, f"{url}?show=chosen"))
    alice.post(url, {"reach": "some", "shown": str(cast.adatum.pk), "customer": cast.adatum.pk})
    assert set(cast.bob.allowed_customers.values_list("pk", flat=True)) == found
