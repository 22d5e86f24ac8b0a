"""Counts in the admin: grouped as the viewer's language does, ids and the like as they are."""

import pytest
from django.contrib import admin
from django.db.models import IntegerField
from django.test import Client
from django.utils.translation import override

from customers.admin.figures import Figure
from customers.models import Batch, BatchKind, Customer, Domain
from licensing.models import Subscription
from tests.factories import SubscriptionFactory
from tests.support.admin import address
from tests.support.cast import Cast

# Numbers that are an id, a place or a code, and those that never reach a thousand.
NO_COUNTS = {
    *("action_flag", "actor_id", "batch_id", "event_id", "first_id", "last_id", "since_event"),
    *("target_id", "token_id", "user_id", "number", "position", "first", "end", "status"),
    *("day", "epoch", "session_epoch", "tries", "version", "logo_width", "logo_height"),
}


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def text_of(client: Client, url: str, language: str, **query: str) -> str:
    page = client.get(url, query, headers={"accept-language": language})
    return page.content.decode().replace("\xa0", " ")


@pytest.mark.parametrize(
    "language, figures", [("en", ("12,345", "6,789")), ("de", ("12.345", "6.789"))]
)
def test_columns_and_pages_group_their_counts(
    support: Client, cast: Cast, language: str, figures: tuple[str, str]
) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(active_users=12_345, deleted_users=6_789)
    seats = SubscriptionFactory.create(customer=cast.contoso)
    Subscription.objects.filter(pk=seats.pk).update(quantity=12_345, assigned=6_789)
    batch = Batch.objects.create(
        customer=cast.contoso, by=cast.alice, kind=BatchKind.BLOCK, total=12_345, failed=6_789
    )
    for row in (cast.contoso, seats, batch):
        for page in ("changelist", "change"):
            url = address(type(row), page, *([row.pk] if page == "change" else []))
            said = text_of(support, url, language)
            shown = figures if (type(row), page) != (Subscription, "change") else figures[1:]
            assert [text for text in shown if text not in said] == [], (row, page)


def test_a_number_to_change_stands_in_its_field_as_it_is_typed(support: Client, cast: Cast) -> None:
    seats = SubscriptionFactory.create(customer=cast.contoso)
    Subscription.objects.filter(pk=seats.pk).update(quantity=12_345)
    url = address(Subscription, "change", seats.pk)
    assert 'name="quantity" value="12345"' in text_of(support, url, "en")


@pytest.mark.parametrize(
    "language, said",
    [
        ("en", ("1,100 results", "Select all 1,100 domains", "All 1,100 selected")),
        ("de", ("1.100 Ergebnisse", "Alle 1.100 Domänen auswählen", "Alle 1.100 ausgewählt")),
    ],
)
def test_the_rows_of_a_list_are_counted_in_groups(
    support: Client, cast: Cast, language: str, said: tuple[str, ...]
) -> None:
    Domain.objects.bulk_create(
        Domain(customer=cast.contoso, name=f"shop{number}.example") for number in range(1_100)
    )
    page = text_of(support, address(Domain, "changelist"), language, q="shop")
    assert [text for text in said if text not in page] == []
    assert f"\n{said[0].split()[0]} " in page


def test_each_number_on_a_page_is_a_count_or_known_not_to_be() -> None:
    left = {
        f"{model._meta.label}.{field.name}"
        for model, page in admin.site._registry.items()  # noqa: SLF001
        for field in model._meta.concrete_fields
        if isinstance(field, IntegerField)
        and not field.primary_key
        and field.name not in (*NO_COUNTS, *page.counts)  # type: ignore[attr-defined]
    }
    assert left == set()


def test_a_figure_is_the_number_that_it_shows() -> None:
    with override("fr"):
        assert str(Figure(12_345)).split() == ["12", "345"]
    assert (Figure(999) + 1, str(Figure(999))) == (1_000, "999")
