"""Which customers a user of the team may know of."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.formats import figure
from customers.models import Customer, CustomerQuerySet
from customers.query_params import read_id, read_search
from customers.views.lists import PLACE, address, page_links

from ...forms.team import ALL, SOME
from ...services.staff import limit_staff
from ..tabs import Tab
from .base import MemberMixin
from .lists import customers_of

CHOSEN = "chosen"


class TeamCustomersView(MemberMixin):
    """A page of the partner's customers with a box each; other pages stay as they are."""

    template_name = "accounts/team_customers.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.kept:
            return self.page()
        chosen = _ids(self.kept.getlist("customer"))
        return self.page(limited=self.kept.get("reach") != ALL, checked=chosen)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = Customer.objects.filter(partner=self.partner)
        shown, chosen = (_ids(request.POST.getlist(name)) for name in ("shown", "customer"))
        limited = request.POST.get("reach") != ALL
        try:
            limit_staff(
                self.user,
                limited=limited,
                opened=list(own.filter(pk__in=shown & chosen)),
                closed=list(own.filter(pk__in=shown - chosen)),
                actor=self.actor,
            )
        except Refused as refusal:
            return self.page(refusal=str(refusal), limited=limited, checked=chosen)
        count = self.user.allowed_customers.count() if limited else None
        text = _("Saved: %(name)s, customers: %(customers)s.")
        names = {"name": self.user.display_name, "customers": customers_of(count)}
        messages.success(request, text % names)
        return redirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = read_search(self.request.GET.get("q", ""))
        only_chosen = self.request.GET.get("show") == CHOSEN
        found = self.found(search, only_chosen=only_chosen)
        pages = Paginator(found.order_by(Lower("name"), "pk"), settings.PAGE_SIZE)
        page = pages.get_page(self.request.GET.get("page", ""))
        rows = [row.pk for row in page]
        there = self.user.allowed_customers.filter(pk__in=rows)
        return {
            "limited": self.user.limited_to_customers,
            "checked": set(there.values_list("pk", flat=True)),
            **super().get_context_data(**kwargs),
            "rows": page,
            "search": search,
            "keep": {"show": CHOSEN} if only_chosen else {},
            "only_chosen": only_chosen,
            "pager": page_links(self.request, page) if pages.num_pages > 1 else None,
            "tabs": self.tabs(only_chosen=only_chosen),
            "clear_url": address(self.request, q=None, page=None),
            "ALL": ALL,
            "SOME": SOME,
        }

    def found(self, search: str, *, only_chosen: bool) -> CustomerQuerySet:
        own = Customer.objects.filter(partner=self.partner).with_primary_domain()
        if only_chosen:
            own = own.filter(limited_staff=self.user)
        return own.matching(search)

    def tabs(self, *, only_chosen: bool) -> list[Tab]:
        count = {"count": figure(self.user.allowed_customers.count())}
        every = address(self.request, show=None, **PLACE)
        chosen = address(self.request, show=CHOSEN, **PLACE)
        return [
            Tab(_("All customers"), every, not only_chosen),
            Tab(_("Chosen (%(count)s)") % count, chosen, only_chosen),
        ]


def _ids(texts: list[str]) -> set[int]:
    found = (read_id(text) for text in texts[: settings.PAGE_SIZE])
    return {pk for pk in found if pk is not None}
