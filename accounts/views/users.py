from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class UserListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"
