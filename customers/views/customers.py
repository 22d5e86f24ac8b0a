from collections.abc import Callable, Collection
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, OrderBy, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from customers.errors import Refused
from customers.formats import is_added
from customers.forms.customers import CustomerAddForm, CustomerChangeForm, DomainForm
from customers.models import AuditEvent, Customer, CustomerQuerySet
from customers.places.lists import (
    count_and_favorites,
    favorite_ids,
    favorites_first,
    with_users_by_month,
)
from customers.query_params import read_search
from customers.roles import Capability, Reach
from customers.services.customers import add_customer, change_customer
from customers.tenancy import CustomerScopeMixin, RoleMixin, require

from ..formats import NOTHING_TO_CHANGE, added_already, figure
from .activity import lines
from .first_steps import first_steps
from .lists import address, columns, page_links

RECENT = 8
LABELS = {
    "name": gettext_lazy("Name"),
    "domain": gettext_lazy("Primary domain"),
    "users": gettext_lazy("Users"),
    "seats": gettext_lazy("Seats used"),
    "deleted": gettext_lazy("Deleted users"),
}
FIGURES = {"users", "seats", "deleted"}
ORDERS: dict[str, F | Lower] = {
    "name": Lower("name"),
    "domain": F("main__name"),
    "users": F("active_users"),
    "seats": F("seats_used"),
    "deleted": F("deleted_users"),
}
# What has to be looked up for all customers before they can be put in such an order.
ANNOTATED: dict[str, Callable[[CustomerQuerySet], CustomerQuerySet]] = {
    "domain": CustomerQuerySet.to_sort_by_domain,
    "seats": CustomerQuerySet.to_sort_by_seats,
}


class CustomerListView(RoleMixin, TemplateView):
    """The partner's customers. A customer's own user is led to their first page instead."""

    capability = Capability.SEE
    template_name = "customers/customer_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.user.customer_id:
            return redirect(settings.LOGIN_REDIRECT_URL)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = read_search(self.request.GET.get("q", ""))
        order = self.request.GET.get("sort", "name")
        if order.removeprefix("-") not in ORDERS:
            order = "name"
        customers = Customer.objects.visible_to(self.request.user)
        if search:
            favorites = favorite_ids(self.request.user)
            # A search looks at every customer, and does so once.
            found = list(_ordered(customers.matching(search), order, favorites))
            paginator = Paginator(found, settings.PAGE_SIZE)
        else:
            # Counted without what the order needs.
            count, favorites = count_and_favorites(customers, self.request.user)
            paginator = Paginator(_ordered(customers, order, favorites), settings.PAGE_SIZE)
            paginator.count = count
        page = paginator.get_page(self.request.GET.get("page", ""))
        shown = with_users_by_month(Customer.objects.with_primary_domain())
        return super().get_context_data(**kwargs) | {
            "customers": shown.with_seats().with_restorable().in_order(page),
            "favorites": favorites,
            "search": search,
            "keep": {} if order == "name" else {"sort": order},
            "columns": columns(self.request, order, LABELS, FIGURES),
            "pager": page_links(self.request, page),
            "clear_url": address(self.request, q=None, page=None),
            "may_add": self.request.user.can(Capability.MANAGE_CUSTOMERS),
            "may_see_activity": self.request.user.can(Capability.SEE_ACTIVITY),
            "section": "customers",
        }


def _ordered(
    customers: CustomerQuerySet, order: str, favorites: set[int]
) -> QuerySet[Customer, int]:
    """Return the ids alone, in order: what else a row shows is read for the page's rows.

    In the order that the list begins with, favorites stand first.
    """
    column = order.removeprefix("-")
    first = favorites_first(favorites) if order == "name" else []
    by = OrderBy(ORDERS[column], descending=order.startswith("-"))
    rows = ANNOTATED.get(column, CustomerQuerySet.all)(customers)
    return rows.order_by(*first, by, Lower("name"), "pk").values_list("pk", flat=True)


