"""The fields of the first day, on the pages that add users and that move the day."""

from datetime import date, timedelta

from django.test import Client
from django.utils.formats import date_format

from accounts.models import User
from accounts.services.users.starts import today_of
from automation.models import Schedule
from licensing.models import Subscription
from tests.accounts.verbs import subscribe
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
    assert f"Starts on {date_format(day, 'DATE_FORMAT')}" in told
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
