"""Days by the clocks of many customers at once, for a statement that reads all of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Case, DateField, DateTimeField, Field, Q, Value, When

from customers.models import Customer
from customers.zones import Zone, by_country, names

ONE = timedelta(days=1)
# What was written just before midnight may still be on its way into the log.
SETTLED = timedelta(minutes=10)


def first_of(day: date) -> date:
    """Return the first day of the month: by it, a month is called."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    return first_of(first_of(month) - ONE)


def month_after(month: date) -> date:
    # The first of a month and 31 days is a day of the next one.
    return first_of(first_of(month) + timedelta(days=31))


def begin_of(day: date, zone: str) -> datetime:
    """Return the first moment of a day by the clock of this zone."""
    return datetime.combine(day, time.min, Zone(zone)).astimezone(UTC)


def today(zone: str, now: datetime) -> date:
    return now.astimezone(Zone(zone)).date()


def last_night(zone: str, now: datetime) -> date:
    """Return the last day that is over by this clock, and of which the log has everything."""
    return today(zone, now - SETTLED) - ONE


@dataclass(frozen=True, slots=True)
class Clocks:
    """The zones of all customers: few, however many customers there are.

    They are looked up once, for the several conditions of a statement.
    """

    # By zone the own zones and the countries of customers whose clock it is.
    places: dict[str, set[tuple[str, str]]]

    @classmethod
    def of_all(cls) -> "Clocks":
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        pairs = Customer.objects.order_by().values_list("time_zone", "country").distinct()
        for own, country in pairs:
            zone = own if own in names() else by_country().get(str(country), "UTC")
            found[zone].add((own, str(country)))
        return cls(dict(found))

    def days(self, day: Callable[[str], date], customer: str = "") -> Case:
        """Return the expression of a day that is told by the zone; `customer` leads to the row."""
        return self._case(day, customer, DateField())

    def moments(self, moment: Callable[[str], datetime], customer: str = "") -> Case:
        return self._case(moment, customer, DateTimeField())

    def _case(self, told: Callable[[str], date], customer: str, field: "Field[date, date]") -> Case:
        whose: dict[date, list[Q]] = defaultdict(list)
        for zone, places in self.places.items():
            by_own: dict[str, list[str]] = defaultdict(list)
            for own, country in places:
                by_own[own].append(country)
            whose[told(zone)] += [
                Q(**{f"{customer}time_zone": own, f"{customer}country__in": sorted(countries)})
                for own, countries in by_own.items()
            ]
        whens = [
            When(reduce(or_, conditions), then=Value(value, output_field=field))
            for value, conditions in whose.items()
        ]
        return Case(*whens, output_field=field)
