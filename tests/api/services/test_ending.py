"""The warning before a token ends: to whoever made it, once, whatever happens to the worker."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.staff import remove_staff
from api.models import Token, TokenKind
from api.services import ending
from api.services.ending import AHEAD, due, warn_of_ends
from api.services.tokens import revoke_token
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, source_of, source_token, token_of
from tests.factories import StaffFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import together


def on_day(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def told(mailbox: list[EmailMessage]) -> list[tuple[str, str]]:
    return [(mail["To"], mail["Subject"]) for mail in mailbox]


def test_whoever_made_it_is_told_once_14_days_before(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Asia/Tokyo")
    made = token_of(cast.alice, days=30)
    assert warn_of_ends(now=on_day(15.9)) == 0
    assert warn_of_ends(now=on_day(16.1)) == 1
    assert warn_of_ends(now=on_day(17)) == 0
    assert told(mailbox) == [
        ("alice@fabrikam.example", "The token Nightly is about to expire"),
    ]
    text = mailbox[0].get_content()
    assert made.token.prefix in text
    assert made.text not in text
    assert "My account, API tokens" in text
    assert "http" not in text
    made.token.refresh_from_db()
    assert made.token.warned_at is not None


def test_of_an_integrations_token_its_maker_is_told(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    assert warn_of_ends(now=on_day(20)) == 1
    assert told(mailbox)[0][0] == "alice@fabrikam.example"
    assert "the integration Sync (Team, Integrations)" in mailbox[0].get_content()


def test_of_a_sources_token_the_mail_leads_to_the_source(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    source_token(source_of(cast.contoso, cast.alice), cast.alice, days=30)
    assert warn_of_ends(now=on_day(20)) == 1
    assert told(mailbox)[0][0] == "alice@fabrikam.example"
    assert "the source Personio (on the customer's page Account, Sources)" in (
        mailbox[0].get_content()
    )


def test_where_its_maker_has_left_an_account_admin_is_told(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    heir = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    remove_staff([cast.alice], actor=heir)
    assert warn_of_ends(now=on_day(20)) == 1
    assert told(mailbox)[0][0] == heir.user_name


def test_an_administrator_without_a_mailbox_reads_it_in_the_list(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    token_of(cast.gail)
    assert warn_of_ends(now=on_day(20)) == 0
    User.objects.filter(pk=cast.gail.pk).update(alternate_email="gail@mail.example")
    token_of(fresh(cast.gail))
    assert warn_of_ends(now=on_day(20)) == 1
    assert [to for to, _subject in told(mailbox)] == ["gail@mail.example"]


def test_nobody_is_told_of_what_is_worth_nothing_or_was_meant_to_be_short(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    token_of(cast.alice, days=AHEAD.days)
    revoke_token(token_of(cast.alice).token, actor=cast.alice)
    token_of(cast.bob)
    end_access([fresh(cast.bob)])
    token_of(cast.sally)
    User.objects.filter(pk=cast.sally.pk).update(blocked_at=timezone.now())
    token_of(cast.charlie, days=15)
    assert warn_of_ends(now=on_day(16)) == 0
    assert mailbox == []


def test_what_the_server_puts_off_is_tried_again(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    token_of(cast.alice)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert warn_of_ends(now=on_day(20)) == 0
    settings.EMAIL_PORT = port
    assert warn_of_ends(now=on_day(20)) == 1
    assert len(mailbox) == 1


def test_a_worker_that_dies_while_it_sends_doubles_nothing(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has claimed it may have sent: nobody sends it again."""

    class Killed(BaseException):
        pass

    def dies(token: Token) -> int:
        send(token)
        raise Killed

    token_of(cast.alice)
    send = ending._send  # noqa: SLF001
    monkeypatch.setattr(ending, "_send", dies)
    with pytest.raises(Killed):
        warn_of_ends(now=on_day(20))
    monkeypatch.setattr(ending, "_send", send)
    assert warn_of_ends(now=on_day(20)) == 0
    assert len(mailbox) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_tokens_and_never_one(
    transactional_db: None, mailbox: list[EmailMessage]
) -> None:
    cast = make_cast()
    for _number in range(6):
        token_of(cast.alice)
    now = on_day(20)
    assert sum(together(*[lambda: warn_of_ends(now=now)] * 2)) == 6
    assert len(mailbox) == 6
    assert not due(now).exists()
