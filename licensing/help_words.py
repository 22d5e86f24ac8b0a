"""Help with the pages of subscriptions and products, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    (
        "licensing:subscription-list",
        "licensing:subscription-detail",
        "licensing:subscription-price",
    ): (
        _("What the customer has bought: seats, how many are assigned, and when it renews."),
        _("Add seats before you assign more licenses than there are."),
        _("There can't be fewer seats than assigned licenses: remove licenses first."),
    ),
    ("licensing:subscription-add",): (
        _("Adds a product from the catalog to the customer."),
        _("Choose the product and the number of seats."),
        _("Then assign its licenses under Users and licenses."),
    ),
    ("catalog:product-list", "catalog:product-add", "catalog:product-detail"): (
        _("Your own products, which customers can buy besides the standard ones."),
        _("Add a product and its services, then add a subscription to it at a customer."),
        _("Select a product to see and change its services."),
    ),
}
