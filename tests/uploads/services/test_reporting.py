"""What is told of the rows: free user names, the file of errors, the report of the command."""

import pytest

from customers.services.batches import new_key
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.uploads.uploading import Rows, confirmed, upload_of
from uploads.models import Upload
from uploads.services import error_rows, free_names, report

NAMES = ["User Name", "Display Name"]


def checked(cast: Cast, rows: Rows) -> Upload:
    return upload_of(rows, customer=cast.contoso, actor=cast.alice)


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)


def test_a_name_twice_in_the_file_gets_the_next_free_one(cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ada2")
    names = ["ada", "ada", "ada", "ada3"]
    rows = [[f"{name}@contoso.example", name] for name in names]
    upload = checked(cast, [NAMES, *rows])
    assert free_names(list(upload.rows.order_by("number"))) == {
        3: "ada4@contoso.example",
        4: "ada5@contoso.example",
    }


def test_rows_whose_name_is_free_get_none(cast: Cast) -> None:
    rows = [["ada@contoso.example", "Ada"], ["uma@contoso.example", "Uma"], ["", "太郎"]]
    upload = checked(cast, [NAMES, *rows])
    assert free_names(list(upload.rows.all())) == {}
    assert free_names([]) == {}


def test_the_file_of_errors_has_wrong_rows_with_their_reasons(cast: Cast) -> None:
    rows = [
        ["ada@contoso.example", "Ada"],
        ["bob@contoso.exampel", "Bob"],
        ["ada@contoso.example", "Ada again"],
    ]
    headings, bob, ada = error_rows(checked(cast, [NAMES, *rows]))
    assert headings == [*NAMES, "Status update"]
    assert bob[:2] == rows[1]
    assert "is not a domain of this customer" in bob[2]
    assert bob[2].endswith("→ bob@contoso.example")
    assert (ada[:2], "Row 2 has the same user name." in ada[2]) == (rows[2], True)


def test_what_was_ignored_is_gone_once_the_others_are_written(cast: Cast) -> None:
    """It waits for a meaning before that, and is as good as nobody's after it."""
    rows = [
        [*NAMES, "Religion"],
        ["ada@contoso.example", "Ada", "none"],
        ["bob@contoso.exampel", "Bob", "Jedi", "beyond"],
    ]
    upload = checked(cast, rows)
    headings, bob = error_rows(upload)
    assert (headings, bob[:3]) == ([*rows[0], "Status update"], rows[2][:3])
    confirmed(upload, actor=cast.alice)
    headings, bob = error_rows(upload)
    assert (headings, bob[:2], len(bob)) == ([*NAMES, "Status update"], rows[2][:2], 3)
    [kept] = upload.rows.values_list("cells", flat=True)
    assert kept == [*rows[2][:2], ""]


def test_suggested_names_in_the_file_of_errors_are_free_and_no_two_the_same(cast: Cast) -> None:
    rows = [["jürgen@contoso.example", "J"], ["jürgén@contoso.example", "J"]]
    upload = checked(cast, [NAMES, *rows, ["jurgen2@contoso.example", "J"]])
    _headings, *wrong = error_rows(upload)
    free = ["jurgen@contoso.example", "jurgen3@contoso.example"]
    assert [row[2].rpartition("→ ")[2] for row in wrong] == free
    told = [row["problems"][0]["suggestion"] for row in report(upload)["problems"]]
    assert told == free


def test_the_report_tells_what_is_doubtful(cast: Cast) -> None:
    upload = checked(cast, [NAMES, ["j@contoso.example", "JosÃ©"], ["a@contoso.example", "Ada"]])
    [row] = report(upload)["warnings"]
    [warning] = row["warnings"]
    assert (row["row"], warning["value"], warning["suggestion"]) == (2, "JosÃ©", "José")
    assert report(upload)["problems"] == []


def test_an_older_status_update_is_written_over(cast: Cast) -> None:
    headings = ["Status update", *NAMES]
    row = ["wrong before", "bob@contoso.exampel", "Bob"]
    found, bob = error_rows(checked(cast, [headings, row]))
    assert found == headings
    assert (bob[1:], "wrong before" in bob[0]) == (row[1:], False)


def test_a_file_without_errors_has_headings_alone(cast: Cast) -> None:
    upload = checked(cast, [NAMES, ["ada@contoso.example", "Ada"]])
    assert list(error_rows(upload)) == [[*NAMES, "Status update"]]


def test_the_report_tells_rows_seats_and_problems(cast: Cast, mail: Subscription) -> None:
    rows = [
        ["ada@contoso.example", "Ada", "Mail", ""],
        ["bob@contoso.example", "Bob", "Mail", ""],
        ["cy@contoso.example", "Cy", "Mial", "dog"],
    ]
    found = report(checked(cast, [[*NAMES, "Subscriptions", "Pet"], *rows]))
    assert (found["rows"], found["unknown"]) == ({"add": 2, "wrong": 1}, ["Pet"])
    assert found["reading"] == "Read as UTF-8, separated by commas."
    assert found["seats"] == [{"product": "Mail", "wanted": 2, "free": 1, "missing": 1}]
    [wrong] = found["problems"]
    [problem] = wrong["problems"]
    assert (wrong["row"], problem["column"], problem["value"], problem["suggestion"]) == (
        4,
        "subscriptions",
        "Mial",
        "Mail",
    )


def test_the_report_of_a_file_that_was_not_read_is_empty(cast: Cast) -> None:
    found = report(Upload.objects.create(customer=cast.contoso, key=new_key()))
    assert (found["rows"], found["seats"], found["reading"]) == ({}, [], "")
