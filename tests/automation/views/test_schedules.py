"""Lists of what is scheduled: a tab beside the users, of all customers, and on a user's page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import running
from automation.models import ScheduleState
from automation.services.due_running import run_due
from customers.models import Batch
from tests.accounts.verbs import delete
from tests.automation.services.scheduling import later, scheduled
from tests.factories import CustomerFactory, ScheduleFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems

ALL = "/scheduled/"


def of(cast: Cast) -> str:
    return f"/customers/{cast.contoso.pk}/users/scheduled/"


def test_a_tab_counts_what_is_ahead_and_leads_to_it(alice: Client, cast: Cast) -> None:
    scheduled(cast, cast.uma, cast.gail, reason="Ticket 7")
    html = read(alice, f"/customers/{cast.contoso.pk}/users/")
    assert f'href="{of(cast)}">Scheduled (1)' in html
    page = read(alice, of(cast))
    assert problems(page) == []
    assert "Block sign-in Gail, Uma" in words(page)
    assert "(New York time) Alice" in words(page)


def test_what_came_of_it_is_among_the_past(alice: Client, cast: Cast) -> None:
    scheduled(cast, cast.uma)
    partly = scheduled(cast, cast.gail, *UserFactory.create_batch(3, customer=cast.contoso))
    delete(cast, cast.gail)
    ScheduleFactory.create(
        customer=cast.contoso, state=ScheduleState.FAILED, refusal="No seat is left."
    )
    run_due(later())
    running.run_batch(Batch.objects.get(schedule=partly).pk)
    text = words(read(alice, f"{of(cast)}?show=past"))
    assert "Failed No seat is left." in text
    assert "4 users" in text
    for state in ("Incomplete", "Running"):
        assert state in text
    assert "Nothing is scheduled" in words(read(alice, of(cast)))


def test_removals_are_reached_from_the_tab(alice: Client, cast: Cast) -> None:
    removals = f'href="/customers/{cast.contoso.pk}/users/leaving/"'
    assert removals in read(alice, of(cast))
    alice.force_login(cast.sally)
    assert removals not in read(alice, of(cast))


@pytest.mark.parametrize(
    "query, text", [("", "choose a date where the portal asks When"), ("?show=past", "No past")]
)
def test_an_empty_list_says_how_to_fill_it(
    alice: Client, cast: Cast, query: str, text: str
) -> None:
    for url in (of(cast), ALL):
        html = read(alice, url + query)
        assert text in words(html)
        assert problems(html) == []


def test_all_customers_are_in_one_list_and_no_others(alice: Client, cast: Cast) -> None:
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        ScheduleFactory.create(customer=customer, kind="block")
    text = words(read(alice, ALL))
    assert ("Contoso" in text, "Northwind" in text, "Adatum" in text) == (True, True, False)
    assert 'href="/scheduled/" aria-current="true"' in read(alice, ALL)


def test_a_users_page_says_what_waits(alice: Client, cast: Cast) -> None:
    url = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert 'id="scheduled-title"' not in read(alice, url)
    made = scheduled(cast, cast.uma)
    html = read(alice, url)
    assert problems(html) == []
    assert f'href="/scheduled/{made.pk}/"' in html


@pytest.mark.parametrize("query", ["", "?show=past"])
def test_more_rows_cost_no_more_queries(alice: Client, cast: Cast, query: str) -> None:
    state = ScheduleState.FAILED if query else ScheduleState.WAITING
    counts = []
    for _time in range(2):
        for _row in range(3):
            customer = CustomerFactory.create(partner=cast.fabrikam)
            user = UserFactory.create(customer=customer)
            ScheduleFactory.create(customer=customer, by=cast.alice, people=[user], state=state)
        read(alice, ALL + query)
        with CaptureQueriesContext(connection) as queries:
            read(alice, ALL + query)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_odd_pages_are_the_nearest(alice: Client, cast: Cast) -> None:
    scheduled(cast)
    for query in ("?page=99", "?page=x", "?page=-1", "?show=%00"):
        assert "Block sign-in" in words(read(alice, of(cast) + query))
