"""Who may enter an application: asked at every step of a sign-in, and by all that shows or makes
accounts there. And why not, for the pages that say what is missing and whom to ask.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import User, UserQuerySet
from customers.roles import CUSTOMER_ROLES, Capability, reach
from customers.said import gettext as _
from customers.said import ngettext
from licensing.models import LicenseAssignment, ServicePlan

from .models import Application, ApplicationCustomer, ApplicationPlan
from .models.applications import licensed

# Administrators who are named as those to ask.
NAMED = 3


def may_enter(user: User, application: Application) -> bool:
    """Return whether the user may enter now, in one query that trusts nothing of either row.

    On PostgreSQL the same query is a function's (applications/migrations/0006_gate_with_a_plan): to
    plan it takes ten times as long as to answer it.
    """
    if user.customer_id is None:
        return False
    if connection.vendor != "postgresql":
        return Application.objects.open_to(user).filter(pk=application.pk).exists()
    with connection.cursor() as cursor:
        asked = [user.pk, user.customer_id, application.pk]
        cursor.execute("SELECT portal_may_enter(%s, %s, %s)", asked)
        [found] = cursor.fetchone()
        return bool(found)


def who_may_enter(application: Application) -> UserQuerySet:
    """Return the users for whom `may_enter` is true."""
    itself = Application.objects.filter(
        pk=application.pk, is_on=True, partner=OuterRef("customer__partner")
    )
    chosen = ApplicationCustomer.objects.filter(
        application=application.pk, customer=OuterRef(OuterRef("customer"))
    )
    plans = ApplicationPlan.objects.filter(application=application.pk)
    holds = plans.filter(licensed("plan", user=OuterRef(OuterRef("pk"))))
    return User.objects.active().filter(
        Exists(itself.filter(Q(all_customers=True) | Exists(chosen))),
        Exists(itself.filter(everyone=True)) | Exists(holds),
        blocked_at=None,
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a user may not enter: sentences, the last of which says whom to ask."""

    reasons: Sequence[str]
    ask: str


def missing(user: User, application: Application) -> Missing:
    """Return what a user lacks whom the gate has refused."""
    return all_missing(user, [application])[application.pk]


def all_missing(user: User, applications: Iterable[Application]) -> dict[int, Missing]:
    """Return what the user lacks for each application, by its id; the same queries for any
    number.
    """
    found = list(applications)
    if user.customer is None:
        text = _("Applications are for customers' users: staff of a partner hold no licenses.")
        return {row.pk: Missing([text], "") for row in found}
    partner = _("Ask %(name)s.") % {"name": user.customer.partner.name}
    administrators = _administrators(user)
    own = _("Ask %(name)s.") % {"name": administrators} if administrators else partner
    held = {
        row.subscription.product_id: row
        for row in LicenseAssignment.objects.live()
        .filter(user=user)
        .select_related("subscription__product")
    }
    rows = ApplicationPlan.objects.filter(application__in=[row.pk for row in found])
    opening: dict[int, list[ServicePlan]] = {}
    for row in rows.select_related("plan__product").order_by("plan__name", "pk"):
        opening.setdefault(row.application_id, []).append(row.plan)
    return {
        row.pk: Missing(_lacking(opening.get(row.pk, []), held), own)
        if row.is_on
        else Missing([_("It is switched off at the moment.")], partner)
        for row in found
    }


def _lacking(plans: Sequence[ServicePlan], held: dict[int, LicenseAssignment]) -> list[str]:
    """Return why none of the plans opens the application to who holds these licenses."""
    reasons = []
    for plan in plans:
        license_ = held.get(plan.product_id)
        names = {"plan": plan.name, "product": plan.product.name}
        if license_ is None:
            continue
        if not license_.subscription.is_active:
            reasons.append(_("The subscription to %(product)s is suspended.") % names)
        elif plan.code in license_.services_off:
            reasons.append(_("%(plan)s is switched off in your license for %(product)s.") % names)
    if not reasons:
        named = [f"{plan.name} ({plan.product.name})" for plan in plans]
        text = ngettext(
            "You need a license with this service: %(plans)s.",
            "You need a license with one of these services: %(plans)s.",
            len(named),
        )
        reasons.append(text % {"plans": ", ".join(named)})
    return reasons


def _administrators(user: User) -> str:
    """Return the names of some who can give the user a license, at the user's own customer."""
    roles = [role for role in CUSTOMER_ROLES if reach([role], Capability.MANAGE_LICENSES)]
    there = User.objects.active().filter(
        customer=user.customer_id, blocked_at=None, groups__name__in=roles
    )
    names = there.exclude(pk=user.pk).order_by("sort_name", "pk").distinct()
    shown = [row.display_name for row in names.only("display_name")[:NAMED]]
    if len(shown) < 2:
        return "".join(shown)
    if len(shown) == 2:
        return _("%(one)s or %(other)s") % {"one": shown[0], "other": shown[1]}
    return _("%(some)s, or %(last)s") % {"some": ", ".join(shown[:-1]), "last": shown[-1]}


def opened_by(plans: Sequence[int]) -> dict[int, list[str]]:
    """Return the names of the applications that each of these plans opens, by its id."""
    rows = ApplicationPlan.objects.filter(plan__in=plans).order_by("application__name")
    names: dict[int, list[str]] = {}
    for plan, name in rows.values_list("plan", "application__name"):
        names.setdefault(plan, []).append(name)
    return names
