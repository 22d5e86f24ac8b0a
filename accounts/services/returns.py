"""What comes back with a deleted person, decided in memory: for the preview and for the deed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from customers.models import Customer, Domain
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from licensing.rules import Catalog

from ..models import User
from ..names import LOCAL_PART_LENGTH, check_local_part
from .credentials import temporary_password_expired

Held = Mapping[int, Sequence[LicenseAssignment]]


@dataclass(slots=True)
class Return:
    """One person's way back. With a `name_problem` it can't go on; `proposal` is a free name."""

    user: User
    user_name: str
    old_name: str
    domain: Domain | None = None
    name_problem: str = ""
    proposal: str = ""
    back: list[LicenseAssignment] = field(default_factory=list)
    lost: list[tuple[LicenseAssignment, str]] = field(default_factory=list)
    # Of the lost ones, those that lack nothing but a seat.
    short: list[LicenseAssignment] = field(default_factory=list)

    @property
    def lost_rows(self) -> list[LicenseAssignment]:
        return [row for row, _reason in self.lost]

    @property
    def password_expired(self) -> bool:
        return temporary_password_expired(self.user)


def held_at_deletion(users: Iterable[User]) -> dict[int, list[LicenseAssignment]]:
    """The licenses that each deletion released, by user id: those of the deletion's instant."""
    held: dict[int, list[LicenseAssignment]] = {}
    rows = (
        LicenseAssignment.objects.filter(
            user__among=[user.pk for user in users], released_at=F("user__deleted_at")
        )
        .select_related("subscription__product")
        .order_by("subscription__product__name", "pk")
    )
    for row in rows:
        held.setdefault(row.user_id, []).append(row)
    return held


def plan_returns(
    users: Sequence[User],
    held: Held,
    subscriptions: Mapping[int, Subscription],
    *,
    customer: Customer,
    names: Mapping[int, str],
) -> list[Return]:
    """The plan in the order of the list: earlier people get the last seats."""
    returns = _named(users, customer, names)
    catalog = Catalog()
    free = {
        pk: row.available if row.status == SubscriptionStatus.ACTIVE else 0
        for pk, row in subscriptions.items()
    }
    for item in returns:
        _choose(item, held.get(item.user.pk, ()), subscriptions, free, catalog)
        for row in item.back:
            free[row.subscription_id] -= 1
    return returns


def _choose(
    item: Return,
    rows: Iterable[LicenseAssignment],
    subscriptions: Mapping[int, Subscription],
    free: Mapping[int, int],
    catalog: Catalog,
) -> None:
    item.back = list(rows)
    while True:
        products = [row.subscription.product_id for row in item.back]
        for row in item.back:
            subscription, product = subscriptions[row.subscription_id], row.subscription.product_id
            reason = _seat_reason(subscription, free) or (
                catalog.problems(products, [product], str(item.user.usage_location)).get(product)
            )
            if reason:
                # Without this one another may lack what it needs: look at all of them again.
                item.back.remove(row)
                item.lost.append((row, reason))
                if _is_full(subscription, free):
                    item.short.append(row)
                break
        else:
            return


def _seat_reason(subscription: Subscription, free: Mapping[int, int]) -> str:
    product = subscription.product.name
    if subscription.status == SubscriptionStatus.SUSPENDED:
        return _("%(product)s: the subscription is suspended.") % {"product": product}
    if subscription.status == SubscriptionStatus.CANCELED:
        return _("%(product)s: the subscription was canceled.") % {"product": product}
    if _is_full(subscription, free):
        return _("%(product)s: no seat is free.") % {"product": product}
    return ""


def _is_full(subscription: Subscription, free: Mapping[int, int]) -> bool:
    return subscription.status == SubscriptionStatus.ACTIVE and free[subscription.pk] < 1


def _named(users: Sequence[User], customer: Customer, names: Mapping[int, str]) -> list[Return]:
    domains = {domain.name: domain for domain in customer.domains.all()}
    returns = [Return(user, names.get(user.pk) or user.user_name, user.user_name) for user in users]
    wanted = [item.user_name.lower() for item in returns]
    taken = _taken(wanted)
    used: set[str] = set()
    for item in returns:
        _check_name(item, domains, taken, used)
        used.add(item.user_name.lower())
    _propose([item for item in returns if item.name_problem], customer, used | taken)
    return returns


