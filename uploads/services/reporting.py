"""What is told of the rows: free user names, and the file of those that were wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accounts.columns import COLUMNS, USER_NAME
from accounts.models import User
from accounts.names import numbered
from customers.said import gettext as _
from customers.said import retold_row

from ..columns.parts import read_places
from ..models import RowOutcome, Upload, UploadRow, UploadState
from .options import Options
from .rows import chunks_of
from .tally import UploadCounts, missing_seats, warnings_of

# So many numbers are tried after a name.
_TRIED = range(2, 30)
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
    is_taken = row.outcome == RowOutcome.WRONG and bool(wrong)
    if row.outcome == RowOutcome.LEAVE:
        is_taken = any(
            notice["column"] == "display_name" and not notice.get("cause") for notice in row.notices
        )
    if not (row.name_key and is_taken):
        return []
    local, _at, domain = row.name_key.rpartition("@")
    return [numbered(local, domain, number) for number in _TRIED]


def _is_meant(row: UploadRow) -> bool:
    """Whether the suggested name has the part before the @ as the file has it."""
    wrong = [each for each in row.problems if each["column"] == USER_NAME and each["suggestion"]]
    return bool(wrong) and all(each.get("cause") in SAME_LOCAL_PART for each in wrong)


def error_rows(upload: Upload) -> Iterator[list[str]]:
    """Yield the file as it was uploaded: its wrong rows alone, with reasons in Status update.

    Once the others are written, columns that were ignored are not kept.
    """
    columns, headings = upload.reading.columns, upload.reading.headings
    is_done = upload.state == UploadState.DONE
    kept = [at for at, name in enumerate(columns) if name or not is_done]
    columns, headings = [columns[at] for at in kept], [headings[at] for at in kept]
    at = columns.index("status_update") if "status_update" in columns else len(headings)
    yield _with(headings, at, COLUMNS["status_update"].heading)
    for row in _wrong_rows(upload):
        reasons = [
            f"{each['text']} → {each['suggestion']}" if each["suggestion"] else each["text"]
            for each in row.problems
        ]
        yield _with(
            [row.cells[place] for place in kept if place < len(row.cells)], at, " ".join(reasons)
        )


def _wrong_rows(upload: Upload) -> Iterator[UploadRow]:
    """Yield the wrong rows; the user names that they suggest are free, and no two are the same."""
    given = set[str]()
    for rows in chunks_of(upload.rows.filter(outcome=RowOutcome.WRONG)):
        names = free_names(rows, given)
        for row in rows:
            for each in row.problems:
                if each["column"] == USER_NAME:
                    each["suggestion"] = names.get(row.number, "")
            yield row


def report(upload: Upload) -> dict[str, Any]:
    """Return how the file was read, rows by outcome, seats, and what is wrong or doubtful where."""
    tally = UploadCounts.from_json(upload.counts)
    columns = upload.reading.columns
    return {
        "reading": upload.reading.described,
        "unknown": upload.reading.unknown,
        "rows": {name: count for name, count in tally.rows.items() if count},
        "seats": _seats(upload, tally),
        "problems": [
            {"row": row.number, "problems": _with_values(row, row.problems, columns)}
            for row in _wrong_rows(upload)
        ],
        "warnings": [
            {"row": row.number, "warnings": _with_values(row, warnings_of(row), columns)}
            for rows in chunks_of(upload.rows.filter(warns=True))
            for row in rows
        ],
    }


def _with_values(
    row: UploadRow, told: Sequence[Mapping[str, str]], columns: Sequence[str]
) -> list[dict[str, str]]:
    places = read_places(columns, row.cells)
    return [
        {**retold_row(each), "value": row.cells[at] if 0 <= at < len(row.cells) else ""}
        for each in told
        for at in [places.get(each["column"], -1)]
    ]


def result_heading(upload: Upload) -> str:
    """Return what an upload has done in a word or two."""
    tally = UploadCounts.from_json(upload.counts)
    if tally.rows[RowOutcome.ADD]:
        return _("Users added")
    if tally.rows[RowOutcome.CHANGE]:
        existing = Options.from_json(upload.options).existing
        others = existing.details or existing.permissions
        return _("Users changed") if others else _("Licenses updated")
    return _("Users restored")


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
