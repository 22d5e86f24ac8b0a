from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class LicenseManageView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_LICENSES
    template_name = "base.html"
