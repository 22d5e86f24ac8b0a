from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from customers.models import Customer
from customers.roles import Capability
from customers.tenancy import RoleMixin
from licensing.models import RENEWAL_DAYS

from ..models import CredentialSheet
from ..queries.attention import KINDS, attention

# So many rows of each kind above the list of customers, and on the page.
IN_LIST, ON_PAGE = 5, 200


class CustomerAttentionView(RoleMixin, TemplateView):
    """The customers that need attention, as a page or as the part that the list asks for."""

    capability = Capability.SEE
    template_name = "accounts/customer_attention.html"
    extra_context = {"section": "customers"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = self.request.user.customer_id
        if own:
            return redirect("accounts:user-list", own)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        return ["accounts/attention.html"] if self._in_list() else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        may_open = user.can(Capability.RESET_PASSWORDS)
        sheets = CredentialSheet.objects.readable_by(user) if may_open else None
        found = attention(Customer.objects.visible_to(user), sheets)
        most = IN_LIST if self._in_list() else ON_PAGE
        rows = {kind: getattr(found, kind) for kind in KINDS}
        return super().get_context_data(**kwargs) | {
            "attention": found,
            "in_list": self._in_list(),
            **{kind: every[:most] for kind, every in rows.items()},
            "more": {kind: max(len(every) - most, 0) for kind, every in rows.items()},
            "renewal_days": RENEWAL_DAYS,
        }

    def _in_list(self) -> bool:
        return bool(getattr(self.request, "htmx", False))
