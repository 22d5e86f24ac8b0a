"""Licenses, subscriptions and the catalogue in the admin: no page of it can break a seat."""

import pytest
from django.test import Client

from accounts.invariants import violations
from customers.actions import Action
from customers.models import AuditEvent
from licensing.models import LicenseAssignment, Product, Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.admin import act, address, errors, told, typed
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", sku="TEAMS", plans=("MEET", "CHAT"))
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=2, holders=[cast.uma]
    )


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_license_is_given_switched_and_taken_away(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    add = address(LicenseAssignment, "add")
    support.post(add, {"user": cast.gail.pk, "subscription": teams.pk, "services_off": "CHAT"})
    row = LicenseAssignment.objects.live().get(user=cast.gail)
    change = address(LicenseAssignment, "change", row.pk)
    assert typed(support.get(change))["services_off"] == "CHAT"
    support.post(change, {"services_off": "MEET"})
    row.refresh_from_db()
    assert row.services_off == ["MEET"]
    support.post(address(LicenseAssignment, "delete", row.pk), {"post": "yes"})
    row.refresh_from_db()
    teams.refresh_from_db()
    assert (row.released_at is None, teams.assigned) == (False, 1)
    assert actions() == [
        Action.LICENSE_ASSIGNED,
        Action.LICENSE_SERVICES,
        Action.LICENSE_REVOKED,
    ]
    assert violations() == []


def test_what_a_license_may_not_is_said_on_the_form(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    other = UserFactory.create(customer=cast.northwind)
    teams_of = {"subscription": teams.pk, "services_off": ""}
    tries = {
        "different customers": {"user": other.pk, **teams_of},
        "already has this license": {"user": cast.uma.pk, **teams_of},
        "No plan of this product: SMS.": {"user": cast.gail.pk, **teams_of, "services_off": "SMS"},
    }
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    tries["1 seat is missing"] = {"user": cast.gail.pk, **teams_of}
    for problem, values in tries.items():
        page = support.post(address(LicenseAssignment, "add"), values)
        assert problem in str(errors(page))
    assert LicenseAssignment.objects.count() == 1
    assert actions() == []
    assert violations() == []


def test_chosen_licenses_are_taken_away_at_once(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    other = SubscriptionFactory.create(customer=cast.northwind)
    far = UserFactory.create(customer=cast.northwind)
    add = address(LicenseAssignment, "add")
    support.post(add, {"user": far.pk, "subscription": other.pk, "services_off": ""})
    rows = list(LicenseAssignment.objects.live())
    act(support, "delete_selected", *rows, confirmed="yes")
    assert not LicenseAssignment.objects.live().exists()
    assert violations() == []


def test_a_license_given_back_is_only_shown(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    row = teams.assignments.get()
    support.post(address(LicenseAssignment, "delete", row.pk), {"post": "yes"})
    assert "_save" not in support.get(address(LicenseAssignment, "change", row.pk)).content.decode()
    assert support.get(address(LicenseAssignment, "delete", row.pk)).status_code == 403


def test_seats_are_never_cut_below_what_is_assigned(support: Client, teams: Subscription) -> None:
    change = address(Subscription, "change", teams.pk)
    assert support.post(change, {"quantity": 0}).status_code == 200
    teams.refresh_from_db()
    assert teams.quantity == 2
    support.post(change, {"quantity": 1, "assigned": 0, "status": "canceled"})
    teams.refresh_from_db()
    assert (teams.quantity, teams.assigned, teams.status) == (1, 1, SubscriptionStatus.ACTIVE)
    assert actions() == [Action.SUBSCRIPTION_SEATS]
    UserFactory.create(customer=teams.customer)
    page = support.post(change, {"quantity": 1_000_001})
    assert "quantity" in errors(page)
    assert violations() == []


def test_cutting_assigned_seats_is_refused_in_the_services_words(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    add = address(LicenseAssignment, "add")
    support.post(add, {"user": cast.gail.pk, "subscription": teams.pk, "services_off": ""})
    page = support.post(address(Subscription, "change", teams.pk), {"quantity": 1})
    assert "2 seats are assigned." in str(errors(page))
    assert 'value="1"' in page.content.decode()


def test_a_second_subscription_to_a_product_is_refused(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    values = {
        "customer": cast.contoso.pk,
        "product": teams.product_id,
        "quantity": 5,
        "renews_on": "2031-01-01",
    }
    page = support.post(address(Subscription, "add"), values)
    assert errors(page) != {}
    support.post(address(Subscription, "add"), {**values, "customer": cast.northwind.pk})
    assert Subscription.objects.count() == 2
    assert actions() == [Action.SUBSCRIPTION_ADDED]


def test_cancel_tells_the_figures_first_and_takes_all_licenses(
    support: Client, teams: Subscription
) -> None:
    page = act(support, "cancel", teams)
    assert "1 license is removed at once." in page.content.decode()
    teams.refresh_from_db()
    assert teams.status == SubscriptionStatus.ACTIVE
    act(support, "suspend", teams)
    act(support, "resume", teams)
    act(support, "cancel", teams, confirmed="yes")
    teams.refresh_from_db()
    assert (teams.status, teams.assigned) == (SubscriptionStatus.CANCELED, 0)
    assert "canceled, which is final" in told(act(support, "resume", teams))[-1]
    assert actions() == [
        Action.SUBSCRIPTION_SUSPENDED,
        Action.SUBSCRIPTION_RESUMED,
        Action.SUBSCRIPTION_CANCELED,
    ]
    assert violations() == []


@pytest.mark.parametrize("model", [Product, Subscription])
def test_products_and_subscriptions_are_not_deleted(
    model: type[Product | Subscription], support: Client, teams: Subscription
) -> None:
    row = model._default_manager.get()
    assert support.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    act(support, "delete_selected", row, confirmed="yes")
    assert model._default_manager.filter(pk=row.pk).exists()


def test_a_price_below_nothing_is_refused_at_its_field(
    support: Client, teams: Subscription
) -> None:
    url = address(Subscription, "change", teams.pk)
    sent = typed(support.get(url)) | {"price": "-1", "currency": "EUR"}
    assert errors(support.post(url, sent)).keys() == {"price"}
    assert errors(support.post(url, {**sent, "price": "1", "currency": ""})).keys() == {"currency"}
    teams.refresh_from_db()
    assert teams.price is None
