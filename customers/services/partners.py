import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http.request import validate_host
from django.utils.crypto import get_random_string

from ..actions import Action
from ..branding.look import SLUG_LENGTH
from ..branding.pages import portal_host
from ..branding.pictures import Picture
from ..branding.rows import HOST_LENGTH, HostName, Logo
from ..errors import Refused
from ..formats import LOGO_CHANGED, LOGO_REPLACED, clash_text
from ..models import Domain, Partner
from ..roles import Capability
from ..said import gettext as _
from . import audit
from .domains import legal_name, taken_message
from .permission import check_actor, check_support
from .seen import clash_of
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User

# Without those that are mistaken for others.
_SLUG_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])")


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
def change_partner(
    partner: Partner,
    *,
    actor: "User",
    logo: Picture | None = None,
    seen: Mapping[str, str] | None = None,
    **values: str,
) -> list[str]:
    """Change name, country, branding or help contact; return the names of the fields that did
    change. With `logo_digest=""` there is no logo from then on. Refused, at the field, where one of
    those to change no longer has the value in `seen`.
    """
    check_support(actor)
    return _change(partner, actor, values, logo, seen or {})


@transactional
def change_branding(
    partner: Partner,
    *,
    actor: "User",
    logo: Picture | None = None,
    seen: Mapping[str, str] | None = None,
    **values: str,
) -> list[str]:
    """Change what `LOOK_FIELDS` and `HELP_FIELDS` name, of the actor's own partner; return the
    names of the fields that did change. With `logo_digest=""` there is no logo from then on.
    Refused, at the field, where one of those to change no longer has the value in `seen`.
    """
    by = check_actor(actor, Capability.MANAGE_TEAM)
    if not by.is_staff and by.partner_id != partner.pk:
        raise Refused(
            _("You can change the branding of your own partner only."),
            code="partner-of-others",
        )
    may_change = (*Partner.LOOK_FIELDS, *Partner.HELP_FIELDS)
    own = {name: value for name, value in values.items() if name in may_change}
    return _change(partner, actor, own, logo, seen or {})


@transactional
def set_host_names(
    partner: Partner,
    names: Iterable[str],
    *,
    actor: "User",
    seen: Collection[str] | None = None,
) -> list[str]:
    """Make these the host names under which the portal is the partner's own; return those that
    were added or removed. Refused, at the field `host_names`, where one can't be, and where they
    are no longer those that were `seen`.
    """
    check_support(actor)
    fresh = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    wanted = list(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
    before = list(fresh.host_names.values_list("name", flat=True))
    changed = sorted({*wanted} ^ {*before})
    if not changed:
        return []
    if seen is not None and {*seen} != {*before}:
        raise Refused(clash_text(", ".join(before)), code="changed-meanwhile", field="host_names")
    for name in {*wanted} - {*before}:
        _check_host(name)
    fresh.host_names.exclude(name__in=wanted).delete()
    try:
        with transaction.atomic():
            HostName.objects.bulk_create(
                HostName(partner=fresh, name=name) for name in wanted if name not in before
            )
    except IntegrityError:
        text = _("One of these host names is another partner's.")
        raise Refused(text, code="host-not-taken", field="host_names") from None
    change = {"host_names": [", ".join(before), ", ".join(wanted)]}
    audit.record([audit.Entry(Action.PARTNER_CHANGED, fresh, change)], actor=actor, partner=fresh)
    return changed


def _check_host(name: str) -> None:
    if len(name) > HOST_LENGTH or not _HOST.fullmatch(name) or name == portal_host():
        text = _("“%(name)s” can't be a partner's host name. Enter one such as portal.example.com.")
    elif not validate_host(name, settings.ALLOWED_HOSTS):
        text = _(
            "The portal does not answer under “%(name)s” yet. Add it to ALLOWED_HOSTS, restart"
            " the portal, then add it here."
        )
    else:
        return
    raise Refused(text % {"name": name[:80]}, code="host-not-taken", field="host_names")


def _change(
    partner: Partner,
    actor: "User",
    values: Mapping[str, str],
    logo: Picture | None,
    seen: Mapping[str, str],
) -> list[str]:
    fresh = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    wanted: dict[str, Any] = {**values} | ({"logo_digest": logo.digest} if logo else {})
    changes = {
        name: [str(getattr(fresh, name)), str(value)]
        for name, value in wanted.items()
        if str(getattr(fresh, name)) != str(value)
    }
    if not changes:
        return []
    if name := clash_of({name: now for name, (now, _wanted) in changes.items()}, seen):
        field, text = name, clash_text(changes[name][0])
        if name == "logo_digest":
            field, text = "logo", str(LOGO_REPLACED if logo else LOGO_CHANGED)
        raise Refused(text, code="changed-meanwhile", field=field)
    fields = {name: wanted[name] for name in changes}
    if "logo_digest" in changes:
        fields |= _keep_logo(fresh, logo)
    if not fresh.brand_slug and not changes.keys().isdisjoint(Partner.LOOK_FIELDS):
        # 58 bits: found by whoever was given it, and by nobody who tries.
        fields["brand_slug"] = get_random_string(SLUG_LENGTH, _SLUG_LETTERS)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=list(fields))
    entry = audit.Entry(Action.PARTNER_CHANGED, fresh, changes)
    audit.record([entry], actor=actor, partner=fresh)
    return list(changes)


def _keep_logo(partner: Partner, logo: Picture | None) -> dict[str, Any]:
    """Write or remove the picture; return what the partner's row says of it."""
    if logo is None:
        Logo.objects.filter(partner=partner).delete()
        return {"logo_digest": "", "logo_width": 0, "logo_height": 0, "logo_on_dark": False}
    Logo.objects.update_or_create(partner=partner, defaults={"png": logo.png})
    return {
        "logo_digest": logo.digest,
        "logo_width": logo.width,
        "logo_height": logo.height,
        "logo_on_dark": logo.on_dark,
    }
