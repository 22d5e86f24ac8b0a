"""What an application is told of a user: a closed list, of which it can't ask for more."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from accounts.models import User
from customers.postgresql.function_rows import rows_of
from licensing.models import LicenseAssignment, SubscriptionStatus

from ..models import Application, Claim

# All that may be asked for; others are left out, as OpenID Connect Core 3.1.2.1 has it.
SCOPES = ("openid", "profile", "email", "groups", "offline_access")
EXTRA = {
    Claim.COUNTRY: "country",
    Claim.DEPARTMENT: "department",
    Claim.JOB_TITLE: "job_title",
    Claim.OFFICE: "office",
    Claim.PHONE: "office_phone",
}
CLAIMS = (
    *("sub", "name", "given_name", "family_name", "preferred_username"),
    *("email", "email_verified", "groups", "tenant"),
    *(str(claim) for claim in EXTRA),
)


def claims_of(user: User, application: Application, scopes: Collection[str]) -> dict[str, Any]:
    """Return the claims of an ID token or of userinfo; of what is empty nothing is told.

    `sub` is the user's uuid, which survives a new name, and a delete with its restore.
    """
    claims: dict[str, Any] = {"sub": str(user.uuid)}
    tenant = ""
    if not {"profile", "groups"}.isdisjoint(scopes):
        tenant, claims["groups"] = tenant_and_groups_of(user)
    if "profile" in scopes:
        claims |= {
            "name": user.display_name,
            "given_name": user.first_name,
            "family_name": user.last_name,
            "preferred_username": user.user_name,
            "tenant": tenant,
            **{name: str(getattr(user, EXTRA[Claim(name)])) for name in application.extra_claims},
        }
    if "email" in scopes:
        # Of the customer's own domain, as each user name is.
        claims |= {"email": user.user_name, "email_verified": True}
    return {name: value for name, value in claims.items() if value != ""}


def tenant_and_groups_of(user: User) -> tuple[str, list[str]]:
    """Return the UUID of the user's customer, or "", and what the user is and holds: the roles,
    and the codes of service plans.
    """
    if connection.vendor == "postgresql":
        asked = [user.pk, user.customer_id]
        [(tenant, plans)] = rows_of("tenant, plans", "portal_holdings(%s, %s)", asked)
    else:
        tenant, plans = user.customer.uuid if user.customer else None, held_plans(user)
    codes = sorted({code for code in plans if code})
    return str(tenant or ""), [*(str(role.value) for role in user.roles), *codes]


def held_plans(user: User) -> list[str]:
    """Return the codes of the service plans that are switched on in the user's licenses."""
    held = LicenseAssignment.objects.live().filter(
        user=user, subscription__status=SubscriptionStatus.ACTIVE
    )
    plans = held.values_list("subscription__product__plans__code", "services_off")
    return [code for code, off in plans if code not in off]
