"""The catalog as support staff keep it: what all partners sell, and any partner's own products.

Here a product and its plans stay for good; one no longer sold is not offered. What account admins
do with the products of their own partner is in `own_products.py`.

New rules hold for what is assigned from now on; nobody loses a license by them.

A partner chooses names that no other product of its catalog has, since equal ones confuse. What all
partners sell is named by the operator, whatever partners have called theirs: those keep their names
until they are changed, and pages and files tell both apart by SKU, which is one product's alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from customers.actions import Action
from customers.errors import Refused
from customers.models import Partner
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_support
from customers.services.transactions import transactional

from ..errors import product_changed, product_gone, sku_taken
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

    def are_in(self, stands: Mapping[str, Any]) -> bool:
        """Return whether a product that is `known` by this still has these facts; a plan without a
        name is none.
        """
        own = {
            "name": self.name,
            "is_offered": self.is_offered,
            "blocked_countries": sorted(self.blocked_countries),
            "requires": sorted(item.sku for item in self.requires),
            "conflicts": sorted(item.sku for item in self.conflicts),
        }
        sorted_ones = {**stands, "blocked_countries": sorted(stands["blocked_countries"])}
        return all(sorted_ones[name] == value for name, value in own.items()) and all(
            stands["plans"].get(code, "") == name for code, name in self.plans.items()
        )


@transactional
def add_product(
    sku: str, facts: Facts, *, actor: "User", partner: Partner | None = None
) -> Product:
    """Add a product, of that partner alone or of all. Raise Refused where the SKU or the name is
    taken, or the rules contradict each other.
    """
    check_support(actor)
    lock_own([*facts.requires, *facts.conflicts])
    product = Product(partner=partner, sku=sku.upper(), name=facts.name)
    check_name(product)
    check_sku(product)
    save_new(product)
    changes = {"name": ["", facts.name], **_write(product, facts)}
    entry = audit.Entry(Action.PRODUCT_ADDED, product, changes)
    audit.record([entry], actor=actor, partner=partner)
    return product


@transactional
def change_product(
    product: Product, facts: Facts, *, actor: "User", seen: Facts | None = None
) -> dict[str, list[Any]]:
    """Change a product; return what changed, as [before, after] by field.

    `seen` are the facts that the change was based on: Refused when one is no longer so.
    """
    check_support(actor)
    lock_own([product, *facts.requires, *facts.conflicts])
    fresh = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if seen is not None and not seen.are_in(known(fresh)):
        raise product_changed()
    changes = _write(fresh, facts)
    if changes:
        entry = audit.Entry(Action.PRODUCT_CHANGED, fresh, changes)
        audit.record([entry], actor=actor, partner=fresh.partner)
    return changes


def lock_own(products: Iterable[Product]) -> None:
    """Keep those of these that are a partner's own until the transaction ends. Refused where one is
    gone.

    What all partners sell stays, and no partner may lock it.
    """
    own = {product.pk: product.name for product in products if product.partner_id}
    rows = Product.objects.select_for_update(no_key=True).filter(pk__in=own).order_by("pk")
    there = set(rows.values_list("pk", flat=True)) if own else set()
    for pk, name in own.items():
        if pk not in there:
            raise product_gone(name)


def check_name(product: Product) -> None:
    """Raise Refused where the catalog has another product of this name: the partner's, with what
    all partners sell, or that alone.
    """
    # Without a partner there are the shared ones alone: no partner's own stands in their way.
    others = Product.objects.known_to(product.partner_id).exclude(pk=product.pk)
    if others.filter(name__iexact=product.name).exists():
        raise _name_taken()


def check_sku(product: Product) -> None:
    """Raise Refused where another product has the SKU, of what the same partners can sell."""
    others = Product.objects.exclude(pk=product.pk).filter(sku=product.sku)
    if product.partner_id:
        others = others.known_to(product.partner_id)
    if others.exists():
        raise sku_taken()


def save_new(product: Product) -> None:
    """Write a new product. Raise Refused where another has come with its words in between."""
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        check_name(product)
        check_sku(product)
        raise


def save_name(product: Product) -> None:
    """Write the facts that stand in the product's own row. Raise Refused for a name taken."""
    try:
        with transaction.atomic():
            product.save(update_fields=["name", "is_offered", "blocked_countries"])
    except IntegrityError:
        raise _name_taken() from None


def known(product: Product) -> dict[str, Any]:
    """Return what the log says of a product."""
    return {
        "name": product.name,
        "is_offered": product.is_offered,
        "blocked_countries": list(product.blocked_countries),
        "requires": sorted(product.requires.values_list("sku", flat=True)),
        "conflicts": sorted(product.conflicts.values_list("sku", flat=True)),
        "plans": dict(product.plans.order_by("code").values_list("code", "name")),
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def name_plans(product: Product, plans: Mapping[str, str]) -> None:
    """Add and rename plans; those of other codes stay as they are."""
    there = {plan.code: plan for plan in product.plans.all()}
    new = [
        ServicePlan(product=product, code=code, name=name)
        for code, name in plans.items()
        if code not in there
    ]
    ServicePlan.objects.bulk_create(new)
    renamed = [plan for code, plan in there.items() if plans.get(code, plan.name) != plan.name]
    for plan in renamed:
        plan.name = plans[plan.code]
    ServicePlan.objects.bulk_update(renamed, ["name"])


def _write(product: Product, facts: Facts) -> dict[str, list[Any]]:
    """Write the facts; return what changed. Raise Refused where the rules contradict each other."""
    required, clashing = {item.pk for item in facts.requires}, {item.pk for item in facts.conflicts}
    if product.pk in required | clashing:
        raise Refused(
            _("A product can't need itself or conflict with itself."),
            code="product-rules-circular",
        )
    if required & clashing:
        raise Refused(
            _("A product can't conflict with one that it needs."),
            code="product-rules-contradict",
            field="conflicts",
        )
    for field in ("requires", "conflicts"):
        others = {item.partner_id for item in getattr(facts, field)} - {None, product.partner_id}
        if others:
            raise Refused(
                _("A rule can only name products that the same partners can sell."),
                code="product-of-others",
                field=field,
            )
    before = known(product)
    product.name, product.is_offered = facts.name, facts.is_offered
    product.blocked_countries = sorted(facts.blocked_countries)
    if product.name != before["name"]:
        check_name(product)
    save_name(product)
    product.requires.set(facts.requires)
    product.conflicts.set(facts.conflicts)
    name_plans(product, facts.plans)
    return changed(before, known(product))


def _name_taken() -> Refused:
    return Refused(
        _("There is a product of this name already. Choose another name."),
        code="product-name-taken",
        field="name",
    )
