"""The license rules of a customer in their order, which buttons change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customers.errors import Refused

from ...models import LicenseRule
from ...rule_words import gifts, whom
from ...services.rules import move_rule
from .base import RuleMixin, RulesMixin


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the list, in words."""

    rule: LicenseRule
    whom: Sequence[str]
    gives: Sequence[str]


class RuleListView(RulesMixin):
    template_name = "automation/rule_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            RuleRow(rule, whom(rule), [gift.product for gift in gifts(rule)]) for rule in self.rules
        ]
        has_subscriptions = bool(rows) or self.customer.subscriptions.current().exists()
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "has_subscriptions": has_subscriptions,
        }


class RuleMoveView(RuleMixin):
    """The buttons that move a rule up or down in the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = self.rules.index(self.rule) + 1
        step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
        try:
            move_rule(self.rule, place + step, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        list_url = reverse("automation:rule-list", args=[self.customer.pk])
        return redirect(f"{list_url}#rule-{self.rule.pk}")
