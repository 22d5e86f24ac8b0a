"""The page of the API."""

import re

from django.test import Client

from api.v1.urls import described
from api.views.document import groups_of
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems


def test_every_call_is_on_the_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.uma)
    html = read(client, "/api/")
    assert problems(html) == []
    text = words(html)
    groups = groups_of(described())
    calls = [call for group in groups for call in group.calls]
    assert len(calls) > 60
    for call in calls:
        assert re.search(
            rf"{call.method}\s+{re.escape(call.path)}\s+{re.escape(call.summary)}", text
        )
    assert "600 reads and 120 writes a minute for each token" in text


def test_an_address_may_break_after_its_slashes(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.uma)
    cut = "<code>/v1/<wbr>customers/<wbr>{customer}/<wbr>users<wbr></code>"
    assert cut in read(client, "/api/")


def test_fields_are_told_with_their_types() -> None:
    groups = groups_of(described())
    calls = {call.path + call.method: call for group in groups for call in group.calls}
    add = calls["/v1/customers/{customer}/usersPOST"]
    assert {field.name for field in add.sent if field.is_needed} == {
        "userPrincipalName",
        "displayName",
    }
    kinds = {field.name: field.kind for field in add.told}
    assert (kinds["id"], kinds["address"], kinds["state"]) == (
        "uuid",
        "Address",
        "active, inactive",
    )
    many = calls["/v1/customers/{customer}/licenseupdatesPOST"]
    assert {field.name: field.kind for field in many.sent}["users"] == "list of uuid"
    assert calls["/v1/customers/{customer}/users/{user}DELETE"].status == 204


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    assert client.get("/api/").status_code == 302
