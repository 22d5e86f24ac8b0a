"""Whether the portal itself still takes the tokens of sessions: asked as applications do."""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.models import AppSession
from applications.services.applications import Added
from applications.services.tokens import keep_tokens
from customers import scope
from tests.bench.figures import Figure, at_most, yardstick

SCOPES = ["openid", "profile"]


@dataclass(frozen=True)
class Holder:
    """An application that holds the tokens of one session."""

    id: str
    secret: str
    access: str
    refresh: str

    def accepted(self) -> int:
        """Return by how many of three ways the portal lets the application go on."""
        bearer = {"authorization": f"Bearer {self.access}"}
        portal = Client(headers={"host": "localhost"})
        about = portal.post(reverse("oidc:introspect"), self._form(token=self.access)).json()
        again = self._form(grant_type="refresh_token", refresh_token=self.refresh)
        return sum(
            [
                portal.get(reverse("oidc:userinfo"), headers=bearer).status_code == 200,
                about["active"],
                portal.post(reverse("oidc:token"), again).status_code == 200,
            ]
        )

    def _form(self, **fields: str) -> dict[str, str]:
        return {"client_id": self.id, "client_secret": self.secret, **fields}


@scope.within(scope.TASKS)
def holders(added: Sequence[Added], users: Sequence[int]) -> list[Holder]:
    """Give each application tokens of the session of each of these users, which are good so far."""
    settings.OIDC_LIMITS.update(client=10**6, address=10**6, wrong=10**6)
    made = []
    for one in added:
        found = AppSession.objects.filter(application=one.application, user__in=users)
        sessions = list(found.order_by("pk"))
        if _holder(one, sessions[0]).accepted() != 3:
            raise RuntimeError("Tokens of a session that stands are refused.")
        made += [_holder(one, session) for session in sessions]
    return made


def _holder(added: Added, session: AppSession) -> Holder:
    client = added.application.client
    assert client is not None
    access, refresh = uuid.uuid4().hex, uuid.uuid4().hex
    values = {Token.Type.ACCESS_TOKEN: access, Token.Type.REFRESH_TOKEN: refresh}
    keep_tokens(values, session, client=client, scopes=SCOPES, grant=uuid.uuid4().hex)
    return Holder(client.pk, added.secret, access, refresh)


def refused(what: str, asked: Sequence[Holder], committed: float) -> Iterator[Figure]:
    """What the portal takes right after the commit: of all by their rows, of some by requests."""
    with scope.within(scope.TASKS):
        standing = AppSession.objects.standing().count()
    yield at_most(0, f"{what}: sessions that stand at the portal after the commit", standing, "")
    yield at_most(10, f"{what}: all of them seen as ended after", time.time() - committed, "s")
    # Each refusal is a line of the log.
    logging.disable(logging.WARNING)
    accepted = sum(holder.accepted() for holder in asked)
    logging.disable(logging.NOTSET)
    name = f"{what}: refresh, userinfo and introspection of {len(asked)} of them"
    yield at_most(0, f"{name}, granted at the first request", accepted, "requests")
    yield yardstick(f"{name}, all refused after", time.time() - committed, "s")
