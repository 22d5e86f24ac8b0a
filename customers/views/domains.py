from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class DomainAddView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "base.html"


class DomainPrimaryView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "base.html"


class DomainRemoveView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "base.html"
