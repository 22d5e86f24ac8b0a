"""What the license rules come to for one user, on the user's page."""

from dataclasses import dataclass

from accounts.models import User
from accounts.views.user_cards import Card
from customers.roles import Capability

from ...models import KeptLicense, KeptState, LicenseRule
from ...queries.rule_facts import facts_of, rulebook_of, rules_of


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that matches the user, and whether there is an exception."""

    rule: LicenseRule
    is_excepted: bool


def rules_card(user: User, seen_by: User) -> Card | None:
    """Return the card of the rules that match the user; None where no rule is on."""
    customer = user.customer
    rules = rules_of(customer) if customer is not None and user.deleted_at is None else []
    if customer is None or not rules:
        return None
    book = rulebook_of(rules, [user.pk])
    facts = facts_of(customer, [user.pk]).get(user.pk)
    if facts is None:
        return None
    by_pk = {rule.pk: rule for rule in rules}
    kept = KeptLicense.objects.filter(user=user.pk, customer=customer)
    owed = kept.exclude(state=KeptState.GIVEN).select_related("subscription__product", "rule")
    context = {
        "applied": [
            Applied(by_pk[rule.pk], user.pk in rule.excepted)
            for rule in book.rules
            if rule.matches(facts)
        ],
        "owed": owed.order_by("since", "pk"),
        "may_manage": seen_by.can(Capability.MANAGE_LICENSES),
    }
    return Card("automation/user_rules.html", context)
