"""Who a user is, at sign-in and of a session: before it is known whose rows may be shown."""

from allauth.account.utils import url_str_to_user_pk
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from customers import scope
from customers.branding.brands import OF_PARTNER
from customers.models import Partner
from customers.postgresql.function_rows import FunctionRow, rows_of
from customers.scope import SUPPORT, WEB, Scope

from ..models import User
from ..names import typed_user_name
from .allauth_internals import LOGIN_SESSION_KEY

# The one function that looks a user up, out of the scope that is told, if one is
# (accounts/migrations/0003_people_on_postgresql). What the user's pages show of the partner comes
# along (partnerportal.frame.branding).
PERSON = FunctionRow(User, "(found.person)")
# What is no column of the user's, by the attribute that it becomes.
BESIDES = {
    "role_names": "found.role_names",
    "of_partner": "found.of_partner",
    "brand_facts": "portal_brand(found.of_partner, NULL, NULL)",
}


def user_of_id(pk: int) -> User | None:
    return _find(pk, None)


def user_named(user_name: str) -> User | None:
    """Return the user of this name, in any scope: a request may still be signed in as another."""
    with scope.within(scope.NOBODY):
        return _find(None, typed_user_name(user_name).lower())


def user_signing_in(pk: int) -> User | None:
    """Return the user of this id, in any scope: a passkey names one in place of a user name."""
    with scope.within(scope.NOBODY):
        return _find(pk, None)


def user_waiting(session: SessionBase) -> User | None:
    """Return the user whose password was right and who has yet to take a further step."""
    login = session.get(LOGIN_SESSION_KEY)
    pk = login.get("user_pk") if isinstance(login, dict) else None
    return user_of_id(url_str_to_user_pk(pk)) if pk is not None else None


def _find(pk: int | None, user_name: str | None) -> User | None:
    if connection.vendor == "postgresql":
        columns = ", ".join([PERSON.columns, *BESIDES.values()])
        for row in rows_of(columns, "portal_person(%s, %s)", [pk, user_name]):
            user = PERSON.read(row[: PERSON.width])
            for name, value in zip(BESIDES, row[PERSON.width :], strict=True):
                setattr(user, name, value)
            return user
        return None
    wanted = {"username": user_name} if pk is None else {"pk": pk}
    users = User.objects.with_roles().filter(**wanted)
    users = users.annotate(of_partner=Coalesce("partner_id", "customer__partner_id"))
    brand = Partner.objects.filter(pk=OuterRef("of_partner")).values(facts=OF_PARTNER)
    return users.annotate(brand_facts=Subquery(brand)).first()


def scope_of(user: User) -> Scope:
    """Return what a user may see at most: staff the partner's rows, users their customer's.

    A user who belongs to neither is support staff, if no longer one with rights.
    """
    if user.customer_id is None and user.partner_id is None:
        return SUPPORT
    # A lazy object has no attributes of its own: a user of another query is looked up again.
    partner: int | None = getattr(user, "of_partner", None)
    if partner is None:
        partner = getattr(user_of_id(user.pk), "of_partner", None)
    return Scope(WEB, partner=partner, customer=user.customer_id, at=user.customer_id)
