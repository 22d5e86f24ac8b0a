"""Setting up a second step: what is stored of it, and what comes along with the first one."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.services.second_steps import add_app, add_passkey
from accounts.services.users import block_users
from accounts.signin.allauth_internals import generate_totp_secret
from accounts.signin.encryption import unseal
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import give_app, recovery_codes
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def kinds(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def events() -> list[tuple[str, dict[str, object]]]:
    found = AuditEvent.objects.filter(action__in=[Action.STEP_ADDED, Action.CODES_MADE])
    return list(found.order_by("pk").values_list("action", "changes"))


def test_an_app_is_stored_sealed_with_its_code_spent(cast: Cast) -> None:
    secret = generate_totp_secret()
    assert add_app(secret, used_step=77, actor=cast.uma)
    app = Authenticator.objects.get(user=cast.uma, type="totp")
    assert app.data["used_step"] == 77
    assert secret not in str(app.data)
    assert unseal(app.data["secret"]) == secret


def test_with_the_first_step_recovery_codes_are_made_and_not_with_the_next(cast: Cast) -> None:
    assert add_app(generate_totp_secret(), used_step=0, actor=cast.uma)
    codes = recovery_codes(cast.uma)
    assert not add_passkey("Key ring", {"id": "credential"}, actor=cast.uma)
    assert kinds(cast.uma) == ["recovery_codes", "totp", "webauthn"]
    assert recovery_codes(cast.uma) == codes
    assert events() == [
        (Action.STEP_ADDED, {"kind": "totp"}),
        (Action.CODES_MADE, {}),
        (Action.STEP_ADDED, {"kind": "webauthn"}),
    ]


def test_the_name_of_a_passkey_stands_on_the_personal_side_of_the_log(cast: Cast) -> None:
    add_passkey("Uma's phone", {"id": "credential"}, actor=cast.uma)
    event = AuditEvent.objects.select_related("names").get(action=Action.STEP_ADDED)
    assert event.names.changes == {"name": "Uma's phone"}
    assert "credential" not in f"{event.changes}{event.names.changes}"
    assert (event.actor_id, event.target_id, event.customer_id) == (
        cast.uma.pk,
        cast.uma.pk,
        cast.contoso.pk,
    )


def test_a_second_app_is_refused_and_the_first_one_stays(cast: Cast) -> None:
    secret = give_app(cast.uma)
    with pytest.raises(Refused) as caught:
        add_app(generate_totp_secret(), used_step=0, actor=cast.uma)
    assert caught.value.code == "app-there-already"
    app = Authenticator.objects.get(user=cast.uma, type="totp")
    assert unseal(app.data["secret"]) == secret


def test_a_session_that_is_over_sets_nothing_up(cast: Cast) -> None:
    before = fresh(cast.uma)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    secret: str = generate_totp_secret()
    with pytest.raises(Refused) as caught:
        add_app(secret, used_step=0, actor=before)
    assert caught.value.code == "signed-out"
    with pytest.raises(Refused) as caught:
        add_passkey("Key", {"id": "x"}, actor=before)
    assert caught.value.code == "signed-out"
    assert kinds(cast.uma) == []
