"""The protocol: oauthlib's rules over allauth's tokens, narrowed to code and refresh."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import structlog
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from oauthlib.common import Request
from oauthlib.oauth2 import (
    AuthorizationEndpoint,
    BearerToken,
    IntrospectEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint
from oauthlib.openid.connect.core.exceptions import (
    RequestNotSupported,
    RequestURINotSupported,
)
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from accounts.models import User

from ..addresses import is_registered
from ..lookup import client_of_id, hold_application, token_of_value
from ..models import AppSession
from ..services.sessions import see_session
from ..services.tokens import (
    ISSUED,
    end_family,
    end_family_of_spent,
    keep_code,
    keep_spent,
    keep_tokens,
)
from .allauth_internals import (
    OAuthLibRequestValidator,
    claim_authorization_code,
    generate_opaque_token,
    get_validator_context,
    validate_code_challenge_method,
)
from .claims import SCOPES, claims_of
from .keys import read_id_token, sign
from .standing import let_in

logger = structlog.get_logger(__name__)


class Validator(OAuthLibRequestValidator):
    """The answers to what oauthlib asks: allauth's, and what the portal asks besides.

    One is made for each request: `user` is who is signed in there or, without a session of the
    portal, whose token is shown; `session` is what the request's code or token is found to be of.
    """

    def __init__(self, user: User | None = None, session: AppSession | None = None) -> None:
        super().__init__()
        self.user, self.session = user, session

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        return super().authenticate_client(request) and _holds_application(request)

    def authenticate_client_id(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return super().authenticate_client_id(client_id, request) and _holds_application(request)

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return whether it is a registered one, and nothing that a browser would run."""
        scheme, client = redirect_uri.partition(":")[0].lower(), request.client
        # An app on a phone has a scheme of its own, with its maker's domain in it (RFC 8252, 7.1).
        may_be = scheme in {"http", "https"} or "." in scheme
        any_port = client.type == Client.Type.PUBLIC
        return may_be and is_registered(redirect_uri, client.get_redirect_uris(), any_port=any_port)

    def validate_scopes(
        self,
        client_id: str,
        scopes: Sequence[str],
        client: Client,
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> bool:
        """Leave out scopes that there are not; without `openid` nobody signs in."""
        request.scopes = [scope for scope in SCOPES if scope in scopes]
        return "openid" in request.scopes

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        client = request.client
        return client.type == Client.Type.PUBLIC or bool(client.application.needs_pkce)

    def validate_silent_authorization(self, request: Request) -> bool:
        """Return True: the partner decides who may enter, and the gate was asked."""
        return True

    def validate_user_match(
        self, id_token_hint: str | None, scopes: object, claims: object, request: Request
    ) -> bool:
        """Return whether the user is the one of whom the application has an ID token."""
        if not id_token_hint or self.user is None:
            return True
        hint = read_id_token(id_token_hint)
        return hint is not None and hint["sub"] == str(self.user.uuid)

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        context = get_validator_context()
        context.grant_id = uuid4().hex
        challenge = getattr(request, "code_challenge", None)
        method = request.code_challenge_method
        pkce = {"code_challenge": challenge, "code_challenge_method": method} if challenge else None
        asked = {
            "scopes": request.scopes,
            "redirect_uri": request.redirect_uri,
            "nonce": getattr(request, "nonce", None),
            "pkce": pkce,
        }
        client, grant = request.client, context.grant_id
        keep_code(code["code"], self._session, client=client, asked=asked, grant=grant)

    def validate_code(
        self, client_id: str, code: str, client: Client, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return whether it is a code of the client's own; whether it was used, its claim tells.

        Locked until the tokens for it are written: who comes with it a second time waits.
        """
        kinds = [Token.Type.AUTHORIZATION_CODE]
        found = token_of_value(code, kinds, client=client, to_change=True)
        grant = found.get_grant_id() if found else None
        if found is None or grant is None or not isinstance(found.data, dict):
            return False
        context = get_validator_context()
        context.code_tokens[client_id, code], context.grant_id = found, grant
        request.scopes, request.claims = found.get_scopes(), found.data["claims"]
        if pkce := found.data.get("pkce"):
            request.code_challenge = pkce["code_challenge"]
            request.code_challenge_method = pkce["code_challenge_method"]
        return self._let_in(found, request)

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Do nothing: the code is claimed, and who replays it waits for its lock.

        allauth looks once more after the commit, for a replay that ran beside. Here that one comes
        after it, and ends the tokens that it then sees.
        """

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return whether the token is one, and was not used before.

        One that comes twice was stolen, from or by whom can't be told: its whole family ends
        (RFC 9700, 4.14.2). Of two at the same moment the second waits, and is a second use.
        """
        kinds = [Token.Type.REFRESH_TOKEN]
        found = token_of_value(refresh_token, kinds, client=client, to_change=True)
        if found is None:
            if end_family_of_spent(refresh_token, client):
                logger.warning("refresh_token_used_twice", client=client.pk)
            return False
        get_validator_context().refresh_token = found
        return self._let_in(found, request)

    def validate_bearer_token(self, token: str, scopes: Sequence[str], request: Request) -> bool:
        """Return whether it is an access token, which is no part of an address that a log has."""
        if not token or ("access_token", token) in request.uri_query_params:
            return False
        found = token_of_value(token, [Token.Type.ACCESS_TOKEN])
        if found is None or not set(scopes).issubset(found.get_scopes()):
            return False
        client = self._lookup_client(request, found.client_id or "")
        if client is None:
            return False
        self._use_client(request, client)
        get_validator_context().access_token = found
        request.access_token, request.scopes = token, found.get_scopes()
        return self._let_in(found, request)

    def introspect_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return what there is to say of a token of the client's own; None: it is worth nothing."""
        found = token_of_value(token, ISSUED, client=request.client)
        if found is None or found.expires_at is None or not self._let_in(found, request):
            return None
        is_refresh = found.type == Token.Type.REFRESH_TOKEN
        return {
            "iss": settings.OIDC_ISSUER,
            "iat": int(found.created_at.timestamp()),
            "exp": int(found.expires_at.timestamp()),
            "token_type": "refresh_token" if is_refresh else "access_token",
            "scope": " ".join(found.get_scopes()),
            "sub": str(request.user.uuid),
            "client_id": request.client.id,
            "username": request.user.user_name,
        }

    def revoke_token(
        self, token: str, token_type_hint: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """End a token of the client's own; with a refresh token all that came from its sign-in.

        Also with a used one: a refresh may have run beside, and what that made is meant too.
        """
        found = token_of_value(token, ISSUED, client=request.client, to_change=True)
        if found is None:
            end_family_of_spent(token, request.client)
        elif found.type == Token.Type.REFRESH_TOKEN and found.get_grant_id():
            end_family(found)
        else:
            found.delete()

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Keep new tokens with the session that they are of, and a used one as used."""
        context = get_validator_context()
        used, grant = context.refresh_token, context.grant_id
        if used is not None:
            keep_spent(used)
            grant = used.get_grant_id()
        values = {Token.Type.ACCESS_TOKEN: token["access_token"]}
        if "refresh_token" in token:
            values[Token.Type.REFRESH_TOKEN] = token["refresh_token"]
            # Not of the standard; Keycloak and allauth tell it by this name.
            token["refresh_expires_in"] = app_settings.REFRESH_TOKEN_EXPIRES_IN
        client, scopes = request.client, request.scopes
        keep_tokens(values, self._session, client=client, scopes=scopes, grant=grant)

    def finalize_id_token(
        self,
        id_token: dict[str, Any],
        token: dict[str, Any],
        token_handler: object,
        request: Request,
    ) -> str:
        session = self._session
        claims = claims_of(request.user, request.client.application, request.scopes)
        times = {
            "exp": id_token["iat"] + app_settings.ID_TOKEN_EXPIRES_IN,
            "auth_time": int(session.auth_time.timestamp()),
        }
        how = {"amr": session.amr, "acr": session.acr, "sid": session.sid}
        about = {"iss": settings.OIDC_ISSUER, "jti": uuid4().hex}
        return sign({**claims, **id_token, **times, **how, **about})

    def is_origin_allowed(
        self, client_id: str, origin: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return False: the views say it, and the same to every page (views.programs)."""
        return False

    @property
    def _session(self) -> AppSession:
        assert self.session is not None  # noqa: S101 - no token is made before a session is known
        return self.session

    def _lookup_client(self, request: Request, client_id: str) -> Client | None:
        """Look the client of an application up with that, once a request."""
        known = get_validator_context().clients
        if client_id not in known:
            known[client_id] = client_of_id(client_id)
        return known[client_id]

    def _let_in(self, token: Token, request: Request) -> bool:
        self.session = let_in(token, request.client.application, user=self.user)
        if self.session is None:
            return False
        see_session(self.session)
        request.user = self.session.user
        return True


def _holds_application(request: Request) -> bool:
    """Return whether the application is there, and stays until the call is answered.

    Before any token is looked at: who removes the application removes these after it.
    """
    return hold_application(request.client.application.pk)


def _claim_code(request: Request) -> None:
    """Note that the code was used; of one that was before, end what came from it.

    allauth ends what is there by then. What a refresh makes at that moment ends here.
    """
    try:
        claim_authorization_code(request)
    except InvalidGrantError:
        end_family(get_validator_context().code_tokens[request.client_id, request.code])
        raise


class Server(
    AuthorizationEndpoint,
    IntrospectEndpoint,
    TokenEndpoint,
    RevocationEndpoint,
    UserInfoEndpoint,
):
    """The endpoints of one request: no implicit or hybrid flow, no password, nothing by device."""

    def __init__(self, validator: Validator) -> None:
        code, refresh = AuthorizationCodeGrant(validator), RefreshTokenGrant(validator)
        code.custom_validators.pre_auth += [_refuse_unsupported, validate_code_challenge_method]
        code.custom_validators.post_token += [_claim_code, self._refresh_if_granted]
        self._code = code
        bearer = BearerToken(
            validator,
            generate_opaque_token,
            app_settings.ACCESS_TOKEN_EXPIRES_IN,
            generate_opaque_token,
        )
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": code})
        grants = {"authorization_code": code, "refresh_token": refresh}
        TokenEndpoint.__init__(self, "authorization_code", bearer, grants)
        IntrospectEndpoint.__init__(self, validator)
        RevocationEndpoint.__init__(self, validator)
        UserInfoEndpoint.__init__(self, validator)

    def _refresh_if_granted(self, request: Request) -> None:
        """Make a refresh token only for a client that may use it."""
        granted = request.client.get_grant_types()
        self._code.refresh_token = Client.GrantType.REFRESH_TOKEN in granted


def _refuse_unsupported(request: Request) -> dict[str, Any]:
    """Refuse what the discovery document says is not there, before it is left out unseen."""
    if request.response_mode not in {None, "query"}:
        text = "Only response_mode query is supported."
        # This answer is of no other mode either.
        request.response_mode = None
        raise InvalidRequestError(description=text, request=request)
    if getattr(request, "request", None):
        raise RequestNotSupported(request=request)
    if getattr(request, "request_uri", None):
        raise RequestURINotSupported(request=request)
    return {}
