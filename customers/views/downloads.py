"""Files that leave the portal: what they are called, and how a browser is told to keep them."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from ..models import Customer
from ..spreadsheet_files import csv_lines, safe_cell

# A name that is longer is cut in every folder that shows it.
NAME_LENGTH = 60


def file_name(kind: str, customer: Customer | None, *, ending: str = "csv") -> str:
    """Return a name such as `users-contoso-2026-11-29.csv`: what, of whom, on which day."""
    parts = (kind, name_in_file(customer) if customer else "", timezone.localdate().isoformat())
    return f"{'-'.join(filter(None, parts))}.{ending}"


def name_in_file(customer: Customer) -> str:
    """Return the customer's name as a file's name can have it, in any script; else its number."""
    # Letters, their marks and digits: the marks are what Hindi and Thai names have vowels in.
    kept = (
        letter if unicodedata.category(letter)[0] in "LMN" else " "
        for letter in unicodedata.normalize("NFKC", customer.name).lower()
    )
    return "-".join("".join(kept).split())[:NAME_LENGTH].strip("-") or str(customer.pk)


def attached(name: str) -> str:
    """Return the header by which a browser keeps the answer as a file of this name."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def csv_download(
    rows: Iterable[Sequence[str]], name: str, guard: Callable[[str], str] = safe_cell
) -> StreamingHttpResponse:
    """Return a CSV file, sent while its rows are read; `text_cell` guards one that comes back."""
    lines = csv_lines(rows, guard)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attached(name)
    return response
