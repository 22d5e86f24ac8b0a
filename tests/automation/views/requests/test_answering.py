"""The pages of those who answer: what waits, what would come of it, and who was quicker."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from automation.models import LicenseRequest, RequestState
from automation.services.requests import decline
from licensing.models import Subscription
from tests.accounts.verbs import held
from tests.automation.services.asked import Door, closed_door
from tests.factories import LicenseRequestFactory, ProductFactory, assign
from tests.support.cast import Cast

ALL = reverse("automation:request-all")


@pytest.fixture
def door(cast: Cast) -> Door:
    return closed_door(cast, quantity=1)


@pytest.fixture
def asked(door: Door) -> LicenseRequest:
    request: LicenseRequest = LicenseRequestFactory.create(
        user=door.user, product=door.product, application="Team Chat", words="New project"
    )
    return request


def listed(cast: Cast) -> str:
    return reverse("automation:request-list", args=[cast.contoso.pk])


def page_of(request: LicenseRequest) -> str:
    return reverse("automation:request-detail", args=[request.customer_id, request.pk])


def approve(client: Client, request: LicenseRequest, **more: object) -> Any:
    sent = {"decision": "approve", "words": "", **more}
    return client.post(page_of(request), sent, follow=True)


def as_user(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_can_give_licenses_sees_what_waits_with_its_reason(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    for user in (cast.gail, cast.alice, cast.bob, cast.sally):
        client = as_user(user)
        page = client.get(listed(cast)).text
        assert "New project" in page
        assert "Una Patel" in page
        [entry] = [row for row in client.get(listed(cast)).context["customer_menu"] if row.current]
        assert (str(entry.label), entry.count) == ("Requests", 1)


def test_an_approval_opens_the_door_and_says_so(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    answer = approve(as_user(cast.gail), asked)
    assert answer.redirect_chain == [(listed(cast), 302)]
    assert "Approved. Una Patel is told." in answer.text
    assert held(door.user) == [("Teams", [])]
    over = as_user(cast.gail).get(listed(cast), {"state": "answered"})
    assert "Approved by Gail on" in over.text
    assert "What was done, and Undo" in as_user(cast.gail).get(page_of(asked)).text


def test_a_refusal_needs_a_word(cast: Cast, asked: LicenseRequest) -> None:
    gail = as_user(cast.gail)
    answer = gail.post(page_of(asked), {"decision": "decline", "words": " "})
    assert "Say in a few words why it is declined." in answer.text
    answer = gail.post(page_of(asked), {"decision": "decline", "words": "No budget"}, follow=True)
    assert "Declined. Una Patel is told." in answer.text
    assert LicenseRequest.objects.get().answer == "No budget"


def test_who_comes_second_reads_what_was_answered(cast: Cast, asked: LicenseRequest) -> None:
    alice = as_user(cast.alice)
    alice.get(page_of(asked))
    decline(asked, actor=cast.gail, words="No.")
    answer = approve(alice, asked)
    assert answer.redirect_chain == [(listed(cast), 302)]
    assert "Declined by Gail on" in answer.text
    assert "Declined by Gail on" in alice.get(page_of(asked)).text


def test_ones_own_request_waits_for_another_user(cast: Cast, door: Door) -> None:
    own = LicenseRequestFactory.create(user=cast.gail, product=door.product)
    page = as_user(cast.gail).get(page_of(own)).text
    assert "Another user has to answer what you have asked for." in page
    assert 'name="decision"' not in page


def test_without_a_seat_one_buys_or_asks_for_one_or_is_told_whom_to_ask(
    cast: Cast, door: Door, asked: LicenseRequest
) -> None:
    assign(door.pool, cast.uma)
    buy = reverse("licensing:subscription-detail", args=[cast.contoso.pk, door.pool.pk])
    pages = {
        user: as_user(user).get(page_of(asked)).text for user in (cast.alice, cast.gail, cast.bob)
    }
    assert f"{buy}?seats=2&amp;next=" in pages[cast.alice]
    assert "Ask your partner for seats" in pages[cast.gail]
    assert "Ask one of these roles:" in pages[cast.bob]
    assert not any('value="approve"' in page for page in pages.values())
    # Sent all the same: the seat was there when the page was made.
    answer = approve(as_user(cast.gail), asked)
    assert "1 seat is missing" in answer.text
    assert LicenseRequest.objects.get().is_open


def test_what_is_in_the_way_is_said_before(cast: Cast, door: Door, asked: LicenseRequest) -> None:
    door.product.requires.add(ProductFactory.create(name="Basic"))
    assert "Teams needs Basic too." in as_user(cast.gail).get(page_of(asked)).text
    assert "Teams needs Basic too." in approve(as_user(cast.gail), asked).text


def test_without_a_subscription_one_adds_it(cast: Cast, asked: LicenseRequest) -> None:
    Subscription.objects.all().delete()
    add = reverse("licensing:subscription-add", args=[cast.contoso.pk])
    assert f"{add}?product={asked.product_id}" in as_user(cast.alice).get(page_of(asked)).text
    assert "Ask your partner for seats" in as_user(cast.gail).get(page_of(asked)).text
    assert "has no subscription to Teams" in approve(as_user(cast.gail), asked).text


def test_seats_are_bought_as_many_as_were_asked_for_or_others(cast: Cast, door: Door) -> None:
    request = LicenseRequestFactory.create(user=cast.gail, product=door.product, seats=4)
    assert 'value="approve"' not in as_user(cast.gail).get(page_of(request)).text
    assert 'value="approve"' not in as_user(cast.bob).get(page_of(request)).text
    sally = as_user(cast.sally)
    assert 'value="4"' in sally.get(page_of(request)).text
    assert "Enter a number of seats from 1 to 1,000,000." in approve(sally, request, seats=0).text
    approve(sally, request, seats=3)
    assert Subscription.objects.get().quantity == 4
    assert LicenseRequest.objects.get().state == RequestState.APPROVED


def test_who_asked_for_seats_is_told_who_answers_and_can_cancel(cast: Cast, door: Door) -> None:
    seats = LicenseRequestFactory.create(
        user=cast.gail, kind="seats", product=door.product, seats=3, words=""
    )
    client = as_user(cast.gail)
    assert ">View</a>" in client.get(listed(cast)).text
    page = client.get(page_of(seats)).text
    assert "Your partner answers this request." in page
    assert "If it is approved" in page
    assert reverse("automation:request-cancel", args=[seats.pk]) in page
    of_partner = as_user(cast.alice)
    assert ">Answer</a>" in of_partner.get(listed(cast)).text
    assert "Cancel request" not in of_partner.get(page_of(seats)).text


def test_the_menu_counts_what_one_can_answer(cast: Cast, door: Door, asked: LicenseRequest) -> None:
    LicenseRequestFactory.create(user=cast.gail, product=door.product, seats=4)
    counts = []
    for user in (cast.gail, cast.bob, cast.sally):
        menu = as_user(user).get(listed(cast)).context["customer_menu"]
        counts += [row.count for row in menu if str(row.label) == "Requests"]
    assert counts == [1, 1, 2]


def test_over_all_customers_staff_see_what_is_open_to_them(
    cast: Cast, asked: LicenseRequest
) -> None:
    from tests.factories import UserFactory

    for customer in (cast.northwind, cast.adatum):
        LicenseRequestFactory.create(user=UserFactory.create(customer=customer))
    found = as_user(cast.alice).get(ALL).context["rows"]
    assert {row.request.customer for row in found} == {cast.contoso, cast.northwind}
    cast.bob.limited_to_customers = True
    cast.bob.save(update_fields=["limited_to_customers"])
    cast.bob.allowed_customers.add(cast.contoso)
    assert [row.request for row in as_user(cast.bob).get(ALL).context["rows"]] == [asked]
    assert as_user(cast.gail).get(ALL).headers["Location"] == listed(cast)
    assert "No answered requests" in as_user(cast.alice).get(ALL, {"state": "answered"}).text


def test_empty_lists_say_what_comes_there(cast: Cast) -> None:
    assert "No open requests" in as_user(cast.gail).get(listed(cast)).text


def test_a_request_of_another_customer_is_a_404(cast: Cast, asked: LicenseRequest) -> None:
    url = reverse("automation:request-detail", args=[cast.northwind.pk, asked.pk])
    assert as_user(cast.alice).get(url).status_code == 404


def test_long_lists_cost_the_queries_of_short_ones(
    cast: Cast, door: Door, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    from tests.factories import UserFactory

    def more(number: int) -> None:
        for user in UserFactory.create_batch(number, customer=cast.contoso):
            LicenseRequestFactory.create(user=user, product=door.product)

    alice = as_user(cast.alice)
    more(1)
    for url in (listed(cast), ALL):
        with django_assert_max_num_queries(18) as few:
            alice.get(url)
        more(6)
        with django_assert_max_num_queries(len(few)):
            alice.get(url)
