from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class SheetListView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class SheetDetailView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class SheetPrintView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class SheetMailView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class SheetDownloadView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"


class SheetDoneView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "base.html"
