"""What is wrong with many rows, summed up: one line a cause, with what can be done to all of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.countries import country_meant
from customers.roles import CUSTOMER_ROLES

from ..columns.parts import label_of
from ..models import RowOutcome, Upload
from ..services import Repair, RepairAction, UploadCounts, cause_of, value_of
from ..services.entries import USER_NAME

# Where no more rows are wrong, each wrong value of few has a line of its own.
READ = 2_000
# So many values of one cause, and so many lines.
VALUES = 5
LINES = 12
_SENTENCES = {
    "beyond": gettext_lazy("A value stands to the right of the last heading"),
    "missing": gettext_lazy("The user name is missing"),
    "pasted": gettext_lazy("The cell holds more than the user name"),
    "invisible": gettext_lazy("The user name has an invisible character"),
    "no-domain": gettext_lazy("The user name has no domain"),
    "characters": gettext_lazy("The user name has characters that can't be in one"),
    "unknown-domain": gettext_lazy("The domain is not one of this customer's"),
    "twice": gettext_lazy("Another row has the same user name"),
    "elsewhere": gettext_lazy("The user name can't be used here"),
    "no-name": gettext_lazy("There is no name to add a user with"),
    "role": gettext_lazy("Your role doesn't include administrators"),
    "own": gettext_lazy("These are your own permissions"),
    "rules": gettext_lazy("The licenses can't be assigned like this"),
    "lost": gettext_lazy("The spreadsheet has an error in place of a value"),
    "country": gettext_lazy("The country is not recognized"),
    "permission": gettext_lazy("The permission is not recognized"),
    "subscription": gettext_lazy("The customer has no such subscription"),
    "service": gettext_lazy("The service is not recognized"),
}
_ELSE = gettext_lazy("The value can't be used")


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A cause; `value` is the wrong one that its rows share, None where they have several."""

    key: str
    count: int
    is_suggested: bool
    value: str | None
    # What may be chosen instead, the likely one first; none, and a text can be typed.
    choices: Sequence[tuple[str, str]]
    may_replace: bool
    # The choice that was probably meant; "" for the first one.
    meant: str = ""

    @property
    def label(self) -> str:
        return label_of(self.key.partition(" ")[0])

    @property
    def text(self) -> str:
        return str(_SENTENCES.get(self.key.partition(" ")[2], _ELSE))


def cause_lines(upload: Upload, tally: UploadCounts) -> list[CauseLine]:
    """Return the causes of wrong rows, those of most rows first."""
    columns: list[str] = upload.reading["columns"]
    values = _values(upload, columns) if 0 < tally.rows[RowOutcome.WRONG] <= READ else {}
    choices = _Choices(upload)
    lines = []
    for key, count in tally.causes.most_common():
        if count <= 0:
            continue
        shared = values.get(key, Counter())
        several = shared.most_common() if 0 < len(shared) <= VALUES else [(None, count)]
        repair = Repair(RepairAction.REPLACE, key)
        may_replace = repair.may_replace(columns)
        offered = choices.of(repair.column) if may_replace else ()
        # Of a user name that is taken, free ones are found when they are asked for.
        suggested = tally.suggested[key] > 0 or key in _NUMBERED
        lines += [
            CauseLine(
                key,
                number,
                suggested,
                value,
                offered,
                may_replace,
                country_meant(value) if value and key.endswith(" country") else "",
            )
            for value, number in several
        ]
    return lines[:LINES]


_NUMBERED = {"user_name twice", "user_name elsewhere"}
# Their rows have a value each.
_OWN = {"missing", "pasted", "invisible", "no-domain", "characters", "twice", "elsewhere", "rules"}


def _values(upload: Upload, columns: Sequence[str]) -> dict[str, Counter[str | None]]:
    """Return the wrong values by cause, each with its rows; of a domain nothing before the @."""
    found: dict[str, Counter[str | None]] = {}
    wrong = upload.rows.filter(outcome=RowOutcome.WRONG).order_by("number")
    for cells, problems in wrong.values_list("cells", "problems"):
        for key in {cause_of(each) for each in problems if each["column"] in {*columns, USER_NAME}}:
            if key.partition(" ")[2] not in _OWN:
                found.setdefault(key, Counter())[value_of(cells, columns, key)] += 1
    return found


class _Choices:
    """What a wrong value can be replaced with, by column; asked for once."""

    def __init__(self, upload: Upload) -> None:
        self.customer = upload.customer
        self.known: dict[str, list[tuple[str, str]]] = {}

    def of(self, column: str) -> Sequence[tuple[str, str]]:
        if column not in self.known:
            self.known[column] = self._made(column)
        return self.known[column]

    def _made(self, column: str) -> list[tuple[str, str]]:
        customer = self.customer
        if column in ("country", "usage_location"):
            own = customer.country
            rest = [(code, str(name)) for code, name in countries if code != own.code]
            return [(own.code, str(own.name)), *rest]
        if column == "permissions":
            return [
                ("User", _("User")),
                *((role.value, str(role.label)) for role in CUSTOMER_ROLES),
            ]
        if column == "subscriptions":
            own_ones: Any = customer.subscriptions.current().for_list()
            products = [row.product for row in own_ones if row.is_active]
            return [(product.sku, product.name) for product in products]
        if column == "user_name":
            domains = customer.domains.order_by("-is_primary", "name")
            return [(domain.name, domain.name) for domain in domains]
        return []
