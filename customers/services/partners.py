from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..actions import Action
from ..errors import Refused
from ..models import Domain, Partner
from ..roles import Capability
from . import audit
from .domains import legal_name, taken_message
from .permission import check_actor, check_support
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User


@transactional
def add_partner(*, actor: "User", name: str, country: str, primary_domain: str) -> Partner:
    """Add a partner with its staff's domain. Raise Refused where that is taken."""
    check_support(actor)
    domain = Domain(name=legal_name(primary_domain, field="primary_domain"), is_primary=True)
    partner = Partner(name=name, country=country)
    partner.save()
    domain.partner = partner
    try:
        with transaction.atomic():
            domain.save()
    except IntegrityError:
        raise Refused(taken_message(), code="domain-taken", field="primary_domain") from None
    entries = [
        audit.Entry(Action.PARTNER_ADDED, partner, {"country": str(country)}),
        audit.Entry(Action.DOMAIN_ADDED, domain, {"domain": domain.name}),
    ]
    audit.record(entries, actor=actor, partner=partner)
    return partner


@transactional
def change_partner(partner: Partner, *, actor: "User", **values: str) -> list[str]:
    """Change name, country or help contact; return the names of the fields that did change."""
    check_support(actor)
    return _change(partner, actor, values)


@transactional
def change_help_contact(partner: Partner, *, actor: "User", **values: str) -> list[str]:
    """Change what `HELP_FIELDS` names, of the actor's own partner; return the fields that did."""
    by = check_actor(actor, Capability.MANAGE_TEAM)
    if not by.is_staff and by.partner_id != partner.pk:
        raise Refused(
            _("You can change the help contact of your own partner only."),
            code="partner-of-others",
        )
    own = {name: value for name, value in values.items() if name in Partner.HELP_FIELDS}
    return _change(partner, actor, own)


def _change(partner: Partner, actor: "User", values: Mapping[str, str]) -> list[str]:
    fresh = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    changes = {
        name: [str(getattr(fresh, name)), str(value)]
        for name, value in values.items()
        if str(getattr(fresh, name)) != str(value)
    }
    if not changes:
        return []
    for name in changes:
        setattr(fresh, name, values[name])
    fresh.save(update_fields=list(changes))
    entry = audit.Entry(Action.PARTNER_CHANGED, fresh, changes)
    audit.record([entry], actor=actor, partner=fresh)
    return list(changes)
