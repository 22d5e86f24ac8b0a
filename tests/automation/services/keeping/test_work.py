"""Marks are worked off by the events that belong to them, whatever comes meanwhile."""

import pytest
from django.utils import timezone

from automation.models import LicenseRule, Unsettled
from automation.services.keeping import work
from automation.services.keeping.marks import leave
from automation.services.rules import add_rule
from customers.services.sealing import settled_id
from tests.accounts.verbs import held, subscribe
from tests.automation.ruled import draft, put
from tests.support.cast import Cast


def test_a_rule_that_is_switched_while_the_settled_events_are_asked_for_misses_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark comes after the answer, which knows nothing of whom it has to look at."""
    rule = add_rule(draft(subscribe(cast)), customer=cast.contoso, actor=cast.alice)
    leave(cast.contoso, since=timezone.now())
    asked: list[int | None] = []

    def ask_while_a_colleague_works(patience: float) -> int | None:
        asked.append(settled_id(patience))
        if len(asked) == 1:
            put(cast, "Sales", cast.uma)
            LicenseRule.objects.filter(pk=rule.pk).update(is_on=True)
            leave(cast.contoso, since=timezone.now())
        return asked[-1]

    monkeypatch.setattr(work, "settled_id", ask_while_a_colleague_works)
    assert work.settle_customer(cast.contoso.pk) == 1
    assert held(cast.uma) == [("Teams", [])]
    assert not Unsettled.objects.exists()
    assert len(asked) == 2
