"""Tokens for tests, made as the pages do."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from api.models import Source, TokenKind
from api.services.integrations import add_integration
from api.services.sources import SourceFacts, add_source, add_source_token
from api.services.tokens import Made, TokenFacts, add_token, capabilities_of
from customers.models import Customer
from customers.roles import OF_PARTNER, Capability, Role


def token_of(
    user: User,
    *rights: Capability,
    customers: Collection[Customer] | None = None,
    networks: Sequence[str] = (),
    days: int = 30,
    grave: bool = False,
    kind: TokenKind = TokenKind.PERSONAL,
    actor: User | None = None,
) -> Made:
    """Make a token of this user with these rights, or with all that it can have."""
    user = User.objects.with_roles().get(pk=user.pk)
    held = [one for one in capabilities_of(user) if customers is None or one not in OF_PARTNER]
    facts = TokenFacts(
        "Nightly",
        rights or held,
        ends_at=timezone.now() + timedelta(days=days),
        customers=customers,
        networks=networks,
        may_do_grave=grave,
    )
    return add_token(user, facts, actor=actor or user, kind=kind)


def integration(
    actor: User, *roles: Role, name: str = "Sync", customers: Collection[Customer] | None = None
) -> User:
    return add_integration(name, roles=roles, customers=customers, actor=actor)


def source_of(
    customer: Customer, actor: User, *, name: str = "Personio", takes_over: bool = False
) -> Source:
    return add_source(customer, name, SourceFacts(takes_over=takes_over), actor=actor)


def source_token(source: Source, actor: User, *, days: int = 90) -> Made:
    return add_source_token(source, ends_at=timezone.now() + timedelta(days=days), actor=actor)
