"""What must hold of license rules in any database of the portal (accounts.invariants)."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from licensing.models import LicenseAssignment

from .models import KeptLicense, KeptState, LicenseRule, RuleException, RuleSubscription


def licenses_by_rule_are_held() -> Iterator[str]:
    """Of the living: what was given to the deleted is remembered until they are restored."""
    live = LicenseAssignment.objects.live()
    held = live.filter(user=OuterRef("user"), subscription=OuterRef("subscription"))
    given = KeptLicense.objects.filter(state=KeptState.GIVEN, user__deleted_at=None)
    for user, pk in given.exclude(Exists(held)).values_list("user_id", "subscription_id"):
        yield f"user {user} has subscription {pk} by rule, and holds no license of it"


def nobody_waits_for_what_they_have() -> Iterator[str]:
    live = LicenseAssignment.objects.live()
    held = live.filter(user=OuterRef("user"), subscription=OuterRef("subscription"))
    owed = KeptLicense.objects.exclude(state=KeptState.GIVEN)
    for user, pk in owed.filter(Exists(held)).values_list("user_id", "subscription_id"):
        yield f"user {user} waits for subscription {pk}, and holds a license of it"
    gone = owed.filter(user__deleted_at__isnull=False)
    for user, pk in gone.values_list("user_id", "subscription_id"):
        yield f"user {user} is deleted, and waits for subscription {pk}"


def rules_stay_with_one_customer() -> Iterator[str]:
    kept = KeptLicense.objects.exclude(
        user__customer=F("customer"), subscription__customer=F("customer")
    )
    for row in kept:
        yield f"kept license {row.pk} is of customer {row.customer_id}, user or subscription is not"
    given = RuleSubscription.objects.exclude(
        rule__customer=F("customer"), subscription__customer=F("customer")
    )
    for gift in given:
        yield f"rule {gift.rule_id} gives subscription {gift.subscription_id} of another customer"
    for one in RuleException.objects.exclude(
        rule__customer=F("customer"), user__customer=F("customer")
    ):
        yield f"rule {one.rule_id} excepts user {one.user_id} of another customer"


def rules_that_are_on_know_since_when() -> Iterator[str]:
    on = LicenseRule.objects.filter(is_on=True, on_since=None)
    off = LicenseRule.objects.filter(is_on=False, on_since__isnull=False)
    for row in on | off:
        yield f"rule {row.pk} is {'on' if row.is_on else 'off'}, and on since {row.on_since}"


CHECKS = (
    licenses_by_rule_are_held,
    nobody_waits_for_what_they_have,
    rules_stay_with_one_customer,
    rules_that_are_on_know_since_when,
)
