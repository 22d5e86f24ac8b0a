"""The pages of tokens and integrations, on the demo's data."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from api.models import Token, TokenKind
from api.services.integrations import block_integration
from api.services.tokens import revoke_token
from customers.models import Customer
from customers.roles import Capability, Role
from tests.api.tokens import integration, token_of
from tests.factories import PartnerFactory, StaffFactory
from tests.support.page_of import PageOf, url

# Of one of the partner's integrations, of all of them, of one's own tokens, and of one of these.
INTEGRATION = {
    f"api:integration-{name}"
    for name in (
        *("allow", "block", "detail", "remove", "secret-add", "token", "token-add"),
        "token-revoke",
    )
}
INTEGRATIONS = {"api:integration-add", "api:integration-list"}
TOKENS = {"api:token-add", "api:token-list"}
TOKEN = {"api:token-detail", "api:token-revoke"}


def pages_of_tokens(customer: Customer, admin: str) -> list[PageOf]:
    """Of an integration with tokens in every state, beside one that is blocked; and of none."""
    alice = User.objects.with_roles().get(username="alice@fabrikam.example")
    sync = integration(alice, Role.ADMIN_AGENT, name="Nightly import", customers=[customer])
    blocked = integration(alice, Role.SALES_AGENT, name="License report")
    block_integration(blocked, blocked=True, actor=alice)
    token = _tokens(sync, TokenKind.INTEGRATION, alice, customer)
    for _number in range(2):
        token_of(sync, kind=TokenKind.SECRET, actor=alice)
    own = _tokens(alice, TokenKind.PERSONAL, alice, customer)
    without = StaffFactory.create(
        partner=PartnerFactory.create(name="Wide World", domain="wideworld.example"),
        roles=[Role.ACCOUNT_ADMIN],
        password="six-blue-hens",
    ).user_name
    this = {"integration": sync.pk}
    parts = ("detail", "block", "remove", "token-add", "secret-add")
    names = [f"api:integration-{part}" for part in parts]
    return [
        PageOf("api:integration-list", reverse("api:integration-list")),
        PageOf("api:integration-list", reverse("api:integration-list"), without, "none"),
        PageOf("api:integration-add", reverse("api:integration-add")),
        *(PageOf(name, url(name, this)) for name in names),
        *(
            PageOf(
                f"api:integration-{name}",
                url(f"api:integration-{name}", {"integration": blocked.pk}),
                variant=variant,
            )
            for name, variant in (("detail", "blocked"), ("allow", ""))
        ),
        *(
            PageOf(name, url(name, {**this, "token": token.pk}))
            for name in ("api:integration-token", "api:integration-token-revoke")
        ),
        PageOf("api-document", reverse("api-document")),
        PageOf("api:token-list", reverse("api:token-list")),
        PageOf("api:token-list", reverse("api:token-list"), admin, "none"),
        PageOf("api:token-add", reverse("api:token-add")),
        PageOf("api:token-add", reverse("api:token-add"), admin, "administrator"),
        *(
            PageOf(name, url(name, {"token": own.pk}))
            for name in ("api:token-detail", "api:token-revoke")
        ),
    ]


def _tokens(user: User, kind: TokenKind, actor: User, customer: Customer) -> Token:
    """One that lives, and one that ends soon, is over, is revoked; returns the first."""
    made = [
        token_of(
            user,
            *(Capability.MANAGE_USERS, Capability.MANAGE_LICENSES, Capability.RESET_PASSWORDS),
            customers=[customer],
            networks=["203.0.113.0/24", "2001:db8::/32"],
            days=days,
            grave=days > 10,
            kind=kind,
            actor=actor,
        ).token
        for days in (90, 10, 20, 30)
    ]
    first, _soon, over, revoked = made
    Token.objects.filter(pk=over.pk).update(ends_at=timezone.now() - timedelta(days=1))
    Token.objects.filter(pk=first.pk).update(last_used_at=timezone.now())
    revoke_token(revoked, actor=actor)
    return first
