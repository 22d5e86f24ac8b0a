"""Wrong second-step codes: a limit a day that a right code does not lift, and word to the owner."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from accounts.services.mail import tell_of_wrong_codes
from accounts.services.second_steps import (
    CodesSpent,
    allow_codes,
    check_codes,
    reset_second_factor,
    use_code,
    wrong_codes_since_sign_in,
)
from accounts.services.second_steps.wrong import CODES_A_DAY, TOLD_AFTER
from accounts.services.users.me import record_sign_in
from customers.actions import Action
from customers.errors import Refused
from customers.log.history import describe
from customers.models import AuditEvent
from tests.accounts.signin.passkeys import key_of
from tests.accounts.signin.second_steps import (
    PROOF,
    SECOND,
    code_of,
    give_app,
    recovery_codes,
    second_step,
    sign_in,
    wrong_code,
)
from tests.factories import SupportFactory
from tests.support.admin import act
from tests.support.cast import Cast

HOME = "/customers/"


@pytest.fixture
def bob(cast: Cast) -> User:
    cast.gives_password(cast.bob)
    return cast.bob


def try_wrong(user: User, times: int, *, known: bool = False) -> str:
    """As the form does, without its limit of a few minutes; the app's secret."""
    secret = give_app(user)
    for _time in range(times):
        assert use_code(user, "no code", known=known) is None
    return secret


def said(user: User, client: Client, code: str) -> str:
    cache.clear()
    sign_in(client, user)
    text: str = second_step(client, code).content.decode()
    return text


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("who", ["bob", "uma", "support"])
def test_so_many_wrong_codes_a_day_and_then_not_even_a_right_one(who: str, cast: Cast) -> None:
    user: User = getattr(cast, who)
    cast.gives_password(user)
    secret = try_wrong(user, CODES_A_DAY)
    for code in (code_of(secret), recovery_codes(user)[0], wrong_code(secret)):
        client = Client()
        text = said(user, client, code)
        assert "Too many wrong codes within a day: no code is accepted for 24 hours." in text
        assert "Use a passkey" in text
        assert "ask the administrator who looks after your account" in text
        assert not is_in(client)
    refused = AuditEvent.objects.filter(action=Action.STEP_REFUSED)
    assert refused.count() == CODES_A_DAY, "what is not looked at floods no log"
    reset_second_factor([user], actor=other_support() if who == "support" else cast.alice)
    client = Client()
    said(user, client, code_of(give_app(User.objects.get(pk=user.pk))))
    assert is_in(client)
    assert f"{CODES_A_DAY} wrong codes were entered" in client.get("/me/account/").content.decode()


def other_support() -> User:
    support: User = SupportFactory.create()
    return support


def test_neither_a_right_code_nor_an_empty_cache_gives_more(bob: User) -> None:
    secret = try_wrong(bob, CODES_A_DAY - 1)
    assert use_code(bob, code_of(secret)) is not None
    cache.clear()
    assert use_code(bob, "no code") is None
    with pytest.raises(CodesSpent):
        use_code(bob, recovery_codes(bob)[0])


def test_there_is_room_again_when_the_oldest_is_a_day_old(bob: User) -> None:
    try_wrong(bob, CODES_A_DAY)
    now = timezone.now()
    for hours, left in ((0, 24), (23, 1)):
        with pytest.raises(CodesSpent) as spent:
            check_codes(bob, known=False, now=now + timedelta(hours=hours))
        assert left * 3_600 - 120 < spent.value.seconds <= left * 3_600
    check_codes(bob, known=False, now=now + timedelta(hours=24))


def test_what_is_tried_elsewhere_keeps_nobody_out_where_they_have_signed_in(bob: User) -> None:
    secret, client = give_app(bob), Client()
    said(bob, client, recovery_codes(bob)[0])
    assert is_in(client)
    client.post("/accounts/logout/")
    for _time in range(CODES_A_DAY):
        use_code(bob, "no code")
    stranger = Client()
    text = said(bob, stranger, code_of(secret))
    assert "on a device where you have signed in before" in text
    assert not is_in(stranger)
    said(bob, client, code_of(secret))
    assert is_in(client)


def test_a_known_device_has_its_limit_too_and_so_has_a_proof(bob: User) -> None:
    secret, client = give_app(bob), Client()
    said(bob, client, recovery_codes(bob)[0])
    for _time in range(CODES_A_DAY):
        use_code(bob, "no code", known=True)
    cache.clear()
    text = client.post(PROOF, {"code": code_of(secret)}).content.decode()
    assert "Too many wrong codes within a day" in text
    assert "on a device where" not in text
    check_codes(bob, known=False)
    newest = AuditEvent.objects.filter(action=Action.STEP_REFUSED).order_by("-pk")[0]
    assert describe(newest) == ["Kind: Code", "Device: One where this user has signed in before"]


def test_what_is_not_looked_at_takes_nothing_of_the_owners_next_minutes(bob: User) -> None:
    secret, client = give_app(bob), Client()
    said(bob, client, recovery_codes(bob)[0])
    client.post("/accounts/logout/")
    for _time in range(CODES_A_DAY):
        use_code(bob, "no code")
    stranger = Client()
    sign_in(stranger, bob)
    for _time in range(8):
        second_step(stranger, "123456")
    sign_in(client, bob)
    second_step(client, code_of(secret))
    assert is_in(client)


