"""An account admin looks after the partner's own products in the browser."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from licensing.models import Product
from licensing.services.own_products import OwnFacts, change_own_product
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.forms import told

LIST, ADD = reverse("catalog:product-list"), reverse("catalog:product-add")


def url(name: str, product: Product) -> str:
    return reverse(f"catalog:product-{name}", args=[product.pk])


def posted(page: Any) -> dict[str, str]:
    """What the form of the page sends when nothing is touched."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in values.items() if value}


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def boards(cast: Cast) -> Product:
    return ProductFactory.create(
        partner=cast.fabrikam, name="Boards", sku="BOARDS", plans=["BOARD", "NOTES"]
    )


def test_the_first_product_is_offered_to_be_added(alice: Client) -> None:
    page = alice.get(LIST)
    assert "No products of your own yet" in told(page)
    assert page.content.decode().count(f'href="{ADD}"') == 1


def test_the_list_has_own_products_apart_and_counts_own_customers_alone(
    alice: Client, cast: Cast, boards: Product
) -> None:
    office = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL"])
    ProductFactory.create(name="Archive", partner=cast.litware)
    ProductFactory.create(name="Old", is_offered=False)
    SubscriptionFactory.create(customer=cast.contoso, product=boards, holders=[cast.uma])
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        SubscriptionFactory.create(customer=customer, product=office, quantity=7)
    SubscriptionFactory.create(customer=cast.northwind, product=boards, status="canceled")
    page = alice.get(LIST)
    assert [row.name for row in page.context["own"]] == ["Boards"]
    text = told(page)
    assert "Boards BOARDS Board, Notes For sale 1 1 of 10" in text
    assert "Office OFFICE Mail For sale 2 0 of 14" in text
    assert ("Archive" in text, "Old" in text) == (False, False)


def test_a_product_is_added_once_and_then_sold_to_a_customer(alice: Client, cast: Cast) -> None:
    values = {"name": "Boards", "rows": "3", "name_1": "Whiteboard"}
    more = alice.post(ADD, {**values, "more": "1"})
    assert (more.context["form"].count, Product.objects.count()) == (4, 0)
    assert 'value="Whiteboard"' in more.content.decode()
    answer = alice.post(ADD, values)
    product = Product.objects.get()
    assert (answer.headers["Location"], product.partner) == (url("detail", product), cast.fabrikam)
    assert "Boards is in your catalog." in told(alice.get(url("detail", product)))
    # The second of two clicks adds no other one, and keeps what was typed.
    again = alice.post(ADD, values)
    assert list(again.context["form"].errors) == ["name"]
    assert 'value="Whiteboard"' in again.content.decode()
    sale = reverse("licensing:subscription-add", args=[cast.contoso.pk])
    assert "Boards Your own product Whiteboard" in told(alice.get(sale))
    bought = {"product": product.pk, "quantity": "3", "renews_on": "2027-03-31"}
    assert alice.post(sale, bought).status_code == HTTPStatus.FOUND
    detail = told(alice.get(url("detail", product)))
    assert "Contoso 0 of 3 seats assigned" in detail
    assert "Delete product Not possible" in detail


def test_another_partners_product_is_for_sale_nowhere(cast: Cast, boards: Product) -> None:
    client = Client()
    client.force_login(cast.charlie)
    sale = reverse("licensing:subscription-add", args=[cast.adatum.pk])
    assert "Boards" not in told(client.get(sale))
    refused = client.post(sale, {"product": boards.pk, "quantity": "3", "renews_on": "2027-03-31"})
    assert list(refused.context["form"].errors) == ["product"]
    for name in ("detail", "remove", "sell"):
        for ask in (client.get, client.post):
            assert ask(url(name, boards)).status_code == HTTPStatus.NOT_FOUND


def test_what_all_partners_sell_has_no_page_to_change_it(alice: Client) -> None:
    assert alice.get(url("detail", ProductFactory.create())).status_code == HTTPStatus.NOT_FOUND


def test_the_page_of_one_changes_it_unless_a_colleague_was_quicker(
    alice: Client, boards: Product
) -> None:
    values = posted(alice.get(url("detail", boards)))
    answer = alice.post(url("detail", boards), {**values, "name_0": "Canvas", "remove_1": "on"})
    assert answer.headers["Location"] == url("detail", boards)
    assert dict(boards.plans.values_list("code", "name")) == {"BOARD": "Canvas"}
    page = alice.get(url("detail", boards))
    assert "Services: Board (BOARD), Notes (NOTES) → Canvas (BOARD)" in told(page)
    same = alice.post(url("detail", boards), posted(alice.get(url("detail", boards))), follow=True)
    assert "Nothing to save." in told(same)


