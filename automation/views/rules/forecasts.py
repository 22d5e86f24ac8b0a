"""What a rule would come to, as a page tells it: users, and seats with where to buy more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from accounts.views.licenses import buy_more_url
from customers.formats import figure

from ...services.forecasting import Forecast, Named, PoolForecast
from .base import RulesMixin


@dataclass(frozen=True, slots=True)
class NamedLine:
    """How many users something happens to, in a sentence, with the first names."""

    tone: str
    text: str
    names: Sequence[str]
    more: int
    # Why, where it can't be.
    why: str = ""

    @classmethod
    def of(cls, tone: str, text: str, named: Named, why: str = "") -> "NamedLine":
        names = [user.display_name for user in named.users]
        told = text % {"count": figure(named.count)}
        return cls(tone, told, names, named.count - len(names), why)


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A subscription with what it comes to, and where the missing seats are bought."""

    pool: PoolForecast
    buy_url: str

    @property
    def leaves(self) -> int:
        subscription = self.pool.subscription
        return subscription.available - self.pool.get + self.pool.lose


class ForecastMixin(RulesMixin):
    """A page that tells what would happen."""

    def told(self, found: Forecast) -> dict[str, Any]:
        """Return what `automation/rule_forecast.html` needs."""
        back = self.request.get_full_path()
        rows = [
            SeatRow(
                pool,
                buy_more_url(
                    pool.subscription, back, seats=pool.subscription.quantity + pool.short
                ),
            )
            for pool in found.pools
        ]
        return {"forecast": found, "lines": lines_of(found), "seats": rows}


def lines_of(found: Forecast) -> list[NamedLine]:
    """Return a line for each thing that happens to users."""
    get, lose, switch, wait = found.get, found.lose, found.switch, found.wait
    lines = [
        NamedLine.of(
            "success",
            ngettext("%(count)s user gets licenses", "%(count)s users get licenses", get.count),
            get,
        ),
        NamedLine.of(
            "danger",
            ngettext("%(count)s user loses licenses", "%(count)s users lose licenses", lose.count),
            lose,
        ),
        NamedLine.of(
            "info",
            ngettext(
                "Service plans of %(count)s user change",
                "Service plans of %(count)s users change",
                switch.count,
            ),
            switch,
        ),
        NamedLine.of(
            "warning",
            ngettext(
                "%(count)s user waits for a seat", "%(count)s users wait for a seat", wait.count
            ),
            wait,
        ),
    ]
    lines += [
        NamedLine.of(
            "warning",
            ngettext(
                "%(count)s user can't get a license",
                "%(count)s users can't get a license",
                named.count,
            ),
            named,
            why,
        )
        for why, named in found.barred
    ]
    return [line for line in lines if line.names]
