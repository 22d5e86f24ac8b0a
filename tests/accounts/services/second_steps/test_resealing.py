"""Second steps are sealed anew, part by part."""

import pytest
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from accounts.services.second_steps import add_passkey
from accounts.services.second_steps.resealing import reseal_second_steps
from accounts.signin.encryption import unseal
from customers.errors import Refused
from tests.accounts.signin.second_steps import give_app
from tests.support.cast import Cast

NEW = "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="


def stored() -> dict[int, dict[str, object]]:
    return dict(Authenticator.objects.values_list("pk", "data"))


def test_without_any_there_is_nothing_to_do(cast: Cast) -> None:
    assert reseal_second_steps() == 0


def test_parts_leave_nobody_out(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.services.second_steps.resealing._AT_ONCE", 2)
    secrets = {user: give_app(user) for user in (cast.uma, cast.gail, cast.bob)}
    settings.CREDENTIALS_KEYS = [NEW, *settings.CREDENTIALS_KEYS]
    assert reseal_second_steps() == 6
    settings.CREDENTIALS_KEYS = [NEW]
    for user, secret in secrets.items():
        app = Authenticator.objects.get(user=user, type="totp")
        assert unseal(app.data["secret"]) == secret


def test_a_passkey_has_nothing_to_seal(cast: Cast) -> None:
    add_passkey("Key", {"id": "credential"}, actor=cast.uma)
    passkey = Authenticator.objects.get(user=cast.uma, type="webauthn")
    assert reseal_second_steps() == 1
    assert stored()[passkey.pk] == passkey.data


def test_what_no_key_opens_stays_as_it_is(cast: Cast, settings: Settings) -> None:
    give_app(cast.uma)
    before = stored()
    settings.CREDENTIALS_KEYS = [NEW]
    with pytest.raises(Refused) as caught:
        reseal_second_steps()
    assert caught.value.code == "second-step-unreadable"
    assert stored() == before
