"""What the log calls service plans, of which events have the codes."""

from collections.abc import Collection, Iterator

from .models import ServicePlan


def named_plans(
    products: Collection[str], partner: int | None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the names of the products' plans as the partner knows them, by product and code."""
    plans = ServicePlan.objects.known_to(partner or 0).filter(product__name__in=products)
    for product, code, name in plans.values_list("product__name", "code", "name"):
        yield (product, code), name
