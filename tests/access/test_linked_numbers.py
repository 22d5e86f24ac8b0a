"""Numbers that are links: each is the number of users whom the list behind it shows."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users, delete_users
from customers.models import Customer
from licensing.models import Subscription
from tests.factories import CustomerFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast

# Of a list, not of one user.
LINK = re.compile(
    r'<a [^>]*href="([^"]+/users/(?:deleted/)?(?:\?[^"]*)?)"[^>]*>(.*?)</a>', re.DOTALL
)
NUMBER = re.compile(r"\d[\d,]*")


@pytest.fixture
def woodgrove(cast: Cast) -> Customer:
    """Seven users, of whom one is blocked; four have Mail, and of three deleted one is overdue."""
    customer = CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove")
    users = UserFactory.create_batch(7, customer=customer)
    gone = UserFactory.create_batch(3, customer=customer)
    for name, holders in (("Mail", users[:4]), ("Teams", users[3:5])):
        product = ProductFactory.create(name=name)
        SubscriptionFactory.create(
            customer=customer, product=product, quantity=10, holders=[*holders, *gone]
        )
    block_users([users[3]], customer=customer, actor=cast.alice)
    delete_users(gone, customer=customer, actor=cast.alice)
    past = timezone.now() - timedelta(days=31)
    User.objects.filter(pk=gone[0].pk).update(deleted_at=past, purge_after=past)
    soon = timezone.now() + timedelta(days=3)
    User.objects.filter(pk=gone[1].pk).update(purge_after=soon)
    User.objects.filter(pk__in=[user.pk for user in users[:2]]).update(last_login=timezone.now())
    ends = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    User.objects.filter(pk=users[2].pk).update(
        must_change_password=True, temporary_password_set_at=ends + timedelta(hours=1)
    )
    return customer


def mail(customer: Customer) -> Subscription:
    return customer.subscriptions.get(product__name="Mail")


def linked(html: str) -> dict[str, int]:
    """Return the addresses of lists that a number is a link to, with the number."""
    found = {}
    for url, text in LINK.findall(html):
        plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
        if number := NUMBER.search(plain):
            found[url.replace("&amp;", "&")] = int(number[0].replace(",", ""))
    return found


def of_list(client: Client, url: str) -> int:
    response = client.get(url)
    total = sum(1 for _row in response.context["rows"])
    assert response.context["pager"].next_url is None
    return total


@pytest.mark.parametrize(
    ("address", "least"),
    [
        ("/customers/", 2),
        ("/customers/attention/", 4),
        ("/customers/{customer}/", 4),
        ("/customers/{customer}/subscriptions/", 2),
        ("/customers/{customer}/subscriptions/{mail}/", 1),
        ("/customers/report/", 3),
    ],
)
def test_each_linked_number_is_that_of_its_list(
    client: Client, cast: Cast, woodgrove: Customer, address: str, least: int
) -> None:
    client.force_login(cast.alice)
    url = address.format(customer=woodgrove.pk, mail=mail(woodgrove).pk)
    numbers = linked(client.get(url).content.decode())
    own = {url for url in numbers if f"/customers/{woodgrove.pk}/" in url}
    assert len(own) >= least
    assert {url: of_list(client, url) for url in numbers} == numbers


def test_a_subscription_shows_who_has_it(client: Client, cast: Cast, woodgrove: Customer) -> None:
    client.force_login(cast.alice)
    row = mail(woodgrove)
    page = client.get(f"/customers/{woodgrove.pk}/subscriptions/{row.pk}/")
    held = woodgrove.users.active().filter(assignments__subscription=row).order_by("sort_name")
    assert list(page.context["holders"]) == list(held)
    assert "Show all 4 users in the list" in page.content.decode()


def test_of_many_who_have_it_the_first_are_shown(
    client: Client, cast: Cast, woodgrove: Customer, settings: object
) -> None:
    settings.PAGE_SIZE = 3  # type: ignore[attr-defined]
    client.force_login(cast.alice)
    page = client.get(f"/customers/{woodgrove.pk}/subscriptions/{mail(woodgrove).pk}/")
    assert (len(page.context["holders"]), page.context["more"]) == (3, 1)
    assert "and 1 more" in page.content.decode()


def test_of_one_nobody_has_it_says_so(client: Client, cast: Cast) -> None:
    free = SubscriptionFactory.create(customer=cast.contoso, product=ProductFactory.create())
    client.force_login(cast.alice)
    page = client.get(f"/customers/{cast.contoso.pk}/subscriptions/{free.pk}/").content.decode()
    assert "No users have it yet." in page
