"""Applications hear of sessions that have ended: soon, once, and from the portal alone."""

import logging
import socket
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import redis
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from applications.models import Application, Logout, LogoutState
from applications.oidc.keys import published_keys
from applications.services import logout_delivery
from applications.services.logout_delivery import (
    EVENT,
    GIVE_UP,
    LANES,
    PAUSES,
    deliver_logouts,
    forget_logouts,
    requeue_logouts,
)
from applications.tasks import send_logouts
from customers.actions import Action
from customers.models import AuditEvent
from tests.applications.listener import Asked, Listener, Reply
from tests.factories import ApplicationFactory, LogoutFactory
from tests.patience import PATIENCE
from tests.support.cast import Cast
from tests.support.threads import together


def application_at(cast: Cast, address: str) -> Application:
    return ApplicationFactory.create(partner=cast.fabrikam, logout_uri=address)


def ended(application: Application, user: User, number: int = 1, **facts: Any) -> list[Logout]:
    return [
        LogoutFactory.create(application=application, user=user, **facts) for _ in range(number)
    ]


def token_in(asked: Asked) -> str:
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    fields = parse_qs(asked.body.decode(), strict_parsing=True)
    assert fields.keys() == {"logout_token"}
    return fields["logout_token"][0]


def claims_in(asked: Asked, audience: str, issuer: str) -> dict[str, Any]:
    """As an application reads a token that it was sent."""
    token = token_in(asked)
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(jwt.PyJWK(key) for key in published_keys() if key["kid"] == kid)
    claims: dict[str, Any] = jwt.decode(
        token, key.key, algorithms=["RS256"], audience=audience, issuer=issuer
    )
    return claims


def sids(listener: Listener) -> list[str]:
    """Of which sessions was told, read without a look at the signature."""
    return [unchecked(asked)["sid"] for asked in listener.asked]


def unchecked(asked: Asked) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token_in(asked), options={"verify_signature": False})
    return claims


def states(rows: Sequence[Logout]) -> list[str]:
    found = Logout.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


@pytest.fixture
def dead(settings: Settings) -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://localhost:{closed.getsockname()[1]}"
    settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, url]
    return url


def test_an_application_is_told_by_a_token_that_it_can_verify(
    cast: Cast, listener: Listener, settings: Settings
) -> None:
    application = application_at(cast, f"{listener.url}/backchannel?of=portal")
    [row] = ended(application, cast.uma)
    assert deliver_logouts(application.pk) == 1
    [asked] = listener.asked
    assert (asked.method, asked.path) == ("POST", "/backchannel?of=portal")
    audience = application.client_id or ""
    claims = claims_in(asked, audience, settings.OIDC_ISSUER)
    assert claims.pop("exp") - claims.pop("iat") == 120
    assert claims.pop("jti")
    # And no nonce, by which an ID token could be taken for one (section 2.4).
    assert claims == {
        "iss": settings.OIDC_ISSUER,
        "sub": str(cast.uma.uuid),
        "aud": audience,
        "events": {EVENT: {}},
        "sid": row.sid,
    }
    assert jwt.get_unverified_header(token_in(asked))["typ"] == "logout+jwt"
    assert states([row]) == [LogoutState.TOLD]
    assert deliver_logouts(application.pk) == 0


def test_each_try_has_a_token_of_its_own(cast: Cast, listener: Listener) -> None:
    """An application that remembers them would take the second for a replay."""
    application = application_at(cast, listener.url)
    [row] = ended(application, cast.uma)
    listener.answer = lambda _asked: Reply(400)
    deliver_logouts(application.pk)
    Logout.objects.update(due_at=timezone.now())
    deliver_logouts(application.pk)
    ids = {unchecked(asked)["jti"] for asked in listener.asked}
    assert len(ids) == len(listener.asked) == 2
    assert sids(listener) == [row.sid, row.sid]


@pytest.mark.parametrize("status", [200, 204])
def test_an_application_says_yes_in_two_ways(cast: Cast, listener: Listener, status: int) -> None:
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 3)
    listener.answer = lambda _asked: Reply(status)
    assert deliver_logouts(application.pk) == 3
    assert states(rows) == [LogoutState.TOLD] * 3


