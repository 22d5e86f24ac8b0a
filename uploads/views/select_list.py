"""Select by list…: users whose names were pasted or uploaded become a selection."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from accounts.actions.licenses import LICENSES
from accounts.queries.name_lists import find_names
from accounts.services.selections import choose, draw_token
from accounts.signin.limits import take
from accounts.views.batches.coming_back import with_way_back
from customers.formats import figure
from customers.requests import PortalRequest
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin

from ..forms import SelectListForm
from ..handlers import left_out
from ..spreadsheets import ALL

# So many names are listed, and the others counted.
LISTED = 500


class SelectListView(CustomerScopeMixin, FormView[SelectListForm]):
    """The form, and what became of a list; the names never stand in an address."""

    capability = Capability.SEE
    template_name = "uploads/select_list.html"
    form_class = SelectListForm
    request: PortalRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.FILES:
            take(request, "upload")
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.request.method == "POST":
            kwargs["left_out"] = left_out(self.request)
            kwargs["country"] = str(self.customer.country)
        return kwargs

    def form_valid(self, form: SelectListForm) -> HttpResponse:
        names = form.cleaned_data["all_names"]
        found = find_names(names, self.customer)
        if found.ids:
            selection = choose(
                draw_token(),
                shown=found.ids,
                chosen=found.ids,
                customer=self.customer,
                actor=self.request.user,
            )
            users = reverse("accounts:user-list", args=[self.customer.pk])
            url = f"{users}?selected=1&s={selection.token}"
            manage = with_way_back(LICENSES.url(self.customer, f"s={selection.token}"), users)
        else:
            url = manage = ""
        facts = {"found": figure(len(found.ids)), "asked": figure(found.asked)}
        go_on = ngettext("Select %(found)s user", "Select %(found)s users", len(found.ids))
        missing = [
            (name, found.nearest.get(name, ""), name in found.deleted)
            for name in found.missing[:LISTED]
        ]
        context = {
            # What was in a file can be put right here, too.
            "form": SelectListForm(
                initial={"names": "\n".join(names), "read_as": form.read.encoding}
            ),
            "notes": form.read.notes,
            "code_page": form.read.encoding,
            "choices": form.read.choices,
            "may_be_others": form.cleaned_data["answer"] != ALL,
            "selected_url": url,
            "manage_url": manage if self.request.user.can(LICENSES.capability) else "",
            "found_label": _("Found %(found)s of %(asked)s") % facts,
            "go_on_label": go_on % facts,
            "missing": missing,
            "missing_count": len(found.missing),
            "missing_more": len(found.missing) - len(missing),
            "twice": found.twice[:LISTED],
            "twice_count": len(found.twice),
            "twice_more": max(len(found.twice) - LISTED, 0),
        }
        return self.render_to_response(self.get_context_data(**context))
