"""What applications hold about one user, for that user (accounts.personal)."""

from allauth.idp.oidc.models import Token
from django.db.models import F

from accounts.models import User
from accounts.personal import Relations

from .models import AppSession


def relations(user: User) -> Relations:
    """Return sign-ins to applications, and their tokens without what they are known by."""
    return {
        "application_sessions": (
            "applications.AppSession.user",
            AppSession.objects.filter(user=user).values(
                "id", "auth_time", "amr", "started_at", "last_used_at", "ended_at",
                name=F("application__name"),
            ),
        ),
        "application_tokens": (
            "allauth_idp_oidc.Token.user",
            Token.objects.filter(user=user).values("id", "type", "scopes", "created_at"),
        ),
    }  # fmt: skip
