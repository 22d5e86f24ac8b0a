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
# Causes whose suggestion leaves the part before the @ as it was meant.
SAME_LOCAL_PART = {"pasted", "invisible", "no-domain", "unknown-domain"}


def free_names(rows: Sequence[UploadRow], given: set[str] | None = None) -> dict[int, str]:
    """Return by row number a user name that is free in the file and here, for rows that want one.

    A name that was only misspelled around the part before the @ may be that of a user who is here:
    the row is about that user. `given` are names of former calls, and get those of this one. Two
    queries, however many rows.
    """
    used = set[str]() if given is None else given
    names = {row.number: tried for row in rows if (tried := _candidates(row))}
    if not names:
        return {}
    every = [name.lower() for each in names.values() for name in each]
    own = UploadRow.objects.filter(upload=rows[0].upload_id, name_key__among_texts=every)
    in_file = used | set(own.values_list("name_key", flat=True))
    here = User.objects.filter(username__among_texts=every).values_list("username", flat=True)
    taken = {str(name) for name in here}
    found: dict[int, str] = {}
    for row in rows:
        barred = in_file if _is_meant(row) else in_file | taken
        candidates = names.get(row.number, ())
        free = next((name for name in candidates if name.lower() not in barred), "")
        if free:
            used.add(free.lower())
            in_file.add(free.lower())
            found[row.number] = free
    return found


def _candidates(row: UploadRow) -> list[str]:
    wrong = [each for each in row.problems if each["column"] == USER_NAME]
    suggestion = next((each["suggestion"] for each in wrong if each["suggestion"]), "")
    if suggestion:
        local, _at, domain = suggestion.rpartition("@")
        return [suggestion, *(numbered(local, domain, number) for number in _TRIED)]
    if not (row.name_key and _is_taken(row)):
        return []
    local, _at, domain = row.name_key.rpartition("@")
    return [numbered(local, domain, number) for number in _TRIED]


def _is_meant(row: UploadRow) -> bool:
    """Whether the suggested name has the part before the @ as the file has it."""
    wrong = [each for each in row.problems if each["column"] == USER_NAME and each["suggestion"]]
    return bool(wrong) and all(each.get("cause") in SAME_LOCAL_PART for each in wrong)


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
