"""What is held about one user because of what the portal does by itself (accounts.personal)."""

from django.db.models import F

from accounts.models import User
from accounts.personal import Relations

from .models import LicenseRequest


def request_relations(user: User) -> Relations:
    """Return what the user has asked for, what was answered, and what the user has answered."""
    return {
        "requests": (
            "automation.LicenseRequest.user",
            LicenseRequest.objects.filter(user=user).values(
                "id", "kind", "service", "application", "seats", "words", "state", "answer",
                "made_at", "answered_at", asked_for=F("product__name"),
            ),
        ),
        "requests_answered": (
            "automation.LicenseRequest.answered_by",
            LicenseRequest.objects.filter(answered_by=user).values(
                "id", "kind", "state", "answer", "answered_at"
            ),
        ),
    }  # fmt: skip
