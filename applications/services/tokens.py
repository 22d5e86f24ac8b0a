"""Codes and tokens, kept as allauth reads them, and of which session each is.

A token carries its session's `sid`, so that it is worth what that is (applications.oidc.standing).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.utils import timezone

from ..models import AppSession

# A refresh token that was used: kept to know it again, and never found as one of the others.
SPENT = "sp"
ISSUED = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)
# In seconds, as the settings say at the moment.
LIFETIMES = {
    Token.Type.AUTHORIZATION_CODE: lambda: app_settings.AUTHORIZATION_CODE_EXPIRES_IN,
    Token.Type.ACCESS_TOKEN: lambda: app_settings.ACCESS_TOKEN_EXPIRES_IN,
    Token.Type.REFRESH_TOKEN: lambda: app_settings.REFRESH_TOKEN_EXPIRES_IN,
}


def keep_code(
    code: str, session: AppSession, *, client: Client, asked: Mapping[str, Any], grant: str
) -> None:
    """Keep a new code with what was asked for.

    `asked` has the `scopes`, the `redirect_uri`, the `nonce` and the `pkce` of the request.
    """
    token = _new(Token.Type.AUTHORIZATION_CODE, code, session, client=client, grant=grant)
    token.data |= {"claims": None, "claimed": False}
    if asked["pkce"]:
        token.data["pkce"] = asked["pkce"]
    token.set_scopes(asked["scopes"])
    token.set_redirect_uri(asked["redirect_uri"])
    if asked["nonce"]:
        token.set_nonce(asked["nonce"])
    token.save(force_insert=True)


def keep_tokens(
    values: Mapping[str, str],
    session: AppSession,
    *,
    client: Client,
    scopes: Sequence[str],
    grant: str,
) -> None:
    """Keep new tokens, a value of each kind, of this session; `grant` names their family."""
    tokens = []
    for kind, value in values.items():
        token = _new(kind, value, session, client=client, grant=grant)
        token.set_scopes(list(scopes))
        tokens.append(token)
    Token.objects.bulk_create(tokens)


def keep_spent(used: Token) -> None:
    """Keep a refresh token as used, for as long as it could come once more."""
    ends = _end_of(Token.Type.REFRESH_TOKEN)
    Token.objects.filter(pk=used.pk).update(type=SPENT, scopes="", expires_at=ends)


def end_family_of_spent(value: str, client: Client) -> bool:
    """End all tokens that came from one sign-in, if this refresh token was one and is used.

    One that comes twice was stolen, from or by whom can't be told (RFC 9700, 4.14.2).
    """
    hashed = get_adapter().hash_token(value)
    spent = Token.objects.filter(type=SPENT, hash=hashed, client=client).first()
    if spent is None:
        return False
    end_family(spent)
    return True


def end_family(member: Token) -> None:
    """End all tokens that came from the sign-in that this code or token is of."""
    family = Token.objects.filter(client=member.client_id, user=member.user_id, type__in=ISSUED)
    family = family.filter(data__grant_id=member.get_grant_id())
    # A refresh that runs beside is waited for, and what it has made is seen by the next look alone.
    while family.exists():
        family.delete()


def drop_expired_tokens() -> int:
    """Remove codes and tokens whose time is over; return how many. They are worth nothing."""
    dropped: int = Token.objects.expired().delete()[0]
    return dropped


def _new(kind: str, value: str, session: AppSession, *, client: Client, grant: str) -> Token:
    token = Token(type=kind, client=client, user_id=session.user_id, expires_at=_end_of(kind))
    token.data = {"sid": session.sid}
    token.set_grant_id(grant)
    token.set_value(value)
    return token


def _end_of(kind: str) -> datetime:
    return timezone.now() + timedelta(seconds=LIFETIMES[kind]())
