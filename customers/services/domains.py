from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from ..actions import Action
from ..errors import Refused
from ..models import Customer, Domain, domain_validator
from ..roles import Capability
from ..said import gettext as _
from ..said import joined
from . import audit
from .permission import check_actor
from .searching import renew_search_text
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User


@transactional
def add_domain(customer: Customer, name: str, *, actor: "User") -> Domain:
    """Add a further domain. Raise Refused where anybody has it, without a word about who."""
    check_actor(actor, Capability.MANAGE_CUSTOMERS, customer=customer)
    domain = Domain(customer=customer, name=legal_name(name, field="name"))
    try:
        with transaction.atomic():
            domain.save()
    except IntegrityError:
        raise Refused(taken_message(), code="domain-taken", field="name") from None
    entry = audit.Entry(Action.DOMAIN_ADDED, domain, {"domain": domain.name})
    audit.record([entry], actor=actor, customer=customer)
    renew_search_text(customer)
    return domain


def legal_name(name: str, *, field: str) -> str:
    """Return the name as it is stored. Raise Refused unless it is a domain."""
    lower = name.strip().lower()
    try:
        domain_validator(lower)
    except ValidationError as error:
        raise Refused(joined(error.messages), code="domain-wrong", field=field) from None
    return lower


def taken_message() -> str:
    return _("This domain cannot be used here.")


@transactional
def make_primary(domain: Domain, *, actor: "User") -> None:
    """Make a domain the one that new user names get. Raise Refused if it was removed."""
    customer = _owner(domain)
    check_actor(actor, Capability.MANAGE_CUSTOMERS, customer=customer)
    domains = _lock(customer)
    before = next(row for row in domains.values() if row.is_primary)
    if domain.pk not in domains:
        raise Refused(_("This domain has been removed. Choose another one."), code="domain-removed")
    if before.pk == domain.pk:
        return
    customer.domains.filter(pk=before.pk).update(is_primary=False)
    customer.domains.filter(pk=domain.pk).update(is_primary=True)
    entry = audit.Entry(Action.DOMAIN_PRIMARY, domain, {"domain": [before.name, domain.name]})
    audit.record([entry], actor=actor, customer=customer)


@transactional
def remove_domain(domain: Domain, *, actor: "User") -> None:
    """Remove a domain. Raise Refused for the primary one, and for one in a living user's name."""
    customer = _owner(domain)
    check_actor(actor, Capability.MANAGE_CUSTOMERS, customer=customer)
    fresh = _lock(customer).get(domain.pk)
    if fresh is None:
        return
    if fresh.is_primary:
        raise Refused(
            _("This is the primary domain. Make another one primary first."), code="domain-primary"
        )
    entry = audit.Entry(Action.DOMAIN_REMOVED, fresh, {"domain": fresh.name})
    try:
        with transaction.atomic():
            audit.record([entry], actor=actor, customer=customer)
            fresh.delete()
            renew_search_text(customer)
    except (ProtectedError, IntegrityError):
        raise Refused(
            _("Users have user names with %(domain)s. Change these first.")
            % {"domain": domain.name},
            code="domain-in-use",
        ) from None


def _owner(domain: Domain) -> Customer:
    if domain.customer is None:
        raise Refused(_("This domain is the partner's own."), code="domain-of-partner")
    return domain.customer


def _lock(customer: Customer) -> dict[int, Domain]:
    """Lock the domains, not the customer's own row, which others lock last, holding a domain."""
    rows = customer.domains.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows}
