"""What is wrong or doubtful in many rows, summed up."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from justhtml import JustHTML

from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.columns.parts import label_of
from uploads.models import Upload
from uploads.services import UploadCounts, fingerprint
from uploads.views.causes import CauseLine, WarningLine, cause_lines, warning_lines
from uploads.views.confirmation import LINES

HEADINGS = ["User Name", "Display Name", "Country or Region"]


def lines(upload: Upload) -> list[CauseLine]:
    return cause_lines(upload, UploadCounts.from_json(upload.counts))


def warned(upload: Upload) -> list[WarningLine]:
    return warning_lines(upload, UploadCounts.from_json(upload.counts))


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def checked(cast: Cast, *rows: list[str]) -> Upload:
    return upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)


def test_few_wrong_values_have_a_line_each_those_of_most_rows_first(cast: Cast) -> None:
    wrong = ["Holand", "Germny", "Germny", "Atlantis"]
    upload = checked(
        cast, *([f"u{at}@contoso.example", "U", each] for at, each in enumerate(wrong))
    )
    found = lines(upload)
    assert [(line.value, line.count, line.meant) for line in found] == [
        ("Germny", 2, "DE"),
        ("Holand", 1, "NL"),
        ("Atlantis", 1, ""),
    ]
    assert {line.label for line in found} == {"Country or Region"}
    # Nobody knows what Atlantis was meant to be.
    assert [line.is_suggested for line in found] == [True, True, False]
    assert found[0].choices[0][0] == cast.contoso.country.code


def test_many_wrong_values_have_one_line(cast: Cast) -> None:
    rows = [[f"u{at}@contoso.example", "U", f"Atlantis {at}"] for at in range(6)]
    assert [(line.value, line.count) for line in lines(checked(cast, *rows))] == [(None, 6)]


def test_one_click_makes_no_country_of_many_wrong_values(client: Client, cast: Cast) -> None:
    rows = [[f"u{at}@contoso.example", "U", f"Atlantis {at}"] for at in range(6)]
    upload = checked(cast, *rows)
    client.force_login(cast.alice)
    page: Any = JustHTML(client.get(page_of(upload)).content.decode(), sanitize=False)
    [first, *rest] = page.query(".upload-causes option")
    assert (first.attrs["value"], first.to_text()) == ("", "Choose a value")
    assert not any("selected" in each.attrs for each in rest)


def test_a_wrong_domain_is_told_without_the_names_before_it(cast: Cast) -> None:
    upload = checked(cast, ["a@old.test", "A", ""], ["b@OLD.test", "B", ""])
    [line] = lines(upload)
    assert (line.value, line.count, line.may_replace) == ("old.test", 2, True)
    assert ("contoso.example", "contoso.example") in line.choices


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "The user name is missing"),
        ("adacontoso.example", "The @ of the user name is missing"),
        ("ada", "The user name has no domain"),
    ],
)
def test_what_a_user_name_lacks_is_said(cast: Cast, name: str, told: str) -> None:
    [line] = lines(checked(cast, [name, "Ada", "DE"]))
    assert (line.text, line.value) == (told, None)


def test_user_names_are_not_replaced_by_one(cast: Cast) -> None:
    upload = checked(cast, ["müller@contoso.example", "M", ""], ["x@contoso.example", "X", ""])
    [line] = lines(upload)
    assert (line.value, line.may_replace, line.is_suggested) == (None, False, True)


def test_values_are_not_read_where_too_many_rows_are_wrong(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.views.causes.READ", 1)
    rows = [[f"u{at}@contoso.example", "U", "Germny"] for at in range(3)]
    assert [(line.value, line.count) for line in lines(checked(cast, *rows))] == [(None, 3)]


def test_a_column_has_the_heading_of_the_template() -> None:
    assert [label_of(name) for name in ("country", "user_name", "")] == [
        "Country or Region",
        "User Name",
        "",
    ]


def test_a_file_without_a_fault_has_no_lines(client: Client, cast: Cast) -> None:
    upload = checked(cast, ["ada@contoso.example", "Ada", ""])
    assert (lines(upload), warned(upload)) == ([], [])
    client.force_login(cast.alice)
    page = client.get(page_of(upload)).content.decode()
    assert "causes-title" not in page
    assert "warnings-title" not in page


def test_garbled_and_lost_letters_have_a_line_each_with_an_example(cast: Cast) -> None:
    names = ["M?ller", "Zoë", "JosÃ©", "AndrÃ©"]
    upload = checked(cast, *([f"u{at}@contoso.example", name, ""] for at, name in enumerate(names)))
    garbled, lost = warned(upload)
    assert (garbled.count, garbled.example, garbled.meant) == (2, "JosÃ©", "José")
    assert (lost.count, lost.example, lost.meant) == (1, "M?ller", "")
    assert ("garbled" in garbled.text, "lost" in lost.text) == (True, True)
    # Nothing is known that could be put there.
    assert (bool(garbled.key), bool(lost.key)) == (True, False)


def test_a_line_without_an_example_at_hand_goes_without(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.views.causes.LOOKED_AT", 1)
    rows = [["a@contoso.example", "M?ller", ""], ["b@contoso.example", "JosÃ©", ""]]
    examples = {line.example for line in warned(checked(cast, *rows))}
    assert examples == {"M?ller", ""}


def test_garbled_rows_are_shown_and_repaired_from_their_line(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    rows = [["j@contoso.example", "JosÃ©", ""], ["a@contoso.example", "Ada", ""]]
    upload = checked(cast, *rows, ["m@contoso.example", "M?ller", ""])
    page = client.get(page_of(upload))
    assert "Warnings (2)" in [tab.label for tab in page.context["tabs"]]
    page = client.get(page_of(upload, page.context["warnings_url"]))
    assert [row.number for row in page.context["rows"]] == [2, 4]

    data = {"seen": page.context["seen"], "cause": " garbled", "action": "use"}
    response = client.post(page.context["repair_url"], data, follow=True)
    assert "1 row was changed and checked again." in response.content.decode()
    assert [row.number for row in response.context["rows"]] == [4]
    assert upload.rows.get(number=2).cells[1] == "José"
    # The last one is repaired by hand: no tab is left, and all rows are shown.
    client.post(page_of(upload, "rows/4/?show=warned"), {"cell-1": "Müller"})
    page = client.get(page_of(upload, "?show=warned"))
    assert [row.number for row in page.context["rows"]] == [2, 3, 4]
    assert "warnings-title" not in page.content.decode()


def test_more_causes_than_are_listed_are_shown_when_they_are_asked_for(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    columns = ["Country or Region", "Usage location", "Permissions"]
    wrong = [[f"Atlantis {at}", f"Utopia {at}", f"Emperor {at}"] for at in range(5)]
    rows = [[f"u{at}@contoso.example", "U", *values] for at, values in enumerate(wrong)]
    upload = upload_of(
        [["User Name", "Display Name", *columns], *rows], customer=cast.contoso, actor=cast.alice
    )
    page = client.get(page_of(upload))
    assert (len(page.context["causes"]), page.context["causes_more"]) == (LINES, 3)
    assert "Show all 15 causes" in page.content.decode()
    every = client.get(page_of(upload, page.context["causes_url"]))
    assert (len(every.context["causes"]), every.context["causes_more"]) == (15, 0)
    # They stay shown after a repair.
    assert "causes=all" in every.context["repair_url"]


def test_causes_are_told_of_to_nobody_else(client: Client, cast: Cast) -> None:
    upload = checked(cast, ["u@contoso.example", "U", "Atlantis"])
    repair = {"action": "drop", "cause": "country country", "seen": fingerprint(upload)}
    for user, customer in ((cast.charlie, cast.contoso), (cast.alice, cast.northwind)):
        client.force_login(user)
        response = client.post(f"/customers/{customer.pk}/uploads/{upload.pk}/repair/", repair)
        assert response.status_code == HTTPStatus.NOT_FOUND
    assert upload.rows.get().outcome == "wrong"


def test_lines_are_of_one_upload_alone(cast: Cast) -> None:
    upload = checked(cast, ["u@contoso.example", "JosÃ©", "Atlantis"])
    checked(cast, *([f"u{at}@contoso.example", "JosÃ©", "Utopia"] for at in range(3)))
    assert [(line.value, line.count) for line in lines(upload)] == [("Atlantis", 1)]
    assert [line.count for line in warned(upload)] == [1]


def test_lines_of_three_rows_take_as_many_queries_as_those_of_one(cast: Cast) -> None:
    counted = []
    for count in (1, 3):
        names = [[f"u{at}@contoso.example", "JosÃ©", f"Atlantis {at}"] for at in range(count)]
        upload = checked(cast, *names, ["m@contoso.example", "M?ller", "Germny"])
        with CaptureQueriesContext(connection) as captured:
            assert (len(lines(upload)), len(warned(upload))) == (count + 1, 2)
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_what_was_probably_meant_is_chosen_and_not_offered_beside_it(cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=9)
    rows = [
        ["User Name", "Display Name", "Subscriptions", "Permissions"],
        ["ada@contoso.exampel", "Ada", "", ""],
        ["bo@contoso.example", "Bo", "Mial", ""],
        ["cy@contoso.example", "Cy", "", "Usr"],
    ]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    found = {line.value: (line.meant, line.offers_suggestions) for line in lines(upload)}
    assert found == {
        "contoso.exampel": ("contoso.example", False),
        "Mial": ("MAIL", False),
        "Usr": ("User", False),
    }
    assert all(line.is_suggested for line in lines(upload))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["\x1a", "", ""], "The user name has an invisible character"),
        (["", "\x1a", ""], "The user name is missing"),
    ],
)
def test_a_row_of_a_mark_alone_has_one_cause(cast: Cast, row: list[str], told: str) -> None:
    [line] = lines(checked(cast, ["ada@contoso.example", "Ada", ""], row))
    assert (line.text, line.count) == (told, 1)
