"""Sign-ins to applications begin, are used, are refused, and end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.services.users import block_users
from applications.models import AppSession, Logout
from applications.services import sessions
from applications.services.applications import remove_application
from applications.services.sessions import (
    SEEN_EVERY,
    drop_old_sessions,
    end_app_sessions,
    end_app_sessions_from,
    hash_of_session,
    refuse_entry,
    see_session,
    sign_out_everywhere,
    start_session,
)
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.signin.second_steps import sign_in
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, AppSessionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.threads import together


def begin(chat: Chat, user: User, key: str = "key-of-portal", **values: Any) -> AppSession:
    values.setdefault("auth_time", timezone.now())
    return start_session(chat.application, actor=user, session_key=key, **values)


def events() -> list[tuple[str, int | None, str]]:
    rows = AuditEvent.objects.order_by("pk")
    return [(row.action, row.target_id, row.changes.get("application", "")) for row in rows]


def test_a_sign_in_is_written_down_without_the_key_of_the_portals_session(
    cast: Cast, chat: Chat
) -> None:
    at = timezone.now()
    session = begin(chat, cast.uma, auth_time=at, amr=["pwd", "otp"], acr="2")
    row = AppSession.objects.get()
    assert (row.user, row.application, row.epoch) == (cast.uma, chat.application, 0)
    assert (row.auth_time, row.amr, row.acr) == (at, ["pwd", "otp"], "2")
    assert len(row.sid) == 32
    assert row.session_key_hash == hash_of_session("key-of-portal")
    assert "key-of-portal" not in str(AppSession.objects.values())
    assert session.stands
    assert events() == [("application.signed_in", cast.uma.pk, "Team Chat")]
    event = AuditEvent.objects.get()
    assert (event.customer, event.actor_id) == (cast.contoso, cast.uma.pk)


def test_coming_again_from_the_same_session_goes_on_with_the_proof_that_is_newer(
    cast: Cast, chat: Chat
) -> None:
    first = begin(chat, cast.uma, auth_time=timezone.now() - timedelta(hours=1))
    later = timezone.now()
    again = begin(chat, cast.uma, auth_time=later, acr="2")
    assert (again.pk, again.sid) == (first.pk, first.sid)
    row = AppSession.objects.get()
    assert (row.auth_time, row.acr) == (later, "2")
    assert len(events()) == 1


def test_coming_again_with_the_same_proof_writes_nothing_but_now_and_then(
    cast: Cast, chat: Chat
) -> None:
    proof: dict[str, Any] = {"auth_time": timezone.now(), "amr": ["pwd"], "acr": "1"}
    seen_at = begin(chat, cast.uma, **proof).last_used_at
    with CaptureQueriesContext(connection) as queries:
        begin(chat, cast.uma, **proof)
    assert not [one for one in queries if one["sql"].startswith("UPDATE")]
    AppSession.objects.update(last_used_at=seen_at - SEEN_EVERY)
    begin(chat, cast.uma, **proof)
    assert AppSession.objects.get().last_used_at >= seen_at


def test_another_session_of_the_portal_another_user_and_another_application_are_others(
    cast: Cast, chat: Chat
) -> None:
    other = ApplicationFactory.create(partner=cast.fabrikam)
    begin(chat, cast.uma)
    begin(chat, cast.uma, key="other-key")
    begin(chat, cast.gail)
    start_session(other, actor=cast.uma, session_key="key-of-portal", auth_time=timezone.now())
    assert len(set(AppSession.objects.values_list("sid", flat=True))) == 4


def test_what_has_ended_is_not_gone_on_with(cast: Cast, chat: Chat) -> None:
    first = begin(chat, cast.uma)
    end_app_sessions([first], actor=cast.uma)
    second = begin(chat, cast.uma)
    User.objects.filter(pk=cast.uma.pk).update(session_epoch=7)
    third = begin(chat, User.objects.get(pk=cast.uma.pk))
    assert len({first.sid, second.sid, third.sid}) == 3
    assert list(AppSession.objects.standing()) == [third]
    assert [AppSession.objects.get(pk=row.pk).stands for row in (first, second, third)] == [
        False,
        False,
        True,
    ]


def test_a_block_ends_a_session_without_a_word_to_it(cast: Cast, chat: Chat) -> None:
    begin(chat, cast.uma)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not AppSession.objects.standing().exists()


def test_use_is_written_now_and_then(cast: Cast) -> None:
    session = AppSessionFactory.create(user=cast.uma)
    moment = session.last_used_at
    see_session(session)
    assert AppSession.objects.get().last_used_at == moment
    session.last_used_at = moment - sessions.SEEN_EVERY
    see_session(session)
    assert AppSession.objects.get().last_used_at > moment


def test_a_refusal_is_told_once_in_a_while(cast: Cast, chat: Chat) -> None:
    other = ApplicationFactory.create(partner=cast.fabrikam, name="Other")
    for _try in range(3):
        refuse_entry(chat.application, actor=cast.gail)
    refuse_entry(other, actor=cast.gail)
    assert events() == [
        ("application.refused", cast.gail.pk, "Team Chat"),
        ("application.refused", cast.gail.pk, "Other"),
    ]


def test_one_ends_ones_own_sessions_and_nobody_elses(cast: Cast, chat: Chat) -> None:
    mine, hers = begin(chat, cast.uma), begin(chat, cast.gail)
    assert end_app_sessions([mine, hers], actor=cast.uma) == 1
    assert end_app_sessions([mine], actor=cast.uma) == 0
    assert list(AppSession.objects.standing()) == [hers]
    assert events()[-1] == ("application.signed_out", cast.uma.pk, "Team Chat")
    assert len(events()) == 3


def test_with_a_session_of_the_portal_end_those_that_came_from_it(cast: Cast, chat: Chat) -> None:
    begin(chat, cast.uma, key="this")
    other = begin(chat, cast.uma, key="other")
    assert end_app_sessions_from(["this"], actor=cast.uma) == 1
    assert list(AppSession.objects.standing()) == [other]


def test_signing_out_of_the_portal_signs_out_of_what_was_opened_from_there(
    cast: Cast, chat: Chat
) -> None:
    """By the button, and where one ends another of the own sessions."""
    chat.application.logout_uri = "https://chat.example/backchannel"
    chat.application.save()
    cast.gives_password(cast.uma)
    here, there, alone = Client(), Client(), Client()
    for browser in (here, there, alone):
        sign_in(browser, cast.uma)
    begun = [
        begin(chat, cast.uma, key=browser.session.session_key or "") for browser in (here, there)
    ]
    alone.post("/accounts/logout/")
    assert list(AppSession.objects.standing().order_by("pk")) == begun
    here.post("/accounts/logout/")
    assert list(AppSession.objects.standing()) == begun[1:]
    other = Client()
    sign_in(other, cast.uma)
    other.post("/accounts/sessions/end-others/")
    assert not AppSession.objects.standing().exists()
    assert set(Logout.objects.values_list("sid", flat=True)) == {row.sid for row in begun}
    assert [event for event in events() if event[0] == "application.signed_out"] == [
        ("application.signed_out", cast.uma.pk, "Team Chat")
    ] * 2


def test_staff_sign_a_user_out_of_the_portal_and_of_all_applications(
    cast: Cast, chat: Chat
) -> None:
    client = Client()
    client.force_login(cast.uma)
    begin(chat, User.objects.get(pk=cast.uma.pk))
    sign_out_everywhere(cast.uma, customer=cast.contoso, actor=cast.alice, reason="Ticket 7")
    assert not AppSession.objects.standing().exists()
    assert client.get("/me/").status_code == 302
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor_id, event.reason) == (
        "application.signed_out",
        cast.alice.pk,
        "Ticket 7",
    )


def test_what_was_not_used_for_long_is_dropped(cast: Cast, chat: Chat) -> None:
    used = begin(chat, cast.uma)
    old = begin(chat, cast.gail)
    long_ago = timezone.now() - sessions.KEPT - timedelta(minutes=1)
    AppSession.objects.filter(pk=old.pk).update(last_used_at=long_ago)
    assert drop_old_sessions() == 1
    assert list(AppSession.objects.all()) == [used]


@pytest.mark.parametrize("who", ["bob", "sally", "charlie", "uma"])
def test_who_may_not_manage_users_signs_nobody_out(who: str, cast: Cast, chat: Chat) -> None:
    begin(chat, cast.uma)
    with pytest.raises(Refused):
        sign_out_everywhere(cast.uma, customer=cast.contoso, actor=getattr(cast, who))
    assert AppSession.objects.standing().exists()


def test_a_user_administrator_signs_no_administrator_out(cast: Cast, chat: Chat) -> None:
    lea = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    begin(chat, cast.gail)
    with pytest.raises(Refused) as refused:
        sign_out_everywhere(cast.gail, customer=cast.contoso, actor=lea)
    assert refused.value.code == "beyond-reach"
    sign_out_everywhere(cast.uma, customer=cast.contoso, actor=lea)


@pytest.mark.django_db(transaction=True)
def test_nobody_signs_in_to_an_application_that_was_removed_meanwhile(
    cast: Cast, chat: Chat
) -> None:
    remove_application(chat.application, actor=cast.alice)
    with pytest.raises(Refused) as refused:
        begin(chat, cast.uma)
    assert refused.value.code == "application-gone"
    assert not events()[1:]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_signed_in_to_blocked_and_removed_at_once_the_application_is_gone(cast: Cast) -> None:
    """Whoever is first: who comes later is refused, and the application is told of who was in."""
    for number in range(6):
        application = ApplicationFactory.create(
            partner=cast.fabrikam, logout_uri="https://chat.example/out"
        )
        user = UserFactory.create(customer=cast.contoso)
        AppSessionFactory.create(application=application, user=user)
        begun, blocked, removed = together(
            lambda: start_session(
                application,  # noqa: B023
                actor=cast.gail,
                session_key=f"key-{number}",  # noqa: B023
                auth_time=timezone.now(),
            ),
            lambda: block_users([user], customer=cast.contoso, actor=cast.alice),  # noqa: B023
            lambda: remove_application(application, actor=cast.alice),  # noqa: B023
        )
        assert removed is None
        assert not isinstance(blocked, Exception)
        assert not AppSession.objects.exists()
        told = set(Logout.objects.values_list("user_id", flat=True))
        if isinstance(begun, Refused):
            assert begun.code == "application-gone"
            assert told == {user.pk}
        else:
            assert told == {user.pk, cast.gail.pk}
        Logout.objects.all().delete()
