"""The confirmation page of an upload: its rows, seats and Confirm."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.services.running import run_batch
from customers.models import Batch
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.uploads import biff
from tests.uploads.uploading import HEADINGS, Rows, outcomes, upload_of
from uploads.models import Upload, UploadState
from uploads.services import Short, check_upload, confirm_upload, fingerprint
from uploads.spreadsheets.flaws import TWO_VALUES

pytestmark = pytest.mark.usefixtures("no_patience")
ADA = ["ada@contoso.example", "Ada", "Lovelace", ""]


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)


def checked(cast: Cast, content: bytes | Rows) -> Upload:
    return upload_of(content, customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def text_of(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


def test_wrong_cell_is_put_right_by_typing_or_by_the_suggestion(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(
        cast,
        [HEADINGS, ["ada@contoso.exampel", "A", "X", ""], ["bo@contoso.exampel", "B", "X", ""]],
    )
    page = text_of(client.get(page_of(upload)))
    assert 'name="use-0" value="ada@contoso.example"' in page

    taken = {"cell-0": "ada@contoso.exampel", "use-0": "ada@contoso.example"}
    client.post(page_of(upload, "rows/2/?show=wrong"), taken)
    response = client.post(page_of(upload, "rows/3/"), {"cell-0": "bo@contoso.exampl"})
    assert outcomes(upload) == {2: "add", 3: "wrong"}
    assert response.headers["Location"] == page_of(upload, "#row-3")
    client.post(page_of(upload, "rows/3/"), {"decision": "drop"})
    assert outcomes(upload) == {2: "add", 3: "drop"}


@pytest.mark.parametrize(
    "data",
    [{"cell-9": "x"}, {"cell-0": "a\0@contoso.example"}, {"decision": "explode"}],
)
def test_row_form_that_nobody_was_shown_changes_nothing(
    client: Client, cast: Cast, data: dict[str, str]
) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    response = client.post(page_of(upload, "rows/2/"), data, follow=True)
    assert response.status_code == HTTPStatus.OK
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert upload.rows.get().cells == ADA


def test_cell_that_may_be_about_another_person_is_sent_by_check_again(
    client: Client, cast: Cast
) -> None:
    """The first button of a row is what Enter presses: not the one that takes the suggestion."""
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ["uma@contoso.example", "Uma", "Thorn", ""]])
    page = text_of(client.get(page_of(upload)))
    assert "Use uma2@contoso.example" in page
    row = page[page.index('id="form-2"') : page.index("Use uma2@contoso.example")]
    assert row.index("Check again") < row.index('name="use-0"')


def test_rows_are_shown_by_what_becomes_of_them(
    client: Client, cast: Cast, settings: Settings
) -> None:
    settings.PAGE_SIZE = 2
    client.force_login(cast.alice)
    rows = [[f"u{at}@contoso.example", "U", str(at), ""] for at in range(5)]
    upload = checked(cast, [HEADINGS, *rows, ["?", "Bad", "", ""]])

    shown = client.get(page_of(upload, "?show=wrong")).context["rows"]
    assert [line.number for line in shown] == [7]
    shown = client.get(page_of(upload, "?show=add&page=2")).context
    assert [line.number for line in shown["rows"]] == [4, 5]
    assert [label.label for label in shown["tabs"]] == [
        "All rows (6)",
        "Errors (1)",
        "To be added (5)",
    ]


def test_confirmation_page_asks_as_often_for_any_number_of_rows(
    client: Client, cast: Cast, mail: Subscription
) -> None:
    client.force_login(cast.alice)
    counted = []
    for count in (2, 40):
        rows = [[f"u{count}-{at}@contoso.exampel", "U", "X", "Mail"] for at in range(count)]
        rows += [["uma@contoso.example", "Not", "Uma", ""]]
        upload = checked(cast, [HEADINGS, *rows])
        with CaptureQueriesContext(connection) as captured:
            client.get(page_of(upload))
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_seats_that_run_short_are_shown_and_stop_confirm(
    client: Client, cast: Cast, mail: Subscription
) -> None:
    client.force_login(cast.alice)
    rows = [[f"u{at}@contoso.example", "U", str(at), "Mail"] for at in range(3)]
    upload = checked(cast, [HEADINGS, *rows])
    page = client.get(page_of(upload))
    [line] = page.context["seats"]
    assert (line.wanted, line.available, line.missing) == (3, 1, 2)

    seen = page.context["seen"]
    response = client.post(page_of(upload, "confirm/"), {"seen": seen}, follow=True)
    assert "Mail: 2 seats are missing." in text_of(response)
    assert not Batch.objects.exists()
    client.post(page_of(upload, "confirm/"), {"seen": seen, "short": "first"})
    client.post(page_of(upload, "confirm/"), {"seen": seen, "short": "first"})
    assert Batch.objects.get().total == 3


def test_why_nothing_was_written_stands_on_the_page(
    client: Client, cast: Cast, mail: Subscription
) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, [*ADA[:3], "Mail"]])
    client.post(page_of(upload, "confirm/"), {"seen": fingerprint(upload)})
    Subscription.objects.filter(pk=mail.pk).update(quantity=0)
    run_batch(Batch.objects.get().pk)
    check_upload(upload.pk)
    assert "Mail: 1 seat is missing." in text_of(client.get(page_of(upload)))


def test_a_row_that_a_colleague_was_quicker_with_is_told_in_words(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA, ["bo@contoso.example", "Bo", "Berg", ""]])
    client.post(page_of(upload, "confirm/"), {"seen": fingerprint(upload)})
    same = {"local_part": "ada", "first_name": "Ada", "last_name": "Lovelace"}
    UserFactory.create(customer=cast.contoso, display_name="Ada Lovelace", **same)
    run_batch(Batch.objects.get().pk)
    check_upload(upload.pk)
    assert "Row 2: To be added → Unchanged" in text_of(client.get(page_of(upload)))
    assert "Zeile 2: Hinzuzufügen → Unverändert" in text_of(
        client.get(page_of(upload), headers={"accept-language": "de"})
    )


def test_wrong_rows_are_shown_first_with_their_reasons(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA, ["bo@contoso.exampel", "B", "X", ""]])
    context = client.get(page_of(upload)).context
    [row] = context["rows"]
    assert row.number == 3
    assert [cell.label for cell in row.repairs] == ["User Name"]
    assert [tab.current for tab in context["tabs"]] == [False, True, False]
    everything = client.get(page_of(upload, "?show=all")).context
    assert [line.number for line in everything["rows"]] == [2, 3]


def test_a_row_is_repaired_in_its_place(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    rows = [["a@contoso.exampel", "A", "X", ""], ["b@contoso.exampel", "B", "X", ""]]
    upload = checked(cast, [HEADINGS, *rows])
    response = client.post(
        page_of(upload, "rows/2/"),
        {"cell-0": "a@contoso.example", "reason": "Ticket 7"},
        headers={"HX-Request": "true"},
    )
    page = text_of(response)
    assert 'id="row-2" data-hx-swap-oob="true"' in page
    assert 'id="row-3"' not in page
    assert "Row 2 is fixed." in page
    assert "Errors (1)" in page
    assert 'value="Ticket 7"' in page


def test_without_javascript_the_page_comes_back_at_the_next_wrong_row(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    rows = [["a@contoso.exampel", "A", "X", ""], ["b@contoso.exampel", "B", "X", ""]]
    upload = checked(cast, [HEADINGS, *rows])
    response = client.post(page_of(upload, "rows/2/"), {"cell-0": "a@contoso.example"})
    assert response.headers["Location"] == page_of(upload, "#row-3")
    response = client.post(page_of(upload, "rows/3/?show=all"), {"cell-0": "b@contoso.example"})
    assert response.headers["Location"] == page_of(upload, "?show=all#row-3")


def test_confirm_says_what_each_choice_about_seats_will_do(
    client: Client, cast: Cast, mail: Subscription
) -> None:
    client.force_login(cast.alice)
    rows = [[f"u{at}@contoso.example", "U", str(at), "Mail"] for at in range(3)]
    page = client.get(page_of(checked(cast, [HEADINGS, *rows])))
    assert page.context["confirm_labels"] == {
        "": "Check the seats again: add 3 users only if all fit",
        "first": "Confirm: add 3 users, with licenses while seats last",
        "without": "Confirm: add 3 users, without these licenses",
    }
    lost = [["m@contoso.example", "M?ller", "J?rg", ""], ["x@contoso.exampel", "X?ller", "X", ""]]
    warned = client.get(page_of(checked(cast, [HEADINGS, ADA, *lost])))
    assert warned.context["confirm_labels"] == {
        "": "Confirm: add 2 users, 1 with lost letters",
    }
    enough = client.get(page_of(checked(cast, [HEADINGS, ADA])))
    assert enough.context["confirm_labels"] == {"": "Confirm: add 1 user"}


def test_a_heading_with_two_values_shows_no_mark_of_ours(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    cells = biff.lines([["Email", "First name", "Office"], ["ada@contoso.example", "Ada", "Leeds"]])
    upload = checked(cast, biff.old_workbook(cells + biff.label(0, 2, "Room")))
    page = text_of(client.get(page_of(upload)))
    assert "Column ignored (not recognized): Column 3" in page
    assert TWO_VALUES not in page


def test_a_cancel_that_comes_late_leaves_the_upload_that_is_open_again(
    client: Client, cast: Cast
) -> None:
    """A colleague, or another tab, has canceled what was being added."""
    client.force_login(cast.alice)
    upload = checked(cast, [HEADINGS, ADA])
    confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    upload.refresh_from_db()
    assert f'name="batch" value="{upload.batch_id}"' in client.get(page_of(upload)).text
    for told in ("Canceled. Nothing was saved.", "It was already canceled. The upload is still"):
        sent = {"batch": str(upload.batch_id)}
        answer = client.post(page_of(upload, "cancel/"), sent, follow=True)
        assert told in answer.text
        upload.refresh_from_db()
        assert (upload.state, upload.rows.count()) == (UploadState.CHECKED, 1)
