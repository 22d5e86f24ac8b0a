"""Subscriptions: the list, adding one, its seats, and how it ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from customers.models import AuditEvent
from licensing.models import LicenseAssignment, Product, Subscription, SubscriptionStatus
from licensing.services.subscriptions import change_seats
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.forms import fields, words
from tests.support.html import problems

NEXT_YEAR = timezone.localdate() + timedelta(days=365)


@pytest.fixture
def sally(client: Client, cast: Cast) -> Client:
    """In the zone of the tests, so that both have the same day today."""
    cast.sally.time_zone = "UTC"
    cast.sally.save(update_fields=["time_zone"])
    client.force_login(cast.sally)
    return client


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/customers/{cast.contoso.pk}/subscriptions/"


@pytest.fixture
def office() -> Product:
    return ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL", "TEAMS"])


@pytest.fixture
def subscription(cast: Cast, office: Product) -> Subscription:
    """25 seats of Office, of which uma has one."""
    return SubscriptionFactory.create(
        customer=cast.contoso, product=office, quantity=25, holders=[cast.uma]
    )


@pytest.fixture
def manage(url: str, subscription: Subscription) -> str:
    return f"{url}{subscription.pk}/"


def form_of(client: Client, address: str, **typed: object) -> dict[str, Any]:
    return {**fields(client.get(address).content.decode()), **typed}


def test_a_row_says_product_status_seats_and_renewal(
    sally: Client, cast: Cast, url: str, subscription: Subscription
) -> None:
    SubscriptionFactory.create(
        customer=cast.contoso, product__name="Visio", status=SubscriptionStatus.SUSPENDED
    )
    SubscriptionFactory.create(
        customer=cast.contoso, product__name="Yammer", status=SubscriptionStatus.CANCELED
    )
    Subscription.objects.update(renews_on=date(2090, 5, 1))
    page = sally.get(url).content.decode()
    day = date_format(date(2090, 5, 1))
    assert problems(page) == []
    assert f"Office Active 25 1 24 {day} Manage" in words(page)
    assert f"Visio Suspended 10 0 10 {day} Manage" in words(page)
    assert "1 canceled subscription" in words(page)
    assert page.count(">Manage</a>") == 2
    assert f'href="{url}{subscription.pk}/"' in page


def test_a_renewal_that_is_over_shows_the_next_one() -> None:
    subscription = Subscription(renews_on=date(2024, 2, 29))
    assert [
        subscription.next_renewal(date.fromisoformat(today))
        for today in ("2023-01-01", "2024-02-29", "2024-03-01", "2025-02-28", "2027-12-31")
    ] == [
        date(2024, 2, 29),
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2025, 2, 28),
        date(2028, 2, 29),
    ]


def test_the_list_costs_the_same_for_one_and_many(
    sally: Client, cast: Cast, url: str, subscription: Subscription
) -> None:
    sally.get(url)
    with CaptureQueriesContext(connection) as few:
        sally.get(url)
    SubscriptionFactory.create_batch(3, customer=cast.contoso)
    with CaptureQueriesContext(connection) as many:
        sally.get(url)
    assert len(many) == len(few)


def test_nothing_bought_yet_says_what_to_do(client: Client, cast: Cast, url: str) -> None:
    client.force_login(cast.sally)
    assert "Add one from the catalog" in words(client.get(url).content.decode())
    client.force_login(cast.bob)
    page = client.get(url).content.decode()
    assert "Without one, no user can be given a license." in words(page)
    assert f"{url}add/" not in page


@pytest.mark.parametrize("who", ["bob", "gail"])
def test_who_only_sees_is_told_who_can(
    client: Client, cast: Cast, url: str, manage: str, who: str
) -> None:
    client.force_login(getattr(cast, who))
    page = client.get(url).content.decode()
    shown = {
        "bob": "not change them. Ask one of these roles: Account admin",
        "gail": "ask your partner Fabrikam.",
    }[who]
    assert shown in words(page)
    told = {
        "bob": "Ask one of these roles: Account admin",
        "gail": "Only your partner can do this.",
    }[who]
    assert [label for label in (">Manage<", "Add subscription") if label in page] == []
    for address in (f"{url}add/", manage, *(f"{manage}{action}/" for action in ACTIONS)):
        for response in (client.get(address), client.post(address, {"quantity": "1"})):
            assert response.status_code == 403
            assert told in response.content.decode()


ACTIONS = ("suspend", "resume", "cancel")


@pytest.mark.parametrize("path", ["", *(f"{action}/" for action in ACTIONS)])
def test_another_customers_subscription_is_a_404(
    sally: Client, cast: Cast, url: str, path: str
) -> None:
    foreign = SubscriptionFactory.create(customer=cast.northwind)
    for number in (foreign.pk, 9_000_000_000):
        address = f"{url}{number}/{path}"
        assert [sally.get(address).status_code, sally.post(address).status_code] == [404, 404]


def test_a_product_of_the_catalog_is_added(
    sally: Client, cast: Cast, url: str, office: Product
) -> None:
    sally.cookies["timezone"] = "UTC"
    ProductFactory.create(name="Add-on", requires=[office], conflicts=[office])
    ProductFactory.create(name="Old", is_offered=False)
    ProductFactory.create(name="Nuclear", blocked_countries=["US"])
    page = sally.get(f"{url}add/").content.decode()
    assert problems(page) == []
    text = words(page)
    assert "Office Mail, Teams" in text
    assert "Requires Office" in text
    assert "Can't be combined with Office" in text
    assert "Can't be used in United States of America" in text
    assert "Old" not in text
    form = form_of(sally, f"{url}add/", product=str(office.pk), quantity="25")
    response = sally.post(f"{url}add/", form, follow=True)
    assert response.redirect_chain == [(url, 302)]
    assert "Office is added." in words(response.content.decode())
    added = cast.contoso.subscriptions.get()
    assert (added.product, added.quantity, added.assigned) == (office, 25, 0)
    today = timezone.localdate()
    assert (added.starts_on, added.renews_on.year) == (today, today.year + 1)


def test_a_second_click_adds_no_second_one(
    sally: Client, cast: Cast, url: str, office: Product
) -> None:
    form = form_of(sally, f"{url}add/", product=str(office.pk), quantity="25")
    for _click in range(2):
        assert sally.post(f"{url}add/", form).headers["Location"] == url
    assert cast.contoso.subscriptions.count() == 1
    assert AuditEvent.objects.filter(action="subscription.added").count() == 1


def test_what_is_bought_already_is_not_offered_again(
    sally: Client, url: str, subscription: Subscription
) -> None:
    page = sally.get(f"{url}add/").content.decode()
    assert 'type="radio"' not in page
    assert f'href="{url}{subscription.pk}/"' in page
    stale = {"product": subscription.product_id, "quantity": "5", "renews_on": NEXT_YEAR}
    response = sally.post(f"{url}add/", stale)
    error = "Contoso already has Office. Change the number of its seats instead."
    assert response.context["form"].errors == {"product": [error]}
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("product", "", "Choose a product."),
        ("product", "0", "This product is no longer offered."),
        ("product", "\x00", "Null characters are not allowed."),
        ("quantity", "", "Enter the number of seats."),
        ("quantity", "0", "A subscription has at least one seat."),
        ("quantity", "-3", "A subscription has at least one seat."),
        ("quantity", "2.5", "Enter a whole number, such as 25."),
        ("quantity", "1000001", "A subscription can have up to 1,000,000 seats."),
        ("quantity", "9" * 10_000, "Enter a whole number, such as 25."),
        ("renews_on", "", "Enter the day of the renewal."),
        ("renews_on", "soon", "Enter a date such as 2027-03-31."),
        ("renews_on", "2020-01-01", "Choose a day from tomorrow on, within the next ten years."),
        ("renews_on", "9999-12-31", "Choose a day from tomorrow on, within the next ten years."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    sally: Client, url: str, office: Product, field: str, value: str, message: str
) -> None:
    good = {"product": str(office.pk), "quantity": "25", "renews_on": NEXT_YEAR.isoformat()}
    response = sally.post(f"{url}add/", good | {field: value})
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    page = response.content.decode()
    assert f'id="id_{field}_error"' in page
    if field != "quantity":
        assert 'value="25"' in page
    if field != "product":
        assert "checked" in page
    assert not Subscription.objects.exists()


def test_seats_are_bought_and_logged(
    sally: Client, url: str, manage: str, subscription: Subscription
) -> None:
    page = sally.get(manage).content.decode()
    assert problems(page) == []
    assert "Seats bought 25 Assigned 1 Available 24" in words(page)
    response = sally.post(manage, form_of(sally, manage, quantity="40"), follow=True)
    assert response.redirect_chain == [(url, 302)]
    told = "Office now has 40 seats, of which 39 are available."
    assert told in words(response.content.decode())
    subscription.refresh_from_db()
    assert subscription.quantity == 40
    assert AuditEvent.objects.get(action="subscription.seats").changes["seats"] == [25, 40]


def test_a_second_click_buys_no_more(sally: Client, manage: str) -> None:
    form = form_of(sally, manage, quantity="40")
    assert [sally.post(manage, form).status_code for _click in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="subscription.seats").count() == 1


def test_seats_never_go_under_what_is_assigned(
    sally: Client, cast: Cast, manage: str, subscription: Subscription
) -> None:
    assign(subscription, *UserFactory.create_batch(4, customer=cast.contoso))
    form = form_of(sally, manage, quantity="4")
    response = sally.post(manage, form)
    assert "5 seats are assigned." in response.context["form"].errors["quantity"][0]
    assert 'value="4"' in response.content.decode()
    assert problems(response.content.decode()) == []
    subscription.refresh_from_db()
    assert subscription.quantity == 25
    assert sally.post(manage, form | {"quantity": "5"}).status_code == 302


def test_a_colleagues_change_is_shown_before_it_is_overwritten(
    sally: Client, cast: Cast, manage: str, subscription: Subscription
) -> None:
    form = form_of(sally, manage, quantity="40")
    change_seats(subscription, 30, actor=cast.alice)
    response = sally.post(manage, form)
    text = words(response.content.decode())
    assert "it is now 30. It was changed by Alice (alice@fabrikam.example)." in text
    assert "Seats bought 30" in text
    again = fields(response.content.decode())
    assert again["quantity"] == ["40"]
    subscription.refresh_from_db()
    assert subscription.quantity == 30
    assert sally.post(manage, again).status_code == 302
    subscription.refresh_from_db()
    assert subscription.quantity == 40


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/customers/1/users/licenses/?selection=abc&plus=%2B1", True),
        ("https://elsewhere.example/", False),
        ("//elsewhere.example/", False),
        ("javascript:alert(1)", False),
        ("/\\elsewhere.example", False),
    ],
)
def test_buying_more_leads_back_to_where_it_was_needed(
    sally: Client, url: str, manage: str, asked: str, *, leads: bool
) -> None:
    page = sally.get(manage, {"next": asked, "seats": "31"}).content.decode()
    form = fields(page)
    assert form["quantity"] == ["31"]
    assert ("Back" in words(page)) is leads
    wrong = sally.post(manage, form | {"quantity": "0"})
    assert fields(wrong.content.decode())["next"] == [asked]
    response = sally.post(manage, form)
    assert response.headers["Location"] == (asked if leads else url)


def test_suspending_and_resuming_ask_first(
    sally: Client, manage: str, subscription: Subscription
) -> None:
    asked = sally.get(f"{manage}suspend/").content.decode()
    assert problems(asked) == []
    assert "1 user keeps the license, but the services are off at once." in words(asked)
    for _click in range(2):
        page = sally.post(f"{manage}suspend/", follow=True).content.decode()
        assert "Office is suspended." in words(page)
    assert ">Resume</a>" in page
    assert problems(page) == []
    subscription.refresh_from_db()
    assert (subscription.status, subscription.assigned) == (SubscriptionStatus.SUSPENDED, 1)
    asked = sally.get(f"{manage}resume/").content.decode()
    assert "1 user has the services again at once. 24 seats" in words(asked)
    page = sally.post(f"{manage}resume/", follow=True).content.decode()
    assert "Office is active again." in words(page)
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.ACTIVE


def test_canceling_says_in_figures_who_loses_what(
    sally: Client, cast: Cast, manage: str, subscription: Subscription, office: Product
) -> None:
    users = [
        UserFactory.create(customer=cast.contoso, first_name=f"P{number:02}", last_name="")
        for number in range(12)
    ]
    assign(subscription, *users)
    add_on = ProductFactory.create(name="Add-on", requires=[office])
    SubscriptionFactory.create(customer=cast.contoso, product=add_on, quantity=12, holders=users)
    other = ProductFactory.create(name="Other")
    SubscriptionFactory.create(customer=cast.contoso, product=other, holders=users[:3])
    page = sally.get(f"{manage}cancel/").content.decode()
    assert problems(page) == []
    text = words(page)
    assert "13 users lose the license and the services at once." in text
    assert "12 of them also hold Add-on, which requires it: P00, P01" in text
    assert "P09 and 2 more" in text
    assert "Other" not in text
    assert "This is final" in text


def test_canceling_releases_all_and_is_final(
    sally: Client, url: str, manage: str, subscription: Subscription
) -> None:
    form = form_of(sally, f"{manage}cancel/")
    for told in ("Office is canceled. 1 license was released.", "Office is already canceled."):
        response = sally.post(f"{manage}cancel/", form, follow=True)
        assert response.redirect_chain == [(url, 302)]
        assert told in words(response.content.decode())
    subscription.refresh_from_db()
    assert (subscription.status, subscription.assigned) == (SubscriptionStatus.CANCELED, 0)
    assert not LicenseAssignment.objects.live().exists()
    page = sally.get(manage).content.decode()
    assert problems(page) == []
    assert "This subscription is canceled, which is final." in words(page)
    assert 'name="quantity"' not in page
    for action in ("suspend", "resume"):
        text = words(sally.post(f"{manage}{action}/", follow=True).content.decode())
        assert "This subscription is canceled, which is final. Add a new one." in text
    refused = sally.post(manage, {"quantity": "30", "seen": "25"})
    assert refused.status_code == 200
    subscription.refresh_from_db()
    assert (subscription.status, subscription.quantity) == (SubscriptionStatus.CANCELED, 25)


def test_figures_that_have_changed_are_asked_again(
    sally: Client, cast: Cast, manage: str, subscription: Subscription
) -> None:
    stale = form_of(sally, f"{manage}cancel/")
    assign(subscription, UserFactory.create(customer=cast.contoso))
    response = sally.post(f"{manage}cancel/", stale)
    text = words(response.content.decode())
    assert "Nothing is canceled yet" in text
    assert "2 users lose the license" in text
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.ACTIVE
    sally.post(f"{manage}cancel/", fields(response.content.decode()))
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.CANCELED
