"""All wrong rows of one cause, repaired by one click."""

from typing import Any

import pytest
from django.test import Client

from tests.support.cast import Cast
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import Upload
from uploads.reading import Reading
from uploads.services import check_upload, edit_row
from uploads.services.confirming import canceled_text
from uploads.views.repairing import repaired_sentence

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
    seen = client.get(page_of(upload)).context.get("seen", "")
    return client.post(page_of(upload, "repair/"), {"seen": seen, **data}, follow=True)


def messages(response: Any) -> list[tuple[str, str]]:
    return [(each.level_tag, str(each)) for each in response.context["messages"]]


def test_rows_of_a_cause_are_replaced_and_counted(client: Client, upload: Upload) -> None:
    replaced = {"cause": "country country", "value": "Germny", "text": "DE"}
    response = sent(client, upload, action="replace", **replaced)
    assert response.context["repaired"] == "2 rows were changed and checked again."
    assert outcomes(upload) == {2: "add", 3: "add", 4: "add"}


def test_rows_of_a_cause_are_excluded_and_counted(client: Client, upload: Upload) -> None:
    """It is said where the page then stands, above the rows, until they are others again."""
    upload.refusal = canceled_text()
    upload.save(update_fields=["refusal", "refusal_said"])
    response = sent(client, upload, action="drop", cause="country country")
    assert "Nothing was saved" not in response.text
    assert outcomes(upload) == {2: "drop", 3: "drop", 4: "add"}
    assert response.redirect_chain[-1][0].endswith("#rows")
    told = "2 rows were excluded."
    assert response.text.index('id="rows"') < response.text.index(told)
    client.post(page_of(upload, "rows/3/"), {"decision": ""})
    assert told not in client.get(page_of(upload)).text


def test_all_suggestions_are_used_at_once(client: Client, upload: Upload) -> None:
    sent(client, upload, action="use")
    assert [row.cells[2] for row in upload.rows.order_by("number")] == [
        "Germany",
        "Germany",
        "Norway",
    ]


def test_a_replacement_that_was_not_chosen_changes_nothing(client: Client, upload: Upload) -> None:
    response = sent(client, upload, action="replace", cause="country country", text="")
    assert messages(response) == [("error", "Choose a value first, then replace.")]
    assert [row.cells[2] for row in upload.rows.order_by("number")] == [
        "Germny",
        "Germny",
        "Norway",
    ]


def test_of_many_rows_the_page_shows_how_far_it_is_and_then_how_many(
    client: Client, cast: Cast, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 1)
    replaced = {"action": "replace", "cause": "country country", "text": "DE"}
    for _press in range(2):
        response = sent(client, upload, **replaced)
        assert messages(response) == []
        assert (response.templates[0].name, response.context["bar"].total) == (
            "uploads/upload_running.html",
            3,
        )
    check_upload(upload.pk)
    response = client.get(page_of(upload))
    assert "2 rows were changed and checked again." in response.text
    assert outcomes(upload) == {2: "add", 3: "add", 4: "add"}
    # The next change is another thing to tell of.
    edit_row(upload, 4, {1: "Cyd"}, actor=cast.alice)
    assert "checked again" not in client.get(page_of(upload)).text


def test_cancel_stops_the_repair_and_not_the_upload(
    client: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor the upload when the repair was over before the click."""
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 1)
    running = sent(client, upload, action="replace", cause="country country", text="DE")
    assert "Cancel stops this repair alone." in running.text
    begun = running.context["upload"].begun
    assert f'name="repair" value="{begun}"' in running.text
    for told in ("The repair was stopped.", "The repair was already done."):
        answer = client.post(page_of(upload, "cancel/"), {"repair": begun}, follow=True)
        assert answer.templates[0].name == "uploads/upload_confirm.html"
        assert told in answer.text
    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "add"}


def test_a_repair_that_changed_nothing_says_so_in_words() -> None:
    nothing = Reading(repaired=0, repaired_by="drop")
    assert repaired_sentence(nothing) == "No row needed this change."


@pytest.mark.parametrize("data", [{}, {"action": "explode"}, {"action": "use", "seen": "old"}])
def test_what_no_page_sends_changes_nothing(
    client: Client, upload: Upload, data: dict[str, str]
) -> None:
    response = sent(client, upload, **data)
    assert [level for level, _text in messages(response)] == ["error"]
    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "add"}
