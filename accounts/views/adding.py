from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class UserAddView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "base.html"
