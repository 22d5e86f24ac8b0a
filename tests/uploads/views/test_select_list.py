"""Select by list…: the page, what it says of the names, and the selection that goes on."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import Selection
from customers.models import Customer
from customers.roles import Role
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields
from tests.support.html import problems
from uploads.name_files import NAME_LIMIT


@pytest.fixture
def address(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/select-list/"


def sent(client: Client, address: str, **data: Any) -> str:
    response = client.post(address, data)
    assert response.status_code == HTTPStatus.OK
    page = response.content.decode()
    assert problems(page) == []
    return page


def errors(client: Client, address: str, **data: Any) -> dict[str, list[str]]:
    response = client.post(address, data)
    found: dict[str, list[str]] = response.context["form"].errors
    assert not Selection.objects.exists()
    return found


def test_found_missing_and_twice_are_told_and_those_found_are_selected(
    client: Client, cast: Cast, address: str
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ian")
    listed = (
        "Uma <uma@contoso.example>; ian@contoso.example\nian@contoso.exampel\nUMA@contoso.example"
    )

    page = sent(client, address, names=listed)

    assert "Found 2 of 3" in page
    assert "1 name not found" in page
    assert "Use ian@contoso.example" in page
    assert "1 name is in the list more than once" in page
    selection = Selection.objects.get()
    url = f"/customers/{cast.contoso.pk}/users/?selected=1&s={selection.token}"
    assert url.replace("&", "&amp;") in page
    rows = client.get(url).context["rows"]
    assert {row.user_name for row in rows if row.is_selected} == {
        "uma@contoso.example",
        "ian@contoso.example",
    }
    assert len(rows) == 2


def test_a_name_that_was_meant_is_taken_by_one_click(
    client: Client, cast: Cast, address: str
) -> None:
    page = sent(client, address, names="umma@contoso.example, ian@contoso.exampel")
    assert "Found 0 of 2" in page
    instead = "umma@contoso.example\tuma@contoso.example"
    page = sent(client, address, names="umma@contoso.example, ian@x", instead=instead)
    assert "Found 1 of 2" in page
    assert "umma@" not in page


def test_an_action_goes_on_with_those_found(client: Client, cast: Cast, address: str) -> None:
    sent(client, address, names="uma")
    token = Selection.objects.get().token
    page = client.get(f"/customers/{cast.contoso.pk}/users/block/?s={token}")
    assert [user.pk for user in page.context["view"].chosen_users()] == [cast.uma.pk]


def test_a_file_is_read_beside_what_was_pasted(client: Client, cast: Cast, address: str) -> None:
    UserFactory.create(customer=cast.contoso, local_part="ian")
    file = SimpleUploadedFile("names.csv", b"User Name\nian@contoso.example\nno@contoso.example")

    page = sent(client, address, names="uma@contoso.example", file=file)

    assert "Found 2 of 3" in page
    assert "uma@contoso.example\nian@contoso.example\nno@contoso.example</textarea>" in page


def test_nobody_found_selects_nobody(client: Client, cast: Cast, address: str) -> None:
    page = sent(client, address, names="nobody@contoso.example")
    assert "Found 0 of 1" in page
    assert "Select 0 users" not in page
    assert not Selection.objects.exists()


def test_what_is_wrong_is_said_at_the_field(
    client: Client, address: str, settings: Settings
) -> None:
    nothing = "Paste user names, or choose a file that has them."
    assert errors(client, address, names=" ,;") == {"names": [nothing]}
    many = "\n".join(f"u{number}@contoso.example" for number in range(NAME_LIMIT + 1))
    told = "10,001 names are too many at once. Enter up to 10,000."
    assert errors(client, address, names=many) == {"names": [told]}
    [field] = errors(client, address, file=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
    assert field == "file"
    [field] = errors(client, address, file=SimpleUploadedFile("a.csv", b"User Name\n \n"))
    assert field == "file"
    settings.UPLOAD_MB = 1
    large = SimpleUploadedFile("a.csv", b"x" * (2**20 + 1))
    [text] = errors(client, address, file=large)["file"]
    assert text.startswith("The file is larger than 1 MB.")


def test_the_list_leads_there_only_for_roles_with_actions(client: Client, cast: Cast) -> None:
    helper = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    reader = UserFactory.create(customer=cast.contoso, roles=[Role.BILLING_ADMIN])
    shown = []
    for user in (helper, reader):
        client.force_login(user)
        page = client.get(f"/customers/{cast.contoso.pk}/users/").content.decode()
        shown.append("Select by list…" in page)
    assert shown == [True, False]


def file_of(text: str, encoding: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("names.csv", text.encode(encoding))


def test_letters_of_a_file_that_look_wrong_are_read_again_without_it(
    client: Client, cast: Cast, address: str
) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(country="DK")

    page = sent(client, address, file=file_of("User Name\nsøren@x.example\n", "cp1252"))
    assert "Read as Western European (Windows-1252), one column." in page
    assert "søren@x.example" in page
    assert "Names look wrong?" in page

    data = fields(page) | {"answer": "all"}
    page = sent(client, address, **data)
    assert "Central European (Windows-1250)" in page
    assert "sřren@x.example" in page

    data = fields(page) | {"answer": "windows-1250"}
    page = sent(client, address, **data)
    assert "1 name not found" in page
    assert "sřren@x.example" in page
    assert "søren@x.example" not in page


def test_where_letters_are_unclear_the_likely_readings_are_offered_at_once(
    client: Client, cast: Cast, address: str
) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(country="PL")
    page = sent(client, address, file=file_of("User Name\nsøren@x.example\n", "cp1252"))
    assert "Choose the version in which they look right." in page
    assert "None of these: show all versions" in page


@pytest.mark.parametrize("data", [{"answer": "nonsense"}, {"read_as": "nonsense"}])
def test_a_reading_that_is_none_is_refused(
    client: Client, address: str, data: dict[str, str]
) -> None:
    assert errors(client, address, names="uma@contoso.example", **data)
