from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class DeletedListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE
    template_name = "base.html"


class UserRestoreView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "base.html"


class UserRemoveView(CustomerScopeMixin, TemplateView):
    capability = Capability.DELETE_PERMANENTLY
    template_name = "base.html"
