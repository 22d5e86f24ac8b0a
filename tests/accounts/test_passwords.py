"""The hasher of generated passwords and what makes them: formats, refusals, nothing shown."""

import hashlib
from functools import partial

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher
from pytest_django import Settings

from accounts.passwords import (
    ALPHABET,
    LONG,
    SHORT,
    GeneratedPasswordHasher,
    Password,
    PersonalPasswordHasher,
    canonical,
    hash_temporary_password,
    hash_temporary_passwords,
    hash_work,
    make_passwords,
    make_temporary_password,
)
from customers import progress
from tests.support.threads import seen_meanwhile

DRAWN = "abcdefghjkmnpqrstuvwxyz2"


def test_a_password_is_never_in_what_is_printed() -> None:
    assert repr(Password("abcd-efgh-jkmn", "stored")) == "Password()"
    assert f"{Password('abcd-efgh-jkmn', 'stored')}" == "Password()"


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7])
def test_as_many_as_are_asked_for_each_its_own(number: int, settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 10
    made = make_passwords(number, number)
    assert len({password.plain for password in made}) == number
    for password in made:
        assert len(canonical(password.plain)) == SHORT
        assert check_password(canonical(password.plain), password.stored)


def test_from_one_more_than_the_limit_they_are_long_and_hashed_fast(settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 2
    few, many = make_passwords(2, 2), make_passwords(2, 3)
    assert [len(canonical(password.plain)) for password in (*few, *many)] == [12, 12, 24, 24]
    assert isinstance(identify_hasher(few[0].stored), PersonalPasswordHasher)
    assert isinstance(identify_hasher(many[0].stored), GeneratedPasswordHasher)


def test_slow_hashes_are_told_of_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)
    # Some milliseconds each, so that there is time to look between two of them.
    monkeypatch.setattr(PersonalPasswordHasher, "memory_cost", 2_048)
    with progress.watching("hashes", hash_work(20)):
        look = partial(progress.told_of_each, ["hashes"])
        with seen_meanwhile(look) as seen:
            make_passwords(20, 20)
        assert progress.share_done("hashes") == 0.99
    told = [one["hashes"] for one in seen]
    shares = [share for share, stage in told if stage == progress.Stage.PASSWORDS]
    assert len(shares) > 3
    assert shares == sorted(shares)


def test_fast_hashes_are_no_work_to_speak_of(settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 10
    assert (hash_work(0), hash_work(11)) == (0, 0)
    assert hash_work(10) == 10 * hash_work(1) > 0


def test_only_symbols_of_the_alphabet_are_drawn() -> None:
    drawn = "".join(canonical(make_temporary_password(1_000_000)) for _time in range(50))
    assert set(drawn) <= set(ALPHABET)
    assert len(set(drawn)) == len(ALPHABET), "each of them is drawn now and then"


@pytest.mark.parametrize("users, groups", [(1, 3), (1_000_000, 6)])
def test_groups_of_four_are_joined_by_hyphens(users: int, groups: int) -> None:
    assert [len(group) for group in make_temporary_password(users).split("-")] == [4] * groups


def test_every_dash_that_a_word_processor_makes_is_passed_over() -> None:
    assert canonical("ABCD\u2010efgh\u2013jk\u2014mn\u00a0pq") == "abcdefghjkmnpq"


def test_what_is_typed_in_groups_is_stored_as_drawn() -> None:
    grouped = "-".join(DRAWN[at : at + 4] for at in range(0, LONG, 4)).upper()
    for stored in (hash_temporary_password(grouped), *hash_temporary_passwords([grouped] * 2)):
        assert check_password(DRAWN, stored)
        assert not check_password(grouped, stored)


def test_the_fast_form_is_one_salted_sha256() -> None:
    hasher = GeneratedPasswordHasher()
    stored = hasher.encode(DRAWN, "salt")
    digest = hashlib.sha256(f"salt${DRAWN}".encode()).hexdigest()
    assert stored == f"generated_sha256$salt${digest}"
    assert hasher.decode(stored) == {
        "algorithm": "generated_sha256",
        "salt": "salt",
        "hash": digest,
    }
    assert hasher.verify(DRAWN, stored)
    assert not hasher.verify(f"{DRAWN}x", stored)
    assert not hasher.verify("", stored)


def test_salts_differ_and_the_summary_has_neither_salt_nor_hash() -> None:
    hasher = GeneratedPasswordHasher()
    assert hasher.salt() != hasher.salt()
    stored = hasher.encode(DRAWN, "salt")
    assert list(hasher.safe_summary(stored).values()) == ["generated_sha256"]
    assert hasher.must_update(stored) is False


def test_nothing_shorter_than_112_bits_is_hashed_fast() -> None:
    with pytest.raises(ValueError, match="long generated passwords alone"):
        GeneratedPasswordHasher().encode(DRAWN[:-1], "salt")


def test_none_are_hashed_of_none() -> None:
    assert hash_temporary_passwords([]) == []
