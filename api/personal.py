"""What the API holds about one user, for that user (accounts.personal)."""

from accounts.models import User
from accounts.personal import Relations

from .models import Token, Webhook


def relations(user: User) -> Relations:
    """Return the user's tokens, without what they are known by."""
    shown = ("id", "name", "kind", "prefix", "created_at", "ends_at", "last_used_at", "revoked_at")
    return {
        "tokens": ("api.Token.user", Token.objects.filter(user=user).values(*shown)),
        "tokens_made": ("api.Token.made_by", Token.objects.filter(made_by=user).values(*shown)),
        "webhooks_made": (
            "api.Webhook.made_by",
            Webhook.objects.filter(made_by=user).values("id", "name", "created_at"),
        ),
    }
