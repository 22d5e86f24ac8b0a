"""What license rules gave and took, as lists and the page of a batch show it."""

import pytest

from accounts.actions.base import Order
from accounts.actions.registry import action_of, offered_for
from automation.actions.rules import RULES
from automation.models import Unsettled
from automation.services.rule_switching import switch_on
from automation.services.rules import add_rule
from customers.models import Batch, BatchKind
from tests.accounts.verbs import fresh, subscribe
from tests.automation.ruled import draft
from tests.support.cast import Cast


@pytest.mark.parametrize(
    "request_, heading",
    [
        ({"do": "on", "name": "Sales"}, "Rule “Sales” switched on"),
        ({"do": "undo", "name": "Sales"}, "Rule “Sales” switched back"),
        ({"do": "drift"}, "License rules: differences mended"),
        ({"do": "keep"}, "License rules applied"),
        ({}, "License rules applied"),
    ],
)
def test_a_batch_says_what_was_done_to_which_rule(request_: dict[str, str], heading: str) -> None:
    assert RULES.heading(Batch(kind=BatchKind.RULES, request=request_)) == heading


def test_nobody_begins_it_by_a_button(cast: Cast) -> None:
    assert action_of(BatchKind.RULES) is RULES
    assert RULES not in offered_for(fresh(cast.uma))
    order = Order(users=[cast.uma.pk], request={}, customer=cast.contoso, actor=cast.alice)
    with pytest.raises(ValueError, match="begun by the rules' own services"):
        RULES.run(order)


def test_a_rule_whose_batch_could_not_be_done_is_off_again(cast: Cast) -> None:
    rule = add_rule(draft(subscribe(cast)), customer=cast.contoso, actor=cast.alice)
    batch = switch_on(rule, actor=cast.alice)
    RULES.not_done(batch, "The database was busy.")
    rule.refresh_from_db()
    assert (rule.is_on, rule.on_since) == (False, None)
    assert Unsettled.objects.filter(customer=cast.contoso, is_whole=True).exists()
