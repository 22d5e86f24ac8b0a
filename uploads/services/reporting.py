"""What is told of the rows: free user names, and the file of those that were wrong."""

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.models import User
from accounts.names import numbered

from ..columns.parts import read_places
from ..models import RowOutcome, Upload, UploadRow
from .entries import USER_NAME
from .rows import chunks_of
from .tally import UploadCounts, missing_seats

# So many numbers are tried after a name.
_TRIED = range(2, 30)
STATUS = "Status update"


def free_names(rows: Sequence[UploadRow]) -> dict[int, str]:
    """Return by row number the next free user name for those whose own is another user's.

    Two queries, however many rows.
    """
    wanting = [row for row in rows if row.name_key and _is_taken(row)]
    if not wanting:
        return {}
    names = {}
    for row in wanting:
        local, _at, domain = row.name_key.rpartition("@")
        names[row.number] = [numbered(local, domain, number) for number in _TRIED]
    every = [name for each in names.values() for name in each]
    used = set(User.objects.filter(username__among_texts=every).values_list("username", flat=True))
    own = UploadRow.objects.filter(upload=wanting[0].upload_id, name_key__among_texts=every)
    used |= set(own.values_list("name_key", flat=True))
    found: dict[int, str] = {}
    for number, candidates in names.items():
        free = next((name for name in candidates if name not in used), "")
        if free:
            used.add(free)
            found[number] = free
    return found


def _is_taken(row: UploadRow) -> bool:
    if row.outcome == RowOutcome.LEAVE:
        return any(notice["column"] == "display_name" for notice in row.notices)
    return row.outcome == RowOutcome.WRONG and any(
        problem["column"] == USER_NAME for problem in row.problems
    )


def error_rows(upload: Upload) -> Iterator[list[str]]:
    """Yield the file as it was uploaded: its wrong rows alone, with reasons in Status update."""
    headings = list(upload.reading["headings"])
    columns = upload.reading["columns"]
    at = columns.index("status_update") if "status_update" in columns else len(headings)
    yield _with(headings, at, STATUS)
    wrong = (RowOutcome.WRONG,)
    for rows in chunks_of(upload, wrong):
        for row in rows:
            reasons = [
                f"{each['text']} → {each['suggestion']}" if each["suggestion"] else each["text"]
                for each in row.problems
            ]
            yield _with(row.cells[: len(headings)], at, " ".join(reasons))


def report(upload: Upload) -> dict[str, Any]:
    """Return how the file was read, rows by outcome, seats, and what is wrong with which row."""
    tally = UploadCounts.from_json(upload.counts)
    columns = upload.reading.get("columns", ())
    return {
        "reading": upload.reading.get("described", ""),
        "unknown": upload.reading.get("unknown", []),
        "rows": {name: count for name, count in tally.rows.items() if count},
        "seats": _seats(upload, tally),
        "problems": [
            {
                "row": row.number,
                "problems": [
                    {**each, "value": row.cells[at] if 0 <= at < len(row.cells) else ""}
                    for each in row.problems
                    for at in [places.get(each["column"], -1)]
                ],
            }
            for rows in chunks_of(upload, (RowOutcome.WRONG,))
            for row in rows
            for places in [read_places(columns, row.cells)]
        ],
    }


def _seats(upload: Upload, tally: UploadCounts) -> list[dict[str, Any]]:
    own = upload.customer.subscriptions.current().filter(pk__in=tally.seats).for_list()
    free = {row.pk: row.assignable for row in own}
    missing = missing_seats(tally, free)
    return [
        {
            "product": row.product.name,
            "wanted": tally.seats[row.pk],
            "free": free[row.pk],
            "missing": missing.get(row.pk, 0),
        }
        for row in own
        if tally.seats[row.pk]
    ]


def _with(cells: Sequence[str], at: int, text: str) -> list[str]:
    filled = list(cells)
    filled[at : at + 1] = [text]
    return filled
