"""One's own sessions: a true list, and ending them at once."""

import time
from collections.abc import Collection
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services import sessions
from accounts.services.second_steps import reset_second_factor
from accounts.services.sessions import drop_stale_sessions, working_sessions
from accounts.services.users import block_users, delete_users, reset_passwords
from accounts.signin.browsers import named_by
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import PHONE, give_app, sign_in
from tests.support.cast import PASSWORD, Cast

LIST = "/accounts/sessions/"
LAPTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/149.0.0.0 Safari/537.36"
)


@pytest.fixture
def uma(cast: Cast) -> User:
    cast.gives_password(cast.uma)
    return cast.uma


def signed_in(user: User, user_agent: str = LAPTOP) -> Client:
    client = Client(headers={"user-agent": user_agent})
    assert sign_in(client, user).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:me")).status_code == 200


def test_the_list_says_where_one_is_signed_in(uma: User, cast: Cast) -> None:
    cast.gives_password(cast.bob)
    laptop, _phone, _bobs = signed_in(uma), signed_in(uma, PHONE), signed_in(cast.bob)
    page = laptop.get(LIST)
    found = [(row.device, row.ip, row.is_this) for row in page.context["rows"]]
    assert found == [
        ("Chrome on Windows", "127.0.0.1", True),
        ("Safari on iPhone", "127.0.0.1", False),
    ]


def test_no_key_of_a_session_is_in_the_page(uma: User) -> None:
    laptop, _phone = signed_in(uma), signed_in(uma, PHONE)
    text = laptop.get(LIST).content.decode()
    keys = list(UserSession.objects.values_list("session_key", flat=True))
    assert len(keys) == 2
    assert [key in text for key in keys] == [False, False]


def test_an_ended_session_is_out_at_once(uma: User) -> None:
    laptop, phone = signed_in(uma), signed_in(uma, PHONE)
    other = next(row for row in laptop.get(LIST).context["rows"] if not row.is_this)
    laptop.post(f"{LIST}{other.pk}/end/")
    assert (is_in(laptop), is_in(phone)) == (True, False)
    event = AuditEvent.objects.get(action=Action.SESSION_ENDED)
    assert (event.actor_id, event.changes) == (uma.pk, {"sessions": 1})


def test_all_others_end_together(uma: User) -> None:
    laptop, *others = [signed_in(uma) for _number in range(4)]
    laptop.post(f"{LIST}end-others/")
    assert is_in(laptop)
    assert [is_in(client) for client in others] == [False] * 3
    assert [row.is_this for row in laptop.get(LIST).context["rows"]] == [True]


def test_the_session_of_another_user_is_a_404(uma: User, cast: Cast) -> None:
    cast.gives_password(cast.bob)
    laptop, bobs = signed_in(uma), signed_in(cast.bob)
    theirs = UserSession.objects.get(user=cast.bob)
    assert laptop.post(f"{LIST}{theirs.pk}/end/").status_code == 404
    assert is_in(bobs)


@pytest.mark.parametrize("action", [block_users, delete_users, reset_passwords])
def test_the_list_agrees_with_a_block_delete_and_reset(
    action: object, uma: User, cast: Cast
) -> None:
    client = signed_in(uma)
    assert len(working_sessions(User.objects.get(pk=uma.pk))) == 1
    action([uma], customer=cast.contoso, actor=cast.alice)  # type: ignore[operator]
    assert not is_in(client)
    assert working_sessions(User.objects.get(pk=uma.pk)) == []


def test_the_list_agrees_with_a_reset_of_the_second_step(uma: User, cast: Cast) -> None:
    client = signed_in(uma)
    give_app(uma)
    reset_second_factor([uma], actor=cast.alice)
    assert not is_in(client)
    assert working_sessions(User.objects.get(pk=uma.pk)) == []


def test_a_new_password_ends_the_others_and_keeps_this_one_in_the_list(uma: User) -> None:
    laptop, phone = signed_in(uma), signed_in(uma, PHONE)
    key = laptop.session.session_key
    new = "seven wooden rivers"
    laptop.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert laptop.session.session_key != key
    assert (is_in(laptop), is_in(phone)) == (True, False)
    assert [row.is_this for row in laptop.get(LIST).context["rows"]] == [True]


def test_signing_out_leaves_the_list(uma: User) -> None:
    laptop, phone = signed_in(uma), signed_in(uma, PHONE)
    phone.post(reverse("account_logout"))
    assert [row.is_this for row in laptop.get(LIST).context["rows"]] == [True]
    assert UserSession.objects.count() == 1


def test_last_seen_is_written_now_and_then_and_not_at_every_request(uma: User) -> None:
    client, row = signed_in(uma), UserSession.objects.get(user=uma)
    is_in(client)
    before = UserSession.objects.get(pk=row.pk).last_seen_at
    assert before == row.last_seen_at
    session = client.session
    session["session.note"] = {**session["session.note"], "at": time.time() - 301}
    session.save()
    is_in(client)
    assert UserSession.objects.get(pk=row.pk).last_seen_at > before


@pytest.mark.parametrize("number", [3, 30])
def test_a_long_list_costs_no_more_queries(
    number: int, uma: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _session in range(number):
        client = Client()
        client.force_login(uma)
        UserSession.objects.create(
            user=uma, session_key=client.session.session_key, ip="192.0.2.1", user_agent=PHONE
        )
    fresh = User.objects.get(pk=uma.pk)
    with django_assert_num_queries(2):
        assert len(working_sessions(fresh)) == number


def test_stale_rows_are_dropped_and_living_ones_stay(uma: User) -> None:
    client = signed_in(uma)
    expired = signed_in(uma, PHONE).session.session_key
    long_ago = timezone.now() - timedelta(days=1)
    Session.objects.filter(session_key=expired).update(expire_date=long_ago)
    assert drop_stale_sessions() == 0, "the sign-in may be a moment old"
    UserSession.objects.update(last_seen_at=long_ago)
    assert drop_stale_sessions() == 1
    assert not Session.objects.filter(session_key=expired).exists()
    assert is_in(client)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (LAPTOP, "Chrome on Windows"),
        (LAPTOP.replace("Safari", "Edg/149 Safari"), "Microsoft Edge on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/19 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/149 Mobile Safari/537", "Chrome on Android"),
        (PHONE, "Safari on iPhone"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_told_in_plain_words(user_agent: str, device: str) -> None:
    assert named_by(user_agent) == device


def test_what_hangs_on_a_session_is_told_of_its_end(
    uma: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[str], int]] = []

    def act(session_keys: Collection[str], *, actor: User) -> None:
        told.append((list(session_keys), actor.pk))

    monkeypatch.setattr(sessions, "_at_end", [])
    for _again in range(2):
        sessions.at_end_of_session(act)
    laptop, phone, tablet = (signed_in(uma, browser) for browser in (LAPTOP, PHONE, PHONE))
    keys = [client.session.session_key for client in (laptop, phone, tablet)]
    phone.post("/accounts/logout/")
    laptop.post("/accounts/sessions/end-others/")
    # Nobody is signed in there any more.
    phone.post("/accounts/logout/")
    assert told == [([keys[1]], uma.pk), ([keys[2]], uma.pk)]
