"""What the pages of license rules have in common."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from customers.roles import Capability, who_can

from ...models import LicenseRule
from ...queries.rule_pages import rules_in_words
from ..pages import PageMixin


class RulesMixin(PageMixin):
    """A page of those who manage the customer's licenses."""

    capability = Capability.MANAGE_LICENSES

    @cached_property
    def rules(self) -> list[LicenseRule]:
        """Return all rules of the customer, in their order."""
        return rules_in_words(self.customer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        capability = Capability.MANAGE_SUBSCRIPTIONS
        return super().get_context_data(**kwargs) | {
            "may_buy": self.actor.can(capability),
            "may_ask_partner": self.actor.customer_id is not None,
            "who_buys": who_can(capability, staff=self.actor.partner_id is not None),
        }


class RuleMixin(RulesMixin):
    """A page about one rule of the customer."""

    rule: LicenseRule

    def scope(self, **kwargs: Any) -> None:
        found = next((rule for rule in self.rules if rule.pk == kwargs["rule"]), None)
        if found is None:
            raise Http404
        self.rule = found
        self.rule.customer = self.customer

    def to_rule(self) -> HttpResponse:
        return redirect("automation:rule-detail", self.customer.pk, self.rule.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rule": self.rule}
