"""What is kept of how a file was read, and another reading of it, while it can be chosen."""

from dataclasses import asdict
from typing import Any

from ..models import Upload, UploadState
from ..spreadsheets import CODE_PAGES, Answers, Table


def answers_of(upload: Upload) -> Answers:
    """Return what was said of the file."""
    return Answers(**upload.reading.get("answers", {}))


def told(table: Table) -> dict[str, Any]:
    """Return what the confirmation page says of a table whose rows have been walked."""
    return {
        "notes": [*table.notes, *table.found.notes()],
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "hidden_rows": table.found.hidden_rows,
        "hidden_columns": len(table.found.hidden_columns),
        "code_page": table.encoding if table.encoding in CODE_PAGES else "",
    }


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
