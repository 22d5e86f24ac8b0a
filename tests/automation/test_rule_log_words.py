"""The log says of rules what their pages say."""

from accounts.queries.filters import read_filter
from automation.services.drafts import Draft
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_rule, change_rule, move_rule
from customers.log.history import describe
from customers.models import AuditEvent
from tests.factories import LicenseRuleFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_events_of_rules_are_in_words(cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", plans=["INBOX"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product)
    LicenseRuleFactory.create(customer=cast.contoso, position=1)
    given = {pool.pk: frozenset[str]()}
    rule = add_rule(
        Draft("Sales", read_filter({"department": "Sales"}), given, for_newcomers=True),
        customer=cast.contoso,
        actor=cast.alice,
    )
    less = {pool.pk: frozenset({"INBOX"})}
    change_rule(rule, Draft("Everyone", read_filter({}), less), actor=cast.alice)
    move_rule(rule, 1, actor=cast.alice)
    switch_on(rule, actor=cast.alice)
    switch_off(rule, actor=cast.alice, keep=True)
    events = AuditEvent.objects.of(cast.contoso).filter(action__startswith="rule.")
    told = [describe(event) for event in events.order_by("pk")]
    assert [sorted(sentences) for sentences in told] == [
        ["For: Department: Sales", "Gives: Mail", "New users only"],
        [
            (
                "Name: Sales → Everyone; For: Department: Sales → All users; Gives: Mail → Mail"
                " (off: INBOX); New users only: yes → no"
            )
        ],
        ["Place: 2 → 1"],
        ["State: off → on"],
        ["Licenses kept: yes", "State: on → off"],
    ]
