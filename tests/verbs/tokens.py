"""What is done to a partner's integrations and their tokens; one's own: tests/api/services."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from api.models import TokenKind
from api.services.integrations import (
    add_integration,
    block_integration,
    change_integration,
    remove_integration,
)
from api.services.tokens import TokenFacts, add_token, revoke_token
from customers.roles import Capability, Role
from tests.support import role_table
from tests.verbs.scene import Scene, Verb

ROLES = [Role.SALES_AGENT]


def _facts() -> TokenFacts:
    return TokenFacts("Nightly", [Capability.SEE], timezone.now() + timedelta(days=9))


def _integration(scene: Scene) -> User:
    return User.objects.with_roles().select_related("partner").get(pk=scene.world.integration.pk)


INTEGRATIONS: dict[str, Verb] = {
    "api.services.integrations.add_integration": Verb(
        role_table.TEAM,
        lambda at, by: add_integration(
            "Sync 2", roles=ROLES, customers=None, partner=at.world.cast.fabrikam, actor=by
        ),
    ),
    "api.services.integrations.change_integration": Verb(
        role_table.TEAM,
        lambda at, by: change_integration(
            _integration(at), "Sync 2", roles=ROLES, customers=None, actor=by
        ),
    ),
    "api.services.integrations.block_integration": Verb(
        role_table.TEAM,
        lambda at, by: block_integration(_integration(at), blocked=True, actor=by),
    ),
    "api.services.integrations.remove_integration": Verb(
        role_table.TEAM, lambda at, by: remove_integration(_integration(at), actor=by)
    ),
    "api.services.tokens.add_token": Verb(
        role_table.TEAM,
        lambda at, by: add_token(_integration(at), _facts(), actor=by, kind=TokenKind.INTEGRATION),
        by_support=False,
    ),
    "api.services.tokens.revoke_token": Verb(
        role_table.TEAM,
        lambda at, by: revoke_token(_integration(at).tokens.get(), actor=by),
    ),
}
