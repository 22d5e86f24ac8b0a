from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class ActivityListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE_ACTIVITY
    template_name = "base.html"


class ActivityExportView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE_ACTIVITY
    template_name = "base.html"
