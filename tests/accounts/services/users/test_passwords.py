"""Temporary passwords, resets and the user's own choice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import _password_hasher, low_level
from django.contrib.auth import authenticate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.passwords import (
    ALPHABET,
    GeneratedPasswordHasher,
    canonical,
    hash_temporary_password,
    hash_temporary_passwords,
    make_temporary_password,
)
from accounts.services.credentials import Slip, read_sheet
from accounts.services.users import (
    Reset,
    choose_password,
    delete_users,
    forget_passwords,
    reset_passwords,
)
from accounts.services.users.passwords import make_new_passwords
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Outcome
from customers.roles import Role
from tests.accounts.verbs import delete, fresh, outcomes
from tests.factories import UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.support.log import Line, log


def reset(cast: Cast, *users: User, actor: User | None = None, key: str = "") -> Reset:
    return reset_passwords(users, customer=cast.contoso, actor=actor or cast.alice, key=key)


def slips(cast: Cast, made: Reset) -> list[Slip]:
    return read_sheet(made.sheet, actor=cast.alice, action=Action.SHEET_SHOWN)


@pytest.mark.parametrize("users, shape", [(1, r"(\w{4}-){2}\w{4}"), (500, r"(\w{4}-){2}\w{4}")])
def test_few_passwords_are_twelve_symbols_in_groups(users: int, shape: str) -> None:
    assert re.fullmatch(shape, make_temporary_password(users))


def test_many_passwords_are_twenty_four_symbols_of_112_bits_or_more() -> None:
    password = make_temporary_password(501)
    assert re.fullmatch(r"(\w{4}-){5}\w{4}", password)
    assert len(ALPHABET) ** len(canonical(password)) > 2**112


def test_no_symbol_looks_like_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert set(ALPHABET).isdisjoint("il1o0" + ALPHABET.upper().strip("0123456789"))
    drawn = canonical("".join(make_temporary_password(501) for _number in range(200)))
    assert set(drawn) == set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    ["abcd-efgh-jkmn", "ABCDEFGHJKMN", " abcd efgh\tjkmn ", "abcd–efgh‑jkmn", "aBcD-efgh jkmn"],
)
def test_hyphens_spaces_and_case_do_not_count(typed: str) -> None:
    assert canonical(typed) == "abcdefghjkmn"


def test_short_ones_are_stored_slowly_and_long_ones_fast() -> None:
    assert hash_temporary_password(make_temporary_password(1)).startswith("argon2$argon2id$")
    fast = hash_temporary_password(make_temporary_password(501))
    assert fast.startswith("generated_sha256$")
    assert hash_temporary_passwords([]) == []


def test_a_slow_hash_costs_what_owasp_asks_for(password_costs: tuple[int, int, int]) -> None:
    """As they are in production: two passes over 19 MiB in one lane."""
    assert password_costs == (2, 19 * 1024, 1)


def test_equal_passwords_are_stored_differently() -> None:
    password = make_temporary_password(501)
    assert len({hash_temporary_password(password) for _number in range(5)}) == 5


@pytest.mark.parametrize("short", ["", "short", "abcdefghjkmn", "x" * 23])
def test_the_fast_hasher_takes_nothing_short(short: str) -> None:
    with pytest.raises(ValueError, match="for long generated passwords alone"):
        GeneratedPasswordHasher().encode(short, "salt")


def test_many_short_ones_are_hashed_in_the_order_of_the_list(cast: Cast) -> None:
    made = [make_temporary_password(1) for _number in range(5)]
    hashes = hash_temporary_passwords(made)
    for password, hashed in zip(made, hashes, strict=True):
        cast.uma.password = hashed
        assert cast.uma.check_password(canonical(password))


class SlowHashes:
    """Counts how often Argon2 has worked, in place of a clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for name in ("hash_secret", "verify_secret"):
            real = getattr(low_level, name)
            for module in (low_level, _password_hasher):
                monkeypatch.setattr(module, name, self._counted(real))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            return real(*args, **kwargs)

        return call


@pytest.mark.parametrize("whose", ["own", "short", "long", "unusable", "deleted", "nobody"])
def test_a_wrong_password_costs_one_slow_hash_whoever_it_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Settings, whose: str
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0 if whose == "long" else 500
    if whose == "own":
        cast.gives_password(cast.uma)
    if whose in ("short", "long"):
        reset(cast, cast.uma)
    if whose == "deleted":
        delete(cast, cast.uma)
    name = "nobody@contoso.example" if whose == "nobody" else cast.uma.user_name
    hashes = SlowHashes(monkeypatch)
    assert authenticate(None, username=name, password="wrong") is None
    assert hashes.count == 1


