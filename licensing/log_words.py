"""What the log calls service plans, of which events have the codes."""

from collections.abc import Collection, Iterator

from django.db.models import Q

from .models import ServicePlan


def named_plans(
    products: Collection[str], partner: int | None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the names of the products' plans as the partner knows them, by product and code.

    Of a product that is asked for by its SKU, its name stands before each.
    """
    asked = Q(product__name__in=products) | Q(product__sku__in=products)
    plans = ServicePlan.objects.known_to(partner or 0).filter(asked)
    columns = ("product__sku", "product__name", "code", "name")
    for sku, product, code, name in plans.values_list(*columns):
        yield (sku, code), f"{product}: {name}"
        yield (product, code), name
