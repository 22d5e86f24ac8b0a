"""The catalog. A product and its plans stay for good; one no longer sold is not offered.

New rules hold for what is assigned from now on; nobody loses a license by them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.services import audit
from customers.services.permission import check_support
from customers.services.transactions import transactional

from ..models import Product, ServicePlan

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a product; `plans` are names by code, and only ever added or renamed."""

    name: str
    is_offered: bool
    blocked_countries: Sequence[str]
    requires: Collection[Product]
    conflicts: Collection[Product]
    plans: Mapping[str, str]


@transactional
def add_product(sku: str, facts: Facts, *, actor: "User") -> Product:
    """Add a product. Raise Refused where the SKU is taken, or the rules contradict each other."""
    check_support(actor)
    product = Product(sku=sku.upper())
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        raise Refused(
            _("There is a product with this SKU already."), code="sku-taken", field="sku"
        ) from None
    changes = _write(product, facts)
    audit.record([audit.Entry(Action.PRODUCT_ADDED, product, changes)], actor=actor)
    return product


@transactional
def change_product(product: Product, facts: Facts, *, actor: "User") -> dict[str, list[Any]]:
    """Change a product; return what changed, as [before, after] by field."""
    check_support(actor)
    fresh = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    changes = _write(fresh, facts)
    if changes:
        audit.record([audit.Entry(Action.PRODUCT_CHANGED, fresh, changes)], actor=actor)
    return changes


def _write(product: Product, facts: Facts) -> dict[str, list[Any]]:
    """Write the facts; return what changed. Raise Refused where the rules contradict each other."""
    required, clashing = {item.pk for item in facts.requires}, {item.pk for item in facts.conflicts}
    if product.pk in required | clashing:
        raise Refused(
            _("A product neither needs itself nor conflicts with itself."),
            code="product-rules-circular",
        )
    if required & clashing:
        raise Refused(
            _("A product can't conflict with one that it needs."),
            code="product-rules-contradict",
            field="conflicts",
        )
    before = _known(product)
    product.name, product.is_offered = facts.name, facts.is_offered
    product.blocked_countries = sorted(facts.blocked_countries)
    product.save(update_fields=["name", "is_offered", "blocked_countries"])
    product.requires.set(facts.requires)
    product.conflicts.set(facts.conflicts)
    there = {plan.code: plan for plan in product.plans.all()}
    for code, name in facts.plans.items():
        plan = there.get(code) or ServicePlan(product=product, code=code)
        if plan.name != name:
            plan.name = name
            plan.save()
    after = _known(product)
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _known(product: Product) -> dict[str, Any]:
    return {
        "name": product.name,
        "is_offered": product.is_offered,
        "blocked_countries": list(product.blocked_countries),
        "requires": sorted(product.requires.values_list("sku", flat=True)),
        "conflicts": sorted(product.conflicts.values_list("sku", flat=True)),
        "plans": dict(product.plans.order_by("code").values_list("code", "name")),
    }
