"""What is done to license rules, by whom the role lets manage licenses."""

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
from tests.factories import LicenseRuleFactory, SubscriptionFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _make(scene: Scene) -> None:
    _make_rule(scene, is_on=False)


def _make_on(scene: Scene) -> None:
    _make_rule(scene, is_on=True)


def _make_rule(scene: Scene, *, is_on: bool) -> None:
    pool = SubscriptionFactory.create(customer=scene.contoso)
    LicenseRuleFactory.create(customer=scene.contoso, is_on=is_on, gives=[pool])


def _rule(scene: Scene) -> LicenseRule:
    return LicenseRule.objects.filter(customer=scene.contoso).latest("pk")


def _draft(scene: Scene) -> Draft:
    pool = Subscription.objects.filter(customer=scene.contoso).latest("pk")
    return Draft("Other", gives={pool.pk: frozenset()})


RULES: dict[str, Verb] = {
    "automation.services.rules.add_rule": Verb(
        role_table.LICENSES,
        lambda at, by: add_rule(_draft(at), customer=at.contoso, actor=by),
        prepare=_make,
    ),
    "automation.services.rules.change_rule": Verb(
        role_table.LICENSES,
        lambda at, by: change_rule(_rule(at), _draft(at), actor=by),
        prepare=_make,
    ),
    "automation.services.rules.move_rule": Verb(
        role_table.LICENSES, lambda at, by: move_rule(_rule(at), 1, actor=by), prepare=_make
    ),
    "automation.services.rules.add_exceptions": Verb(
        role_table.LICENSES,
        lambda at, by: add_exceptions(_rule(at), [at.living], actor=by),
        prepare=_make,
    ),
    "automation.services.rules.remove_exceptions": Verb(
        role_table.LICENSES,
        lambda at, by: remove_exceptions(_rule(at), [at.living], actor=by),
        prepare=_make,
    ),
    "automation.services.rule_switching.switch_on": Verb(
        role_table.LICENSES, lambda at, by: switch_on(_rule(at), actor=by), prepare=_make
    ),
    "automation.services.rule_switching.switch_off": Verb(
        role_table.LICENSES, lambda at, by: switch_off(_rule(at), actor=by), prepare=_make_on
    ),
    "automation.services.rule_switching.remove_rule": Verb(
        role_table.LICENSES, lambda at, by: remove_rule(_rule(at), actor=by), prepare=_make
    ),
    "automation.services.despite_rules.change_licenses_with_exceptions": Verb(
        role_table.LICENSES,
        lambda at, by: change_licenses_with_exceptions(
            [at.living], {}, customer=at.contoso, actor=by
        ),
    ),
}
