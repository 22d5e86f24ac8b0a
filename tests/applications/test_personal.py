"""What applications hold about one user is given to that user."""

import json

from allauth.idp.oidc.models import Token

from accounts.models import User
from accounts.personal import personal_data
from applications.personal import relations
from tests.applications.conftest import Chat
from tests.factories import AppSessionFactory
from tests.support.cast import Cast


def given(user: User, section: str) -> list[dict[str, object]]:
    return list(relations(user)[section][1])


def test_a_user_gets_ones_own_sign_ins_and_tokens(cast: Cast, chat: Chat) -> None:
    for user in (cast.uma, cast.gail):
        AppSessionFactory.create(application=chat.application, user=user)
        Token.objects.create(type="at", hash=f"hash-{user.pk}", user=user, scopes="openid")
    assert [row["name"] for row in given(cast.uma, "application_sessions")] == ["Team Chat"]
    assert [row["scopes"] for row in given(cast.uma, "application_tokens")] == ["openid"]


def test_nothing_in_the_file_would_sign_anybody_in(cast: Cast, chat: Chat) -> None:
    session = AppSessionFactory.create(
        application=chat.application, user=cast.uma, session_key_hash="hash-of-key"
    )
    Token.objects.create(type="rt", hash="hash-of-token", user=cast.uma)
    text = "".join(personal_data(User.objects.get(pk=cast.uma.pk)))
    assert len(json.loads(text)["application_sessions"]) == 1
    assert not any(secret in text for secret in ("hash-of-key", "hash-of-token", session.sid))
