"""What is kept of how a file was read, and another reading of it, while it can be chosen."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from ..columns.matching import Known, Matched, is_missing, match
from ..columns.parts import PASSWORD, column_of_field, field_of
from ..models import Upload, UploadState
from ..spreadsheets import (
    CODE_PAGES,
    Answers,
    Table,
    Unclear,
    passwords_of,
    without_passwords,
)
from .options import Assigning, Options

_NAMES = {"display_name", "first_name", "last_name"}


def answers_of(upload: Upload) -> Answers:
    """Return what was said of the file."""
    return Answers(**upload.reading.get("answers", {}))


def told(table: Table) -> dict[str, Any]:
    """Return what the confirmation page says of a table whose rows have been walked."""
    return {
        "described": table.described(),
        "notes": [*table.notes, *table.found.notes()],
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "hides_passwords": table.found.hides_passwords,
        "hidden_rows": table.found.hidden_rows,
        "hidden_columns": len(table.found.hidden_columns),
        "code_page": table.encoding if table.encoding in CODE_PAGES else "",
    }


def put_columns(upload: Upload, headings: Sequence[str], samples: Sequence[Sequence[str]]) -> bool:
    """Put on the upload the column of each heading; return whether these are enough.

    What was chosen for this file goes first; `samples` are its first rows. The caller saves it.
    """
    chosen = upload.reading.get("chosen")
    if chosen is not None and len(chosen) == len(headings):
        matched = Matched.chosen(headings, chosen)
    else:
        # Of a file without headings nothing is remembered.
        has_headings = answers_of(upload).headings != "no"
        remembered = upload.customer.column_mappings.values_list("header", "column")
        known = Known(
            dict(remembered) if has_headings else {},
            samples,
            set(upload.customer.domains.values_list("name", flat=True)),
        )
        matched = match(headings, known)
    names = matched.names()
    upload.reading |= {
        "headings": list(headings),
        "columns": [field_of(name) for name in names],
        "unknown": list(matched.unknown),
        "secret": list(matched.secret),
        "export": matched.export,
        "decided": list(matched.decided),
    }
    options = Options.from_json(upload.options)
    # What was answered before was of another reading.
    facts = options.changed(names_nobody=not _NAMES & set(names), assigning=Assigning.UNDECIDED)
    upload.options = facts.as_json()
    return not is_missing(names)


def names_of(upload: Upload) -> list[str]:
    """Return the column of each heading, "" for one that is ignored."""
    reading = upload.reading
    return [column_of_field(name) for name in reading.get("columns") or reading.get("matched", [])]


def secret_places(upload: Upload) -> set[int]:
    """Return the places of the cells with passwords, which are not kept."""
    return {at for at, name in enumerate(upload.reading["columns"]) if name == PASSWORD}


def choices_of(upload: Upload, unclear: Unclear) -> list[dict[str, Any]]:
    """Return what can be answered, each with rows read so; no password is among them."""
    secret: set[str] = set()
    if unclear.question == "encoding":
        with upload.file.open("rb") as file:
            secret = passwords_of(cast("BinaryIO", file))
    return [
        {
            "value": choice.value,
            "label": str(choice.label),
            "sample": without_passwords(choice, secret),
        }
        for choice in unclear.choices
    ]


def has_others(upload: Upload) -> bool:
    """Whether the file could be read in another way: then it is kept until Confirm."""
    reading = upload.reading
    is_hiding = bool(reading["hidden_rows"] or reading["hidden_columns"])
    is_judged = bool(reading["code_page"])
    return is_judged or is_hiding or bool(reading["sheets"]) or answers_of(upload).hidden


def has_to_be_read(upload: Upload) -> bool:
    """Whether the rows are still to come from the file; else they are only checked again."""
    return bool(upload.file) and not upload.reading.get("is_read")


def begin_again(upload: Upload, answers: Answers) -> None:
    """Let the file be read in another way. The caller saves the upload."""
    reading = upload.reading
    if answers.sheet != answers_of(upload).sheet:
        # Of a sheet without headings.
        reading.pop("chosen", None)
    reading["before"] = reading.get("answers", {})
    reading["answers"] = asdict(answers)
    reading.pop("is_read", None)
    upload.refusal = ""


def go_back(upload: Upload, why: str) -> bool:
    """Return to the former reading, whose rows are there, where another one is not possible."""
    if upload.state != UploadState.WAITING or "before" not in upload.reading:
        return False
    upload.reading["answers"] = upload.reading.pop("before")
    upload.reading["is_read"] = True
    upload.state, upload.refusal = UploadState.CHECKED, why
    upload.save(update_fields=["reading", "state", "refusal"])
    return True
