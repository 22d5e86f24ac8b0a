"""Codes and tokens, as far as they are not allauth's to write: whose session each is of.

A token carries its session's `sid`, so that it is worth what that is (applications.oidc.standing).
"""

from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from ..models import AppSession

# A refresh token that was used: kept to know it again, and never found as one of the others.
SPENT = "sp"
ISSUED = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)


def bind_code(code: str, session: AppSession) -> None:
    """Note of which session a code is that was just made."""
    hashed = get_adapter().hash_token(code)
    made = Token.objects.get(type=Token.Type.AUTHORIZATION_CODE, hash=hashed)
    made.data["sid"] = session.sid
    made.save(update_fields=["data"])


def bind_tokens(values: list[str], session: AppSession, *, grant: str) -> None:
    """Note of which session tokens are that were just made; `grant` names their family."""
    hashes = [get_adapter().hash_token(value) for value in values]
    data = {"grant_id": grant, "sid": session.sid}
    Token.objects.filter(type__in=ISSUED, hash__in=hashes).update(data=data)


def keep_spent(used: Token) -> None:
    """Keep a refresh token as used, for as long as it could come once more."""
    lifetime = timedelta(seconds=app_settings.REFRESH_TOKEN_EXPIRES_IN)
    Token.objects.create(
        type=SPENT,
        hash=used.hash,
        client_id=used.client_id,
        user_id=used.user_id,
        data=used.data,
        expires_at=timezone.now() + lifetime,
    )


def end_family_of_spent(value: str, client: Client) -> bool:
    """End all tokens that came from one sign-in, if this refresh token was one and is used.

    One that comes twice was stolen, from or by whom can't be told (RFC 9700, 4.14.2).
    """
    hashed = get_adapter().hash_token(value)
    spent = Token.objects.filter(type=SPENT, hash=hashed, client=client).first()
    if spent is None:
        return False
    family = Token.objects.filter(client=client, user=spent.user_id, type__in=ISSUED)
    family = family.filter(data__grant_id=spent.get_grant_id())
    # A refresh that runs beside is waited for, and what it has made is seen by the next look alone.
    while family.exists():
        family.delete()
    return True


def drop_expired_tokens() -> int:
    """Remove codes and tokens whose time is over; return how many. They are worth nothing."""
    dropped: int = Token.objects.expired().delete()[0]
    return dropped
