"""The template to fill in: as CSV its headings alone; as a workbook also lists to choose from,
examples, and what each column means.

The examples stand on a sheet of their own, with user names of no customer, so that nobody uploads
them by mistake.
"""

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.columns import COLUMNS
from accounts.queries.license_cells import HeldLicenses
from customers.invisible import visible
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES
from customers.spreadsheet_files import csv_lines
from licensing.models import SubscriptionStatus

from .spreadsheets.tables import LAST_ROW

# What is written in an upload; the last column is for what comes back.
_FIELDS = [name for name in COLUMNS if name != "status_update"]
_DOMAIN = "your-domain.example"
_WIDTH = 22
_WIDEST = 80
_HINT = gettext_lazy(
    "Fill in the sheet Users, a row for each user. Only User Name and a name are needed:"
    " columns that you don't need can be deleted. A list gives one value: type others after"
    " it, separated by semicolons."
)
_EXAMPLES: list[dict[str, str]] = [
    {
        "user_name": f"anna.berg@{_DOMAIN}",
        "first_name": "Anna",
        "last_name": "Berg",
        "job_title": "Head of Sales",
        "department": "Sales",
        "office": "012",
        "office_phone": "+47 22 555 010",
        "alternate_email": "anna.berg@mail.example",
        "postal_code": "0155",
        "city": "Oslo",
        "country__code": "Norway",
        "permissions": "License administrator; Password administrator",
    },
    {
        "user_name": f"j.novak@{_DOMAIN}",
        "display_name": "Jan Novák (Support)",
        "mobile_phone": "0601 555 012",
        "usage_location__code": "CZ",
        "permissions": "User",
    },
    {"user_name": f"li@{_DOMAIN}", "first_name": "Li", "last_name": "Wei"},
]


def template_csv() -> bytes:
    """Return a file with all headings, which Excel opens with accents whole."""
    return "".join(csv_lines([[COLUMNS[name].heading for name in _FIELDS]])).encode()


def template_file(customer: Customer) -> IO[bytes]:
    """Return the workbook, open at its beginning. All its cells are text, phones and codes too."""
    from openpyxl import Workbook
    from openpyxl.writer.excel import save_workbook

    held = HeldLicenses(customer)
    active = customer.subscriptions.filter(status=SubscriptionStatus.ACTIVE)
    # The words by which an upload finds what this customer can assign.
    products = [visible(held.word(each.product_id))[0] for each in active.order_by("product__name")]
    book = Workbook()
    book.remove(book.worksheets[0])
    headings = [COLUMNS[name].heading for name in _FIELDS]
    users = _sheet(book, _("Users"), [headings])
    for number in range(1, len(_FIELDS) + 1):
        # What is typed stays text: a phone keeps its + and a postal code its zeros.
        users.column_dimensions[users.cell(1, number).column_letter].number_format = "@"
    # No heading of an upload, so that this sheet is never the one that is read.
    shown = [_("%(heading)s (example)") % {"heading": heading} for heading in headings]
    rows = [
        row | {"subscriptions": "; ".join(products[:number])}
        for row, number in zip(_EXAMPLES, (2, 1, 0), strict=True)
    ]
    examples = [[row.get(name, "") for name in _FIELDS] for row in rows]
    _sheet(book, _("Examples"), [shown, *examples])
    explained = (
        [column.heading, str(column.about), column.also_known_as]
        for column in map(COLUMNS.__getitem__, _FIELDS)
    )
    titles = [_("Heading"), _("Allowed values"), _("Also known as")]
    _sheet(book, _("Columns"), [titles, *explained, ["", str(_HINT)]])
    choices = {
        "country__code": [str(name) for _code, name in countries],
        "permissions": ["User", *(role.value for role in CUSTOMER_ROLES)],
        "subscriptions": products,
    }
    choices["usage_location__code"] = choices["country__code"]
    _offer(book, users, {_FIELDS.index(name) + 1: choices[name] for name in choices})
    file = TemporaryFile()  # noqa: SIM115 - the view that sends it closes it
    save_workbook(book, file)
    file.seek(0)
    return file


def _sheet(book: Any, title: str, rows: Iterable[Sequence[str]]) -> Any:
    from openpyxl.styles import Font

    sheet = book.create_sheet(title)
    for number, row in enumerate(rows, start=1):
        for at, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, at, text)
                # Also where a product's name begins with =.
                cell.data_type, cell.number_format = "s", "@"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        texts = [str(each.value or "") for each in sheet[cell.column_letter]]
        width = min(max(map(len, texts)) + 2, _WIDEST)
        sheet.column_dimensions[cell.column_letter].width = max(width, _WIDTH)
    sheet.freeze_panes = "A2"
    return sheet


def _offer(book: Any, users: Any, choices: dict[int, list[str]]) -> None:
    """Let these columns of the users offer these values, and take others too."""
    from openpyxl.utils import get_column_letter, quote_sheetname
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet(_("Lists"))
    # A list within the rule itself has at most 255 characters, and no commas in its values.
    lists.sheet_state = "hidden"
    for at, (column, values) in enumerate(sorted(choices.items()), start=1):
        for number, value in enumerate(values, start=1):
            lists.cell(number, at, value).data_type = "s"
        if not values:
            continue
        letter = get_column_letter(at)
        place = f"{quote_sheetname(lists.title)}!${letter}$1:${letter}${len(values)}"
        rule = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=False)
        target = get_column_letter(column)
        rule.add(f"{target}2:{target}{LAST_ROW}")
        users.add_data_validation(rule)
