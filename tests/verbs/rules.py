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
from tests.factories import LicenseRuleFactory, SubscriptionFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _rule(scene: Scene, *, is_on: bool = False) -> LicenseRule:
    pool = SubscriptionFactory.create(customer=scene.contoso)
    return LicenseRuleFactory.create(customer=scene.contoso, is_on=is_on, gives=[pool])


def _draft(scene: Scene) -> Draft:
    pool = SubscriptionFactory.create(customer=scene.contoso)
    return Draft("Other", gives={pool.pk: frozenset()})


RULES: dict[str, Verb] = {
    "automation.services.rules.add_rule": Verb(
        role_table.LICENSES, lambda at, by: add_rule(_draft(at), customer=at.contoso, actor=by)
    ),
    "automation.services.rules.change_rule": Verb(
        role_table.LICENSES, lambda at, by: change_rule(_rule(at), _draft(at), actor=by)
    ),
    "automation.services.rules.move_rule": Verb(
        role_table.LICENSES, lambda at, by: move_rule(_rule(at), 1, actor=by)
    ),
    "automation.services.rules.add_exceptions": Verb(
        role_table.LICENSES, lambda at, by: add_exceptions(_rule(at), [at.living], actor=by)
    ),
    "automation.services.rules.remove_exceptions": Verb(
        role_table.LICENSES, lambda at, by: remove_exceptions(_rule(at), [at.living], actor=by)
    ),
    "automation.services.rule_switching.switch_on": Verb(
        role_table.LICENSES, lambda at, by: switch_on(_rule(at), actor=by)
    ),
    "automation.services.rule_switching.switch_off": Verb(
        role_table.LICENSES, lambda at, by: switch_off(_rule(at, is_on=True), actor=by)
    ),
    "automation.services.rule_switching.remove_rule": Verb(
        role_table.LICENSES, lambda at, by: remove_rule(_rule(at), actor=by)
    ),
    "automation.services.despite_rules.change_licenses_with_exceptions": Verb(
        role_table.LICENSES,
        lambda at, by: change_licenses_with_exceptions(
            [at.living], {}, customer=at.contoso, actor=by
        ),
    ),
}
