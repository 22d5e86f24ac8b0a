"""Where a customer's sources call."""

from uuid import UUID

from django.urls import reverse


def address_of(customer: UUID) -> str:
    """Return the path that a source is told."""
    return reverse("api:scim", args=[customer, ""])
