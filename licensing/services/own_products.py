"""A partner's own products, looked after by its account admins and seen by no other partner.

What was sold stays: a product is deleted only while no customer has ever had it, and a service plan
is removed only while no license includes it and it opens nothing.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db.models import F, ProtectedError, Q
from django.utils.text import slugify

from customers.actions import Action
from customers.errors import Refused
from customers.formats import figure
from customers.models import Partner
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import ngettext
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..errors import product_changed, product_gone, services_gone, without_services
from ..models import PRODUCT_NAME_LENGTH, SKU_LENGTH, LicenseAssignment, Product, ServicePlan
from .products import (
    changed,
    check_name,
    check_sku,
    known,
    lock_own,
    name_plans,
    save_name,
    save_new,
)
from .seats import lock_subscriptions

if TYPE_CHECKING:
    from accounts.models import User

# Of a SKU and of the code of a plan: what uploads separate words by is none of it.
CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]*")

# The names of what these plans open, by the id of the plan.
Opened = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]

_opened: list[Opened] = []


def also_opened(opened: Opened) -> Opened:
    """Have plans stay that open something; an app says so when it is ready."""
    if opened not in _opened:
        _opened.append(opened)
    return opened


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What account admins say of a product; `plans` are all of its names, by code."""

    name: str
    plans: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Use:
    """What keeps a product, and its plans, from being deleted."""

    # Of customers who have or had it.
    subscriptions: int
    # Licenses of users, and of deleted ones who come back with theirs.
    licenses: int
    # Names of what a plan opens, by its code.
    opens: Mapping[str, Sequence[str]]

    @property
    def is_free(self) -> bool:
        return not self.subscriptions and not self.opens

    def of_plan(self, code: str) -> str:
        """Return what keeps this plan, in words; "" where it can be removed."""
        reasons = []
        if self.licenses:
            text = ngettext("%(count)s license", "%(count)s licenses", self.licenses)
            reasons.append(text % {"count": figure(self.licenses)})
        if names := self.opens.get(code):
            reasons.append(_("opens %(names)s") % {"names": ", ".join(names)})
        return ", ".join(reasons)


def use_of(product: Product) -> Use:
    codes = dict(product.plans.values_list("pk", "code"))
    opens = {codes[pk]: names for ask in _opened for pk, names in ask(list(codes)).items() if names}
    back = Q(user__deleted_at__isnull=False, released_at=F("user__deleted_at"))
    licenses = LicenseAssignment.objects.filter(
        Q(released_at=None) | back, subscription__product=product
    )
    return Use(product.subscriptions.count(), licenses.count(), opens)


def hold_plans(plans: Collection[ServicePlan]) -> None:
    """Keep these plans from being removed until the transaction ends. Refused where one is gone.

    By the lock of their products, which is taken by those who remove them.
    """
    lock_own(plan.product for plan in plans)
    found = ServicePlan.objects.filter(pk__in=[plan.pk for plan in plans])
    there = set(found.values_list("pk", flat=True))
    if gone := [plan.name for plan in plans if plan.pk not in there]:
        raise services_gone(gone, field="plans")


def code_from(name: str, otherwise: str) -> str:
    """Return the name in the letters of a code; where it has none of them, `otherwise`."""
    return slugify(name).upper().replace("_", "-")[:SKU_LENGTH].strip("-") or otherwise


@transactional
def add_own_product(
    facts: OwnFacts, *, actor: "User", sku: str = "", partner: Partner | None = None
) -> Product:
    """Add a product of the actor's partner; support staff, who have none, say whose it is.

    Without a SKU it gets one from its name.
    """
    by = check_actor(actor, Capability.MANAGE_CATALOG)
    partner = partner or by.partner
    if partner is None:
        raise Refused(_("Only partner staff can add a product."), code="staff-only")
    _check_partner(partner.pk, by)
    _check(facts)
    product = Product(partner=partner, name=facts.name.strip())
    product.sku = sku.strip().upper() or _free_sku(product)
    if not CODE.fullmatch(product.sku) or len(product.sku) > SKU_LENGTH:
        raise _wrong_words(field="sku")
    check_name(product)
    check_sku(product)
    save_new(product)
    name_plans(product, facts.plans)
    changes = {"name": ["", product.name], "plans": [{}, dict(facts.plans)]}
    _log(Action.PRODUCT_ADDED, product, actor, {**changes, "sku": product.sku})
    return product


@transactional
def change_own_product(
    product: Product, facts: OwnFacts, *, actor: "User", seen: str = ""
) -> dict[str, list[Any]]:
    """Rename a product, and add, rename and remove its plans; return what changed, by field.

    `seen` is the version that was changed here (`version_of`): Refused where that is no longer it.
    """
    fresh = _take(product, actor=actor)
    if seen and seen != version_of(fresh):
        raise product_changed()
    _check(facts)
    before = known(fresh)
    fresh.name = facts.name.strip()
    if fresh.name != before["name"]:
        check_name(fresh)
    save_name(fresh)
    _remove_plans(fresh, [code for code in before["plans"] if code not in facts.plans])
    name_plans(fresh, facts.plans)
    changes = changed(before, known(fresh))
    if changes:
        _log(Action.PRODUCT_CHANGED, fresh, actor, changes)
    return changes


