"""Lines of charts: where they go, and how many queries they cost."""

from datetime import date

from accounts.models import SeatDay
from accounts.queries.reports.charts import (
    chart,
    path_of,
    seat_sparks,
    seats_over_time,
    spark_path,
    users_over_time,
)
from tests.factories import SubscriptionFactory, UserMonthFactory
from tests.support.cast import Cast

ONE, THREE, FIVE = date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 5)


def test_a_value_stays_until_the_next_one() -> None:
    points = [(ONE, 0), (THREE, 5), (FIVE, 10)]
    assert path_of(points, (ONE, FIVE), 10, (600, 160)) == "M0 160H300V80H600V0H600"
    assert path_of([(ONE, 4), (FIVE, 4)], (ONE, FIVE), 4, (600, 160)) == "M0 0H600"


def test_lines_share_days_and_height() -> None:
    found = chart({("Bought", "bought"): [(ONE, 10), (FIVE, 10)], ("Assigned", "x"): [(FIVE, 2)]})
    assert found is not None
    assert (found.first, found.last, found.highest) == (ONE, FIVE, 10)
    assert [(line.label, line.first, line.last) for line in found.lines] == [
        ("Bought", 10, 10),
        ("Assigned", 2, 2),
    ]


def test_a_single_day_and_none_are_no_line() -> None:
    assert chart({("Users", "x"): []}) is None
    assert chart({("Users", "x"): [(ONE, 3)]}) is None
    assert chart({("Users", "x"): [(ONE, 0), (THREE, 0)]}) is not None


def test_a_small_chart_goes_from_side_to_side() -> None:
    assert spark_path([0, 5, 10]) == "M0 16L30 8L60 0"
    assert spark_path([0, 0]) == "M0 16L60 16"


def test_users_over_time_are_the_customers_own(cast: Cast) -> None:
    for month, users in ((9, 3), (10, 5), (11, 4)):
        day = date(2026, month, 1)
        for customer in (cast.contoso, cast.northwind):
            UserMonthFactory.create(customer=customer, month=day, users=users)
    assert [row.users for row in users_over_time(cast.contoso)[1]] == [4, 5, 3]


def test_seats_over_time_are_those_of_the_subscription(cast: Cast) -> None:
    row, other = SubscriptionFactory.create_batch(2, customer=cast.contoso)
    for day, assigned in ((THREE, 2), (ONE, 1)):
        SeatDay.objects.create(
            subscription=row,
            customer=cast.contoso,
            day=day,
            bought=9,
            assigned=assigned,
            blocked=0,
        )
    days, months = seats_over_time(row)
    assert ([one.assigned for one in days], months) == ([1, 2], [])
    assert seats_over_time(other) == ([], [])
    assert seat_sparks([row, other], FIVE) == {}