def test_an_application_that_refuses_one_is_told_of_the_others(
    cast: Cast, listener: Listener
) -> None:
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 3)
    listener.answer = lambda _asked: Reply(400 if len(listener.asked) == 2 else 200)
    assert deliver_logouts(application.pk) == 2
    assert states(rows) == [LogoutState.TOLD, LogoutState.WAITING, LogoutState.TOLD]
    put_off = Logout.objects.get(pk=rows[1].pk)
    assert put_off.reason == "The application answered with status 400."
    seconds = (put_off.due_at - timezone.now()).total_seconds()
    assert (put_off.tries, round(seconds)) == (1, PAUSES[0])


def test_an_application_is_told_over_several_connections_at_once(
    cast: Cast, listener: Listener
) -> None:
    """One that is far away takes as long for each, and somebody waits to be out."""
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 21)
    first, others = iter([True]), threading.Barrier(4)

    def answer(_asked: Asked) -> Reply:
        # All but the first, alone, are answered only when three others wait as well.
        if not next(first, False):
            others.wait(PATIENCE)
        return Reply(200)

    listener.answer = answer
    assert deliver_logouts(application.pk) == 21
    assert sorted(sids(listener)) == sorted(row.sid for row in rows)
    assert set(states(rows)) == {LogoutState.TOLD}


def test_an_application_that_comes_into_trouble_is_asked_no_more_than_is_on_its_way(
    cast: Cast, listener: Listener
) -> None:
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 50)
    listener.answer = lambda asked: Reply(200 if asked is listener.asked[0] else 503)
    assert deliver_logouts(application.pk) == 1
    assert 2 <= len(listener.asked) <= 1 + LANES
    assert sorted(states(rows)) == [LogoutState.TOLD] + [LogoutState.WAITING] * 49
    assert not Logout.objects.due(timezone.now()).exists()


def test_an_application_with_much_to_hear_lets_others_have_their_turn(
    cast: Cast, listener: Listener, monkeypatch: pytest.MonkeyPatch, queue: redis.Redis
) -> None:
    monkeypatch.setattr(logout_delivery, "TURN", 0.0)
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 3)
    assert deliver_logouts(application.pk) == 1
    assert sorted(states(rows)) == [LogoutState.TOLD, LogoutState.WAITING, LogoutState.WAITING]
    assert Logout.objects.due(timezone.now()).count() == 2
    assert queue.llen("celery") == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_application_in_trouble_is_left_alone_for_a_while(
    cast: Cast, listener: Listener, status: int
) -> None:
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 3)
    listener.answer = lambda _asked: Reply(200 if len(listener.asked) == 1 else status)
    assert deliver_logouts(application.pk) == 1
    assert len(listener.asked) == 2
    assert states(rows) == [LogoutState.TOLD, LogoutState.WAITING, LogoutState.WAITING]
    assert not Logout.objects.due(timezone.now()).exists()


def test_a_dead_application_keeps_no_other_waiting(
    cast: Cast, listener: Listener, dead: str
) -> None:
    gone, well = application_at(cast, dead), application_at(cast, listener.url)
    rows = ended(gone, cast.uma, 2) + ended(well, cast.uma)
    assert (deliver_logouts(gone.pk), deliver_logouts(well.pk)) == (0, 1)
    assert states(rows) == [LogoutState.WAITING, LogoutState.WAITING, LogoutState.TOLD]
    assert Logout.objects.get(pk=rows[0].pk).reason == (
        "There was no connection: no such host, no answer, or no valid certificate."
    )


def test_an_address_inside_is_never_called(
    cast: Cast, listener: Listener, settings: Settings
) -> None:
    settings.EGRESS_ALLOW = []
    application = application_at(cast, f"https://localhost:{listener.port}/")
    [row] = ended(application, cast.uma)
    assert deliver_logouts(application.pk) == 0
    assert listener.asked == []
    assert Logout.objects.get(pk=row.pk).reason.startswith("The address leads to where")


