from .calls import RememberedCall
from .tokens import Token, TokenCustomer, TokenKind, TokenQuerySet
from .webhooks import (
    DeliveryState,
    Webhook,
    WebhookCustomer,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
    WebhookQuerySet,
)

__all__ = [
    "DeliveryState",
    "RememberedCall",
    "Token",
    "TokenCustomer",
    "TokenKind",
    "TokenQuerySet",
    "Webhook",
    "WebhookCustomer",
    "WebhookDelivery",
    "WebhookDeliveryQuerySet",
    "WebhookQuerySet",
]
