"""The admin's form by which support staff register an application for a partner."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.base import ServiceForm
from customers.forms.fields import NOT_LISTED
from customers.models import Customer, Domain
from licensing.models import ServicePlan

from ..models import Application, Claim
from ..services.applications import NAME_TAKEN, Facts
from .applications import (
    KINDS,
    PUBLIC,
    AddressesField,
    AddressField,
    ApplicationForm,
    PlansField,
)

_ON_THE_PAGE = ApplicationForm.base_fields
# Where this form has what the service calls otherwise.
_ELSEWHERE = {"plans": "services", "customers": "customer_domains"}


class ApplicationAddForm(ServiceForm):
    """As account admins have it on their page; customers are typed, of whom there are thousands."""

    start_url = AddressField(
        label=_ON_THE_PAGE["start_url"].label, help_text=_ON_THE_PAGE["start_url"].help_text
    )
    services = PlansField(
        ServicePlan.objects.select_related("product").order_by("product__name", "name"),
        label=gettext_lazy("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
        help_text=gettext_lazy(
            "Which a user needs one of, unless everyone may enter: of products that are sold to all"
            " partners, or of this partner's own."
        ),
    )
    customer_domains = forms.CharField(
        label=gettext_lazy("Customers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A domain of each customer that it is for, one per line. Empty: all customers."
        ),
    )
    redirect_uris = AddressesField(
        label=_ON_THE_PAGE["redirect_uris"].label,
        required=False,
        help_text=_ON_THE_PAGE["redirect_uris"].help_text,
    )
    post_logout_redirect_uris = AddressesField(
        label=_ON_THE_PAGE["post_logout_redirect_uris"].label,
        required=False,
        help_text=_ON_THE_PAGE["post_logout_redirect_uris"].help_text,
    )
    logout_uri = AddressField(
        label=_ON_THE_PAGE["logout_uri"].label,
        required=False,
        help_text=_ON_THE_PAGE["logout_uri"].help_text,
    )
    is_public = forms.BooleanField(label=KINDS[PUBLIC], required=False)
    extra_claims = forms.MultipleChoiceField(
        label=_ON_THE_PAGE["extra_claims"].label,
        choices=Claim.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )

    class Meta:
        model = Application
        fields = ("partner", "name", "icon", "everyone", "needs_pkce")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start_url", "logout_uri"):
            self.fields[name].widget.attrs["class"] = "vURLField"
        for name in ("customer_domains", "redirect_uris", "post_logout_redirect_uris"):
            self.fields[name].widget.attrs["class"] = "vLargeTextField"

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        own = Application.objects.filter(partner=self.cleaned_data.get("partner"))
        if own.filter(name__iexact=name).exists():
            # Before the constraint, which would say it at no field.
            raise ValidationError(str(NAME_TAKEN))
        return name

    def clean_customer_domains(self) -> list[Customer]:
        partner = self.cleaned_data.get("partner")
        domains = list(dict.fromkeys(self.cleaned_data["customer_domains"].lower().split()))
        if not partner:
            return []
        named = Domain.objects.filter(name__among_texts=domains, customer__partner=partner)
        owners = {row.name: row.customer for row in named.select_related("customer")}
        for domain in domains:
            if domain not in owners:
                raise ValidationError(
                    _("No customer of %(partner)s has the domain %(domain)s.")
                    % {"partner": partner, "domain": domain}
                )
        found = dict.fromkeys(owners[domain] for domain in domains)
        return [customer for customer in found if customer]

    def clean(self) -> dict[str, Any] | None:
        if self.refused is not None and self.refused.field in _ELSEWHERE:
            self.refused.field = _ELSEWHERE[self.refused.field]
        return super().clean()

    def facts(self) -> Facts:
        get: Any = self.cleaned_data.__getitem__
        return Facts(
            # Which a form has not that is refused for it.
            name=self.cleaned_data.get("name", ""),
            start_url=get("start_url"),
            icon=get("icon"),
            everyone=get("everyone"),
            plans=list(get("services")),
            all_customers=not get("customer_domains"),
            customers=get("customer_domains"),
            redirect_uris=get("redirect_uris"),
            post_logout_redirect_uris=get("post_logout_redirect_uris"),
            logout_uri=get("logout_uri"),
            is_public=get("is_public"),
            needs_pkce=get("needs_pkce"),
            extra_claims=get("extra_claims"),
        )
