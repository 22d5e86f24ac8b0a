"""The form of an application: what it is, who may enter, and how it signs users in."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import Refused
from customers.forms.fields import (
    ALL,
    ALL_CUSTOMERS,
    CHOSEN_CUSTOMERS,
    NOT_LISTED,
    SOME,
    VisibleCharField,
    say_at_field,
)
from customers.invisible import visible
from customers.log.history import LABELS
from customers.models import Customer, Partner
from licensing.models import ServicePlan

from ..addresses import check_address, check_redirect_address
from ..models import Application, Claim, Icon
from ..models.applications import NAME_LENGTH
from ..services.applications import NO_CUSTOMER, Facts, version_of

EVERYONE, LICENSED = "everyone", "licensed"
CONFIDENTIAL, PUBLIC = "confidential", "public"
KINDS = {
    CONFIDENTIAL: gettext_lazy("Confidential: a server that can keep a secret"),
    PUBLIC: gettext_lazy("Public: a browser or mobile app, without a secret"),
}
ADDRESSES = 20


class AddressField(VisibleCharField):
    """An address to which users or logout tokens are sent."""

    default_validators = [check_address]
    widget = forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class AddressesField(forms.CharField):
    """Addresses, one a line, each as it will be compared."""

    widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        text: str = super().to_python(value) or ""
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        if len(value) > ADDRESSES:
            raise ValidationError(_("Enter up to %(count)s addresses.") % {"count": ADDRESSES})
        for address in value:
            try:
                check_redirect_address(address)
            except ValidationError as error:
                text = _("%(address)s: %(reason)s")
                told = {"address": visible(address)[0][:80], "reason": " ".join(error.messages)}
                raise ValidationError(text % told) from None

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the lines without what is no character of HTML."""
        return "\n".join(visible(line)[0] for line in (data or "").splitlines())


class PlansField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Service plans of all products, each named with its product."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.product.name})"


class ApplicationForm(forms.Form):
    seen = VisibleCharField(widget=forms.HiddenInput, required=False)
    name = VisibleCharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    icon = forms.ChoiceField(
        label=gettext_lazy("Icon"),
        choices=Icon.choices,
        initial=Icon.GRID,
        error_messages=NOT_LISTED,
    )
    start_url = AddressField(
        label=LABELS["start_url"],
        help_text=gettext_lazy("Where a user goes who opens the application from My apps."),
    )
    entry = forms.ChoiceField(
        label=gettext_lazy("Who can sign in"),
        choices=[
            (LICENSED, gettext_lazy("Users with a license for one of these services")),
            (EVERYONE, gettext_lazy("All users of the selected customers")),
        ],
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
        initial=LICENSED,
    )
    plans = PlansField(
        ServicePlan.objects.none(),
        label=gettext_lazy("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Customers"),
        choices=[
            (ALL, ALL_CUSTOMERS),
            (SOME, CHOSEN_CUSTOMERS),
        ],
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
        initial=ALL,
    )
    customers = forms.ModelMultipleChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Chosen customers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )
    redirect_uris = AddressesField(
        label=gettext_lazy("Redirect addresses"),
        required=False,
        help_text=gettext_lazy(
            "One per line, exactly as the application sends them. Without any, users can't sign in"
            " to it. For a public application at http://127.0.0.1 or http://localhost, any port is"
            " accepted."
        ),
    )
    post_logout_redirect_uris = AddressesField(
        label=LABELS["post_logout_redirect_uris"],
        required=False,
        help_text=gettext_lazy("One per line: where the application may send users who sign out."),
    )
    logout_uri = AddressField(
        label=gettext_lazy("Back-channel logout address"),
        required=False,
        help_text=gettext_lazy("The portal tells it when a user's access ends."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
        initial=CONFIDENTIAL,
    )
    needs_pkce = forms.BooleanField(
        label=gettext_lazy("Require PKCE"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Turn it off only for a confidential application that can't do it."),
    )
    extra_claims = forms.MultipleChoiceField(
        label=gettext_lazy("Also tell the application"),
        choices=Claim.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        partner: Partner,
        application: Application | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(application) if application else None)
        plans: Any = self.fields["plans"]
        there = Q(product__is_offered=True)
        if application:
            there |= Q(pk__in=application.plans.values("pk"))
        # Own products first: they are what the partner hosts.
        known = ServicePlan.objects.known_to(partner.pk).filter(there).select_related("product")
        plans.queryset = known.order_by(
            F("product__partner").asc(nulls_last=True), "product__name", "name"
        )
        customers: Any = self.fields["customers"]
        customers.queryset = partner.customers.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("entry") == LICENSED and not cleaned.get("plans", True):
            self.add_error("plans", _("Choose at least one service."))
        if cleaned.get("reach") == SOME and not cleaned.get("customers", True):
            self.add_error("customers", str(NO_CUSTOMER))
        return cleaned

    def facts(self) -> Facts:
        get: Callable[[str], Any] = self.cleaned_data.__getitem__
        return Facts(
            name=get("name"),
            start_url=get("start_url"),
            icon=get("icon"),
            everyone=get("entry") == EVERYONE,
            plans=list(get("plans")),
            all_customers=get("reach") == ALL,
            customers=list(get("customers")),
            redirect_uris=get("redirect_uris"),
            post_logout_redirect_uris=get("post_logout_redirect_uris"),
            logout_uri=get("logout_uri"),
            is_public=get("kind") == PUBLIC,
            needs_pkce=get("needs_pkce"),
            extra_claims=get("extra_claims"),
        )

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        say_at_field(self, refusal)


def _initial(application: Application) -> dict[str, Any]:
    client = application.client
    return {
        "seen": version_of(application),
        "name": application.name,
        "icon": application.icon,
        "start_url": application.start_url,
        "entry": EVERYONE if application.everyone else LICENSED,
        "plans": application.plans.all(),
        "reach": ALL if application.all_customers else SOME,
        "customers": application.customers.all(),
        "redirect_uris": client.get_redirect_uris() if client else [],
        "post_logout_redirect_uris": client.get_post_logout_redirect_uris() if client else [],
        "logout_uri": application.logout_uri,
        "kind": PUBLIC if client and client.type == "public" else CONFIDENTIAL,
        "needs_pkce": application.needs_pkce,
        "extra_claims": application.extra_claims,
    }
