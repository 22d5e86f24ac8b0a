"""Webhooks, as they are registered and told."""

from uuid import UUID

from .base import Kind, PageLinks, SelfLinks, Sent, Told


class Webhook(Told):
    id: UUID
    name: str
    server: str
    events: list[str]
    is_on: bool
    problem: str
    links: SelfLinks
    attributes: Kind


class Webhooks(Told):
    total_count: int
    items: list[Webhook]
    links: PageLinks | None = None
    attributes: Kind


class SentRegistration(Sent):
    webhook_url: str
    webhook_events: list[str] = []


class Registration(Told):
    subscriber_id: UUID
    webhook_url: str
    webhook_events: list[str]
    # In the answer to the first call, and never again.
    secret: str | None = None


class Correlation(Told):
    correlation_id: UUID


class ValidationResult(Told):
    response_code: str
    response_message: str
    system_error: bool
    date_time_utc: str


class Validation(Told):
    correlation_id: UUID
    partner_id: UUID
    status: str
    callback_url: str
    results: list[ValidationResult]


class Delivery(Told):
    id: UUID
    message_id: str
    type: str
    state: str
    tries: int
    status: int | None = None
    reason: str
    created_date: str
    next_try: str | None = None
    attributes: Kind


class Deliveries(Told):
    total_count: int
    items: list[Delivery]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class Resent(Told):
    count: int
