from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer, Domain
from customers.roles import Capability, Role
from customers.services import audit, batches, bulk
from customers.services.customers import move_counters
from customers.services.transactions import transactional
from licensing.errors import RulesBroken
from licensing.models import LicenseAssignment, Subscription
from licensing.rules import Catalog, check_plans
from licensing.services.seats import Seat, lock_subscriptions, take_seats

from ...models import CredentialSheet, SheetKind, User
from ...passwords import hash_temporary_passwords, make_temporary_password
from ..credentials import Slip, write_sheet
from .locking import check_actor, check_roles
from .naming import check_domains, check_free, check_legal, domain_gone


@dataclass(frozen=True, slots=True)
class License:
    subscription_id: int
    services_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewUser:
    """`fields` are further model fields: names, usage location, contact data."""

    local_part: str
    domain: Domain
    display_name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    licenses: tuple[License, ...] = ()

    @property
    def user_name(self) -> str:
        return f"{self.local_part}@{self.domain.name}"


@dataclass(frozen=True, slots=True)
class Added:
    batch: Batch
    users: Sequence[User]
    sheet: CredentialSheet


def add_users(
    new: Sequence[NewUser],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    onto: CredentialSheet | None = None,
) -> Added:
    """Add people with roles, licenses and temporary passwords, all or none.

    Raises AlreadyDone for a key that was used, NamesTaken, SeatsShort, NotActive, RulesBroken.
    """
    check_legal(person.local_part for person in new)
    passwords = [make_temporary_password(len(new)) for _number in new]
    # Before the transaction: a slow hash must not be waited for under a lock.
    hashes = hash_temporary_passwords(passwords)
    return _add(new, passwords, hashes, customer=customer, actor=actor, key=key, onto=onto)


@transactional
def _add(
    new: Sequence[NewUser],
    passwords: Sequence[str],
    hashes: Sequence[str],
    *,
    customer: Customer,
    actor: User,
    key: str,
    onto: CredentialSheet | None,
) -> Added:
    batch = batches.open_batch(BatchKind.CREATE, actor=actor, customer=customer, key=key)
    _check_actor(new, actor)
    users = _insert(new, hashes, customer=customer, batch=batch)
    give_roles(users, [person.roles for person in new])
    licenses = _license(new, users, customer=customer)
    slips = [
        Slip(user.pk, user.display_name, user.user_name, password)
        for user, password in zip(users, passwords, strict=True)
    ]
    sheet = write_sheet(
        slips, kind=SheetKind.ADDED, customer=customer, actor=actor, batch=batch, onto=onto
    )
    batch.request = {"sheet": sheet.pk}
    _log(new, users, licenses, actor=actor, customer=customer, batch=batch)
    batches.close_batch(batch, [batches.item(batch, user) for user in users])
    move_counters(customer, active=len(users))
    return Added(batch, users, sheet)


def _check_actor(new: Sequence[NewUser], actor: User) -> None:
    fresh = check_actor(actor, Capability.MANAGE_USERS)
    check_roles({role for person in new for role in person.roles}, actor=fresh)


def _insert(
    new: Sequence[NewUser], hashes: Sequence[str], *, customer: Customer, batch: Batch
) -> Sequence[User]:
    now = timezone.now()
    users = [
        _new_user(person, hashed, customer=customer, batch=batch)
        for person, hashed in zip(new, hashes, strict=True)
    ]
    for user in users:
        user.added_at = user.temporary_password_set_at = now
    check_free(users)
    check_domains([person.domain for person in new], customer=customer)
    try:
        with transaction.atomic():
            return bulk.insert(User, users)
    except IntegrityError:
        # Somebody took a name, or removed the domain, in this very moment.
        for user in users:
            user.pk = None
        check_free(users)
        raise Refused(domain_gone(), field="domain") from None


def _new_user(person: NewUser, hashed: str, *, customer: Customer, batch: Batch) -> User:
    user = User(
        customer=customer,
        domain=person.domain,
        user_name=person.user_name,
        display_name=person.display_name,
        password=hashed,
        must_change_password=True,
        changed_by_batch=batch,
        **person.fields,
    )
    user.fill_derived()
    return user


def give_roles(users: Sequence[User], roles: Sequence[tuple[Role, ...]]) -> None:
    """Write the groups of new users, and remember them on the objects."""
    through = User.groups.through
    groups = {group.name: group.pk for group in Group.objects.all()}
    through.objects.bulk_create(
        through(user_id=user.pk, group_id=groups[role.value])
        for user, given in zip(users, roles, strict=True)
        for role in given
    )
    for user, given in zip(users, roles, strict=True):
        user.__dict__["role_names"] = "|".join(given)


def _license(
    new: Sequence[NewUser], users: Sequence[User], *, customer: Customer
) -> Sequence[LicenseAssignment]:
    wanted = {item.subscription_id for person in new for item in person.licenses}
    if not wanted:
        return []
    subscriptions = lock_subscriptions(
        Subscription.objects.filter(customer=customer, pk__in=wanted).values_list("pk", flat=True)
    )
    if wanted - subscriptions.keys():
        raise Refused(_subscription_gone())
    check_plans(_switched_off(new, subscriptions))
    _check_rules(new, users, subscriptions)
    seats = [
        Seat(user.pk, item.subscription_id, item.services_off)
        for person, user in zip(new, users, strict=True)
        for item in person.licenses
    ]
    take_seats(seats, subscriptions=subscriptions, at=timezone.now())
    taken = LicenseAssignment.objects.live().filter(user__among=[user.pk for user in users])
    rows = list(taken.order_by("user", "pk"))
    for row in rows:
        row.subscription = subscriptions[row.subscription_id]
    return rows


def _switched_off(
    new: Sequence[NewUser], subscriptions: Mapping[int, Subscription]
) -> dict[int, set[str]]:
    codes: dict[int, set[str]] = {}
    for person in new:
        for item in person.licenses:
            product = subscriptions[item.subscription_id].product_id
            codes.setdefault(product, set()).update(item.services_off)
    return codes


def _subscription_gone() -> str:
    return _("A chosen subscription does not exist any more. Choose again.")


def _check_rules(
    new: Sequence[NewUser], users: Sequence[User], subscriptions: Mapping[int, Subscription]
) -> None:
    catalog = Catalog()
    problems: dict[int, dict[int, str]] = {}
    for person, user in zip(new, users, strict=True):
        products = [subscriptions[item.subscription_id].product_id for item in person.licenses]
        found = catalog.problems(products, products, str(user.usage_location))
        if found:
            problems[user.pk] = found
    if problems:
        raise RulesBroken(problems)


def _log(
    new: Sequence[NewUser],
    users: Sequence[User],
    licenses: Sequence[LicenseAssignment],
    *,
    actor: User,
    customer: Customer,
    batch: Batch,
) -> None:
    by_id = {user.pk: user for user in users}
    entries = [
        audit.Entry(Action.USER_ADDED, user, _facts(person))
        for person, user in zip(new, users, strict=True)
    ]
    entries += [
        audit.Entry(Action.LICENSE_ASSIGNED, by_id[row.user_id], license_facts(row))
        for row in licenses
    ]
    audit.record(entries, actor=actor, customer=customer, batch=batch)


def _facts(person: NewUser) -> dict[str, Any]:
    return {"roles": [[], [str(role) for role in person.roles]]} if person.roles else {}


def license_facts(row: LicenseAssignment) -> dict[str, Any]:
    """What the log says of one license. `row.subscription` is loaded, with its product."""
    facts: dict[str, Any] = {"product": row.subscription.product.name}
    if row.services_off:
        facts["services_off"] = row.services_off
    return facts
