"""The pages of sources, on the demo's data."""

from django.utils import timezone

from accounts.models import User
from api.models import Doing, Token, TokenKind
from customers.models import Customer
from licensing.models import Subscription
from tests.api.tokens import source_of, source_token
from tests.factories import ScimLinkFactory, SourceRefusalFactory, UserFactory
from tests.support.page_of import PageOf, url

# Of one source, of a token of it, and of all of them.
SOURCE = {f"api:source-{name}" for name in ("detail", "remove", "token-add")}
SOURCE_TOKEN = {"api:source-token", "api:source-token-revoke"}
SOURCES = {"api:source-add", "api:source-list"} | SOURCE | SOURCE_TOKEN

# What a source calls: tests/api/scim asks who gets what there.
CALLED_BY_SCRIPTS = {
    "api-auditrecords",
    "api-webhooks",
    "api:scim",
    "oauth-discovery",
    "oauth-token",
    "oauth-token-of-tenant",
}


def pages_of_sources(customer: Customer, admin: User) -> list[PageOf]:
    """Of one that keeps a user and could not do all, beside one that is new; and of none."""
    empty = Customer.objects.filter(partner=customer.partner).exclude(pk=customer.pk)[0]
    entra = source_of(customer, admin, name="Entra ID", takes_over=True)
    entra.subscription = Subscription.objects.filter(customer=customer).first()
    entra.save(update_fields=["subscription"])
    made = source_token(entra, admin, days=9)
    Token.objects.filter(kind=TokenKind.SOURCE).update(last_used_at=timezone.now())
    new = source_of(customer, admin, name="Personio")
    kept = UserFactory.create(customer=customer, local_part="kept", display_name="Kim Kept")
    ScimLinkFactory.create(
        source=entra,
        user=kept,
        fields=["display_name", "first_name", "last_name", "user_name", "job_title", "country"],
    )
    SourceRefusalFactory.create(source=entra, user_name="ada@contoso.example", times=48)
    SourceRefusalFactory.create(
        source=entra,
        user_name="a.user.with.quite.a.long.name@contoso.example",
        doing=Doing.LICENSE,
        code="seats-short",
        sentence="Office 365 E3: 1 seat is missing.",
    )
    of_entra = {"customer": customer.pk, "source": entra.pk}
    of_token = of_entra | {"source_token": made.token.pk}
    theirs = {"customer": customer.pk, "user": kept.pk}
    return [
        PageOf("api:source-list", url("api:source-list", {"customer": customer.pk})),
        PageOf("api:source-list", url("api:source-list", {"customer": empty.pk}), variant="none"),
        PageOf("api:source-add", url("api:source-add", {"customer": customer.pk})),
        *(PageOf(name, url(name, of_entra)) for name in sorted(SOURCE)),
        PageOf(
            "api:source-detail",
            url("api:source-detail", of_entra | {"source": new.pk}),
            variant="new",
        ),
        PageOf("api:source-token-revoke", url("api:source-token-revoke", of_token)),
        PageOf("api:user-release", url("api:user-release", theirs)),
        PageOf("accounts:user-detail", url("accounts:user-detail", theirs), variant="kept"),
    ]
