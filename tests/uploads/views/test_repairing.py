"""All wrong rows of one cause, repaired by one click."""

from typing import Any

import pytest
from django.test import Client

from tests.support.cast import Cast
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import Upload

pytestmark = pytest.mark.usefixtures("no_patience")
ROWS = [
    ["User Name", "Display Name", "Country or Region"],
    ["ada@contoso.example", "Ada", "Germny"],
    ["bo@contoso.example", "Bo", "Germny"],
    ["cy@contoso.example", "Cy", "Norway"],
]


@pytest.fixture
def upload(cast: Cast, client: Client) -> Upload:
    client.force_login(cast.alice)
    return upload_of(ROWS, customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def sent(client: Client, upload: Upload, **data: str) -> Any:
    seen = client.get(page_of(upload)).context["seen"]
    return client.post(page_of(upload, "repair/"), {"seen": seen, **data}, follow=True)


def messages(response: Any) -> list[tuple[str, str]]:
    return [(each.level_tag, str(each)) for each in response.context["messages"]]


def test_rows_of_a_cause_are_replaced_and_counted(client: Client, upload: Upload) -> None:
    replaced = {"cause": "country country", "value": "Germny", "text": "DE"}
    response = sent(client, upload, action="replace", **replaced)
    assert messages(response) == [("success", "2 rows were changed and checked again.")]
    assert outcomes(upload) == {2: "add", 3: "add", 4: "add"}


def test_all_suggestions_are_used_at_once(client: Client, upload: Upload) -> None:
    sent(client, upload, action="use")
    assert [row.cells[2] for row in upload.rows.order_by("number")] == ["DE", "DE", "Norway"]


@pytest.mark.parametrize("data", [{}, {"action": "explode"}, {"action": "use", "seen": "old"}])
def test_what_no_page_sends_changes_nothing(
    client: Client, upload: Upload, data: dict[str, str]
) -> None:
    response = sent(client, upload, **data)
    assert [level for level, _text in messages(response)] == ["error"]
    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "add"}