def _taken(names: Iterable[str]) -> set[str]:
    found = User.objects.filter(username__in=list(names)).values_list("username", flat=True)
    return {name for name in found if name}


def _check_name(
    item: Return, domains: Mapping[str, Domain], taken: set[str], used: set[str]
) -> None:
    local, _at, domain = item.user_name.rpartition("@")
    item.domain = domains.get(domain.lower())
    if item.domain is None:
        item.name_problem = _("The domain %(domain)s does not belong to this customer.") % {
            "domain": domain
        }
        return
    try:
        check_local_part(local)
    except ValidationError as error:
        item.name_problem = " ".join(error.messages)
        return
    if item.user_name.lower() in taken:
        item.name_problem = _("Somebody else has the user name %(name)s.") % {
            "name": item.user_name
        }
    elif item.user_name.lower() in used:
        item.name_problem = _("Two of these people would have the user name %(name)s.") % {
            "name": item.user_name
        }


def _propose(blocked: Sequence[Return], customer: Customer, used: set[str]) -> None:
    """A free name for each, with the first number that nobody has."""
    if not blocked:
        return
    primary = customer.domains.get(is_primary=True).name
    wanted = [_parts(item, primary) for item in blocked]
    # One look for all; only who finds a long row of namesakes asks again.
    first = [_numbered(local, number, domain) for local, domain in wanted for number in (1, *_FEW)]
    lower = [name.lower() for name in first]
    taken = used | _taken(lower)
    for item, (local, domain) in zip(blocked, wanted, strict=True):
        names = [_numbered(local, number, domain) for number in (1, *_FEW)]
        free = [name for name in names if name.lower() not in taken]
        item.proposal = free[0] if free else free_name(local, domain, taken)
        taken.add(item.proposal.lower())


_FEW = range(2, 10)


def _parts(item: Return, primary: str) -> tuple[str, str]:
    """The local part as far as it may be one, and a domain that the customer has."""
    local, _at, _domain = item.user_name.rpartition("@")
    try:
        check_local_part(local)
    except ValidationError:
        local = item.old_name.rpartition("@")[0]
    return local, item.domain.name if item.domain else primary


def free_name(local: str, domain: str, used: set[str]) -> str:
    """The first of local, local2, local3 … that nobody living has and that is not in `used`."""
    start = 1
    while True:
        names = [_numbered(local, number, domain) for number in range(start, start + 50)]
        lower = [name.lower() for name in names]
        taken = _taken(lower)
        for name in names:
            if name.lower() not in taken and name.lower() not in used:
                return name
        start += 50


def _numbered(local: str, number: int, domain: str) -> str:
    suffix = "" if number == 1 else str(number)
    return f"{local[: LOCAL_PART_LENGTH - len(suffix)]}{suffix}@{domain}"


Facts = dict[str, dict[str, Any]]


def facts(returns: Iterable[Return]) -> Facts:
    """What the page showed, by user id, plain enough to travel in a form."""
    return {
        str(item.user.pk): {
            "problem": item.name_problem,
            "back": sorted(row.pk for row in item.back),
            "lost": sorted(row.pk for row in item.lost_rows),
        }
        for item in returns
    }


def fingerprint(returns: Iterable[Return]) -> str:
    """What the page showed, so that Confirm can tell whether the world has changed since."""
    return hashlib.sha256(repr(sorted(facts(returns).items())).encode()).hexdigest()[:16]


def differences(seen: Facts, returns: Iterable[Return]) -> list[str]:
    """In sentences, what has changed for these people since `seen`."""
    sentences = []
    for item in returns:
        before = seen.get(str(item.user.pk))
        if before is not None:
            sentences += _differences(before, item)
    return sentences


def _differences(before: dict[str, Any], item: Return) -> list[str]:
    person = {"name": item.user.display_name}
    found = [f"{person['name']}: {reason}" for row, reason in item.lost if row.pk in before["back"]]
    found += [
        _("%(name)s: %(product)s comes back after all.")
        % {**person, "product": row.subscription.product.name}
        for row in item.back
        if row.pk in before["lost"]
    ]
    if item.name_problem and item.name_problem != before["problem"]:
        found.append(f"{person['name']}: {item.name_problem}")
    elif before["problem"] and not item.name_problem:
        found.append(_("%(name)s: the user name is free again.") % person)
    return found
