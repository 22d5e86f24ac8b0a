"""The codes of refusals of licensing (customers.refusals)."""

from customers.refusals import Declared, Status

REFUSALS: Declared = {
    Status.FORBIDDEN: {
        "product-of-others": "The product is another partner's, or not for all of them.",
    },
    Status.GONE: {
        "product-gone": "The product was deleted meanwhile.",
        "service-plan-gone": "The product no longer has this service plan.",
    },
    Status.CONFLICT: {
        "license-rules": "A rule of a product forbids the license, as its user is now.",
        "price-changed": "Someone else has changed the price meanwhile.",
        "product-changed": "Someone else has changed the product meanwhile.",
        "product-in-use": "A customer has or had a subscription to it, or it opens an application.",
        "product-name-taken": "The partner can sell a product of this name already.",
        "product-not-offered": "The product is no longer offered.",
        "seats-changed": "The number of seats is another one by now.",
        "seats-in-use": "More seats are assigned than would be left.",
        "seats-short": "Not enough seats are free.",
        "service-plan-in-use": "Licenses include the service plan, or it opens an application.",
        "sku-taken": "A product has this SKU.",
        "subscription-canceled": "The subscription is canceled, which is final.",
        "subscription-not-active": "The subscription is suspended or canceled.",
        "subscription-there-already": "The customer has a subscription to this product.",
    },
    Status.INVALID: {
        "currency-unknown": "The currency is none of ISO 4217, in its three letters.",
        "price-out-of-range": "The price is below zero, or has too many digits.",
        "product-words-wrong": "A name, SKU or code is empty, too long, or has other characters.",
        "product-without-services": "The product has no service plan.",
        "product-rules-circular": "A product would need itself, or conflict with itself.",
        "product-rules-contradict": "A product would conflict with one that it needs.",
        "seats-too-few": "A subscription has at least one seat.",
        "seats-too-many": "A subscription can't have so many seats.",
    },
}
