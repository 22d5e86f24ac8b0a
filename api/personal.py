"""What the API holds about one user, for that user (accounts.personal)."""

from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from accounts.personal import Relations

from .models import ScimLink, Source, Token, Webhook


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
        "kept_by_sources": (
            "api.ScimLink.user",
            ScimLink.objects.filter(user=user).values(
                "id", "external_id", "fields", "created_at", name=F("source__name")
            ),
        ),
        "acts_for_sources": ("api.Source.user", _sources(user=user)),
        "sources_made": ("api.Source.made_by", _sources(made_by=user)),
    }


def _sources(**of: User) -> QuerySet[Any, Any]:
    return Source.objects.filter(**of).values("id", "name", "created_at")
