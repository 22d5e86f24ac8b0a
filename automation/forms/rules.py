"""The form of a license rule: for whom it is, what it gives, and its place among the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.details import SUBSCRIPTION_GONE, country_choices
from accounts.models import User
from accounts.queries.filters import PERMISSIONS, read_filter
from accounts.views.filtering import permission_label
from customers.errors import Refused
from customers.forms.fields import ALL, NOT_LISTED, SOME, VisibleCharField
from customers.models import Customer
from customers.query_params import read_number
from licensing.models import Subscription

from ..models import LicenseRule
from ..models.rules import NAME_LENGTH
from ..rule_words import ALL_USERS
from ..services.drafts import SUBSCRIPTION_NEEDED, Draft

ANY = gettext_lazy("Any")
# The fields that are conditions, by their names in the address of a list.
CONDITIONS = ("department", "title", "location", "role")
NEWCOMERS = "new"


@dataclass(frozen=True, slots=True)
class PlanBox:
    """A service plan of a subscription, and whether the rule gives it."""

    key: str
    name: str
    is_on: bool

    @property
    def id(self) -> str:
        """Return the id on the page, without the colon that CSS would need escaped."""
        return self.key.replace(":", "-")


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A subscription that the rule may give, with its plans."""

    subscription: Subscription
    is_on: bool
    plans: Sequence[PlanBox]

    @property
    def key(self) -> str:
        return str(self.subscription.pk)

    @property
    def is_off(self) -> bool:
        """Return whether it can't be chosen, and is not."""
        return not self.subscription.is_active and not self.is_on

    @property
    def has_plans_off(self) -> bool:
        return self.is_on and not all(plan.is_on for plan in self.plans)


def _text(name: str, values: str) -> VisibleCharField:
    """Return the field of a text that many users have alike; `values` lists those there are."""
    field: Any = User._meta.get_field(name)
    return VisibleCharField(
        label=capfirst(field.verbose_name),
        required=False,
        max_length=field.max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": values}),
    )


class RuleForm(forms.Form):
    """A rule, new or to be changed; `seen` is its version when the page was drawn."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        error_messages=NOT_LISTED,
        help_text=gettext_lazy("When there are not enough seats, the first rule goes first."),
    )
    whom = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            (ALL, ALL_USERS),
            (SOME, gettext_lazy("Only users who match")),
        ],
        widget=forms.RadioSelect,
        initial=SOME,
        error_messages=NOT_LISTED,
    )
    department = _text("department", "departments")
    title = _text("job_title", "titles")
    location = forms.ChoiceField(
        label=gettext_lazy("Usage location"), required=False, error_messages=NOT_LISTED
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Permissions"), required=False, error_messages=NOT_LISTED
    )
    when = forms.ChoiceField(
        label=gettext_lazy("Applies to"),
        choices=[
            (ALL, gettext_lazy("All of them, now and later")),
            (
                NEWCOMERS,
                gettext_lazy("Only users who are added after the rule is switched on"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=ALL,
        error_messages=NOT_LISTED,
    )
    gives = forms.MultipleChoiceField(
        label=gettext_lazy("Gives"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": SUBSCRIPTION_NEEDED,
            "invalid_choice": SUBSCRIPTION_GONE,
        },
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        customer: Customer,
        others: Sequence[LicenseRule],
        rule: LicenseRule | None = None,
    ) -> None:
        """Take the rules of the customer besides this one, in their order."""
        super().__init__(data, initial=self._initial(rule, others))
        current = customer.subscriptions.current().for_list()
        self.subscriptions = list(current.prefetch_related("product__plans"))
        choices: dict[str, Sequence[tuple[str, Any]]] = {
            "place": [
                ("1", _("First")),
                *(
                    (str(number), _("After %(rule)s") % {"rule": other.name})
                    for number, other in enumerate(others, start=2)
                ),
            ],
            "location": [("", ANY), *country_choices()[1:]],
            "role": [("", ANY), *((name, permission_label(name)) for name in PERMISSIONS)],
            "gives": [
                (key, key)
                for row in self.subscriptions
                for key in (str(row.pk), *(f"{row.pk}:{p.code}" for p in row.product.plans.all()))
            ],
        }
        for name, offered in choices.items():
            field: Any = self.fields[name]
            field.choices = offered

    @staticmethod
    def _initial(rule: LicenseRule | None, others: Sequence[LicenseRule]) -> dict[str, Any]:
        if rule is None:
            return {"place": str(len(others) + 1)}
        before = sum((other.position, other.pk) < (rule.position, rule.pk) for other in others)
        return {
            "seen": rule.version,
            "name": rule.name,
            "place": str(before + 1),
            "whom": SOME if rule.filter else ALL,
            "when": NEWCOMERS if rule.for_newcomers else ALL,
            "gives": _keys_of(rule),
            **{name: rule.filter.get(name, "") for name in CONDITIONS},
        }

    @property
    def conditions(self) -> list[BoundField]:
        return [self[name] for name in CONDITIONS]

    @cached_property
    def rows(self) -> list[GiftRow]:
        """Return the subscriptions as they are chosen; of one that is not, all plans are on."""
        chosen: Any = self["gives"].value() or []
        rows = []
        for subscription in self.subscriptions:
            key = str(subscription.pk)
            is_on, plans = key in chosen, subscription.product.plans.all()
            boxes = [
                PlanBox(
                    f"{key}:{plan.code}", plan.name, not is_on or f"{key}:{plan.code}" in chosen
                )
                for plan in plans
            ]
            rows.append(GiftRow(subscription, is_on, boxes))
        return rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_empty = not any(cleaned.get(name) for name in CONDITIONS)
        if cleaned.get("whom") == SOME and is_empty and not {*CONDITIONS} & self.errors.keys():
            self.add_error("whom", _("Enter at least one condition, or choose All users."))
        if "gives" in cleaned and not any(row.is_on for row in self.rows):
            self.add_error("gives", str(self.fields["gives"].error_messages["required"]))
        return cleaned

    def draft(self) -> Draft:
        """Return what was chosen; its words are judged by the service."""
        cleaned = self.cleaned_data
        query = {} if cleaned["whom"] == ALL else {name: cleaned[name] for name in CONDITIONS}
        gives = {
            row.subscription.pk: frozenset(
                plan.key.partition(":")[2] for plan in row.plans if not plan.is_on
            )
            for row in self.rows
            if row.is_on
        }
        return Draft(
            cleaned["name"], read_filter(query), gives, for_newcomers=cleaned["when"] == NEWCOMERS
        )

    def chosen_place(self) -> int:
        """Return the place among the customer's rules, counted from 1."""
        return int(self.cleaned_data["place"])

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        field = "whom" if refusal.field == "filter" else refusal.field
        self.add_error(field if field in self.fields else None, str(refusal))

    def seen_version(self) -> int | None:
        return read_number(self.cleaned_data["seen"])


def _keys_of(rule: LicenseRule) -> list[str]:
    """Return the boxes that are checked: of subscriptions, and of the plans that are on."""
    keys = []
    for gift in rule.gives.select_related("subscription").prefetch_related(
        "subscription__product__plans"
    ):
        keys.append(str(gift.subscription_id))
        keys += [
            f"{gift.subscription_id}:{plan.code}"
            for plan in gift.subscription.product.plans.all()
            if plan.code not in gift.services_off
        ]
    return keys
