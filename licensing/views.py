from django.views.generic import TemplateView

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin


class SubscriptionListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE_SUBSCRIPTIONS
    template_name = "base.html"


class SubscriptionAddView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "base.html"


class SubscriptionDetailView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "base.html"


class SubscriptionSuspendView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "base.html"


class SubscriptionResumeView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "base.html"


class SubscriptionCancelView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "base.html"