def test_what_a_colleague_has_changed_is_told_and_not_undone(
    alice: Client, cast: Cast, boards: Product
) -> None:
    values = posted(alice.get(url("detail", boards)))
    wanted = OwnFacts("Boards", {"BOARD": "Board", "POLLS": "Polls"})
    change_own_product(boards, wanted, actor=cast.alice)
    stale = alice.post(url("detail", boards), {**values, "name": "Mine"})
    text = told(stale)
    assert "Someone else changed this product while you were editing. Changed by Alice" in text
    assert "Services: Board (BOARD), Notes (NOTES) → Board (BOARD), Polls (POLLS)." in text
    assert 'value="Mine"' in stale.content.decode()
    # Their service has a row, and the one that they removed is a new one: Save means it.
    alice.post(url("detail", boards), posted(stale))
    boards.refresh_from_db()
    assert boards.name == "Mine"
    assert set(boards.plans.values_list("code", flat=True)) == {"BOARD", "NOTES", "POLLS"}


def test_a_service_in_use_has_no_box_to_remove_it_by(
    alice: Client, cast: Cast, boards: Product
) -> None:
    ApplicationFactory.create(
        partner=cast.fabrikam, name="Wiki", opened_by=boards.plans.filter(code="NOTES")
    )
    page = alice.get(url("detail", boards))
    assert "In use, so it can't be removed: opens Wiki" in told(page)
    assert 'name="remove_0"' in page.content.decode()
    assert 'name="remove_1"' not in page.content.decode()
    refused = alice.post(url("detail", boards), {**posted(page), "remove_1": "on"})
    assert "Notes can't be removed (opens Wiki)." in told(refused)


def test_it_is_stopped_sold_again_and_deleted(alice: Client, cast: Cast, boards: Product) -> None:
    stopped = alice.post(url("sell", boards), {"on": "0"}, follow=True)
    assert "Boards is no longer sold. Existing subscriptions stay." in told(stopped)
    sale = reverse("licensing:subscription-add", args=[cast.contoso.pk])
    assert "Boards" not in told(alice.get(sale))
    assert "can be sold again" in told(alice.post(url("sell", boards), {"on": "1"}, follow=True))
    assert "What happens:" in told(alice.get(url("remove", boards)))
    assert "Boards was deleted." in told(alice.post(url("remove", boards), follow=True))
    assert not Product.objects.exists()
    assert alice.post(url("remove", boards)).status_code == HTTPStatus.NOT_FOUND


def test_what_was_sold_is_not_deleted(alice: Client, cast: Cast, boards: Product) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product=boards, status="canceled")
    page = alice.get(url("remove", boards))
    assert "It can't be deleted" in told(page)
    assert '<form class="card confirm"' not in page.content.decode()
    assert "Boards can't be deleted" in told(alice.post(url("remove", boards), follow=True))
    assert Product.objects.exists()


def test_the_entry_of_the_top_bar_is_the_account_admins(alice: Client, cast: Cast) -> None:
    assert f'href="{LIST}"' in alice.get("/customers/").content.decode()
    sally = Client()
    sally.force_login(cast.sally)
    assert f'href="{LIST}"' not in sally.get("/customers/").content.decode()
    assert sally.get(LIST).status_code == HTTPStatus.FORBIDDEN


def test_the_list_makes_as_many_queries_for_three_as_for_one(
    alice: Client,
    cast: Cast,
    boards: Product,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(8) as one:
        alice.get(LIST)
    for _number in range(2):
        ProductFactory.create(partner=cast.fabrikam, plans=["A"])
    with django_assert_max_num_queries(len(one)):
        alice.get(LIST)


def test_the_list_is_paged_and_searched_by_name_and_sku(
    alice: Client, cast: Cast, boards: Product, settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    for name in ("Mail", "archive", "Phone"):
        ProductFactory.create(name=name, sku=f"{name.upper()}-1")
    first, second = alice.get(LIST), alice.get(LIST, {"page": 2})
    # Own products come first, and the letter case makes no order.
    assert [*first.context["own"], *first.context["shared"]] == [
        boards,
        Product.objects.get(name="archive"),
    ]
    assert (first.context["pager"].summary, second.context["own"]) == ("1 to 2 of 4", [])
    # Which there are, on another page.
    assert "No products of your own yet" not in told(second)
    assert "Add product" in told(second)
    found = alice.get(LIST, {"q": "phone-1"})
    assert [row.name for row in found.context["shared"]] == ["Phone"]
    assert "No product matches" in told(alice.get(LIST, {"q": "nothing\0of this"}))


def test_a_product_is_sold_from_its_page_to_a_customer_who_has_it_not(
    alice: Client, cast: Cast, boards: Product
) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product=boards)
    page = alice.get(url("detail", boards))
    assert {row.name for row in page.context["buyers"]} == {"Northwind"}
    chosen = {"customer": str(cast.northwind.pk)}
    answer = alice.get(url("detail", boards), chosen, follow=True)
    assert answer.redirect_chain[-1][0] == (
        f"/customers/{cast.northwind.pk}/subscriptions/add/?product={boards.pk}"
    )
    assert answer.context["form"]["product"].value() == boards.pk
    # Who has it, is another partner's, or is no customer.
    for wrong in (str(cast.contoso.pk), str(cast.adatum.pk), "x", "0"):
        answer = alice.get(url("detail", boards), {"customer": wrong}, follow=True)
        assert "Choose a customer from the list." in told(answer)
    boards.is_offered = False
    boards.save()
    assert not alice.get(url("detail", boards)).context["buyers"]
