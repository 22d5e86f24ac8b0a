"""The warning before a token ends: to whoever made it, once, whatever happens to the worker."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.staff import remove_staff
from api.models import Token, TokenKind
from api.services import ending
from api.services.ending import AHEAD, at_warning, due, warn_of_ends
from api.services.tokens import revoke_token
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, source_of, source_token, token_of
from tests.factories import StaffFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import together

Warned = list[tuple[Token, User]]


def on_day(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> Warned:
    """Of which tokens whom an app above was asked to warn."""
    found: Warned = []
    monkeypatch.setattr(ending, "_warn", [])
    at_warning(lambda token, reader: found.append((token, reader)))
    return found


def readers(warned: Warned) -> list[User]:
    return [reader for _token, reader in warned]


def test_whoever_made_it_is_warned_once_14_days_before(cast: Cast, warned: Warned) -> None:
    made = token_of(cast.alice, days=30)
    assert warn_of_ends(now=on_day(15.9)) == 0
    assert warn_of_ends(now=on_day(16.1)) == 1
    assert warn_of_ends(now=on_day(17)) == 0
    assert warned == [(made.token, cast.alice)]
    made.token.refresh_from_db()
    assert made.token.warned_at is not None


def test_of_an_integrations_or_a_sources_token_its_maker_is_warned(
    cast: Cast, warned: Warned
) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    source_token(source_of(cast.contoso, cast.alice), cast.alice, days=30)
    assert warn_of_ends(now=on_day(20)) == 2
    assert readers(warned) == [cast.alice] * 2


def test_where_its_maker_has_left_an_account_admin_is_warned(cast: Cast, warned: Warned) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    heir = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    remove_staff([cast.alice], actor=heir)
    assert warn_of_ends(now=on_day(20)) == 1
    assert readers(warned) == [heir]


def test_nobody_is_warned_of_what_is_worth_nothing_or_was_meant_to_be_short(
    cast: Cast, warned: Warned
) -> None:
    token_of(cast.alice, days=AHEAD.days)
    revoke_token(token_of(cast.alice).token, actor=cast.alice)
    token_of(cast.bob)
    end_access([fresh(cast.bob)])
    token_of(cast.sally)
    User.objects.filter(pk=cast.sally.pk).update(blocked_at=timezone.now())
    token_of(cast.charlie, days=15)
    assert warn_of_ends(now=on_day(16)) == 0
    assert warned == []


def test_where_the_warning_fails_the_next_run_warns(
    cast: Cast, warned: Warned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_token: Token, _reader: User) -> None:
        raise RuntimeError

    token_of(cast.alice)
    heard = list(ending._warn)  # noqa: SLF001
    monkeypatch.setattr(ending, "_warn", [fails])
    with pytest.raises(RuntimeError):
        warn_of_ends(now=on_day(20))
    monkeypatch.setattr(ending, "_warn", heard)
    assert warn_of_ends(now=on_day(20)) == 1
    assert readers(warned) == [cast.alice]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_tokens_and_never_one(transactional_db: None, warned: Warned) -> None:
    cast = make_cast()
    for _number in range(6):
        token_of(cast.alice)
    now = on_day(20)
    assert sum(together(*[lambda: warn_of_ends(now=now)] * 2)) == 6
    assert len({token.pk for token, _reader in warned}) == len(warned) == 6
    assert not due(now).exists()
