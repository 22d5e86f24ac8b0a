"""The door of scripts: a token in the header `Authorization: Bearer`, and nothing else.

No cookie counts, and `request.user` stays nobody, so that no middleware of sessions takes the
request for one of a browser. Who acts is `request.actor`.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.signin.admission import Credential, NotAdmitted, admit
from accounts.signin.lookup import user_of_id
from accounts.signin.proving import Evidence
from customers import scope
from customers.client_address import client_address
from customers.models import Customer, Via
from customers.narrowing import NEVER, Narrowing, narrow
from customers.roles import OF_PARTNER, Capability
from customers.said import gettext as _

from . import lookup
from .credentials import PATTERN, secret_of_access
from .models import Token, TokenKind

# The last use of a token is written no more often than this.
SEEN_EVERY = timedelta(minutes=5)
# What is exchanged for the access of an hour, which is worth what it stands for (api.oauth).
EXCHANGED = {TokenKind.SECRET, TokenKind.PERSONAL, TokenKind.INTEGRATION}
# What reaches no administrator, whatever its user's role.
SPARING = {TokenKind.SOURCE}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, by which token."""

    user: User
    token: Token

    @property
    def evidence(self) -> Evidence:
        """What the token proves where a page would ask (accounts.signin.proving)."""
        return Evidence(standing=self.token.may_do_grave)


def bearer_of(request: HttpRequest) -> str:
    """Return what the header bears, or ""."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""


def let_in(request: HttpRequest) -> Caller:
    """Admit the user of the request's token, narrowed to it. Raise NotAdmitted otherwise."""
    text = bearer_of(request)
    if not text:
        sentence = _("There is no token. Send the header Authorization: Bearer, and the token.")
        raise NotAdmitted(sentence, code="token-not-known")
    if PATTERN.fullmatch(text):
        found, wanted = lookup.user_id_of(text), {"hash": lookup.hash_of(text)}
        kinds = {TokenKind.PERSONAL, TokenKind.INTEGRATION}
    elif (uuid := secret_of_access(text)) is not None:
        found, kinds = lookup.user_id_of_uuid(uuid), EXCHANGED
        wanted = {"uuid": str(uuid)}
    else:
        raise unknown()
    if found is None:
        raise unknown()
    return admit_by(wanted, kinds, found, address=client_address(request))


def let_in_source(request: HttpRequest) -> Caller:
    """Admit the source of the request's token, as let_in does all others."""
    text = bearer_of(request)
    found = lookup.user_id_of(text) if PATTERN.fullmatch(text) else None
    if found is None:
        raise unknown()
    wanted, address = {"hash": lookup.hash_of(text)}, client_address(request)
    return admit_by(wanted, {TokenKind.SOURCE}, found, address=address)


def hold_to(customer: Customer) -> None:
    """Let the database show this customer's rows alone, until the end of the request."""
    scope.only(customer.pk)


def admit_by(
    wanted: dict[str, str], kinds: set[TokenKind], user_id: int, *, address: str
) -> Caller:
    """Admit the user of the token that is `wanted`, used from this address.

    The token is read once its user was let in: before, nobody's rows are shown.
    """
    # A cookie may have let somebody in before, in whose scope no other user is found.
    scope.leave()
    user = user_of_id(user_id)
    # All of them are made with a second step: what a browser would ask for at sign-in was taken.
    user = admit(user, Credential(second_step=True)).user
    token = Token.objects.living().filter(**wanted, kind__in=kinds, user=user).first()
    if token is None:
        raise _shut(unknown())
    admit(user, Credential(epoch=token.epoch, second_step=True))
    if not comes_from(token, address):
        text = _("This token can't be used from this address.")
        raise _shut(NotAdmitted(text, code="network-not-allowed"))
    narrow(narrowing_by(token))
    see(token)
    return Caller(user, token)


def comes_from(token: Token, address: str) -> bool:
    """Return whether the address is in one of the token's networks, where it names any."""
    if not token.networks:
        return True
    there = ipaddress.ip_address(address)
    return any(there in ipaddress.ip_network(network) for network in token.networks)


def narrowing_by(token: Token) -> Narrowing:
    """Return what the token leaves of its user's rights."""
    chosen = None
    if not token.all_customers:
        chosen = frozenset(token.chosen_customers.values_list("customer_id", flat=True))
    known = {capability.value for capability in Capability}
    rights = {Capability(name) for name in token.capabilities if name in known} - NEVER
    return Narrowing(
        token.user_id,
        token.pk,
        Via.SCIM if token.kind == TokenKind.SOURCE else Via.API,
        frozenset(rights if chosen is None else rights - set(OF_PARTNER)),
        chosen,
        spares_administrators=token.kind in SPARING,
    )


def narrowing_of_token(pk: int) -> Narrowing | None:
    """Return what a token leaves now, for a task that does what was asked for by it."""
    token = Token.objects.living().select_related("user").filter(pk=pk).first()
    if token is None or token.epoch != token.user.session_epoch:
        return None
    return narrowing_by(token)


def see(token: Token) -> None:
    """Note that a token was used, every few minutes and not at each call."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        token.last_used_at = now
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def unknown() -> NotAdmitted:
    """Return the refusal of what is no token, the same whatever is wrong with it."""
    return NotAdmitted(_("This token is unknown, revoked or has expired."), code="token-not-known")


def _shut(refusal: NotAdmitted) -> NotAdmitted:
    scope.leave()
    return refusal
