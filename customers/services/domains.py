from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from ..actions import Action
from ..errors import Refused
from ..models import Customer, Domain
from . import audit

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_domain(customer: Customer, name: str, *, actor: "User") -> Domain:
    """A further domain; Refused where anybody has it, without a word about who."""
    domain = Domain(customer=customer, name=name.lower())
    try:
        with transaction.atomic():
            domain.save()
    except IntegrityError:
        raise Refused(_("This domain cannot be used here.")) from None
    entry = audit.Entry(Action.DOMAIN_ADDED, domain, {"domain": domain.name})
    audit.record([entry], actor=actor, customer=customer)
    return domain


@transaction.atomic
def make_primary(domain: Domain, *, actor: "User") -> None:
    customer = _lock(domain)
    before = customer.domains.get(is_primary=True)
    if before.pk == domain.pk:
        return
    customer.domains.filter(pk=before.pk).update(is_primary=False)
    customer.domains.filter(pk=domain.pk).update(is_primary=True)
    entry = audit.Entry(Action.DOMAIN_PRIMARY, domain, {"domain": [before.name, domain.name]})
    audit.record([entry], actor=actor, customer=customer)


@transaction.atomic
def remove_domain(domain: Domain, *, actor: "User") -> None:
    """Refused for the primary domain and for one that a living user's name has."""
    customer = _lock(domain)
    fresh = customer.domains.filter(pk=domain.pk).first()
    if fresh is None:
        return
    if fresh.is_primary:
        raise Refused(_("This is the primary domain. Make another one primary first."))
    entry = audit.Entry(Action.DOMAIN_REMOVED, fresh, {"domain": fresh.name})
    try:
        with transaction.atomic():
            audit.record([entry], actor=actor, customer=customer)
            fresh.delete()
    except (ProtectedError, IntegrityError):
        raise Refused(
            _("People have user names with %(domain)s. Change these first.")
            % {"domain": fresh.name}
        ) from None


def _lock(domain: Domain) -> Customer:
    return Customer.objects.select_for_update(no_key=True).get(pk=domain.customer_id)
