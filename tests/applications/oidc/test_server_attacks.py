"""What is tried against a provider, each by its name, and what becomes of it."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.services.users import block_users, delete_users, reset_passwords, restore_users
from applications.services.applications import remove_application
from customers.models import Customer
from tests.applications.oidc.relying import (
    AUTHORIZE,
    BYE,
    CALLBACK,
    LOGOUT,
    REVOKE,
    RelyingParty,
    answered,
    register,
    userinfo,
)
from tests.support.cast import Cast
from tests.support.threads import together

pytestmark = pytest.mark.django_db


def refused(answer: Any, error: str = "invalid_grant") -> bool:
    """Whether a call for tokens was answered by this error, and by none."""
    found = answer.json()
    return found.get("error") == error and "access_token" not in found


@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_twice_is_refused_and_ends_what_the_first_gave(
    chat: RelyingParty, umas: Client
) -> None:
    code = chat.code(umas)
    tokens = chat.exchange(code).json()
    assert userinfo(tokens["access_token"]).status_code == HTTPStatus.OK
    assert refused(chat.exchange(code))
    assert userinfo(tokens["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert refused(chat.refresh(tokens["refresh_token"]))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_exchanges_at_once_one_wins_and_what_it_got_ends(
    chat: RelyingParty, umas: Client
) -> None:
    """The second has waited for the first, and sees what that has made."""
    for _round in range(3):
        code = chat.code(umas)
        answers = together(*[lambda: chat.exchange(code)] * 2)  # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        [won] = [answer.json() for answer in answers if answer.status_code == HTTPStatus.OK]
        assert userinfo(won["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
        assert refused(chat.refresh(won["refresh_token"]))


def test_the_code_of_another_client_is_refused(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    thief = register(cast.fabrikam, "Files")
    thief.verifier = chat.verifier
    assert refused(thief.exchange(chat.code(umas)))


def test_the_code_of_another_partners_client_is_refused(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    thief = register(cast.litware, "Files")
    thief.verifier = chat.verifier
    assert refused(thief.exchange(chat.code(umas)))


@pytest.mark.parametrize(
    "address",
    [
        f"{CALLBACK}/more",
        f"{CALLBACK}?more=1",
        f"{CALLBACK}#fragment",
        f"{CALLBACK}/../evil",
        f"{CALLBACK}/",
        "https://chat.example:8443/callback",
        "http://chat.example/callback",
        "https://CHAT.example/callback",
        "https://user@chat.example/callback",
        "https://evil.example\\@chat.example/callback",
        "https://chat.example.evil.example/callback",
        "javascript:alert(1)",
        "//chat.example/callback",
        "https://chat.example/call%62ack",
        "",
    ],
)
def test_a_redirect_address_that_is_not_registered_to_the_letter_is_never_followed(
    chat: RelyingParty, umas: Client, address: str
) -> None:
    answer = umas.get(AUTHORIZE, chat.request(redirect_uri=address))
    assert (answer.status_code, "Location" in answer) == (HTTPStatus.BAD_REQUEST, False)


def test_a_redirect_address_is_not_taken_twice(chat: RelyingParty, umas: Client) -> None:
    answer = umas.get(f"{chat.address()}&redirect_uri=https%3A%2F%2Fevil.example%2F")
    assert answer.status_code == HTTPStatus.BAD_REQUEST


def test_a_code_is_bound_to_the_redirect_address_that_it_was_asked_for(
    chat: RelyingParty, umas: Client
) -> None:
    client = chat.client
    client.set_redirect_uris([CALLBACK, f"{CALLBACK}2"])
    client.save()
    answer = chat.exchange(chat.code(umas), redirect_uri=f"{CALLBACK}2")
    assert refused(answer, "invalid_request") or refused(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
    ],
    ids=["none", "plain", "plain by default"],
)
def test_pkce_cannot_be_talked_down(
    chat: RelyingParty, umas: Client, changes: dict[str, str | None]
) -> None:
    answer = answered(umas.get(chat.address(**changes)))
    assert (answer["error"], "code" in answer) == ("invalid_request", False)


@pytest.mark.parametrize("verifier", [None, "", "guess-" * 10])
def test_a_code_without_its_verifier_is_refused(
    chat: RelyingParty, umas: Client, verifier: str | None
) -> None:
    answer = chat.exchange(chat.code(umas), code_verifier=verifier)
    assert refused(answer) or refused(answer, "invalid_request")


def test_an_answer_names_its_issuer_so_that_two_providers_cannot_be_mixed_up(
    chat: RelyingParty, umas: Client
) -> None:
    answer = answered(umas.get(chat.address()))
    assert answer["iss"] == settings.OIDC_ISSUER
    error = answered(umas.get(chat.address(scope="profile")))
    assert (error["error"], error["iss"]) == ("invalid_scope", settings.OIDC_ISSUER)


def test_state_and_nonce_come_back_as_they_were(chat: RelyingParty, umas: Client) -> None:
    odd = "a b&c=d#é%"
    answer = answered(umas.get(chat.address(state=odd, nonce=odd)))
    assert answer["state"] == odd
    tokens = chat.exchange(answer["code"]).json()
    assert chat.claims(tokens["id_token"])["nonce"] == odd
    without = answered(umas.get(chat.address(state=None, nonce=None)))
    assert "state" not in without
    assert "nonce" not in chat.claims(chat.exchange(without["code"]).json()["id_token"])


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        f"{BYE}/../evil",
        f"{BYE}?foo=bar",
        f"{BYE}#x",
        CALLBACK,
        "//evil.example",
    ],
)
def test_signing_out_leads_nowhere_but_to_a_registered_address(
    chat: RelyingParty, umas: Client, address: str
) -> None:
    hint = chat.tokens(umas)["id_token"]
    for browser in (umas, Client()):
        sent = {"id_token_hint": hint, "post_logout_redirect_uri": address}
        answer = browser.get(LOGOUT, sent)
        assert (answer.status_code, "Location" in answer) == (HTTPStatus.BAD_REQUEST, False)
    # Nor was anybody signed out.
    assert umas.get("/me/").status_code == HTTPStatus.OK


Deed = Callable[[User, User], object]


def customer_of(user: User) -> Customer:
    assert user.customer is not None
    return user.customer


def block(user: User, by: User) -> object:
    return block_users([user], customer=customer_of(user), actor=by)


def reset(user: User, by: User) -> object:
    return reset_passwords([user], customer=customer_of(user), actor=by)


def delete_and_restore(user: User, by: User) -> object:
    delete_users([user], customer=customer_of(user), actor=by)
    return restore_users([user.pk], customer=customer_of(user), actor=by)


@pytest.mark.parametrize("deed", [block, reset, delete_and_restore])
def test_tokens_from_before_are_worth_nothing_after(
    cast: Cast, chat: RelyingParty, umas: Client, deed: Deed
) -> None:
    code, tokens = chat.code(umas), chat.tokens(umas)
    deed(cast.uma, cast.alice)
    assert userinfo(tokens["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert not chat.is_active(tokens["access_token"])
    assert not chat.is_active(tokens["refresh_token"])
    assert refused(chat.refresh(tokens["refresh_token"]))
    assert refused(chat.exchange(code))


def test_a_refresh_token_that_comes_twice_ends_its_family(chat: RelyingParty, umas: Client) -> None:
    first = chat.tokens(umas)
    second = chat.refresh(first["refresh_token"]).json()
    assert userinfo(second["access_token"]).status_code == HTTPStatus.OK
    other = chat.tokens(umas)
    assert refused(chat.refresh(first["refresh_token"]))
    assert userinfo(second["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert refused(chat.refresh(second["refresh_token"]))
    # Another sign-in of the same user is of another family.
    assert userinfo(other["access_token"]).status_code == HTTPStatus.OK


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(
    chat: RelyingParty, umas: Client
) -> None:
    """The second has waited for the first, and is a second use."""
    for _round in range(3):
        first = chat.tokens(umas)
        other = chat.tokens(umas)
        answers = together(*[lambda: chat.refresh(first["refresh_token"])] * 2)  # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        [won] = [answer.json() for answer in answers if answer.status_code == HTTPStatus.OK]
        assert [refused(answer) for answer in answers].count(True) == 1
        assert userinfo(won["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
        assert refused(chat.refresh(won["refresh_token"]))
        assert userinfo(other["access_token"]).status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_a_family_ends_with_what_is_made_of_it_at_that_moment(
    chat: RelyingParty, umas: Client
) -> None:
    """A thief refreshes while the owner comes with the token that the thief has used."""
    for _round in range(5):
        spent = chat.tokens(umas)["refresh_token"]
        stolen = chat.refresh(spent).json()["refresh_token"]
        answers = together(
            lambda: chat.refresh(stolen),  # noqa: B023
            lambda: chat.refresh(spent),  # noqa: B023
        )
        made = [answer.json().get("refresh_token") for answer in answers]
        assert all(refused(chat.refresh(token)) for token in made if token)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ended_by", ["revoke", "replay"])
def test_what_is_refreshed_while_its_sign_in_is_taken_back_ends_with_it(
    chat: RelyingParty, umas: Client, ended_by: str
) -> None:
    """A thief refreshes at the moment when the token is revoked, or the code comes once more."""
    for _round in range(8):
        code = chat.code(umas)
        token = chat.exchange(code).json()["refresh_token"]
        ends = {
            "revoke": lambda: chat.post(REVOKE, token=token),  # noqa: B023
            "replay": lambda: chat.exchange(code),  # noqa: B023
        }
        refreshed, _ended = together(lambda: chat.refresh(token), ends[ended_by])  # noqa: B023
        made = refreshed.json()
        if "access_token" in made:
            assert userinfo(made["access_token"]).status_code == HTTPStatus.UNAUTHORIZED
            assert refused(chat.refresh(made["refresh_token"]))


def test_the_refresh_token_of_another_client_is_refused_and_harms_nobody(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    tokens = chat.tokens(umas)
    assert refused(register(cast.fabrikam, "Files").refresh(tokens["refresh_token"]))
    assert "access_token" in chat.refresh(tokens["refresh_token"]).json()


def test_a_forged_id_token_signs_nobody_out(chat: RelyingParty, umas: Client) -> None:
    """Those of test_keys are no ID token; with one changed letter this one is none either."""
    header, claims, signature = chat.tokens(umas)["id_token"].split(".")
    changed = f"{header}.{claims}.{signature[::-1]}"
    sent = {"id_token_hint": changed, "post_logout_redirect_uri": BYE}
    assert umas.get(LOGOUT, sent).status_code == HTTPStatus.BAD_REQUEST
    assert umas.get("/me/").status_code == HTTPStatus.OK


def test_another_applications_id_token_asks_before_it_signs_out(
    cast: Cast, chat: RelyingParty, umas: Client
) -> None:
    other = register(cast.fabrikam, "Files")
    sent = {"id_token_hint": chat.tokens(umas)["id_token"], "client_id": other.client_id}
    assert umas.get(LOGOUT, sent).status_code == HTTPStatus.BAD_REQUEST
    assert umas.get("/me/").status_code == HTTPStatus.OK


def test_an_id_token_is_no_access_token(chat: RelyingParty, umas: Client) -> None:
    tokens = chat.tokens(umas)
    assert userinfo(tokens["id_token"]).status_code == HTTPStatus.UNAUTHORIZED
    assert userinfo(tokens["refresh_token"]).status_code == HTTPStatus.UNAUTHORIZED


def test_an_access_token_in_an_address_is_not_taken(chat: RelyingParty, umas: Client) -> None:
    token = chat.tokens(umas)["access_token"]
    answer = Client().get(f"/oidc/userinfo?access_token={token}")
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_no_secret_is_kept_or_logged(
    chat: RelyingParty, umas: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    code = chat.code(umas)
    tokens = chat.exchange(code).json()
    again = chat.refresh(tokens["refresh_token"]).json()
    chat.refresh(tokens["refresh_token"])
    chat.post("/oidc/token", client_secret="wrong-secret-of-a-client")
    secrets = [code, chat.secret, chat.verifier, "wrong-secret-of-a-client"]
    secrets += [found[name] for found in (tokens, again) for name in ("access_token", "id_token")]
    secrets += [found["refresh_token"] for found in (tokens, again)]
    written = "".join(capfd.readouterr())
    rows = json.dumps(list(Token.objects.values("hash", "data", "scopes")), default=str)
    rows += chat.client.secret
    assert [secret for secret in secrets if secret in written + rows] == []


@pytest.mark.parametrize("secret", ["", "wrong", None])
def test_a_client_without_its_secret_gets_nothing(
    chat: RelyingParty, umas: Client, secret: str | None
) -> None:
    answer = chat.exchange(chat.code(umas), client_secret=secret)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert refused(answer, "invalid_client")


def test_wrong_secrets_are_listened_to_for_a_while_only(
    chat: RelyingParty, umas: Client, settings: Any
) -> None:
    settings.OIDC_LIMITS = settings.OIDC_LIMITS | {"wrong": 3}
    statuses = [chat.exchange("code", client_secret="wrong").status_code for _ in range(5)]
    assert HTTPStatus.TOO_MANY_REQUESTS in statuses
    answer = chat.exchange("code", client_secret="wrong")
    assert (answer.status_code, "Retry-After" in answer) == (HTTPStatus.TOO_MANY_REQUESTS, True)


def test_the_answer_of_an_error_leads_to_the_application_alone(
    chat: RelyingParty, umas: Client
) -> None:
    for changes in ({"response_mode": "fragment"}, {"request": "x.y.z"}, {"max_age": "soon"}):
        answer = umas.get(chat.address(**changes))
        assert urlsplit(answer["Location"])._replace(query="").geturl() == CALLBACK
        assert "error" in answered(answer)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_application_removed_amid_a_sign_in_is_unknown_and_keeps_nothing(
    cast: Cast, umas: Client
) -> None:
    for number in range(6):
        chat = register(cast.fabrikam, f"Chat {number}")
        code, token = chat.code(umas), chat.tokens(umas)["refresh_token"]
        asked, exchanged, refreshed, removed = together(
            lambda: umas.get(chat.address()),  # noqa: B023
            lambda: chat.exchange(code),  # noqa: B023
            lambda: chat.refresh(token),  # noqa: B023
            lambda: remove_application(chat.application, actor=cast.alice),  # noqa: B023
        )
        assert removed is None
        assert asked.status_code in {HTTPStatus.FOUND, HTTPStatus.NOT_FOUND}
        for answer in (exchanged, refreshed):
            assert answer.status_code == HTTPStatus.OK or answer.json()["error"] in {
                "invalid_client",
                "invalid_grant",
            }
        assert not Token.objects.exists()
