"""What the activity log knows of integrations and tokens: each verb, and the events it writes."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from api.services.integrations import block_integration, change_integration, remove_integration
from api.services.tokens import revoke_token
from customers.roles import Role
from tests.api.tokens import integration, token_of

Do = Callable[[Any], Any]


def _integration(stage: Any) -> User:
    return integration(stage.alice, Role.SALES_AGENT)


INTEGRATIONS: dict[str, tuple[Do, list[str], bool]] = {
    "add_integration": (_integration, ["integration.added"], True),
    "change_integration": (
        lambda s: change_integration(
            _integration(s), "Other", roles=[Role.SALES_AGENT], customers=None, actor=s.alice
        ),
        ["integration.changed"],
        True,
    ),
    "block_integration": (
        lambda s: block_integration(_integration(s), blocked=True, actor=s.alice),
        ["user.blocked"],
        False,
    ),
    "remove_integration": (
        lambda s: remove_integration(_integration(s), actor=s.alice),
        ["integration.removed"],
        False,
    ),
    "add_token": (lambda s: token_of(s.alice), ["token.added"], False),
    "revoke_token": (
        lambda s: revoke_token(token_of(s.alice).token, actor=s.alice),
        ["token.revoked"],
        False,
    ),
}
