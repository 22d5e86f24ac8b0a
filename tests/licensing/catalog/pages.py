"""The pages of a partner's catalog, on the demo's data: Team Chat is its own product there."""

from django.urls import reverse

from customers.models import Customer
from customers.roles import Role
from tests.factories import (
    ApplicationFactory,
    PartnerFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
)
from tests.support.page_of import PageOf, url

# Of one of the partner's own products, and of all of them.
PRODUCT = {f"catalog:product-{name}" for name in ("detail", "remove", "sell")}
CATALOG = {"catalog:product-add", "catalog:product-list"}


def pages_of_catalog(customer: Customer) -> list[PageOf]:
    """Of one that a customer has, with a service that opens an application, and of one that none
    has; and of a partner without.
    """
    partner = customer.partner
    sold = ProductFactory.create(
        partner=partner, name="Fabrikam Cloud", sku="FABRIKAM-CLOUD", plans=["FILES", "MEETINGS"]
    )
    holder = customer.users.filter(deleted_at=None).exclude(usage_location="")[:1]
    SubscriptionFactory.create(customer=customer, product=sold, quantity=25, holders=holder)
    ApplicationFactory.create(
        partner=partner, name="Shared Files", opened_by=sold.plans.filter(code="FILES")
    )
    new = ProductFactory.create(
        partner=partner, name="Fabrikam Backup", sku="BACKUP", plans=["COPIES"], is_offered=False
    )
    admin = StaffFactory.create(
        partner=PartnerFactory.create(name="Woodgrove"),
        roles=[Role.ACCOUNT_ADMIN],
        password="six-blue-hens",
    )
    listed = reverse("catalog:product-list")
    return [
        PageOf("catalog:product-list", listed),
        PageOf("catalog:product-list", listed, admin.user_name, "none"),
        PageOf("catalog:product-add", reverse("catalog:product-add")),
        *(
            PageOf(
                f"catalog:product-{name}",
                url(f"catalog:product-{name}", {"product": each.pk}),
                variant=variant,
            )
            for each, variant in ((sold, ""), (new, "free"))
            for name in ("detail", "remove")
        ),
    ]
