"""Remove user: what it shows beforehand, what it then does, and that nothing is done unseen."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import block_users
from automation.models import SchedulePlan
from customers.models import Batch
from customers.roles import Role
from tests.accounts.bulk import by_filter, by_ids, send
from tests.accounts.signin.second_steps import give_app
from tests.accounts.verbs import delete, subscribe
from tests.automation.leaving import planned, stand, states
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems

NO: dict[str, Any] = dict.fromkeys(
    ("block_when", "reset_when", "licenses_when", "delete_when"), "no"
)
AT_ONCE: dict[str, Any] = dict.fromkeys(NO, "now")


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def page_of(user: User) -> str:
    return f"/customers/{user.customer_id}/users/leave/?user={user.pk}"


def confirm(client: Client, url: str, **chosen: Any) -> Any:
    """Choose, see what that comes to, and confirm it, as without a script."""
    seen = fields(send(client, url, **chosen, preview="1").content.decode())
    return client.post(url, {name: value for name, value in seen.items() if name != "preview"})


def test_the_page_proposes_dates_and_says_what_will_happen(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    last = (timezone.now() + timedelta(days=40)).date()
    html = read(alice, f"{page_of(cast.uma)}&last_day={last.isoformat()}")
    assert problems(html) == []
    text = words(html)
    assert "Dates and times are those of the customer (America/New_York)." in text
    assert text.count("18:00") >= 5
    assert "Mail" in text
    assert "then deleted permanently" in text
    assert not SchedulePlan.objects.exists()


def test_a_last_day_that_is_none_is_said_at_its_field(alice: Client, cast: Cast) -> None:
    text = words(read(alice, f"{page_of(cast.uma)}&last_day=soon"))
    assert "Enter a date, such as 2027-01-31." in text


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-01"])
def test_a_last_day_at_the_end_of_the_calendar_is_too_far(
    alice: Client, cast: Cast, day: str
) -> None:
    text = words(read(alice, f"{page_of(cast.uma)}&last_day={day}"))
    assert "Choose a date within the next 2 years." in text


def test_the_proposal_is_planned_by_one_click(alice: Client, cast: Cast) -> None:
    last = (timezone.now() + timedelta(days=3)).date()
    url = f"{page_of(cast.uma)}&last_day={last.isoformat()}"
    response = send(alice, url, reason="Ticket 7")
    plan = SchedulePlan.objects.get()
    assert response["Location"] == f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    html = read(alice, response["Location"])
    assert "The removal was planned: each step runs on its date. Undo Show steps" in words(html)
    steps = f"/customers/{cast.contoso.pk}/users/leaving/{plan.pk}/"
    assert f'href="{steps}undo/?next=' in html
    assert (set(states(plan).values()), plan.reason) == ({"waiting"}, "Ticket 7")


def test_what_was_not_shown_is_shown_before_it_is_done(alice: Client, cast: Cast) -> None:
    response = send(alice, page_of(cast.uma), **AT_ONCE)
    assert "The plan has changed since it was shown." in told(response)
    assert not SchedulePlan.objects.exists()
    seen = fields(response.content.decode())
    alice.post(page_of(cast.uma), seen)
    assert stand(cast.uma) == {"blocked": True, "deleted": True, "licenses": []}


def test_all_at_once_is_done_when_the_page_comes_back(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    response = confirm(alice, page_of(cast.uma), **AT_ONCE)
    assert response["Location"] == f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    plan = SchedulePlan.objects.get()
    text = words(read(alice, f"/customers/{cast.contoso.pk}/users/leaving/{plan.pk}/"))
    assert text.count("1 user updated.") == 4
    assert "1 user signed out everywhere." in text
    assert violations() == []


def test_a_second_click_leads_to_the_first_ones_plan(alice: Client, cast: Cast) -> None:
    sent = fields(read(alice, page_of(cast.uma)))
    first, second = (alice.post(page_of(cast.uma), sent) for _number in range(2))
    assert first["Location"] == second["Location"]
    assert SchedulePlan.objects.count() == 1


def test_what_is_wrong_is_said_and_nothing_is_planned(alice: Client, cast: Cast) -> None:
    response = send(alice, page_of(cast.uma), **NO)
    assert "Choose at least one step." in told(response)
    preview = send(alice, page_of(cast.uma), **NO, preview="1")
    assert "Correct these first:" in told(preview)
    assert problems(preview.content.decode()) == []
    assert not SchedulePlan.objects.exists()


def test_who_is_skipped_by_all_or_by_a_step_is_said_beforehand(alice: Client, cast: Cast) -> None:
    gone, blocked, leaving = (
        UserFactory.create(customer=cast.contoso, display_name=name)
        for name in ("Ann", "Ben", "Eve")
    )
    delete(cast, gone)
    block_users([blocked], customer=cast.contoso, actor=cast.alice)
    planned(cast, leaving, delete=30)
    url = by_ids(cast, "leave", cast.uma, gone, blocked, leaving)
    text = words(read(alice, url))
    assert "2 of 4 selected users" in text
    assert "1 is already deleted: Ann." in text
    assert "1 is already being removed: Eve." in text
    assert "1 is already blocked: Ben." in text
    assert "2 users have no license now." in text
    response = confirm(alice, url, **(NO | {"block_when": "now"}))
    page = read(alice, response["Location"])
    assert "1 user needed no change." in words(page)
    assert stand(cast.uma)["blocked"]


def test_nobody_to_remove_leads_back(alice: Client, cast: Cast) -> None:
    planned(cast, block=1)
    text = words(read(alice, page_of(cast.uma)))
    assert "1 is already being removed: Uma." in text
    assert "Back to the list" in text
    assert "No users selected" in words(read(alice, page_of(cast.uma).partition("?")[0]))


def test_a_colleague_who_was_quicker_is_named(alice: Client, cast: Cast) -> None:
    sent = fields(read(alice, page_of(cast.uma)))
    planned(cast, actor=cast.gail, block=1)
    response = alice.post(page_of(cast.uma), sent)
    assert "Uma is already being removed: planned by Gail on" in told(response)
    assert SchedulePlan.objects.count() == 1


def test_users_who_came_to_a_selection_are_shown_first(alice: Client, cast: Cast) -> None:
    url = by_filter(cast, "leave", "u")
    sent = fields(read(alice, url))
    UserFactory.create(customer=cast.contoso, display_name="Ulla")
    response = alice.post(url, sent)
    assert "Added: Ulla" in told(response)
    assert not SchedulePlan.objects.exists()


def test_steps_by_the_limit_of_resets_are_counted(alice: Client, cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reset": "1/m/user"}
    one, two = UserFactory.create_batch(2, customer=cast.contoso)
    chosen = NO | {"reset_when": "now"}
    assert confirm(alice, page_of(one), **chosen).status_code == 302
    assert confirm(alice, page_of(two), **chosen).status_code == 429


# A proof


def asks(response: Any) -> bool:
    return "reauthenticate" in response.headers.get("Location", "")


def test_a_proof_is_asked_for_as_for_the_gravest_step(client: Client, cast: Cast) -> None:
    give_app(cast.alice)
    client.force_login(cast.alice)
    assert not asks(client.get(page_of(cast.uma)))
    assert asks(client.get(page_of(cast.gail)))
    assert asks(client.get(by_ids(cast, "leave", cast.uma, cast.gail)))
    sent = {**NO, "block_when": "now", "reason": ""}
    assert not asks(client.post(page_of(cast.gail), sent))
    assert asks(client.post(page_of(cast.gail), sent | {"reset_when": "now"}))
    assert asks(client.post(page_of(cast.gail), sent | {"delete_when": "now"}))
    assert not asks(client.post(page_of(cast.gail), sent | {"delete_when": "now", "preview": "1"}))
    assert not Batch.objects.exists()


def test_administrators_are_beyond_a_user_administrator(client: Client, cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    client.force_login(admin)
    text = words(read(client, page_of(cast.gail)))
    assert "1 is an administrator, whom your role can't manage: Gail." in text
    assert "You can't remove yourself." in words(read(client, page_of(admin)))
