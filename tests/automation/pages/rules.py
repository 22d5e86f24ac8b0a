"""The pages of license rules, on the demo's data."""

from accounts.models import User
from automation.models import LicenseRule
from automation.services.rule_switching import switch_on
from automation.services.rules import add_exceptions
from customers.models import Customer
from licensing.models import Subscription
from tests.factories import LicenseRuleFactory
from tests.support.page_of import PageOf, url

# Of one rule; the last ones are buttons.
RULE = {
    f"automation:{name}"
    for name in (
        *("rule-detail", "rule-change", "rule-switch-on", "rule-switch-off", "rule-remove"),
        *("exception-add", "exception-remove", "rule-move"),
    )
}
RULES = {"automation:rule-add", "automation:rule-list"} | RULE
RULE_BUTTONS = {"automation:exception-remove", "automation:rule-move"}


def pages_of_rules(customer: Customer, admin: User) -> list[PageOf]:
    """Of a rule that is on, gives to some, lets others wait, and can't give to all; of one that is
    off; and of none.
    """
    empty = Customer.objects.filter(partner=customer.partner).exclude(pk=customer.pk)[0]
    on, off = _rules(customer)
    switch_on(on, actor=admin)
    kept = on.kept.select_related("user").order_by("state", "pk")
    given = kept.filter(state="given")[0].user
    waiting = kept.filter(state="waiting")[0].user
    excepted = kept.filter(state="given").exclude(user=given)[0].user
    add_exceptions(on, [excepted], actor=admin)
    of_all, of_on = {"customer": customer.pk}, {"customer": customer.pk, "rule": on.pk}
    of_off = of_all | {"rule": off.pk}
    states = ("waiting", "barred", "exceptions")
    exception = "automation:exception-add"
    return [
        PageOf("automation:rule-list", url("automation:rule-list", of_all)),
        PageOf(
            "automation:rule-list",
            url("automation:rule-list", {"customer": empty.pk}),
            variant="none",
        ),
        PageOf("automation:rule-add", url("automation:rule-add", of_all)),
        PageOf("automation:rule-detail", url("automation:rule-detail", of_on)),
        *(
            PageOf(
                "automation:rule-detail",
                url("automation:rule-detail", of_on, state=state),
                variant=state,
            )
            for state in states
        ),
        PageOf("automation:rule-detail", url("automation:rule-detail", of_off), variant="off"),
        PageOf("automation:rule-change", url("automation:rule-change", of_on)),
        PageOf("automation:rule-switch-on", url("automation:rule-switch-on", of_off)),
        PageOf("automation:rule-switch-off", url("automation:rule-switch-off", of_on)),
        PageOf("automation:rule-remove", url("automation:rule-remove", of_on)),
        PageOf(exception, url(exception, of_on, user_name=given.user_name)),
        PageOf(exception, url(exception, of_on, user_name="x"), variant="unknown"),
        *(
            PageOf(
                "accounts:user-detail",
                url("accounts:user-detail", of_all | {"user": user.pk}),
                variant=f"rule-{variant}",
            )
            for variant, user in (("waits", waiting), ("excepted", excepted))
        ),
    ]


def _rules(customer: Customer) -> tuple[LicenseRule, LicenseRule]:
    """One for users without a license, with too few seats for them, and one for all users."""
    pools = Subscription.objects.current().filter(customer=customer, product__requires=None)
    many, few = pools.order_by("-quantity", "pk")[0], pools.order_by("quantity", "pk")[0]
    users = User.objects.active().filter(customer=customer, assignments=None).order_by("pk")
    chosen = list(users.values_list("pk", flat=True)[:8])
    User.objects.filter(pk__in=chosen).update(department="Field service", usage_location="DE")
    User.objects.filter(pk__in=chosen[-1:]).update(usage_location="")
    Subscription.objects.filter(pk=few.pk).update(quantity=few.assigned + 2)
    on: LicenseRule = LicenseRuleFactory.create(
        customer=customer,
        name="Field service",
        filter={"department": "Field service"},
        gives=[many, few],
        position=1,
    )
    off: LicenseRule = LicenseRuleFactory.create(
        customer=customer, name="All users", gives=[few], position=2
    )
    return on, off
