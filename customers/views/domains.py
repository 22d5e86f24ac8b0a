from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from customers.errors import Refused
from customers.forms.customers import DomainForm
from customers.models import AuditEvent, Domain
from customers.roles import Capability
from customers.services.domains import add_domain, make_primary, remove_domain
from customers.tenancy import CustomerScopeMixin

from ..formats import added_already


class DomainAddView(CustomerScopeMixin, FormView[DomainForm]):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "customers/domain_add.html"
    form_class = DomainForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"customer": self.customer}

    def form_valid(self, form: DomainForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        if form.twin:
            messages.info(self.request, added_already(name))
            return redirect("customers:customer-account", self.customer.pk)
        try:
            add_domain(self.customer, name, actor=self.request.user)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(domain)s is added.") % {"domain": name})
        for notice in form.removed:
            messages.warning(self.request, notice)
        return redirect("customers:customer-account", self.customer.pk)


class DomainActView(CustomerScopeMixin, TemplateView):
    """A page that asks about a domain of the customer, acts, and leads back to Account."""

    capability = Capability.MANAGE_CUSTOMERS
    act: ClassVar[Callable[..., None]]
    told: ClassVar[str | Promise]
    domain: Domain

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Domain.DoesNotExist:
            messages.info(request, _("This domain was already removed."))
            return redirect("customers:customer-account", self.customer.pk)

    def scope(self, **kwargs: Any) -> None:
        """Find the domain. One that a second click, or an old page, finds removed is no 404."""
        domain = self.customer.domains.with_use().filter(pk=kwargs["domain"]).first()
        if domain is None:
            was_here = AuditEvent.objects.of(self.customer).removed_domain(kwargs["domain"])
            raise Domain.DoesNotExist if was_here.exists() else Http404
        self.domain = domain

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"domain": self.domain}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = self.told % {"domain": self.domain.name}
        try:
            self.act(self.domain, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, told)
        return redirect("customers:customer-account", self.customer.pk)


class DomainPrimaryView(DomainActView):
    template_name = "customers/domain_primary.html"
    act = staticmethod(make_primary)
    told = gettext_lazy("%(domain)s is now the primary domain.")


class DomainRemoveView(DomainActView):
    template_name = "customers/domain_remove.html"
    act = staticmethod(remove_domain)
    told = gettext_lazy("%(domain)s is removed.")
