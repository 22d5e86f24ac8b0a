"""What the activity log knows of uploads: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from tests.uploads.uploading import HEADINGS, confirmed, upload_of
from uploads.models import ColumnMapping
from uploads.services import forget_columns, map_columns


def _upload(stage: Any) -> Any:
    rows = [HEADINGS, ["ada@contoso.example", "Ada", "", ""]]
    upload = upload_of(rows, customer=stage.contoso, actor=stage.alice)
    return confirmed(upload, actor=stage.alice)


# What each verb does, and the events that it writes last, with whether they hold before and after.
UPLOADS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "map_columns": (
        lambda s: map_columns(
            upload_of([["Wer"], ["ada@contoso.example"]], customer=s.contoso, actor=s.alice),
            ["user_name"],
            actor=s.alice,
        ),
        ["columns.remembered"],
        False,
    ),
    "forget_columns": (
        lambda s: forget_columns(
            s.contoso,
            [ColumnMapping.objects.create(customer=s.contoso, header="nick").pk],
            actor=s.alice,
        ),
        ["columns.forgotten"],
        False,
    ),
    "write_upload": (_upload, ["user.added"], False),
}
