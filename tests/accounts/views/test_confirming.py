"""One action on one user, asked once more: refused for oneself, too late, with a reason."""

import pytest
from django.test import Client

from accounts.models import User
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import give_app
from tests.accounts.undoing import block
from tests.accounts.verbs import fresh
from tests.support.cast import Cast
from tests.support.forms import fields, read, told
from tests.support.html import problems


def page(user: User, name: str) -> str:
    if user.customer_id is None:
        return f"/team/{user.pk}/{name}/"
    return f"/customers/{user.customer_id}/users/{user.pk}/{name}/"


def test_to_ask_changes_nothing_and_says_what_happens(alice: Client, cast: Cast) -> None:
    response = alice.get(page(cast.uma, "block"))
    assert response.context["points"]
    assert problems(response.content.decode()) == []
    assert fresh(cast.uma).blocked_at is None
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_does_it_to_themselves(alice: Client, cast: Cast, method: str) -> None:
    response = getattr(alice, method)(page(cast.alice, "block"))
    assert response.status_code == 403
    assert "You can't block yourself." in told(response)
    assert fresh(cast.alice).blocked_at is None


def test_what_is_done_already_leads_back_with_a_word(alice: Client, cast: Cast) -> None:
    block(cast, cast.uma)
    response = alice.get(page(cast.uma, "block"), follow=True)
    assert response.redirect_chain[0][0] == f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert "already blocked" in told(response).lower()


def test_the_reason_goes_into_the_log(alice: Client, cast: Cast) -> None:
    url = page(cast.bob, "block")
    alice.post(url, {**fields(read(alice, url)), "reason": "INC-7"})
    event = AuditEvent.objects.get(action=Action.USER_BLOCKED)
    assert (event.target_id, event.reason) == (cast.bob.pk, "INC-7")


def test_a_reason_that_is_too_long_is_asked_for_again_and_kept(alice: Client, cast: Cast) -> None:
    url = page(cast.bob, "block")
    response = alice.post(url, {**fields(read(alice, url)), "reason": "x" * 10_000})
    assert response.status_code == 200
    assert "Shorten this to" in told(response)
    assert fields(response.content.decode())["reason"] == ["x" * 10_000]
    assert fresh(cast.bob).blocked_at is None


@pytest.mark.parametrize("who", ["bob", "uma"])
def test_a_second_step_is_reset_once(alice: Client, cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    give_app(user)
    url = page(user, "second-step")
    sent = fields(read(alice, url))
    assert f"The two-step sign-in of {user.display_name} was reset." in told(
        alice.post(url, sent, follow=True)
    )
    again = told(alice.post(url, sent, follow=True))
    assert "was reset." not in again
    assert AuditEvent.objects.filter(action=Action.STEP_RESET).count() == 1


def test_a_user_who_has_no_second_step_has_none_to_reset(alice: Client, cast: Cast) -> None:
    response = alice.get(page(cast.bob, "second-step"), follow=True)
    assert response.redirect_chain[0][0] == f"/team/{cast.bob.pk}/"
