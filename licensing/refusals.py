"""The codes of refusals of licensing (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.GONE: {
        "service-plan-gone": "The product has no such service plan any more.",
    },
    Status.CONFLICT: {
        "license-rules": "A rule of a product forbids the license, as its user is now.",
        "product-not-offered": "The product is no longer offered.",
        "seats-changed": "The number of seats is another one by now.",
        "seats-in-use": "More seats are assigned than would be left.",
        "seats-short": "Not enough seats are free.",
        "sku-taken": "A product has this SKU.",
        "subscription-canceled": "The subscription is canceled, which is final.",
        "subscription-not-active": "The subscription is suspended or canceled.",
        "subscription-there-already": "The customer has a subscription to this product.",
    },
    Status.INVALID: {
        "product-rules-circular": "A product would need itself, or conflict with itself.",
        "product-rules-contradict": "A product would conflict with one that it needs.",
        "seats-too-few": "A subscription has at least one seat.",
        "seats-too-many": "A subscription can't have so many seats.",
    },
}
