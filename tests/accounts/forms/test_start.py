"""The fields of the first day, on the pages that add users and that move the day."""

from datetime import date, timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from accounts.actions.start import StartForm
from accounts.forms.start import start_field
from accounts.models import User
from accounts.services.users.starts import today_of
from automation.models import Schedule
from licensing.models import Subscription
from tests.accounts.verbs import fresh, subscribe
from tests.factories import reserve, to_start
from tests.support.cast import Cast


def page(cast: Cast, rest: str) -> str:
    return f"/customers/{cast.contoso.pk}/users/{rest}"


def sent(cast: Cast, pool: Subscription, **other: str) -> dict[str, str]:
    return {
        "key": "k",
        "display_name": "Jo Ek",
        "user_name": "jo",
        "domain": str(cast.contoso.domains.get().pk),
        "usage_location": "US",
        "permission": "user",
        "licenses": str(pool.pk),
        **other,
    }


def ahead(cast: Cast, days: int) -> date:
    return today_of(cast.contoso) + timedelta(days=days)


def test_a_user_is_added_for_a_day_with_a_reserved_seat(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    pool = subscribe(cast)
    assert 'value="reserve" ' in client.get(page(cast, "add/")).content.decode()
    day = ahead(cast, 5)
    facts = sent(cast, pool, starts_on=day.isoformat(), seats_until="reserve")
    response = client.post(page(cast, "add/"), facts)
    assert "/passwords/" in response.headers["Location"]
    user = User.objects.get(username="jo@contoso.example")
    assert user.starts_on == day
    pool.refresh_from_db()
    assert (pool.assigned, pool.reserved) == (0, 1)
    assert Schedule.objects.get().on == day
    told = client.get(page(cast, "")).content.decode()
    assert f"Starts on {day:%b. %-d, %Y}" in told or f"Starts on {day:%B %-d, %Y}" in told
    assert "Reserved until then: Teams" in client.get(page(cast, f"{user.pk}/")).content.decode()


def test_without_a_password_the_page_of_the_user_is_shown(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    day = ahead(cast, 5)
    facts = sent(cast, subscribe(cast), starts_on=day.isoformat(), password_then="yes")
    response = client.post(page(cast, "add/"), facts, follow=True)
    told = response.content.decode()
    assert "Jo Ek was added. The temporary password is made on the start date." in told
    assert "This account can be used from" in told
    again = client.post(page(cast, "add/"), facts | {"another": "yes"})
    assert "like=" in again.headers["Location"]
    assert f'value="{day.isoformat()}"' in client.get(again.headers["Location"]).content.decode()


def test_a_day_that_has_come_is_said_at_its_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    facts = sent(cast, subscribe(cast), starts_on=ahead(cast, 0).isoformat())
    response = client.post(page(cast, "add/"), facts)
    assert "must be in the future" in str(response.context["form"].errors["starts_on"])
    response = client.post(page(cast, "add/"), facts | {"starts_on": "soon"})
    assert "Enter a date such as" in str(response.context["form"].errors["starts_on"])
    assert not User.objects.filter(username="jo@contoso.example").exists()


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
