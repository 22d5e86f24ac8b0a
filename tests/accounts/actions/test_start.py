"""Another first day, asked for on the page of one user or of many."""

from http import HTTPStatus

import pytest
from django.test import Client

from accounts.actions.start import StartForm
from accounts.forms.start import start_field
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import fresh, subscribe
from tests.factories import reserve, to_start
from tests.support.cast import Cast


def page(cast: Cast, rest: str) -> str:
    return f"/customers/{cast.contoso.pk}/users/{rest}"


def test_the_day_is_moved_from_the_page_of_the_user(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    reserve(subscribe(cast), cast.uma)
    to_start(cast.uma)
    address = page(cast, f"change/start/?user={cast.uma.pk}")
    assert (
        address.replace("&", "&amp;") in client.get(page(cast, f"{cast.uma.pk}/")).content.decode()
    )
    form = client.get(address)
    assert form.status_code == HTTPStatus.OK
    told = form.content.decode()
    assert "Now:" in told
    facts = {"frozen": form.context["frozen"], "key": form.context["key"]}
    response = client.post(address, {**facts, "starts_on": "", "now": ""})
    assert "Enter a date" in response.content.decode()
    response = client.post(address, {**facts, "now": "on"})
    assert response.status_code == HTTPStatus.FOUND
    assert not fresh(cast.uma).is_to_start
    after = client.get(response.headers["Location"]).content.decode()
    assert "Start date" in after


def test_of_administrators_a_proof_is_asked_for_as_for_a_reset(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    give_app(cast.alice)
    to_start(cast.uma)
    to_start(cast.gail)
    plain, admin = (page(cast, f"change/start/?user={user.pk}") for user in (cast.uma, cast.gail))
    assert client.get(plain).status_code == HTTPStatus.OK
    for ask in (client.get, client.post):
        assert "2fa" in ask(admin).headers["Location"]
    assert fresh(cast.gail).is_to_start


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "starts_on"),
        ({"starts_on": "2027-01-01", "now": "on"}, "now"),
        ({"starts_on": "x"}, "starts_on"),
    ],
)
def test_either_a_day_or_now(cast: Cast, data: dict[str, str], field: str) -> None:
    form = StartForm(data, actor=cast.alice)
    assert list(form.errors) == [field]
    assert start_field().required is False
