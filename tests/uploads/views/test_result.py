"""The page of an upload that is done: its figures."""

import re

import pytest
from django.test import Client

from accounts.services.running import run_batch
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, upload_of
from uploads.models import RowDecision
from uploads.services import Short, confirm_upload, decide_row, fingerprint

pytestmark = pytest.mark.usefixtures("no_patience")
ROWS = [[f"user{number}@contoso.example", "Uma", str(number), ""] for number in range(4)]


@pytest.mark.parametrize(("excluded", "told"), [(0, []), (2, ["2"])])
def test_result_counts_the_rows_that_were_excluded(
    client: Client, cast: Cast, excluded: int, told: list[str]
) -> None:
    client.force_login(cast.alice)
    upload = upload_of([HEADINGS, *ROWS], customer=cast.contoso, actor=cast.alice)
    for number in range(2, 2 + excluded):
        decide_row(upload, number, RowDecision.DROP, actor=cast.alice)
    upload.refresh_from_db()
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    run_batch(batch.pk)

    page = client.get(f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/")

    counted = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode())
    assert [figure for label, figure in counted if label == "Excluded"] == told
    assert ("Added", str(len(ROWS) - excluded)) in counted