@transactional
def sell_own_product(product: Product, *, on: bool, actor: "User") -> bool:
    """Sell a product again, or stop it: existing subscriptions stay, and there are no new ones.

    Return whether it was otherwise.
    """
    fresh = _take(product, actor=actor)
    if fresh.is_offered == on:
        return False
    fresh.is_offered = on
    fresh.save(update_fields=["is_offered"])
    _log(Action.PRODUCT_RESUMED if on else Action.PRODUCT_STOPPED, fresh, actor)
    return True


@transactional
def remove_own_product(product: Product, *, actor: "User") -> None:
    """Delete a product with its plans. Refused once a customer has had it. Final."""
    fresh = _take(product, actor=actor)
    if not use_of(fresh).is_free:
        raise _in_use(fresh)
    _log(Action.PRODUCT_REMOVED, fresh, actor, {"sku": fresh.sku})
    try:
        fresh.plans.all().delete()
        fresh.delete()
    except ProtectedError:
        raise _in_use(fresh) from None


def version_of(product: Product) -> str:
    """Return what changes with every change of the product's name and plans."""
    plans = list(product.plans.order_by("pk").values_list("code", "name"))
    text = json.dumps([product.name, plans])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _take(product: Product, *, actor: "User") -> Product:
    """Lock the product. Refused when the actor may not, or it is gone or another partner's."""
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).select_related("partner")
    fresh = rows.filter(pk=product.pk).first()
    by = check_actor(actor, Capability.MANAGE_CATALOG)
    if fresh is None:
        raise product_gone(product.name)
    _check_partner(fresh.partner_id, by)
    return fresh


def _check_partner(partner_id: int | None, by: "User") -> None:
    if partner_id is None or (not by.is_staff and by.partner_id != partner_id):
        raise Refused(
            _("You can look after products of your own partner only. Nothing was changed."),
            code="product-of-others",
        )


def _check(facts: OwnFacts) -> None:
    """Raise Refused, at its field, for what no product can be."""
    if not facts.plans:
        raise without_services()
    if not 0 < len(facts.name.strip()) <= PRODUCT_NAME_LENGTH:
        raise _wrong_words(field="name")
    for code, name in facts.plans.items():
        fits = CODE.fullmatch(code) and len(code) <= SKU_LENGTH
        if not fits or not 0 < len(name.strip()) <= PRODUCT_NAME_LENGTH:
            raise _wrong_words(field="plans")


def _wrong_words(*, field: str) -> Refused:
    return Refused(
        _("Enter a name, and codes of letters, digits, hyphens, dots and underscores."),
        code="product-words-wrong",
        field=field,
    )


def _free_sku(product: Product) -> str:
    """Return a SKU made of the name that no product of the partner's catalog has."""
    base = code_from(product.name, "PRODUCT")
    taken = set(
        Product.objects.known_to(product.partner_id or 0)
        .filter(sku__startswith=base[: SKU_LENGTH - 5])
        .values_list("sku", flat=True)
    )
    return next(sku for sku in _numbered(base) if sku not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    for number in count(2):
        yield f"{base[: SKU_LENGTH - 5]}-{number}"


def _remove_plans(product: Product, codes: Sequence[str]) -> None:
    """Remove plans, with the subscriptions locked: no license comes in between."""
    if not codes:
        return
    lock_subscriptions(product.subscriptions.values_list("pk", flat=True))
    use, plans = use_of(product), product.plans.filter(code__in=codes)
    names = dict(plans.values_list("code", "name"))
    for code, name in names.items():
        if reason := use.of_plan(code):
            raise _plan_in_use(name, reason)
    try:
        plans.delete()
    except ProtectedError:
        raise _plan_in_use(", ".join(names.values()), _("in use")) from None


def _plan_in_use(plan: str, reason: str) -> Refused:
    text = _(
        "%(plan)s can't be removed (%(reason)s). First remove these licenses, and choose another"
        " service for these applications. You can rename it at any time."
    )
    return Refused(
        text % {"plan": plan, "reason": reason}, code="service-plan-in-use", field="plans"
    )


def _in_use(product: Product) -> Refused:
    return Refused(
        _(
            "%(product)s can't be deleted: a customer has or had a subscription to it, or it opens"
            " an application. You can stop selling it instead."
        )
        % {"product": product.name},
        code="product-in-use",
    )


def _log(
    action: Action, product: Product, actor: "User", changes: dict[str, Any] | None = None
) -> None:
    entry = audit.Entry(action, product, changes or {})
    audit.record([entry], actor=actor, partner=product.partner)
