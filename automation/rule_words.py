"""License rules in words: for whom one is, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from accounts.queries.filters import UserFilter, read_filter
from accounts.views.filtering import conditions_in_words

from .models import LicenseRule

ALL_USERS = gettext_lazy("All users")


def whom(rule: LicenseRule) -> list[str]:
    """Return for whom the rule is, a condition each."""
    return conditions(read_filter(rule.filter))


def conditions(found: UserFilter) -> list[str]:
    """Return the conditions of a rule's filter in words; without any it is for all users."""
    return conditions_in_words(found) or [str(ALL_USERS)]


@dataclass(frozen=True, slots=True)
class Gift:
    """A product that a rule gives, and the names of the plans that it leaves off."""

    product: str
    off: Sequence[str]


def gifts(rule: LicenseRule) -> list[Gift]:
    """Return what the rule gives, by name; its subscriptions with product and plans are loaded."""
    found = []
    for gift in rule.gives.all():
        product = gift.subscription.product
        off = [plan.name for plan in product.plans.all() if plan.code in gift.services_off]
        found.append(Gift(product.name, off))
    return sorted(found, key=lambda gift: gift.product)
