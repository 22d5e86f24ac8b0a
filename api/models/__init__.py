from .calls import RememberedCall
from .sources import Doing, ScimLink, Source, SourceRefusal
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
    "Doing",
    "RememberedCall",
    "ScimLink",
    "Source",
    "SourceRefusal",
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
