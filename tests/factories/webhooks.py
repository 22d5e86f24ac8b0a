from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from factory import declarations
from factory.django import DjangoModelFactory

from api.models import Webhook, WebhookCustomer, WebhookDelivery
from api.services.webhook_following import new_message_id, test_body
from api.services.webhook_secrets import seal_secret
from api.webhook_events import EventGroup, whole
from customers.models import Customer

from .customers import PartnerFactory

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class WebhookFactory(DjangoModelFactory[Webhook]):
    """Told of everything, for all customers or `only` for some; signed with `SECRET`."""

    class Meta:
        model = Webhook

    partner = declarations.SubFactory(PartnerFactory)
    name = declarations.Sequence(lambda number: f"Webhook {number}")
    address = "https://hooks.example/portal"
    host = declarations.LazyAttribute(lambda row: urlsplit(row.address).netloc)
    events = declarations.LazyFunction(lambda: list(map(whole, EventGroup)))
    with_team = True
    sealed_secret = declarations.LazyFunction(lambda: seal_secret(SECRET))

    @classmethod
    def _create(cls, model_class: type[Webhook], *args: Any, **kwargs: Any) -> Webhook:
        only: Iterable[Customer] | None = kwargs.pop("only", None)
        kwargs.setdefault("all_customers", only is None)
        webhook: Webhook = super()._create(model_class, *args, **kwargs)
        for customer in only or ():
            WebhookCustomer.objects.create(webhook=webhook, customer=customer)
        return webhook


class WebhookDeliveryFactory(DjangoModelFactory[WebhookDelivery]):
    """Something for a `webhook` to be told, which waits; of the team unless of a `customer`."""

    class Meta:
        model = WebhookDelivery

    webhook = declarations.SubFactory(WebhookFactory)
    event_id = declarations.Sequence(lambda number: 1_000_000 + number)
    message_id = declarations.LazyFunction(new_message_id)
    kind = "user.changed"
    subject = declarations.Sequence(lambda number: f"user:{number}")
    body = declarations.LazyFunction(lambda: test_body(timezone.now()))
