from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from automation.models import LicenseRule

from .customers import CustomerFactory


class LicenseRuleFactory(DjangoModelFactory[LicenseRule]):
    """A rule that is off, for all users; `gives` are subscriptions, `excepts` users."""

    class Meta:
        model = LicenseRule

    customer = declarations.SubFactory(CustomerFactory)
    name = declarations.Sequence(lambda number: f"Rule {number}")
    position = declarations.Sequence(lambda number: number)

    @classmethod
    def _create(cls, model_class: type[LicenseRule], *args: Any, **kwargs: Any) -> LicenseRule:
        gives, excepts = kwargs.pop("gives", ()), kwargs.pop("excepts", ())
        rule: LicenseRule = super()._create(model_class, *args, **kwargs)
        for subscription in gives:
            rule.gives.create(subscription=subscription, customer=rule.customer)
        for user in excepts:
            rule.exceptions.create(user=user, customer=rule.customer)
        return rule
