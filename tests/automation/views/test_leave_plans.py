"""The page of a plan to remove users, the list of them, and the undo as a whole."""

import pytest
from django.test import Client

from automation.models import SchedulePlan
from automation.services.leaving_undo import ask_to_undo
from customers.models import Batch, BatchState
from tests.accounts.signin.second_steps import give_app
from tests.accounts.undoing import block
from tests.accounts.verbs import subscribe
from tests.automation.leaving import planned, stand, states, step_of, undone
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, told, words
from tests.support.html import problems


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def page_of(plan: SchedulePlan, rest: str = "") -> str:
    return f"/customers/{plan.customer_id}/users/leaving/{plan.pk}/{rest}"


def test_steps_that_wait_are_canceled_one_by_one(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=1, delete=30)
    html = read(alice, page_of(plan))
    assert problems(html) == []
    assert words(html).count("Scheduled") == 2
    step = step_of(plan, "delete")
    response = alice.post(page_of(plan), {"cancel": step.pk}, follow=True)
    assert "Canceled: Delete the user account." in response.content.decode()
    assert states(plan) == {"block": "waiting", "delete": "canceled"}
    again = alice.post(page_of(plan), {"cancel": step.pk}, follow=True)
    assert "It is over and can no longer be changed." in again.content.decode()


def test_a_step_of_another_plan_is_none_of_this_one(alice: Client, cast: Cast) -> None:
    plan, other = planned(cast, block=1), planned(cast, cast.gail, block=1)
    for value in (step_of(other, "block").pk, "x", ""):
        response = alice.post(page_of(plan), {"cancel": value}, follow=True)
        assert "Choose a step of this plan." in response.content.decode()
    assert states(plan) == states(other) == {"block": "waiting"}
    strange = page_of(plan).replace(str(cast.contoso.pk), str(cast.northwind.pk), 1)
    assert alice.get(strange).status_code == 404


def test_each_step_leads_to_where_its_date_is_changed_and_back(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=1, delete=30)
    step = step_of(plan, "delete")
    assert f'href="/scheduled/{step.pk}/move/"' in read(alice, page_of(plan))
    assert f'href="{page_of(plan)}"' in read(alice, f"/scheduled/{step.pk}/")


def test_a_page_asks_again_while_something_is_under_way(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=None)
    assert "data-hx-get" not in words(read(alice, page_of(plan)))
    pk = step_of(plan, "block").batch_id or 0
    Batch.objects.filter(pk=pk).update(state=BatchState.RUNNING)
    html = read(alice, page_of(plan))
    assert 'data-hx-trigger="every 2s"' in html
    assert "In progress" in words(html)


def test_undo_says_beforehand_what_it_can_and_can_not_do(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, reset=None, licenses=None, delete=30)
    html = read(alice, page_of(plan, "undo/"))
    text = words(html)
    assert problems(html) == []
    for said in (
        "Canceled: it will not run.",
        "Licenses assigned again: 1 × Mail.",
        "Reset password can't be undone.",
        "1 user can sign in again, with the same password as before.",
    ):
        assert said in text
    response = alice.post(page_of(plan, "undo/"), fields(html))
    assert response["Location"] == page_of(plan)
    done = words(read(alice, page_of(plan)))
    assert "Undone by Alice on" in done
    assert "Not undone: Reset password can't be undone." in done
    assert stand(cast.uma) == {"blocked": False, "deleted": False, "licenses": ["Mail"]}


def test_of_the_deleted_it_says_what_follows_once_they_are_restored(
    alice: Client, cast: Cast
) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, licenses=None, delete=None)
    text = words(read(alice, page_of(plan, "undo/")))
    assert "1 user comes back, with permissions, contact data and password as before." in text
    assert "Licenses are assigned again, as far as seats are free." in text
    assert "Sign-in is allowed again, once the account is restored." in text


def test_a_second_click_undoes_once_and_a_colleague_is_told(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=None)
    sent = fields(read(alice, page_of(plan, "undo/")))
    for _number in range(2):
        assert alice.post(page_of(plan, "undo/"), sent)["Location"] == page_of(plan)
    gail = Client()
    gail.force_login(cast.gail)
    response = gail.post(page_of(plan, "undo/"), {"key": "k" * 22, "reason": ""})
    assert "Undone by Alice on" in told(response)
    assert "Undone by Alice on" in words(read(gail, page_of(plan, "undo/")))


def test_a_reason_that_can_not_be_kept_is_refused(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=None)
    response = alice.post(page_of(plan, "undo/"), {"key": "k" * 22, "reason": "x" * 300})
    assert "Shorten this" in told(response)
    assert stand(cast.uma)["blocked"]


def test_steps_that_failed_or_work_are_told_beforehand(alice: Client, cast: Cast) -> None:
    plan = planned(cast, block=None, licenses=None, delete=30)
    pk = step_of(plan, "licenses").batch_id or 0
    Batch.objects.filter(pk=pk).update(state=BatchState.RUNNING)
    plan.schedules.filter(kind="delete").update(state="failed")
    text = words(read(alice, page_of(plan, "undo/")))
    assert "Undone as soon as it is finished." in text
    assert "Nothing was done, so there is nothing to undo." in text


def test_who_brings_an_administrator_back_proves_who_it_is(client: Client, cast: Cast) -> None:
    give_app(cast.alice)
    client.force_login(cast.alice)
    plans = [planned(cast, cast.uma, delete=None), planned(cast, cast.gail, delete=None)]
    asked = [
        "reauthenticate" in client.get(page_of(plan, "undo/")).headers.get("Location", "")
        for plan in plans
    ]
    assert asked == [False, True]


def test_what_can_no_longer_be_undone_has_no_button(alice: Client, cast: Cast) -> None:
    plan = planned(cast, reset=None)
    html = read(alice, page_of(plan))
    assert "Undo all steps" not in words(html)
    assert "Reset password can't be undone." in words(html)


def test_the_list_has_all_plans_of_the_customer(alice: Client, cast: Cast) -> None:
    url = f"/customers/{cast.contoso.pk}/users/leaving/"
    assert "No users are being removed" in words(read(alice, url))
    planned(cast, block=1)
    undone(planned(cast, cast.gail, block=None), cast.alice)
    html = read(alice, url)
    assert problems(html) == []
    text = words(html)
    assert "Block sign-in and sign out everywhere" in text
    assert ("Scheduled" in text, "Undone" in text) == (True, True)


def test_the_page_of_a_user_tells_of_the_plan(alice: Client, cast: Cast) -> None:
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert "Show steps" not in words(read(alice, page))
    plan = planned(cast, block=None, delete=30)
    assert "Show steps" in words(read(alice, page))
    ask_to_undo(plan, actor=cast.alice)
    gone = UserFactory.create(customer=cast.contoso)
    planned(cast, gone, delete=None)
    html = read(alice, f"/customers/{cast.contoso.pk}/users/{gone.pk}/")
    assert "Show steps" in words(html)
    assert problems(html) == []


def test_who_may_only_look_is_not_told_of_it(client: Client, cast: Cast) -> None:
    planned(cast, block=30)
    client.force_login(cast.bob)
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert "Show steps" not in words(read(client, page))
    block(cast, cast.gail)


def test_the_steps_are_told_once_on_the_page_of_a_user(alice: Client, cast: Cast) -> None:
    planned(cast, block=1)
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert words(read(alice, page)).count("Block sign-in and sign out everywhere") == 1
    assert "Scheduled actions" not in words(read(alice, page))