@pytest.mark.parametrize("limit", [500, 0])
def test_a_temporary_password_signs_in_however_it_is_typed(
    cast: Cast, settings: Settings, limit: int
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = limit
    printed = slips(cast, reset(cast, cast.uma))[0].password
    for typed in (printed, printed.upper(), printed.replace("-", " "), canonical(printed)):
        assert authenticate(None, username="uma@contoso.example", password=typed) == cast.uma


def test_signing_in_writes_no_hash(cast: Cast, settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0
    printed = slips(cast, reset(cast, cast.uma))[0].password
    stored = fresh(cast.uma).password
    assert authenticate(None, username="uma@contoso.example", password=printed) == cast.uma
    assert fresh(cast.uma).password == stored


def test_an_own_password_is_taken_to_the_letter(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    assert authenticate(None, username="UMA@contoso.example", password=PASSWORD) == cast.uma
    for typed in (PASSWORD.upper(), PASSWORD.replace("-", "")):
        assert authenticate(None, username="uma@contoso.example", password=typed) is None


def test_reset_ends_the_old_password_and_the_sessions(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    session = cast.uma.get_session_auth_hash()
    made = reset(cast, cast.uma)
    uma = fresh(cast.uma)
    assert uma.must_change_password
    assert uma.temporary_password_set_at
    assert not uma.check_password(PASSWORD)
    assert uma.check_password(canonical(slips(cast, made)[0].password))
    assert uma.get_session_auth_hash() != session
    assert uma.changed_by_batch == made.batch
    assert made.batch.request == {"sheet": made.sheet.pk}
    assert log()[0] == Line("password.reset", "Uma (uma@contoso.example)")
    assert violations() == []


def test_oneself_administrators_and_the_deleted_are_left_out_by_name(cast: Cast) -> None:
    agent = UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN])
    gone = UserFactory.create(customer=cast.contoso, display_name="Gone")
    delete_users([gone], customer=cast.contoso, actor=cast.alice)
    made = reset(cast, cast.gail, cast.uma, agent, gone, actor=agent)
    assert outcomes(made.batch) == [
        (
            cast.gail.pk,
            Outcome.SKIPPED,
            "Gail is an administrator, whom your role can't manage.",
        ),
        (cast.uma.pk, Outcome.DONE, ""),
        (agent.pk, Outcome.SKIPPED, "Choose Change password for yourself."),
        (gone.pk, Outcome.FAILED, "Gone has been deleted by Alice."),
    ]
    assert [slip.user_id for slip in slips(cast, made)] == [cast.uma.pk]


def test_the_helpdesk_does_not_reset_administrators(cast: Cast) -> None:
    with pytest.raises(Refused, match="Gail is an administrator"):
        reset(cast, cast.gail, actor=cast.bob)
    reset(cast, cast.uma, actor=cast.bob)


def test_sales_agents_reset_nobody(cast: Cast) -> None:
    with pytest.raises(Refused, match="Your role can't do this"):
        reset(cast, cast.uma, actor=cast.sally)


def test_passwords_that_were_made_before_are_those_of_the_sheet(cast: Cast) -> None:
    made = make_new_passwords([cast.uma, cast.gail.pk])
    done = reset_passwords(
        [cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice, made=made
    )
    told = {slip.user_id: slip.password for slip in slips(cast, done)}
    assert told == {pk: password for pk, (password, _hash) in made.items()}
    for user in (cast.uma, cast.gail):
        assert fresh(user).password == made[user.pk][1]


def test_the_same_key_resets_once(cast: Cast) -> None:
    first = reset(cast, cast.uma, key="form-1")
    stored = fresh(cast.uma).password
    with pytest.raises(AlreadyDone) as caught:
        reset(cast, cast.uma, key="form-1")
    assert caught.value.batch == first.batch
    assert fresh(cast.uma).password == stored


def test_the_own_choice_replaces_the_temporary_one(cast: Cast) -> None:
    made = reset(cast, cast.uma)
    uma = fresh(cast.uma)
    session = uma.get_session_auth_hash()
    choose_password(uma, PASSWORD)
    stored = fresh(cast.uma)
    for user in (uma, stored):
        assert not user.must_change_password
        assert user.temporary_password_set_at is None
        assert user.check_password(PASSWORD)
        assert user.get_session_auth_hash() != session
    assert not stored.check_password(canonical(slips(cast, made)[0].password))
    said = {"was_temporary": True}
    assert log()[1] == Line(
        "password.changed", "Uma (uma@contoso.example)", said, actor="Uma (uma@contoso.example)"
    )
    assert violations() == []


def test_the_temporary_password_is_no_choice(cast: Cast) -> None:
    printed = slips(cast, reset(cast, cast.uma))[0].password
    with pytest.raises(Refused, match="This is the temporary password") as caught:
        choose_password(fresh(cast.uma), printed.upper())
    assert caught.value.field == "password"


def test_a_reset_in_between_wins_over_the_own_choice(cast: Cast) -> None:
    reset(cast, cast.uma)
    page = fresh(cast.uma)
    made = reset(cast, cast.uma)
    with pytest.raises(Refused, match="Your password has been changed"):
        choose_password(page, PASSWORD)
    assert fresh(cast.uma).check_password(canonical(slips(cast, made)[0].password))
    assert page.must_change_password


def test_partner_staff_choose_in_their_partners_log(cast: Cast) -> None:
    choose_password(cast.bob, PASSWORD)
    event = AuditEvent.objects.get()
    assert (event.partner, event.customer, event.actor_id) == (cast.fabrikam, None, cast.bob.pk)


def test_as_many_queries_for_thirty_as_for_three(
    cast: Cast, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 0
    users = UserFactory.create_batch(33, customer=cast.contoso)
    with CaptureQueriesContext(connection) as few:
        reset(cast, *users[:3])
    with django_assert_num_queries(len(few)):
        reset(cast, *users[3:])


def test_a_password_that_nobody_is_to_know_is_on_no_sheet(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    batch = forget_passwords([cast.uma, cast.gail], customer=cast.contoso, actor=cast.gail)
    now = fresh(cast.uma)
    assert not now.check_password(PASSWORD)
    assert (now.must_change_password, now.session_epoch) == (True, cast.uma.session_epoch + 1)
    assert (CredentialSheet.objects.count(), batch.request) == (0, {})
    assert [(line.action, line.target) for line in log()] == [
        ("password.reset", "Uma (uma@contoso.example)")
    ]
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.SKIPPED, "Choose Change password for yourself."),
        (cast.uma.pk, Outcome.DONE, ""),
    ]