def test_a_redirect_is_no_answer(cast: Cast, listener: Listener) -> None:
    application = application_at(cast, listener.url)
    [row] = ended(application, cast.uma)
    listener.answer = lambda _asked: Reply(302, headers={"Location": f"{listener.url}/else"})
    assert deliver_logouts(application.pk) == 0
    assert len(listener.asked) == 1
    assert states([row]) == [LogoutState.WAITING]


def test_who_does_not_answer_for_a_day_is_given_up_and_the_log_says_so(
    cast: Cast, dead: str
) -> None:
    application = application_at(cast, dead)
    [row] = ended(application, cast.uma)
    for _pause in PAUSES:
        deliver_logouts(application.pk)
        assert states([row]) == [LogoutState.WAITING]
        Logout.objects.update(due_at=timezone.now())
    assert not AuditEvent.objects.filter(action=Action.LOGOUT_FAILED).exists()
    deliver_logouts(application.pk)
    assert states([row]) == [LogoutState.FAILED]
    event = AuditEvent.objects.get(action=Action.LOGOUT_FAILED)
    assert (event.target_id, event.actor_id, event.customer, event.changes) == (
        cast.uma.pk,
        None,
        cast.contoso,
        {"application": application.name},
    )
    assert sum(PAUSES) > 20 * 3_600


def test_an_application_that_has_no_address_any_more_is_not_told(cast: Cast) -> None:
    application = application_at(cast, "")
    [row] = ended(application, cast.uma)
    deliver_logouts(application.pk)
    assert states([row]) == [LogoutState.TOLD]


def test_an_application_that_is_gone_is_told_where_it_was(
    cast: Cast, listener: Listener, settings: Settings
) -> None:
    [row] = [LogoutFactory.create(application=None, user=cast.uma)]
    Logout.objects.update(address=f"{listener.url}/was", audience="client1")
    assert deliver_logouts(0) == 1
    [asked] = listener.asked
    assert asked.path == "/was"
    assert claims_in(asked, "client1", settings.OIDC_ISSUER)["sid"] == row.sid


def test_what_a_dead_worker_has_left_is_told_after_all(cast: Cast, listener: Listener) -> None:
    application = application_at(cast, listener.url)
    long_ago = timezone.now() - GIVE_UP - timedelta(seconds=1)
    [left] = ended(application, cast.uma, state=LogoutState.SENDING, claimed_at=long_ago)
    now = timezone.now()
    [busy] = ended(application, cast.uma, state=LogoutState.SENDING, claimed_at=now)
    assert requeue_logouts() == 1
    assert deliver_logouts(application.pk) == 1
    assert states([left, busy]) == [LogoutState.TOLD, LogoutState.SENDING]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due_and_tell_nothing_twice(
    cast: Cast, listener: Listener
) -> None:
    application = application_at(cast, listener.url)
    rows = ended(application, cast.uma, 120)
    told = together(*[lambda: deliver_logouts(application.pk)] * 2)
    assert sum(told) == 120
    assert sorted(sids(listener)) == sorted(row.sid for row in rows)


def test_rows_are_forgotten_a_month_after_they_are_settled(cast: Cast) -> None:
    application = application_at(cast, "https://chat.example/")
    old = timezone.now() - timedelta(days=31)
    ended(application, cast.uma, state=LogoutState.TOLD, settled_at=old)
    kept = [
        *ended(application, cast.uma, state=LogoutState.TOLD, settled_at=timezone.now()),
        *ended(application, cast.uma, created_at=old),
    ]
    assert forget_logouts() == 1
    assert set(Logout.objects.all()) == set(kept)


def test_no_token_is_written_to_a_log(
    cast: Cast, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    """Of anybody: httpx2 has one of its own."""
    caplog.set_level(logging.DEBUG)
    application = application_at(cast, listener.url)
    ended(application, cast.uma)
    send_logouts(application.pk)
    said = "\n".join(str(record.msg) % (record.args or ()) for record in caplog.records)
    assert token_in(listener.asked[0])[:40] not in said
