"""Rules of what a user may hold together: requirements, conflicts and countries, in memory."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from customers.expressions import JoinedText
from customers.said import country as country_name
from customers.said import gettext as _
from customers.services.messages import Answer, Query, send

from .errors import services_gone
from .models import Product, ServicePlan


def cant_be_combined(product: str, others: str) -> str:
    return _("%(product)s can't be combined with %(others)s.") % {
        "product": product,
        "others": others,
    }


def cant_be_used(product: str, country: str) -> str:
    return _("%(product)s can't be used in %(country)s.") % {
        "product": product,
        "country": country_name(country),
    }


@dataclass(frozen=True)
class ProductRules:
    pk: int
    name: str
    requires: frozenset[int]
    conflicts: frozenset[int]
    blocked_countries: frozenset[str]


class Catalog:
    """The rules of all products, read once: one query whatever the number of users."""

    def __init__(self, answer: Answer | None = None) -> None:
        """Read the catalog, or take the `answer` of CATALOG that was read before."""
        [found] = send(CATALOG()) if answer is None else [answer]
        self.products = {
            pk: ProductRules(pk, name, _ids(required), _ids(clashing), frozenset(barred))
            for pk, name, barred, required, clashing in found.rows
        }

    def problems(
        self, held: Collection[int], taken: Iterable[int], usage_location: str
    ) -> dict[int, str]:
        """Return why each taken product may not be held; `held` is what the user has afterwards."""
        if not usage_location:
            nowhere = _("Set the usage location first: it is required to assign licenses.")
            return dict.fromkeys(taken, nowhere)
        found = {}
        for pk in taken:
            product = self.products[pk]
            lacking = product.requires - set(held)
            clashing = product.conflicts & (set(held) - {pk})
            if usage_location in product.blocked_countries:
                found[pk] = cant_be_used(product.name, usage_location)
            elif lacking:
                found[pk] = _("%(product)s needs %(required)s too.") % {
                    "product": product.name,
                    "required": self._names(lacking),
                }
            elif clashing:
                found[pk] = cant_be_combined(product.name, self._names(clashing))
        return found

    def orphaned(self, held: Collection[int], released: Collection[int]) -> dict[int, str]:
        """Return the products still held that need one that is taken away, with the reason."""
        reasons = {}
        for pk in held:
            lost = self.products[pk].requires & set(released)
            if lost:
                reasons[pk] = _("%(product)s, which stays, needs %(required)s.") % {
                    "product": self.products[pk].name,
                    "required": self._names(lost),
                }
        return reasons

    def _names(self, products: Iterable[int]) -> str:
        return ", ".join(sorted(self.products[pk].name for pk in products))


def check_plans(wanted: Mapping[int, Collection[str]]) -> None:
    """Raise Refused unless these codes, by product id, are of plans that the product has."""
    if not any(wanted.values()):
        return
    plans: dict[int, set[str]] = {}
    rows = ServicePlan.objects.filter(product__in=wanted)
    for product_id, code in rows.values_list("product_id", "code"):
        plans.setdefault(product_id, set()).add(code)
    strange = {code for pk, codes in wanted.items() for code in set(codes) - plans.get(pk, set())}
    if strange:
        raise services_gone(strange)


def _others(through: Any) -> Subquery:
    """Return, for each product, the ids of the products on the other side of a relation."""
    rows = through.objects.filter(from_product=OuterRef("pk")).order_by().values("from_product_id")
    ids = JoinedText(Cast("to_product_id", TextField()), " ")
    return Subquery(rows.annotate(ids=ids).values("ids"))


def _catalog() -> QuerySet[Product, Any]:
    rows = Product.objects.order_by().annotate(
        required=_others(Product.requires.through),
        clashing=_others(Product.conflicts.through),
    )
    return rows.values_list("pk", "name", "blocked_countries", "required", "clashing")


CATALOG = Query(_catalog)


def _ids(text: str | None) -> frozenset[int]:
    return frozenset(map(int, (text or "").split()))
