"""What the activity log knows of sources: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from api.models import Source
from api.services.sources import (
    SourceFacts,
    change_source,
    release_users,
    remove_source,
    revoke_source_token,
)
from tests.api.tokens import source_of, source_token
from tests.factories import ScimLinkFactory

Do = Callable[[Any], Any]


def _source(stage: Any) -> Source:
    return source_of(stage.contoso, stage.alice)


def _release(stage: Any) -> object:
    link = ScimLinkFactory.create(source=_source(stage), user=stage.uma)
    return release_users([stage.uma], source=link.source, actor=stage.alice)


def _revoke(stage: Any) -> object:
    source = _source(stage)
    return revoke_source_token(source, source_token(source, stage.alice).token, actor=stage.alice)


SOURCES: dict[str, tuple[Do, list[str], bool]] = {
    "add_source": (_source, ["source.added"], False),
    "change_source": (
        lambda s: change_source(_source(s), SourceFacts(takes_over=True), actor=s.alice),
        ["source.changed"],
        True,
    ),
    "remove_source": (
        lambda s: remove_source(_source(s), actor=s.alice),
        ["source.removed"],
        False,
    ),
    "add_source_token": (lambda s: source_token(_source(s), s.alice), ["token.added"], False),
    "revoke_source_token": (_revoke, ["token.revoked"], False),
    "release_users": (_release, ["user.changed"], True),
}
