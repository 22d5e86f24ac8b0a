"""Figures over time: the lines of a chart, and those of the small ones in lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from customers.models import Customer
from customers.places.lists import charts_begin
from licensing.models import Subscription

from ...models import SeatDay, SeatMonth, UserDay, UserMonth

YEAR = timedelta(days=365)
# Of the drawing, which is stretched to the place that it has.
WIDTH, HEIGHT = 600, 160
SPARK_WIDTH, SPARK_HEIGHT = 60, 16
MONTHS = 12

Points = Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over time, as the path of a drawing, and what it begins and ends with."""

    label: str
    # The class that gives the color.
    tone: str
    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same days, from 0 to the highest value."""

    lines: list[Line]
    first: date
    last: date
    highest: int


def chart(series: Mapping[tuple[str, str], Points]) -> Chart | None:
    """Return the lines of these figures, by label and tone. A single day is no line."""
    days = [day for points in series.values() for day, _value in points]
    if not days or min(days) == max(days):
        return None
    highest = max(value for points in series.values() for _day, value in points)
    first, last = min(days), max(days)
    lines = [
        Line(
            label,
            tone,
            path_of(points, (first, last), max(highest, 1), (WIDTH, HEIGHT)),
            points[0][1],
            points[-1][1],
        )
        for (label, tone), points in series.items()
    ]
    return Chart(lines, first, last, highest)


def path_of(points: Points, days: tuple[date, date], highest: int, size: tuple[int, int]) -> str:
    """Return the path through these points: a value stays until the day of the next one."""
    first, last = days
    width, height = size
    whole = (last - first).days or 1
    steps: list[str] = []
    now: int | None = None
    for day, value in points:
        x = round((day - first).days * width / whole, 1)
        y = round(height - value * height / highest, 1)
        if now is None:
            steps.append(f"M{x:g} {y:g}")
        elif value != now:
            steps.append(f"H{x:g}V{y:g}")
        now = value
    if points:
        steps.append(f"H{round((points[-1][0] - first).days * width / whole, 1):g}")
    return "".join(steps)


def seats_over_time(subscription: Subscription) -> tuple[list[SeatDay], list[SeatMonth]]:
    """Return the days of the last year that are known, and their months, the newest first."""
    days = list(SeatDay.objects.filter(subscription=subscription).order_by("-day")[: YEAR.days])
    months = SeatMonth.objects.filter(subscription=subscription).order_by("-month")
    return days[::-1], list(months[:MONTHS])


def users_over_time(customer: Customer) -> tuple[list[UserDay], list[UserMonth]]:
    days = list(UserDay.objects.filter(customer=customer).order_by("-day")[: YEAR.days])
    months = UserMonth.objects.filter(customer=customer).order_by("-month")
    return days[::-1], list(months[:MONTHS])


def seat_sparks(subscriptions: Iterable[Subscription], today: date) -> dict[int, list[int]]:
    """Return by subscription the assigned seats at the end of each month of a year."""
    rows = SeatMonth.objects.filter(
        subscription__in=[row.pk for row in subscriptions], month__gte=charts_begin(today)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for pk, assigned in rows.order_by("month").values_list("subscription_id", "assigned"):
        found[pk].append(assigned)
    return dict(found)


def spark_path(values: Sequence[int]) -> str:
    """Return the path of a small chart, whose height is the highest value."""
    highest, last = max(*values, 1), len(values) - 1
    parts = (
        f"{number * SPARK_WIDTH / last:.4g} {SPARK_HEIGHT - value * SPARK_HEIGHT / highest:.3g}"
        for number, value in enumerate(values)
    )
    return "M" + "L".join(parts)
