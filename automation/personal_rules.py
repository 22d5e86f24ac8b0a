"""What license rules keep about one user, for that user (accounts.personal)."""

from accounts.models import User
from accounts.personal import Relations

from .models import KeptLicense, LicenseRule, RuleException


def rule_relations(user: User) -> Relations:
    """Return what rules gave or owe the user, and which rules and exceptions the user made."""
    kept = ("id", "subscription__product__name", "rule__name", "state", "why", "why_said", "since")
    excepted = ("id", "rule__name", "created_at")
    return {
        "licenses_by_rule": (
            "automation.KeptLicense.user",
            KeptLicense.objects.filter(user=user).values(*kept),
        ),
        "exceptions_to_rules": (
            "automation.RuleException.user",
            RuleException.objects.filter(user=user).values(*excepted),
        ),
        # Who is excepted is not theirs to know.
        "exceptions_made": (
            "automation.RuleException.by",
            RuleException.objects.filter(by=user).values(*excepted),
        ),
        "license_rules_made": (
            "automation.LicenseRule.by",
            LicenseRule.objects.filter(by=user).values("id", "name", "created_at"),
        ),
    }
