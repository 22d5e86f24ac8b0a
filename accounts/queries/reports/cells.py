"""The report of a month as a file: a row for each customer's users, and one for each product."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.formats import PRICE_PER_SEAT, exact

from .months import MonthReport

CHUNK = 500
NO_SEATS = ("",) * 12
NO_USERS = ("",) * 6


def month_cells(report: MonthReport, at: datetime) -> Iterator[Sequence[str]]:
    """Yield the report as rows of text, headings first, while it is read.

    A column's sum is right as it is: users have no seats in their row, and seats no users.
    """
    month = report.month.isoformat()[:7]
    yield (
        *(_("Month"), _("Customer"), _("Primary domain"), _("Product"), _("SKU"), _("Status")),
        *(_("Seats bought"), _("Assigned"), _("Peak"), _("Assigned to blocked users")),
        *(_("Unused"), pgettext("difference", "Change"), str(PRICE_PER_SEAT), _("Currency")),
        _("Cost of unused seats"),
        *(_("Users"), _("Peak of users"), _("Change of users")),
        *(_("Users added"), _("Users deleted"), _("Users restored")),
        _("As of"),
    )
    found = report.customers().iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        for group in report.groups(chunk):
            day = group.users.as_of if group.users else None
            as_of = day.isoformat() if day else exact(at)
            whose = (month, group.customer.name, group.domain)
            if (users := group.users) is not None:
                flows = (users.added, users.deleted, users.restored)
                told = (str(users.users), str(users.peak), _signed(users.change), *map(str, flows))
                yield (*whose, *NO_SEATS, *told, as_of)
            for row in group.rows:
                seats = (
                    *(row.product, row.sku, row.status_text),
                    *(str(row.bought), str(row.assigned), str(row.peak), str(row.blocked)),
                    *(str(row.unused), _signed(row.change)),
                    "" if row.price is None else str(row.price),
                    row.currency,
                    str(row.costs.get(row.currency, "")),
                )
                yield (*whose, *seats, *NO_USERS, as_of)


def _signed(change: int | None) -> str:
    return "" if change is None else str(change)
