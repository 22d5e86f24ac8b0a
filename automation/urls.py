"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import URLPattern, URLResolver, path

from .request_urls import of_requests
from .views.rules import detail, editing, exceptions, listing, switching

app_name = "automation"

of_rules = "customers/<int:customer>/rules/"
of_rule = f"{of_rules}<int:rule>/"

urlpatterns: list[URLPattern | URLResolver] = [
    *of_requests,
    path(of_rules, listing.RuleListView.as_view(), name="rule-list"),
    path(f"{of_rules}add/", editing.RuleAddView.as_view(), name="rule-add"),
    path(of_rule, detail.RuleDetailView.as_view(), name="rule-detail"),
    path(f"{of_rule}change/", editing.RuleChangeView.as_view(), name="rule-change"),
    path(f"{of_rule}move/", listing.RuleMoveView.as_view(), name="rule-move"),
    path(f"{of_rule}on/", switching.RuleSwitchOnView.as_view(), name="rule-switch-on"),
    path(f"{of_rule}off/", switching.RuleSwitchOffView.as_view(), name="rule-switch-off"),
    path(f"{of_rule}remove/", switching.RuleRemoveView.as_view(), name="rule-remove"),
    path(f"{of_rule}exceptions/", exceptions.ExceptionAddView.as_view(), name="exception-add"),
    path(
        f"{of_rule}exceptions/<int:user>/remove/",
        exceptions.ExceptionRemoveView.as_view(),
        name="exception-remove",
    ),
]
