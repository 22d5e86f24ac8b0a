from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class UserDetailView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"


class UserResetView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class UserBlockView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "base.html"


class UserAllowView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "base.html"


class UserDeleteView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "base.html"
