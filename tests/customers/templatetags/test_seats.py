"""Seats as a bar, and a customer as the row of a list."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template

from customers.templatetags.seats import customer_rows, seat_meter
from tests.support.html import problems


def customer(**values: Any) -> Any:
    known = {
        "pk": 7,
        "name": "Contoso",
        "primary_domain": "contoso.example",
        "active_users": 1_234,
        "seats_used": 5,
        "seats_bought": 10,
        "restorable_users": 0,
    }
    return SimpleNamespace(**{**known, **values})


@pytest.mark.parametrize(
    "assigned, quantity, tone",
    [
        (0, 10, "seats"),
        (89, 100, "seats"),
        (90, 100, "seats seats-near"),
        (999, 1_000, "seats seats-near"),
        (10, 10, "seats seats-full"),
        (11, 10, "seats seats-full"),
    ],
)
def test_the_bar_says_by_its_class_how_full_it_is(assigned: int, quantity: int, tone: str) -> None:
    assert seat_meter(assigned, quantity).startswith(f'<span class="{tone}"><svg class="seats-bar"')


def test_the_bar_is_drawn_in_seats_and_spoken_in_percent() -> None:
    meter = seat_meter(1_500, 2_000)
    assert 'viewBox="0 0 2000 1"' in meter
    assert 'width="1500"' in meter
    assert 'aria-label="Seats used: 75 %"' in meter
    assert '<span class="seats-figures">1,500 of 2,000</span>' in meter


def test_a_label_is_spoken_in_place_of_seats_used() -> None:
    assert 'aria-label="Office &amp; Mail: 50 %"' in seat_meter(1, 2, "Office & Mail")


def test_a_picture_alone_has_no_figures() -> None:
    meter = seat_meter(1, 2, only_picture=True)
    assert "seats-figures" not in meter
    assert 'aria-label="Seats used: 50 %"' in meter


def test_no_seats_are_no_bar() -> None:
    assert seat_meter(0, 0) == '<span class="text-muted">No seats</span>'


def test_a_row_has_all_figures_of_the_customer() -> None:
    row = customer_rows([customer()])
    assert '<a href="/customers/7/">Contoso</a>' in row
    assert '<td data-label="Primary domain">contoso.example</td>' in row
    assert '<td data-label="Users"><div><a href="/customers/7/users/">1,234</a></div></td>' in row
    assert "5 of 10" in row
    assert '<td data-label="Deleted users"><span class="text-muted">0</span></td>' in row


def test_deleted_users_are_a_way_to_their_list() -> None:
    row = customer_rows([customer(restorable_users=1_200)])
    assert '<a href="/customers/7/users/deleted/">1,200</a>' in row


def test_a_name_is_escaped_and_a_missing_domain_is_empty() -> None:
    row = customer_rows([customer(name="<b>Zoë & Co", primary_domain=None)])
    assert "&lt;b&gt;Zoë &amp; Co" in row
    assert '<td data-label="Primary domain"></td>' in row


def test_a_row_each_and_none_for_nobody() -> None:
    rows = customer_rows([customer(pk=number) for number in range(3)])
    assert rows.count("<tr>") == 3
    assert customer_rows([]) == ""


def test_a_template_uses_both_and_its_markup_is_whole() -> None:
    template = Template(
        "{% load seats %}<!doctype html><html lang='en'><head><title>x</title></head><body>"
        "<table><tbody>{% customer_rows rows %}</tbody></table>{% seat_meter 1 2 %}</body></html>"
    )
    page = template.render(Context({"rows": [customer(name="<i>"), customer(restorable_users=2)]}))
    assert problems(page) == []
