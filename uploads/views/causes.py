"""What is wrong or doubtful in many rows: one line a cause, with what can be done to all of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.columns import USER_NAME
from accounts.countries import country_meant
from customers.roles import CUSTOMER_ROLES

from ..columns.parts import label_of
from ..models import RowOutcome, Upload
from ..services import UploadCounts, cause_of, cell_of, may_replace, value_of
from ..services.cells.mojibake import GARBLED, LETTER_LOST
from ..services.cells.repairs import DOMAINS, GARBLED_LETTERS
from ..services.tally import warnings_of

# Where no more rows are wrong, each wrong value of few has a line of its own.
READ = 2_000
# So many values of one cause.
VALUES = 5
_SENTENCES = {
    "beyond": gettext_lazy("A value has no heading above it"),
    "missing": gettext_lazy("The user name is missing"),
    "pasted": gettext_lazy("The cell holds more than the user name"),
    "invisible": gettext_lazy("The user name has an invisible character"),
    "no-at": gettext_lazy("The @ of the user name is missing"),
    "no-domain": gettext_lazy("The user name has no domain"),
    "characters": gettext_lazy("The user name has characters that can't be in one"),
    "unknown-domain": gettext_lazy("The domain is not one of this customer's"),
    "twice": gettext_lazy("Another row has the same user name"),
    "elsewhere": gettext_lazy("The user name can't be used here"),
    "no-name": gettext_lazy("There is no name to add a user with"),
    "role": gettext_lazy("Your role doesn't include administrators"),
    "kept": gettext_lazy("Kept by a source"),
    "own": gettext_lazy("These are your own permissions"),
    "rules": gettext_lazy("The licenses can't be assigned like this"),
    "lost": gettext_lazy("The spreadsheet has an error in place of a value"),
    "no-result": gettext_lazy(
        "The file has formulas without results. Open it in a spreadsheet program, save it, and"
        " upload it again"
    ),
    "two-values": gettext_lazy("The file has two values for one cell"),
    "country": gettext_lazy("The country is not recognized"),
    "permission": gettext_lazy("The permission is not recognized"),
    "subscription": gettext_lazy("The customer has no such subscription"),
    "service": gettext_lazy("The service is not recognized"),
}
_ELSE = gettext_lazy("The value can't be used")
# So many rows are looked at for an example.
LOOKED_AT = 200
_AS_XLSX = gettext_lazy("Upload the workbook (.xlsx) instead.")
# By cause what it looks like, and what can be done beside a repair.
_WARNINGS = {
    GARBLED: (gettext_lazy("Letters look garbled"), ""),
    LETTER_LOST: (
        gettext_lazy("A letter was lost before the file was saved"),
        gettext_lazy("Enter these values again, here or in the file."),
    ),
    "digits-lost": (
        gettext_lazy("Digits were lost before the file was saved"),
        _AS_XLSX,
    ),
    "too-narrow": (
        gettext_lazy("A column was too narrow when the file was saved"),
        _AS_XLSX,
    ),
}


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
    def offers_suggestions(self) -> bool:
        """Whether suggestions are another thing than the value that is chosen already."""
        return self.is_suggested and not self.meant

    @property
    def label(self) -> str:
        return label_of(self.key.partition(" ")[0])

    @property
    def text(self) -> str:
        return str(_SENTENCES.get(self.key.partition(" ")[2], _ELSE))


def cause_lines(upload: Upload, tally: UploadCounts) -> list[CauseLine]:
    """Return the causes of wrong rows, those of most rows first."""
    columns = upload.reading.columns
    is_few = 0 < tally.rows[RowOutcome.WRONG] <= READ
    values, with_suggestion = _values(upload, columns) if is_few else ({}, {})
    choices = _Choices(upload)
    lines = []
    for key, count in tally.causes.most_common():
        if count <= 0:
            continue
        shared = values.get(key, Counter())
        several = shared.most_common() if 0 < len(shared) <= VALUES else [(None, count)]
        is_replaced = may_replace(key, columns)
        offered = choices.of(key.partition(" ")[0]) if is_replaced else ()
        # Of a user name that is taken, free ones are found when they are asked for.
        is_suggested = tally.suggested[key] > 0 or key in _NUMBERED
        lines += [
            CauseLine(
                key,
                number,
                is_suggested if value is None else (key, value) in with_suggestion,
                value,
                offered,
                is_replaced,
                _meant(key, value, with_suggestion.get((key, value), ""), offered) if value else "",
            )
            for value, number in several
        ]
    return lines


def _meant(key: str, value: str, suggestion: str, offered: Sequence[tuple[str, str]]) -> str:
    """Return the choice that was probably meant, "" where none is known to be."""
    if key.endswith(" country"):
        return country_meant(value)
    right = suggestion.rpartition("@")[2] if key in DOMAINS else suggestion
    return next((code for code, label in offered if right and right in (code, label)), "")


_NUMBERED = {"user_name twice", "user_name elsewhere"}
# Their rows have a value each.
_OWN = {
    "missing",
    "pasted",
    "invisible",
    "no-at",
    "no-domain",
    "characters",
    "twice",
    "elsewhere",
    "rules",
    "no-result",
    "two-values",
}


def _values(
    upload: Upload, columns: Sequence[str]
) -> tuple[dict[str, Counter[str | None]], dict[tuple[str, str | None], str]]:
    """Return the wrong values by cause, each with its rows, and what is suggested for some.

    Of a domain nothing before the @.
    """
    found: dict[str, Counter[str | None]] = {}
    suggested: dict[tuple[str, str | None], str] = {}
    wrong = upload.rows.filter(outcome=RowOutcome.WRONG).order_by("number")
    for cells, problems in wrong.values_list("cells", "problems"):
        told = [each for each in problems if each["column"] in {*columns, USER_NAME}]
        shared = {key for each in told if (key := cause_of(each)).partition(" ")[2] not in _OWN}
        for key in shared:
            value = value_of(cells, columns, key)
            found.setdefault(key, Counter())[value] += 1
            for each in told:
                if each["suggestion"] and cause_of(each) == key:
                    suggested[key, value] = each["suggestion"]
    return found, suggested


@dataclass(frozen=True, slots=True)
class WarningLine:
    """What rows are warned of; `key` repairs them all where what was meant is known.

    `example` is a cell, and `meant` what it was.
    """

    text: str
    advice: str
    count: int
    key: str
    example: str
    meant: str


def warning_lines(upload: Upload, tally: UploadCounts) -> list[WarningLine]:
    """Return what rows are warned of, that of most rows first."""
    found = {cause: count for cause, count in tally.warnings.most_common() if count > 0}
    if not found:
        return []
    columns = upload.reading.columns
    examples: dict[str, tuple[str, str]] = {}
    warned = upload.rows.filter(warns=True).order_by("number")
    for row in warned.only("upload", "cells", "notices")[:LOOKED_AT]:
        for each in warnings_of(row):
            cell = cell_of(row.cells, columns, each["column"])
            examples.setdefault(each["cause"], (cell, each["suggestion"]))
    return [
        WarningLine(
            str(text),
            str(advice),
            count,
            GARBLED_LETTERS if cause == GARBLED else "",
            *examples.get(cause, ("", "")),
        )
        for cause, count in found.items()
        for text, advice in [_WARNINGS.get(cause, (_ELSE, ""))]
    ]


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
        if column == USER_NAME:
            domains = customer.domains.order_by("-is_primary", "name")
            return [(domain.name, domain.name) for domain in domains]
        return []