class CustomerAddView(RoleMixin, FormView[CustomerAddForm]):
    capability = Capability.MANAGE_CUSTOMERS
    template_name = "customers/customer_add.html"
    form_class = CustomerAddForm
    extra_context = {"section": "customers"}

    def get_initial(self) -> dict[str, Any]:
        partner = self.request.user.partner
        return {"country": str(partner.country)} if partner else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: CustomerAddForm) -> HttpResponse:
        if form.twin:
            messages.info(self.request, added_already(form.twin.name))
            return redirect("customers:customer-detail", form.twin.pk)
        values = {name: form.cleaned_data[name] for name in form.fields}
        try:
            customer = add_customer(actor=self.request.user, **values)
        except Refused as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, is_added(customer.name))
        for notice in form.removed:
            messages.warning(self.request, notice)
        return redirect("customers:customer-detail", customer.pk)

    def refused(self, form: CustomerAddForm, refusal: Refused) -> HttpResponse:
        """Answer a refusal: taken meanwhile, by the first click of two or another user."""
        if twin := form.find_twin():
            return redirect("customers:customer-detail", twin.pk)
        form.add_error(refusal.field or None, str(refusal))
        return self.form_invalid(form)


class CustomerDetailView(CustomerScopeMixin, TemplateView):
    """The customer's home: what there is and what happened lately, as far as the role sees."""

    capability = Capability.SEE
    template_name = "customers/customer_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        context = super().get_context_data(**kwargs) | {
            "deleted": self.customer.users.restorable().count(),
            "may": {capability.name: user.can(capability) for capability in Capability},
            "domains": self.customer.domains.all(),
        }
        if user.can(Capability.SEE_SUBSCRIPTIONS):
            subscriptions = list(self.customer.subscriptions.current().for_list())
            context["subscriptions"] = subscriptions
            context["available"] = sum(row.available for row in subscriptions if row.is_active)
        if user.can(Capability.RESET_PASSWORDS):
            sheets = self.customer.sheets.open().readable_by(user)
            context["sheets"] = sheets.count()
        context["steps"] = first_steps(
            self.customer,
            user,
            subscriptions=context.get("subscriptions", ()),
            deleted=context["deleted"],
            sheets=context.get("sheets", 0),
        )
        if user.can(Capability.SEE_ACTIVITY):
            events = AuditEvent.objects.of(self.customer).seen_by(user).lines().with_batch()
            context["lines"] = lines(self.customer, events.newest_first()[:RECENT])
            context["own_only"] = user.reach(Capability.SEE_ACTIVITY) < Reach.FULL
        return context


class CustomerAccountView(CustomerScopeMixin, FormView[CustomerChangeForm]):
    """The customer's account, seen with the customer, and changed by those who manage customers."""

    capability = Capability.SEE
    template_name = "customers/customer_account.html"
    form_class = CustomerChangeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request.user, Capability.MANAGE_CUSTOMERS)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"user": self.request.user, "customer": self.customer}

    def form_valid(self, form: CustomerChangeForm) -> HttpResponse:
        try:
            changed = change_customer(
                self.customer,
                actor=self.request.user,
                seen=form.seen(),
                **form.changes(),
            )
        except Refused as refusal:
            if refusal.code == "changed-meanwhile":
                # Since the form was checked, a moment ago: it is checked against the new row.
                self.customer.refresh_from_db()
                return super().post(self.request)
            form.add_error(refusal.field or None, str(refusal))
            return self.form_invalid(form)
        if changed:
            messages.success(self.request, _("The account is saved."))
            self.tell_of_clock(changed)
        else:
            messages.info(self.request, str(NOTHING_TO_CHANGE))
        for notice in form.removed:
            messages.warning(self.request, notice)
        return redirect(reverse("customers:customer-account", args=[self.customer.pk]))

    def tell_of_clock(self, changed: Collection[str]) -> None:
        """Say what another clock means for what is scheduled, where it may have changed."""
        waiting = self.customer.schedules.filter(state="waiting").count()
        if not waiting or not {"time_zone", "country"} & set(changed):
            return
        text = ngettext(
            "%(count)s scheduled action keeps its date and time, by the customer's clock.",
            "%(count)s scheduled actions keep their dates and times, by the customer's clock.",
            waiting,
        )
        messages.info(self.request, text % {"count": figure(waiting)})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_upload = self.request.user.can(Capability.MANAGE_USERS)
        remembered = self.customer.column_mappings.count() if may_upload else 0
        # Who reaches administrators, too, looks after what keeps users.
        may_keep = self.request.user.reach(Capability.MANAGE_USERS) == Reach.FULL
        return super().get_context_data(**kwargs) | {
            "may_change": self.request.user.can(Capability.MANAGE_CUSTOMERS),
            "remembered_columns": remembered,
            "sources": self.customer.sources.count() if may_keep else None,
            "domains": self.customer.domains.with_use(),
            "domain_form": DomainForm(customer=self.customer, auto_id="id_domain_%s"),
        }
