from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin, RoleMixin


class CustomerListView(RoleMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"


class CustomerAddView(RoleMixin, TemplateView):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "base.html"


class CustomerDetailView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"


class CustomerAccountView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"