@pytest.mark.parametrize("verb", [allow_codes, reset_second_factor])
def test_who_looks_after_the_account_lets_codes_be_typed_again(
    verb: Callable[..., int], cast: Cast, bob: User
) -> None:
    try_wrong(bob, CODES_A_DAY)
    with pytest.raises(Refused):
        verb([bob], actor=cast.sally)
    with pytest.raises(CodesSpent):
        check_codes(bob, known=False)
    verb([bob], actor=cast.alice)
    check_codes(bob, known=False)


def test_nobody_allows_themselves_more_codes(bob: User, cast: Cast) -> None:
    for actor, user in ((cast.alice, cast.alice), (cast.charlie, bob), (bob, cast.uma)):
        with pytest.raises(Refused):
            allow_codes([user, cast.gail], actor=actor)
    assert not AuditEvent.objects.filter(action=Action.CODES_ALLOWED).exists()


def test_support_allows_codes_again(bob: User, cast: Cast, client: Client) -> None:
    try_wrong(bob, CODES_A_DAY)
    client.force_login(cast.support)
    page = act(client, "allow_codes", bob)
    assert "no code is accepted for a day" in page.content.decode()
    with pytest.raises(CodesSpent):
        check_codes(bob, known=False)
    assert act(client, "allow_codes", bob, confirmed="yes").status_code == 302
    check_codes(bob, known=False)


def test_the_owner_is_told_at_the_next_sign_in_and_once(bob: User) -> None:
    record_sign_in(bob)
    secret, client = try_wrong(bob, TOLD_AFTER), Client()
    assert wrong_codes_since_sign_in(bob) == TOLD_AFTER
    said(bob, client, code_of(secret))
    text = client.get(HOME).content.decode()
    assert "10 wrong codes were entered for your account since you last signed in" in text
    assert "choose Change password, under your name" in text
    client.post("/accounts/logout/")
    said(bob, client, recovery_codes(bob)[0])
    assert "wrong codes were entered" not in client.get(HOME).content.decode()


def test_of_a_few_wrong_codes_nothing_is_told(bob: User) -> None:
    secret, client = try_wrong(bob, TOLD_AFTER - 1), Client()
    said(bob, client, code_of(secret))
    assert "wrong codes" not in client.get(HOME).content.decode()
    assert not AuditEvent.objects.filter(action=Action.OWNER_WARNED).exists()


def test_the_owner_is_written_to_once_a_day(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as left:
        try_wrong(bob, 3 * TOLD_AFTER)
    assert len(left) == 1
    [event] = AuditEvent.objects.filter(action=Action.OWNER_WARNED)
    assert (event.target_id, event.partner_id) == (bob.pk, bob.partner_id)
    assert describe(event) == ["Emails: 1"]
    assert tell_of_wrong_codes(bob.pk)
    [letter] = mail.outbox
    assert letter.to == [bob.user_name]
    assert letter.body.startswith("Hello Bob,\n")
    assert f"10 wrong codes were entered within a day to sign in as {bob.user_name}" in letter.body
    assert "http" not in letter.body


def test_customers_users_are_written_to_where_another_address_is_known(cast: Cast) -> None:
    assert not tell_of_wrong_codes(cast.uma.pk)
    User.objects.filter(pk=cast.uma.pk).update(alternate_email="uma@home.example")
    assert tell_of_wrong_codes(cast.uma.pk)
    assert [letter.to for letter in mail.outbox] == [["uma@home.example"]]
    assert not tell_of_wrong_codes(987_654), "who is gone meanwhile"


def test_a_mail_server_that_is_away_is_no_mistake_of_the_sign_in(
    bob: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert not tell_of_wrong_codes(bob.pk)


def wrong_passkey(client: Client) -> Any:
    """As a script sends it: nobody's."""
    given = key_of(SupportFactory.create()).signed("AAAA", verified=True)
    return client.post(SECOND, {"credential": given})


@pytest.mark.parametrize("kind", ["codes", "passkeys"])
def test_a_stranger_with_the_password_keeps_the_owner_s_device_waiting_by_nothing(
    kind: str, bob: User
) -> None:
    secret, device = give_app(bob), Client()
    said(bob, device, code_of(secret))
    device.post("/accounts/logout/")
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    sign_in(stranger, bob)
    for _time in range(6):
        second_step(stranger, "no code") if kind == "codes" else wrong_passkey(stranger)
    tried = AuditEvent.objects.about(bob).filter(action=Action.STEP_REFUSED)
    assert tried.count() == 5, "what is tried beyond that is not looked at"
    sign_in(device, bob)
    second_step(device, recovery_codes(bob)[0])
    assert is_in(device)


def test_wrong_passkeys_use_up_nobody_s_codes(bob: User) -> None:
    secret, stranger, elsewhere = give_app(bob), Client(REMOTE_ADDR="203.0.113.7"), Client()
    sign_in(stranger, bob)
    for _time in range(6):
        wrong_passkey(stranger)
    sign_in(elsewhere, bob)
    second_step(elsewhere, code_of(secret))
    assert is_in(elsewhere)
