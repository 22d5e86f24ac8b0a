"""Tokens: made, revoked, and looked at before they end.

A token is shown once, to whoever has it made, and kept as a hash alone.
"""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services.staff.locking import check_may
from accounts.signin.admission import ACCOUNT_CLOSED
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.formats import ENTER_NAME
from customers.models import Customer
from customers.narrowing import NEVER, narrowing_of
from customers.roles import OF_PARTNER, Capability
from customers.said import gettext as _
from customers.said import gettext_lazy
from customers.services import audit
from customers.services.batches import check_key
from customers.services.permission import check_actor, not_open
from customers.services.transactions import transactional

from ..credentials import draw
from ..lookup import hash_of
from ..models import Token, TokenCustomer, TokenKind

LONGEST = timedelta(days=365)
CAPABILITY_NEEDED = gettext_lazy("Choose at least one permission.")
# Of one user that live at the same time; two secrets, so that one can be changed without a gap.
MOST, MOST_SECRETS = 50, 2


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token shall be. `customers` None: all that its user sees."""

    name: str
    capabilities: Collection[Capability]
    ends_at: datetime
    customers: Collection[Customer] | None = None
    networks: Sequence[str] = ()
    may_do_grave: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A new token with its text, to be told once."""

    token: Token
    text: str = field(repr=False)


@transactional
def add_token(
    user: User,
    facts: TokenFacts,
    *,
    actor: User | None,
    kind: TokenKind = TokenKind.PERSONAL,
    key: str = "",
) -> Made:
    """Make a token by which one acts as this user: the actor, or an integration of theirs.

    Without an actor a command makes it, on the server itself. Refused for a right that the user
    does not have now, and to whoever has come by a token. Raises AlreadyDone, with the token, for
    a `key` that has made one.
    """
    fresh = User.objects.with_roles().select_for_update(no_key=True, of=("self",))
    row = fresh.select_related("partner", "customer").active().filter(pk=user.pk).first()
    if row is None or row.blocked_at is not None:
        raise Refused(str(ACCOUNT_CLOSED), code="account-closed")
    if row.is_staff:
        raise Refused(_("Support staff have no tokens."), code="token-of-staff")
    if actor is not None:
        _check_whose(row, actor)
    if key:
        check_key(key)
        if (twin := Token.objects.filter(user=row, key=key).first()) is not None:
            raise AlreadyDone(twin)
    rights = _rights(facts, row)
    networks = [read_network(text) for text in facts.networks]
    check_end(facts.ends_at)
    if not facts.name.strip():
        raise Refused(str(ENTER_NAME), code="name-missing", field="name")
    _check_number(row, kind)
    drawn = draw()
    token = Token.objects.create(
        user=row,
        made_by=actor or row,
        kind=kind,
        name=facts.name.strip(),
        prefix=drawn.prefix,
        hash=hash_of(drawn.text),
        capabilities=rights,
        all_customers=facts.customers is None,
        networks=networks,
        may_do_grave=facts.may_do_grave,
        epoch=row.session_epoch,
        ends_at=facts.ends_at,
        key=key,
    )
    seen = set(Customer.objects.visible_to(token.user).values_list("pk", flat=True))
    if any(customer.pk not in seen for customer in facts.customers or ()):
        raise not_open("customers")
    TokenCustomer.objects.bulk_create(
        TokenCustomer(token=token, customer=customer) for customer in facts.customers or ()
    )
    _log(Action.TOKEN_ADDED, token, actor or row, _told(token, facts))
    return Made(token, drawn.text)


@transactional
def revoke_token(token: Token, *, actor: User) -> bool:
    """Make a token worth nothing at once; return whether it was not revoked before.

    Whose it is may, an account admin for an integration, and support staff for everyone.
    """
    check_hand(actor)
    rows = Token.objects.select_for_update(of=("self",)).select_related("user__partner")
    fresh = rows.filter(pk=token.pk).first()
    if fresh is None:
        raise Refused(_("This token has since been removed."), code="token-gone")
    if not check_actor(actor, Capability.SEE).is_staff:
        _check_whose(fresh.user, actor)
    if fresh.revoked_at is not None:
        return False
    fresh.revoked_at = timezone.now()
    fresh.save(update_fields=["revoked_at"])
    _log(Action.TOKEN_REVOKED, fresh, actor, {"token": fresh.name})
    return True


