"""A new user: details, permissions, and seats of the customer's subscriptions."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from customers.errors import Refused
from customers.forms.fields import FreshInput
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext_lazy
from customers.services.batches import new_key
from licensing.errors import NotActive, RulesBroken, SeatsShort, seats_missing
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus

from ..models import User
from ..romanizing import INSIDE, spelled_table
from ..services.returns import name_taken
from ..services.users import License, NamesTaken, NewUser
from .details import CONTACT_FIELDS, DetailsForm, PermissionsMixin, subscriptions_field
from .start import StartMixin


@dataclass(slots=True)
class Plan:
    code: str
    name: str
    is_on: bool


@dataclass(slots=True)
class Option:
    """A subscription that can be chosen, or says why not; `number` makes ids for the page."""

    number: int
    subscription: Subscription
    chosen: bool
    plans: list[Plan]
    problems: list[str] = field(default_factory=list)

    @property
    def is_suspended(self) -> bool:
        return self.subscription.status == SubscriptionStatus.SUSPENDED

    @property
    def is_full(self) -> bool:
        return self.subscription.available < 1

    @property
    def is_off(self) -> bool:
        """Return whether it can't be chosen; one that is chosen can always be cleared."""
        return (self.is_suspended or self.is_full) and not self.chosen

    def license(self) -> License:
        off = tuple(plan.code for plan in self.plans if not plan.is_on)
        return License(self.subscription.pk, off)


class AddUserForm(PermissionsMixin, StartMixin, DetailsForm):
    """The form of a new user; domain, location, department and licenses are as those of `like`.

    Permissions are not: a new administrator is one by choice. `not_given` are those of `like`.
    """

    key = forms.CharField(
        max_length=64,
        widget=FreshInput(),
        error_messages={
            "required": gettext_lazy("This page came back incomplete. Open Add user again.")
        },
    )
    # Drawn from `options`: a row has more to it than a checkbox.
    licenses = subscriptions_field(gettext_lazy("Licenses"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        customer: Customer,
        actor: User,
        like: User | None = None,
    ) -> None:
        # By subscription, the plans that the one who is taken over has switched off.
        self.held: dict[int, list[str]] = {}
        initial: dict[str, Any] = {"usage_location": customer.country.code}
        if like:
            live = LicenseAssignment.objects.live().filter(user=like)
            self.held = dict(live.values_list("subscription_id", "services_off"))
            initial = {"domain": like.domain_id, "usage_location": like.usage_location.code}
            initial["department"] = like.department
            if like.is_to_start:
                initial["starts_on"] = like.starts_on
        initial |= {**self.START_INITIAL, "key": new_key()}
        super().__init__(data, customer=customer, initial=initial)
        self.customer = customer
        self.limit_permissions(actor)
        self.limit_start(actor)
        self.like = like
        self.not_given = ", ".join(like.permission_labels()) if like and like.roles else ""
        self.may_license = actor.can(Capability.MANAGE_LICENSES)
        own = customer.subscriptions.current().for_list().prefetch_related("product__plans")
        self.subscriptions = list(own) if self.may_license else []
        choices = [(str(row.pk), str(row)) for row in self.subscriptions]
        self.fields["licenses"].choices = choices  # type: ignore[attr-defined]

    @cached_property
    def options(self) -> list[Option]:
        options = []
        data: Any = self.data
        for number, subscription in enumerate(self.subscriptions):
            pk = subscription.pk
            if not self.is_bound:
                usable = subscription.status == SubscriptionStatus.ACTIVE and subscription.available
                chosen = bool(usable) and pk in self.held
                off = set(self.held.get(pk, ()))
            elif chosen := str(pk) in data.getlist("licenses"):
                # Plans that the page did not show yet are on, as for all other users.
                shown = set(data.get(f"shown_{pk}", "").split())
                off = shown - set(data.getlist(f"services_{pk}"))
            else:
                off = set()
            plans = [
                Plan(plan.code, plan.name, plan.code not in off)
                for plan in subscription.product.plans.all()
            ]
            options.append(Option(number, subscription, chosen, plans))
        return options

    @property
    def letters(self) -> str:
        """Return the letters of the customer's country, by which the page proposes a user name."""
        return spelled_table(str(self.customer.country))

    @property
    def apostrophes(self) -> str:
        """Return the apostrophes after which a word of a name goes on."""
        return INSIDE

    @property
    def not_taken_over(self) -> list[str]:
        """Products that the last one has and the next one can't have."""
        if self.is_bound:
            return []
        return [
            str(option.subscription)
            for option in self.options
            if option.subscription.pk in self.held and not option.chosen
        ]

    @property
    def some_are_off(self) -> bool:
        return any(option.is_suspended or option.is_full for option in self.options)

    @property
    def opens_more(self) -> bool:
        """Return whether the folded details are open: one has an error, or was filled from
        another user.
        """
        filled = not self.is_bound and bool(self.like and self.like.department)
        return filled or any(name in self.errors for name in CONTACT_FIELDS)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.check_start(self.customer)
        return cleaned

    def look_again(self) -> None:
        """Prepare a page with the seats of now that says nothing of what is not yet typed."""
        self.full_clean()
        self.errors.clear()

    def new_user(self) -> NewUser:
        fields = self.model_fields()
        return NewUser(
            local_part=self.cleaned_data["user_name"],
            domain=self.cleaned_data["domain"],
            display_name=fields.pop("display_name"),
            fields=fields,
            roles=self.roles(),
            licenses=tuple(option.license() for option in self.options if option.chosen),
            start=self.start(),
        )

    def batch_key(self) -> str:
        """Return the key of this form and user name: after Back, another name is another user."""
        cleaned = self.cleaned_data
        text = f"{cleaned['key']} {cleaned['user_name'].lower()}@{cleaned['domain'].name}"
        return hashlib.sha256(text.encode()).hexdigest()

    def refuse(self, refusal: Refused) -> None:
        """Say it where it belongs, with what to do."""
        if isinstance(refusal, NamesTaken):
            domain = self.cleaned_data["domain"].name
            self.add_error("user_name", name_taken(self.cleaned_data["user_name"], domain))
        elif refusal.field in self.fields:
            self.add_error(refusal.field, str(refusal))
        elif isinstance(refusal, RulesBroken | SeatsShort | NotActive):
            for option in self.options:
                option.problems += _problems(option, refusal)
            self.add_error("licenses", str(refusal))
        else:
            self.add_error(None, str(refusal))


def _problems(option: Option, refusal: Refused) -> Sequence[str]:
    subscription = option.subscription
    if isinstance(refusal, SeatsShort):
        missing = refusal.missing.get(subscription.pk, 0)
        return [seats_missing(missing)] if missing else []
    if isinstance(refusal, RulesBroken):
        return list(refusal.users.get(subscription.product_id, ()))
    if isinstance(refusal, NotActive) and refusal.subscription.pk == subscription.pk:
        return [str(refusal)]
    return []
