"""What is done to the sources of a customer's users."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from api.services.sources import (
    SourceFacts,
    add_source,
    add_source_token,
    change_source,
    release_users,
    remove_source,
    revoke_source_token,
)
from tests.factories import ScimLinkFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _kept(scene: Scene) -> User:
    ScimLinkFactory.create(source=scene.world.source, user=scene.living)
    return scene.living


SOURCES: dict[str, Verb] = {
    "api.services.sources.add_source": Verb(
        role_table.USERS,
        lambda at, by: add_source(at.contoso, "Personio", SourceFacts(), actor=by),
        fully=True,
    ),
    "api.services.sources.change_source": Verb(
        role_table.USERS,
        lambda at, by: change_source(at.world.source, SourceFacts(takes_over=True), actor=by),
        fully=True,
    ),
    "api.services.sources.remove_source": Verb(
        role_table.USERS, lambda at, by: remove_source(at.world.source, actor=by), fully=True
    ),
    "api.services.sources.add_source_token": Verb(
        role_table.USERS,
        lambda at, by: add_source_token(
            at.world.source, ends_at=timezone.now() + timedelta(days=9), actor=by
        ),
        fully=True,
    ),
    "api.services.sources.revoke_source_token": Verb(
        role_table.USERS,
        lambda at, by: revoke_source_token(at.world.source, at.world.source.tokens[0], actor=by),
        fully=True,
    ),
    "api.services.sources.release_users": Verb(
        role_table.USERS,
        lambda at, by: release_users([at.living], source=at.world.source, actor=by),
        prepare=_kept,
        on_user=True,
    ),
}