def capabilities_of(user: User) -> list[Capability]:
    """Return the rights that a token of this user can have, as the user's roles are now."""
    return [one for one in Capability if one not in NEVER and user.can(one)]


def check_hand(actor: User) -> None:
    """Raise Refused for whoever comes by a token: it makes neither tokens nor integrations."""
    if narrowing_of(actor.pk) is not None or actor.is_machine:
        raise Refused(
            _("A token can't manage tokens and integrations. Sign in to the portal."),
            code="token-makes-none",
        )


def _check_whose(user: User, actor: User) -> None:
    """Raise Refused unless it is the actor's own, or an integration of the actor's partner."""
    check_hand(actor)
    if user.pk == actor.pk:
        check_actor(actor, Capability.SEE)
        return
    if not user.is_machine or actor.is_staff:
        raise Refused(_("You can manage your own tokens only."), code="token-of-others")
    check_may([user.partner_id], actor=actor)


def _rights(facts: TokenFacts, user: User) -> list[str]:
    held, wanted = set(capabilities_of(user)), set(facts.capabilities)
    if not wanted:
        raise Refused(
            str(CAPABILITY_NEEDED),
            code="capabilities-missing",
            field="capabilities",
        )
    if wanted - held:
        raise Refused(
            _("A token can't have more permissions than the account that it acts for."),
            code="capability-not-held",
            field="capabilities",
        )
    if facts.customers is not None and wanted & set(OF_PARTNER):
        raise Refused(
            _("Applications and the catalog concern all customers. Choose all customers, or leave"
              " these permissions out."), code="capability-of-partner", field="capabilities"
        )  # fmt: skip
    # Whoever may do anything sees what it is about.
    return sorted(wanted | {Capability.SEE})


def read_network(text: str) -> str:
    """Return the network in its one spelling; of an address, the network of it alone."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise Refused(
            _("Enter networks such as 203.0.113.0/24 or single addresses, one per line."),
            code="network-wrong",
            field="networks",
        ) from None


def check_end(ends_at: datetime) -> None:
    """Raise Refused for an end that no token has."""
    # An hour more: the clock may be set back between the form and here.
    if not timedelta(0) < ends_at - timezone.now() <= LONGEST + timedelta(hours=1):
        raise Refused(
            _("A token can be valid for 1 to 365 days."), code="token-time-wrong", field="days"
        )


def _check_number(user: User, kind: TokenKind) -> None:
    living = Token.objects.living().filter(user=user, epoch=user.session_epoch)
    if kind == TokenKind.SECRET and living.filter(kind=kind).count() >= MOST_SECRETS:
        raise Refused(
            _("An integration has up to two secrets at a time. Revoke one of them first."),
            code="secrets-two",
        )
    if living.count() >= MOST:
        raise Refused(
            _("There are %(count)s tokens already. Revoke one of them first.") % {"count": MOST},
            code="tokens-too-many",
        )


def _told(token: Token, facts: TokenFacts) -> dict[str, Any]:
    """Return what the log says of a new token."""
    chosen = facts.customers
    return {
        "token": token.name,
        "token_kind": token.kind,
        "capabilities": ", ".join(token.capabilities),
        "customers": "all" if chosen is None else ", ".join(sorted(one.name for one in chosen)),
        "networks": ", ".join(token.networks),
        "may_do_grave": token.may_do_grave,
        "ends_at": token.ends_at.isoformat(),
    }


def _log(action: Action, token: Token, actor: User, changes: dict[str, Any]) -> None:
    """Write an event in the log of the token's user: the partner's, or the customer's."""
    entry = audit.Entry(action, token.user, changes)
    audit.record([entry], actor=actor, customer=token.user.customer, partner=token.user.partner)
