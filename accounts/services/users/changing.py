from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import BatchKind, Customer, Domain
from customers.roles import Capability, Role
from customers.services import audit, batches
from customers.services.transactions import transactional
from licensing.errors import RulesBroken
from licensing.models import LicenseAssignment
from licensing.rules import Catalog

from ...models import User
from .locking import check_reach, check_roles, lock_one, take_people
from .naming import check_domains, check_free, check_legal, domain_gone

# Fields that name nobody; all others go to the personal side of the log.
PLAIN_FIELDS = {"usage_location", "country", "department", "job_title", "office"}


class ChangedMeanwhile(Refused):
    """`fields` are the names of those that are no longer as they were seen."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(_("Somebody has changed this person meanwhile. Look at the page again."))


def seen_value(user: User, name: str) -> str:
    """A field, or the roles, as a page can carry it to tell later whether it is still so."""
    if name == "roles":
        return "|".join(sorted(user.roles))
    return str(getattr(user, name))


@transactional
def change_user(  # noqa: PLR0913
    user: User,
    *,
    customer: Customer,
    actor: User,
    fields: Mapping[str, str],
    local_part: str | None = None,
    domain: Domain | None = None,
    roles: tuple[Role, ...] | None = None,
    seen: Mapping[str, str] | None = None,
    key: str = "",
) -> dict[str, list[Any]]:
    """Change one person's details and roles: what changed, as [before, after] by field.

    `seen` are values that the change was based on. Raises ChangedMeanwhile when one is no longer
    so, NamesTaken, RulesBroken (a location that a held product forbids), Refused.
    """
    batch = batches.open_batch(BatchKind.CHANGE, actor=actor, customer=customer, key=key)
    capability = Capability.MANAGE_USERS
    people = take_people([user], customer=customer, actor=actor, capability=capability)
    fresh = lock_one(user, people)
    check_reach([fresh], actor=people.actor, capability=capability)
    _check_seen(fresh, seen or {})
    before = {name: str(getattr(fresh, name)) for name in fields} | {"user_name": fresh.user_name}
    changed = _set_fields(fresh, fields)
    changed += _set_name(fresh, local_part, domain, customer)
    _check_location(fresh, changed)
    changes = {name: [before[name], str(getattr(fresh, name))] for name in changed}
    changes |= _set_roles(fresh, roles, actor=people.actor)
    if changes:
        _save(fresh, changed, batch)
        _log(fresh, changes, actor=actor, customer=customer, batch=batch)
    item = batches.item(
        batch,
        fresh,
        before={name: pair[0] for name, pair in changes.items()},
        after={name: pair[1] for name, pair in changes.items()},
    )
    batches.close_batch(batch, [item])
    return changes


def _check_seen(fresh: User, seen: Mapping[str, str]) -> None:
    changed = [name for name, value in seen.items() if seen_value(fresh, name) != value]
    if changed:
        raise ChangedMeanwhile(changed)


def _set_fields(fresh: User, fields: Mapping[str, str]) -> list[str]:
    changed = [name for name, value in fields.items() if str(getattr(fresh, name)) != str(value)]
    for name in changed:
        setattr(fresh, name, fields[name])
    return changed


def _set_name(
    fresh: User, local_part: str | None, domain: Domain | None, customer: Customer
) -> list[str]:
    if local_part is None or domain is None:
        return []
    user_name = f"{local_part}@{domain.name}"
    if user_name == fresh.user_name:
        return []
    check_legal([local_part])
    check_domains([domain], customer=customer)
    fresh.user_name, fresh.domain = user_name, domain
    return ["user_name"]


def _check_location(fresh: User, changed: list[str]) -> None:
    if "usage_location" not in changed:
        return
    held = list(
        LicenseAssignment.objects.live()
        .filter(user=fresh)
        .values_list("subscription__product_id", flat=True)
    )
    if not held:
        return
    catalog, location = Catalog(), str(fresh.usage_location)
    problems = {
        pk: reason
        for pk in held
        if (not location or location in catalog.products[pk].blocked_countries)
        and (reason := catalog.problems(held, [pk], location).get(pk))
    }
    if problems:
        raise RulesBroken({fresh.pk: problems})


def _set_roles(fresh: User, roles: tuple[Role, ...] | None, *, actor: User) -> dict[str, list[Any]]:
    if roles is None or set(roles) == set(fresh.roles):
        return {}
    if fresh.pk == actor.pk and set(fresh.roles) - set(roles):
        raise Refused(_("You can't take away your own permissions. Ask another administrator."))
    check_roles(roles, actor=actor)
    before = [str(role) for role in fresh.roles]
    groups = Group.objects.filter(name__in=[role.value for role in roles])
    fresh.groups.set(groups)
    fresh.__dict__.pop("roles", None)
    fresh.__dict__["role_names"] = "|".join(roles)
    return {"roles": [before, [str(role) for role in roles]]}


def _save(fresh: User, changed: list[str], batch: Any) -> None:
    fresh.changed_by_batch = batch
    fresh.fill_derived()
    derived = ["username", "domain", "sort_name", "search_text", "changed_by_batch"]
    try:
        with transaction.atomic():
            fresh.save(update_fields=[*changed, *derived])
    except IntegrityError:
        check_free([fresh])
        raise Refused(domain_gone(), field="domain") from None


def _log(
    fresh: User, changes: dict[str, list[Any]], *, actor: User, customer: Customer, batch: Any
) -> None:
    plain = {name: pair for name, pair in changes.items() if name in PLAIN_FIELDS | {"roles"}}
    personal = {name: pair for name, pair in changes.items() if name not in plain}
    entry = audit.Entry(Action.USER_CHANGED, fresh, plain, personal)
    audit.record([entry], actor=actor, customer=customer, batch=batch)
