"""What every part of the admin shares: what may be asked, what is refused, how many at a time."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from customers.admin import base
from customers.admin.base import by_customer, chosen, is_askable
from customers.admin.customers import CustomerAdmin
from customers.admin.record import AuditEventAdmin, BatchAdmin
from customers.errors import Refused
from customers.models import AuditEvent, Batch, Customer, Domain
from customers.query_params import SEARCH_LENGTH
from tests.factories import DomainFactory
from tests.support.admin import act, address, errors, told, typed
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.mark.parametrize(
    "value", ["", "abc", "7", " 7 ", "1,2,3", str(2**63 - 1), "1.5", "-7", "x9" * 50]
)
def test_what_a_column_can_hold_may_be_asked_for(value: str) -> None:
    assert is_askable(value)


@pytest.mark.parametrize("value", ["\0", "a\0b", str(2**63), "9" * 5_000, f"1, {2**63}"])
def test_what_no_column_holds_is_not_sent_to_the_database(value: str) -> None:
    assert not is_askable(value)


@pytest.mark.parametrize(
    "lookup, value, allowed",
    [
        ("kind", "block", True),
        ("kind__exact", "block", True),
        ("id", "7", True),
        ("pk__in", "1,2", True),
        ("customer", "7", True),
        ("key", "secret", False),
        ("key__startswith", "a", False),
        ("by__password__startswith", "argon2", False),
        ("kind__regex", "(", False),
        ("id__range", "1", False),
        ("id", str(2**70), False),
        ("created_at__gte", "2026-01-01", False),
    ],
)
def test_an_address_asks_by_what_the_list_shows(
    cast: Cast, lookup: str, value: str, *, allowed: bool
) -> None:
    """A stored key or password would be told by yes and no, asked often enough."""
    page = BatchAdmin(Batch, admin.site)
    request = RequestFactory().get("/")
    request.user = cast.support
    assert page.lookup_allowed(lookup, value, request) is allowed


@pytest.mark.parametrize(
    "value, allowed", [("2026-01-01 00:00:00+00:00", True), ("2026-01-01 00:00:00", False)]
)
def test_a_moment_without_a_zone_is_no_filter(cast: Cast, value: str, *, allowed: bool) -> None:
    page = AuditEventAdmin(AuditEvent, admin.site)
    request = RequestFactory().get("/")
    request.user = cast.support
    assert page.lookup_allowed("at__gte", value, request) is allowed


@pytest.mark.parametrize("query", ["key__startswith=a", "kind__regex=(", f"id={2**70}"])
def test_what_may_not_be_asked_is_told_by_no_list(support: Client, query: str) -> None:
    response = support.get(f"{address(Batch, 'changelist')}?{query}")
    assert response.status_code in {302, 400, 404}


@pytest.mark.parametrize("pk", ["0", "abc", str(2**70), "1_2F"])
def test_a_row_that_is_not_there_is_the_404_page(support: Client, pk: str) -> None:
    assert support.get(address(Customer, "change", pk)).status_code == 404
    assert support.get(address(Batch, "change", pk)).status_code == 404


def test_a_chosen_row_that_is_no_number_is_the_404_page(support: Client, cast: Cast) -> None:
    chosen_rows = {"action": "make_primary", "_selected_action": ["1", "x"]}
    assert support.post(address(Domain, "changelist"), chosen_rows).status_code == 404


def test_what_a_service_refuses_stands_at_its_field_with_what_was_typed(
    support: Client, cast: Cast
) -> None:
    url = address(Customer, "add")
    values = {
        **typed(support.get(url)),
        "partner": cast.fabrikam.pk,
        "name": "Wingtip",
        "country": "US",
        "primary_domain": "adatum.example",
    }
    page = support.post(url, values)
    assert errors(page) == {"primary_domain": ["This domain cannot be used here."]}
    assert 'value="Wingtip"' in page.content.decode()
    assert not Customer.objects.filter(name="Wingtip").exists()


def test_a_page_that_comes_back_is_headed_by_the_name_that_the_row_has(
    support: Client, cast: Cast
) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    sent = {**typed(support.get(url)), "name": cast.northwind.name}
    page = support.post(url, sent)
    assert list(errors(page)) == ["name"]
    html = page.content.decode()
    assert "<h2>Contoso</h2>" in html
    assert f'value="{cast.northwind.name}"' in html
    assert "<title>Error: Contoso | Change customer" in html


@pytest.mark.parametrize(
    "query, offered", [("", False), ("?q=o", True), ("?partner__id__exact={}", True)]
)
def test_all_rows_are_offered_where_some_are_hidden(
    support: Client, cast: Cast, query: str, *, offered: bool
) -> None:
    url = address(Customer, "changelist") + query.format(cast.litware.pk)
    assert ("Show all</a>" in support.get(url).content.decode()) == offered


@pytest.mark.parametrize("model", [Customer, User, AuditEvent])
def test_a_search_asks_for_the_first_words_of_a_long_text(
    support: Client, cast: Cast, model: type[Model]
) -> None:
    url = address(model, "changelist")
    many = {"q": " ".join(["o", *(f"word{number}" for number in range(1_000))])}
    page = support.get(url, many)
    assert len(page.context["cl"].query) == SEARCH_LENGTH
    with CaptureQueriesContext(connection) as asked:
        support.get(url, many)
    assert not any("word100" in query["sql"].lower() for query in asked)


def test_invisible_characters_are_left_out_of_texts(support: Client, cast: Cast) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    support.post(url, {**typed(support.get(url)), "name": "Con\u200btoso Ltd"})
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso Ltd"


def test_a_refused_deletion_is_told_and_deletes_nothing(support: Client, cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    response = support.post(address(Domain, "delete", domain.pk), {"post": "yes"})
    assert told(response) == ["This is the primary domain. Make another one primary first."]
    assert cast.contoso.domains.get() == domain


def test_deleting_many_asks_once_more_and_then_deletes_all(support: Client, cast: Cast) -> None:
    rows = [
        DomainFactory.create(customer=cast.contoso, name=f"contoso{number}.example")
        for number in range(2)
    ]
    page = act(support, "delete_selected", *rows)
    assert "contoso1.example" in page.content.decode()
    assert cast.contoso.domains.count() == 3
    response = act(support, "delete_selected", *rows, confirmed="yes")
    assert told(response) == ["Deleted: 2."]
    assert cast.contoso.domains.count() == 1


def test_one_that_may_not_go_keeps_all_of_them(support: Client, cast: Cast) -> None:
    own = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    partners = cast.fabrikam.domains.get()
    response = act(support, "delete_selected", own, partners, confirmed="yes")
    assert told(response) == ["These can't be deleted here: fabrikam.example."]
    assert Domain.objects.filter(pk__in=[own.pk, partners.pk]).count() == 2


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ACTION_LIMIT", 2)


def test_more_than_a_page_holds_are_refused(cast: Cast, few_at_a_time: None) -> None:
    assert chosen(Customer.objects.none()) == []
    two = Customer.objects.exclude(pk=cast.adatum.pk)
    assert chosen(two.order_by("-name")) == list(two.order_by("pk"))
    with pytest.raises(Refused, match=r"Choose up to 1,000 at a time\.") as caught:
        chosen(Customer.objects.all())
    assert caught.value.code == "too-many-chosen"


def test_rows_are_put_together_by_their_customer(cast: Cast) -> None:
    users = [cast.uma, cast.gail]
    assert by_customer(users) == {cast.contoso: sorted(users, key=lambda user: user.pk)}
    domains = Domain.objects.filter(customer__isnull=False).order_by("-pk")
    assert list(by_customer(domains)) == [cast.contoso, cast.northwind, cast.adatum]
    assert by_customer([]) == {}


def test_a_form_is_filled_with_what_was_sent_before(cast: Cast, rf: RequestFactory) -> None:
    request: Any = rf.get("/")
    request.user = cast.support
    request.kept = QueryDict("name=Kept&country=US")
    form = CustomerAdmin(Customer, admin.site).get_form(request, cast.contoso)(
        instance=cast.contoso
    )
    assert form.is_bound
    assert form["name"].value() == "Kept"


def test_what_is_only_looked_at_is_neither_added_changed_nor_deleted(
    support: Client, cast: Cast
) -> None:
    row = Batch.objects.create(kind="block", by=cast.alice, customer=cast.contoso, key="secret-key")
    assert support.get(address(Batch, "add")).status_code == 403
    page = support.get(address(Batch, "change", row.pk)).content.decode()
    assert "_save" not in page
    assert "secret-key" not in page
    assert support.post(address(Batch, "delete", row.pk), {"post": "yes"}).status_code == 403
    support.post(address(Batch, "change", row.pk), {"state": "done"})
    assert Batch.objects.get(pk=row.pk).state == "waiting"


def test_the_actor_is_who_has_signed_in(cast: Cast, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = cast.support
    found: User = base.actor(request)
    assert found is cast.support


@pytest.mark.parametrize("row", ["contoso", "uma", "bob"])
def test_a_save_without_a_change_does_not_say_that_it_changed_something(
    support: Client, cast: Cast, row: str
) -> None:
    it = getattr(cast, row)
    page = address(type(it), "change", it.pk)
    said = told(support.post(page, typed(support.get(page))))
    assert said == ["No change needed: everything is as it was."]


@pytest.mark.parametrize("page", ["customers/batch", "accounts/delivery", "uploads/upload"])
def test_what_piles_up_is_narrowed_by_date(support: Client, page: str) -> None:
    html = support.get(f"/admin/{page}/").content.decode()
    assert "created_at__gte=" in html
