"""What the activity log knows of license rules: each verb, and the events that it writes."""

from collections.abc import Callable
from typing import Any

from accounts.services.licenses import LicenseChange
from automation.models import LicenseRule
from automation.services.despite_rules import change_licenses_with_exceptions
from automation.services.drafts import Draft
from automation.services.rule_switching import remove_rule, switch_off, switch_on
from automation.services.rules import (
    add_exceptions,
    add_rule,
    change_rule,
    move_rule,
    remove_exceptions,
)
from licensing.models import Subscription

Do = Callable[[Any], Any]
GIVEN = ["rule.switched", "license.assigned", "license.assigned"]


def _draft(pool: Subscription, name: str = "All") -> Draft:
    return Draft(name, gives={pool.pk: frozenset()})


def _rule(stage: Any) -> LicenseRule:
    return add_rule(_draft(stage.pool()), **stage.at)


def _on(stage: Any) -> LicenseRule:
    rule = _rule(stage)
    switch_on(rule, actor=stage.alice)
    return rule


def _moved(stage: Any) -> None:
    rule = _rule(stage)
    [pool] = rule.gives.all()
    add_rule(_draft(pool.subscription, "Other"), **stage.at)
    move_rule(rule, 2, actor=stage.alice)


def _let(stage: Any) -> None:
    rule = _rule(stage)
    add_exceptions(rule, [stage.uma], actor=stage.alice)
    remove_exceptions(rule, [stage.uma], actor=stage.alice)


def _taken(stage: Any) -> None:
    rule = _on(stage)
    [given] = rule.gives.all()
    lose = {given.subscription_id: LicenseChange(have=False)}
    change_licenses_with_exceptions([stage.uma], lose, **stage.at)


RULES: dict[str, tuple[Do, list[str], bool]] = {
    "add_rule": (_rule, ["rule.added"], False),
    "change_rule": (
        lambda s: change_rule(
            rule := _rule(s),
            _draft(rule.gives.get().subscription, "Everybody"),
            actor=s.alice,
        ),
        ["rule.changed"],
        False,
    ),
    "move_rule": (_moved, ["rule.changed"], True),
    "switch_on": (_on, GIVEN, False),
    "switch_off": (
        lambda s: switch_off(_on(s), actor=s.alice),
        ["rule.switched", "license.revoked", "license.revoked"],
        False,
    ),
    "remove_rule": (lambda s: remove_rule(_rule(s), actor=s.alice), ["rule.removed"], False),
    "add_exceptions": (
        lambda s: add_exceptions(_rule(s), [s.uma], actor=s.alice),
        ["rule.exception"],
        True,
    ),
    "remove_exceptions": (_let, ["rule.exception"], True),
    "change_licenses_with_exceptions": (
        _taken,
        ["rule.exception", "license.revoked"],
        False,
    ),
}
