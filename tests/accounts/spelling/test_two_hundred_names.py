"""The same two hundred names are found in lists and in the log, sorted, and proposed."""

from itertools import groupby
from random import Random

import pytest

from accounts.models import User
from accounts.names import check_local_part, suggest_local_part
from accounts.queries.user_pages import ListQuery, page_of_users
from accounts.romanizing import romanized
from accounts.services.searching import renew_names
from customers.actions import Action
from customers.folding import folded_words
from customers.log.events import on_user
from customers.models import AuditEvent, BatchKind, Customer
from customers.services import batches
from customers.services.audit import Alike, named, record_alike
from tests.accounts.spelling.two_hundred_names import MADE_UP, MadeUp
from tests.factories import CustomerFactory, UserFactory
from tests.support.cast import Cast

BY_COUNTRY = {
    country: list(names) for country, names in groupby(MADE_UP, key=lambda made_up: made_up.country)
}

# Whose letters are also written as two.
SPELLING_OUT = {"AT", "CH", "DE", "DK", "NO"}


def test_there_are_two_hundred_from_many_countries() -> None:
    assert len(MADE_UP) >= 200
    assert len(BY_COUNTRY) >= 40


@pytest.mark.parametrize("country", BY_COUNTRY)
def test_a_user_name_is_proposed_as_the_country_spells_it(country: str) -> None:
    names = BY_COUNTRY[country]
    proposed = [suggest_local_part(name.first, name.last, country) for name in names]
    assert proposed == [name.proposed for name in names]
    for local_part in filter(None, proposed):
        check_local_part(local_part)


@pytest.fixture
def users(cast: Cast) -> dict[int, MadeUp]:
    """All of them in no order, each country's at a customer there."""
    wanted = Random(7).sample(MADE_UP, len(MADE_UP))
    customers = {
        country: CustomerFactory.create(partner=cast.fabrikam, country=country)
        for country in BY_COUNTRY
    }
    domains = {country: customer.domains.get() for country, customer in customers.items()}
    rows = [
        UserFactory.build(
            customer=customers[one.country],
            domain=domains[one.country],
            first_name=one.first,
            last_name=one.last,
            local_part=f"n{number}",
            password="",
        )
        for number, one in enumerate(wanted)
    ]
    return {user.pk: one for user, one in zip(User.objects.bulk_create(rows), wanted, strict=True)}


@pytest.mark.django_db
def test_each_is_found_as_somebody_else_types_the_name(users: dict[int, MadeUp]) -> None:
    lost = {
        one.whole: one.typed
        for pk, one in users.items()
        if not User.objects.matching(folded_words(one.typed)).filter(pk=pk).exists()
    }
    assert lost == {}


def spelled_out(one: MadeUp) -> str:
    """As its country writes the name where it has none of its own letters: Mueller."""
    return " ".join(romanized(word, one.country) for word in one.whole.split())


@pytest.mark.django_db
def test_each_is_found_as_its_country_spells_it_out(users: dict[int, MadeUp]) -> None:
    spelled = {pk: spelled_out(one) for pk, one in users.items() if one.country in SPELLING_OUT}
    assert {"anna mueller", "soeren kjaer", "tor vaagaa"} <= set(spelled.values())
    lost = {
        typed
        for pk, typed in spelled.items()
        if not User.objects.matching(folded_words(typed)).filter(pk=pk).exists()
    }
    assert lost == set()


@pytest.mark.django_db
def test_the_log_finds_each_as_the_list_does(cast: Cast, users: dict[int, MadeUp]) -> None:
    batch = batches.open_batch(BatchKind.CHANGE, actor=cast.alice, customer=cast.contoso)
    names = [(pk, named(one.whole, f"n{pk}@a.example")) for pk, one in users.items()]
    record_alike(
        [Alike(Action.USER_CHANGED, names)],
        target=User,
        actor=cast.alice,
        customer=cast.contoso,
        batch=batch,
    )
    events = AuditEvent.objects.of(cast.contoso)
    spelled = {spelled_out(one) for one in users.values() if one.country in SPELLING_OUT}
    for typed in spelled | {one.typed for one in users.values()}:
        logged = set(events.filter(on_user(typed)).values_list("target_id", flat=True))
        listed = User.objects.filter(pk__in=users).matching(folded_words(typed))
        assert logged == set(listed.values_list("pk", flat=True)), typed


@pytest.mark.django_db
def test_each_country_has_its_users_in_its_own_order(users: dict[int, MadeUp]) -> None:
    for country, expected in BY_COUNTRY.items():
        customer = Customer.objects.filter(country=country, users__in=users).distinct().get()
        assert shown(customer) == [one.whole for one in expected]


def shown(customer: Customer) -> list[str]:
    page = page_of_users(User.objects.active(), customer, ListQuery())
    return [user.display_name for user in page.users]


@pytest.mark.django_db
def test_a_customer_that_moves_has_its_users_in_the_order_of_the_new_country(cast: Cast) -> None:
    for name in ("Zeta", "Åberg", "Aaberg", "Abel"):
        UserFactory.create(customer=cast.northwind, first_name=name, last_name="")
    orders = {"DE": "Aaberg Abel Åberg Zeta", "SE": "Aaberg Abel Zeta Åberg"}
    for country, order in {**orders, "DK": "Abel Zeta Åberg Aaberg"}.items():
        Customer.objects.filter(pk=cast.northwind.pk).update(country=country)
        renew_names()
        cast.northwind.refresh_from_db()
        assert shown(cast.northwind) == order.split()
        assert cast.northwind.names_sorted_for == country
        assert renew_names() == 0
