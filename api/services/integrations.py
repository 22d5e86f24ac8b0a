"""Integrations: machine users of a partner, which act by tokens and secrets alone.

An integration has roles and customers as staff have, and stays when whoever made it leaves. It is
looked after by those who look after the team, and its events are in the team's log.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.staff import StaffDetails
from accounts.services.staff.locking import check_may, lock_teams
from accounts.services.staff.removing import GONE
from accounts.services.staff.writing import log, save, set_fields, set_links, set_name
from applications.services.applications import NO_CUSTOMER
from customers.actions import Action
from customers.errors import Refused
from customers.formats import ENTER_NAME
from customers.models import Customer, Domain, Partner
from customers.roles import Role
from customers.said import gettext as _
from customers.services.transactions import transactional

from .tokens import check_hand

# Of the user name, which only the log and the admin show.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def domain_of(partner: Partner) -> Domain:
    """Return the domain that names of the partner's machine users end with."""
    domain = partner.domains.order_by("-is_primary", "pk").first()
    if domain is None:
        raise Refused(_("Your partner needs a domain first."), code="domain-not-yours")
    return domain


@transactional
def add_integration(
    name: str,
    *,
    roles: Sequence[Role],
    customers: Collection[Customer] | None,
    actor: User,
    partner: Partner | None = None,
) -> User:
    """Add an integration of the partner, the actor's own unless one is named.

    `customers` None: for all of them.
    """
    check_hand(actor)
    partner = partner or actor.partner
    if partner is None:
        raise Refused(_("Only partner staff can add an integration."), code="staff-only")
    lock_teams([partner.pk])
    check_may([partner.pk], actor=actor)
    user = User(partner=partner, is_machine=True)
    user.set_unusable_password()
    set_name(user, f"integration-{get_random_string(10, LETTERS)}@{domain_of(partner).name}")
    details = _details(user, name, roles, customers)
    _check_name(user, details)
    changes = set_fields(user, details)
    save(user)
    changes |= set_links(user, details)
    log(Action.INTEGRATION_ADDED, user, changes, actor=actor)
    return user


@transactional
def change_integration(
    integration: User,
    name: str,
    *,
    roles: Sequence[Role],
    customers: Collection[Customer] | None,
    actor: User,
    seen: str = "",
) -> dict[str, list[Any]]:
    """Change an integration, and return what changed. Its tokens have no more than it has left.

    `seen` is the version that was changed here (`version_of`): Refused where that is no longer it.
    """
    fresh = take_integration(integration, actor=actor)
    if seen and seen != version_of(fresh):
        raise Refused(
            _("Someone else changed this integration while you were editing. Nothing was saved."
              " Load the page again to see it as it is now."), code="changed-meanwhile"
        )  # fmt: skip
    details = _details(fresh, name, roles, customers)
    _check_name(fresh, details)
    changes = set_fields(fresh, details) | set_links(fresh, details)
    if changes:
        save(fresh)
        log(Action.INTEGRATION_CHANGED, fresh, changes, actor=actor)
    return changes


@transactional
def block_integration(integration: User, *, blocked: bool, actor: User) -> bool:
    """Block an integration or allow it again; return whether it was otherwise.

    What it holds is worth nothing once it was blocked: allowed again, it needs new tokens.
    """
    fresh = take_integration(integration, actor=actor)
    if (fresh.blocked_at is not None) == blocked:
        return False
    fresh.blocked_at = timezone.now() if blocked else None
    fresh.blocked_by = actor if blocked else None
    if blocked:
        end_access([fresh], writing=("blocked_at", "blocked_by"))
    else:
        fresh.save(update_fields=["blocked_at", "blocked_by"])
    log(Action.USER_BLOCKED if blocked else Action.USER_ALLOWED, fresh, {}, actor=actor)
    return True


@transactional
def remove_integration(integration: User, *, actor: User) -> None:
    """Remove an integration for good: whatever it holds is worth nothing from now on."""
    fresh = take_integration(integration, actor=actor)
    fresh.username = fresh.domain = None
    fresh.deleted_at, fresh.deleted_by = timezone.now(), actor
    fresh.purge_after = fresh.deleted_at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
    end_access([fresh], writing=GONE)
    log(Action.INTEGRATION_REMOVED, fresh, {}, actor=actor)


def version_of(integration: User) -> str:
    """Return what changes with every change of the integration."""
    groups = sorted(integration.groups.values_list("name", flat=True))
    customers = sorted(integration.allowed_customers.values_list("pk", flat=True))
    facts = [integration.display_name, integration.limited_to_customers, groups, customers]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


def take_integration(integration: User, *, actor: User) -> User:
    """Lock an integration and return it. Refused where the actor may not, or it is gone."""
    check_hand(actor)
    lock_teams([integration.partner_id] if integration.partner_id else [])
    rows = User.objects.with_roles().select_for_update(no_key=True, of=("self",))
    # The user of a source is looked after with that.
    living = rows.select_related("partner").active().filter(is_machine=True, source=None)
    fresh = living.filter(pk=integration.pk).first()
    check_may([integration.partner_id], actor=actor)
    if fresh is None:
        raise Refused(_("This integration has since been removed."), code="integration-gone")
    return fresh


def _details(
    user: User, name: str, roles: Sequence[Role], customers: Collection[Customer] | None
) -> StaffDetails:
    if customers is not None and not customers:
        raise Refused(NO_CUSTOMER, code="no-customer-chosen", field="customers")
    return StaffDetails(
        user.user_name,
        fields={"display_name": name.strip()},
        roles=list(roles),
        only_customers=list(customers or []),
        limited_to_customers=customers is not None,
    )


def _check_name(user: User, details: StaffDetails) -> None:
    """Raise Refused for a name that is none, or another's; the team is locked."""
    name = details.fields["display_name"]
    if not name:
        raise Refused(str(ENTER_NAME), code="name-missing", field="name")
    own = User.objects.active().filter(partner=user.partner, is_machine=True)
    if own.filter(display_name__iexact=name).exclude(pk=user.pk).exists():
        raise Refused(
            _("There is already an integration named %(name)s.") % {"name": name},
            code="integration-name-taken",
            field="name",
        )
