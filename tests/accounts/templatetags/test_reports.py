"""Figures of reports in words, and charts that need no script and no style of their own."""

from datetime import date, timedelta

import pytest
from django.template import Context, Template

from accounts.models import SeatDay, SeatMonth, UserDay, UserMonth
from accounts.queries.reports.rows import UserFigures
from accounts.templatetags.reports import signed, users_text
from customers.models import Customer
from customers.places.lists import with_users_by_month
from tests.factories import SubscriptionFactory, UserMonthFactory
from tests.support.cast import Cast
from tests.support.forms import words

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("change", "text"), [(None, "–"), (0, "0"), (3, "+3"), (-3, "−3"), (-1_234, "−1,234")]
)
def test_a_change_has_its_sign(change: int | None, text: str) -> None:
    assert signed(change) == text


def test_users_are_told_in_a_line() -> None:
    told = UserFigures(1_200, 1_300, 20, 0, 1, 1_190, None)
    assert users_text(told) == "Users: 1,200 (+10), peak 1,300, 20 added, 1 restored"
    assert users_text(UserFigures(2, 2, 0, 0, 0, None, None)) == "Users: 2, peak 2"


def drawn(template: str, **context: object) -> str:
    return Template("{% load reports %}" + template).render(Context(context))


def said(html: str) -> str:
    return words(f"<main>{html}</main>")


def test_seats_are_drawn_beside_a_table(cast: Cast) -> None:
    row = SubscriptionFactory.create(customer=cast.contoso)
    assert drawn("{% seats_chart row %}", row=row).strip() == ""
    same = {"subscription": row, "customer": cast.contoso, "bought": 1_200, "blocked": 0}
    for number in range(3):
        SeatDay.objects.create(**same, day=DAY + timedelta(days=number), assigned=number)
    month = {"month": DAY, "first_day": DAY, "last_day": DAY + timedelta(days=2), "peak": 2}
    SeatMonth.objects.create(**same, **month, assigned=2)
    html = drawn("{% seats_chart row %}", row=row)
    assert 'role="img"' in html
    assert "Seats bought from 1,200 to 1,200, Assigned from 0 to 2" in " ".join(html.split())
    assert "November 2026 1,200 2 2" in said(html)
    assert "style=" not in html
    assert "<script" not in html


def test_users_are_drawn_beside_a_table(cast: Cast) -> None:
    same = {"customer": cast.contoso, "added": 1, "deleted": 0, "restored": 0}
    for number in range(2):
        UserDay.objects.create(**same, day=DAY + timedelta(days=number), users=5 + number)
    month = {"month": DAY, "first_day": DAY, "last_day": DAY, "peak": 6}
    UserMonth.objects.create(**same, **month, users=6)
    html = drawn("{% users_chart customer %}", customer=cast.contoso)
    assert "Users from 5 to 6" in " ".join(html.split())
    assert "November 2026 6 6 1 0" in said(html)


def test_a_small_chart_is_spoken(cast: Cast) -> None:
    template = "{% sparks_of_users all as sparks %}{{ sparks|of_row:pk }}"
    for month, users in ((9, 7), (10, 8)):
        day = date.today().replace(day=1) - timedelta(days=month * 25)  # noqa: DTZ011
        UserMonthFactory.create(customer=cast.contoso, month=day.replace(day=1), users=users)
    shown = with_users_by_month(Customer.objects.filter(pk=cast.contoso.pk))
    html = drawn(template, all=shown, pk=cast.contoso.pk)
    assert 'role="img" aria-label="Users at the end of each month: 8, 7"' in html
    assert drawn(template, all=shown, pk=cast.northwind.pk) == ""
