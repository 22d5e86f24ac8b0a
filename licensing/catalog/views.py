"""The catalog of a partner: own products listed, added, changed, stopped and deleted."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.actions import Action
from customers.errors import Refused
from customers.formats import NO_CHANGE_NEEDED, NOTHING_TO_CHANGE
from customers.log.events import AuditEventQuerySet
from customers.log.history import describe
from customers.models import AuditEvent, Customer, CustomerQuerySet, Partner
from customers.query_params import read_number, read_search
from customers.roles import Capability
from customers.views.activity import plain_lines
from customers.views.lists import address, page_links
from customers.views.partner import PartnerMixin, PartnerRowMixin

from ..models import Product, Subscription, SubscriptionStatus
from ..services.own_products import (
    add_own_product,
    change_own_product,
    remove_own_product,
    sell_own_product,
    use_of,
)
from .forms import ProductForm

EVENTS = 10
CUSTOMERS = 25


class CatalogMixin(PartnerMixin):
    """A page of the partner's account admins."""

    capability = Capability.MANAGE_CATALOG
    extra_context = {"section": "catalog"}


class ProductListView(CatalogMixin):
    template_name = "licensing/product_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = read_search(self.request.GET.get("q", ""))
        page = Paginator(_listed(self.partner, search), settings.PAGE_SIZE).get_page(
            self.request.GET.get("page", "")
        )
        rows = list(page.object_list)
        return super().get_context_data(**kwargs) | {
            "own": [row for row in rows if row.partner_id],
            "shared": [row for row in rows if not row.partner_id],
            "has_own": Product.objects.filter(partner=self.partner).exists(),
            "search": search,
            "clear_url": address(self.request, q=None, page=None),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
        }


def _listed(partner: Partner, search: str) -> QuerySet[Any]:
    """Return what the partner can sell or has sold, own products first, as far as it matches.

    With how many of its customers have it, and the seats.
    """
    here = Q(subscriptions__customer__partner=partner) & ~Q(
        subscriptions__status=SubscriptionStatus.CANCELED
    )
    matches = Q(name__icontains=search) | Q(sku__icontains=search)
    return (
        Product.objects.known_to(partner.pk)
        .filter(matches if search else Q())
        .annotate(
            customers=Count("subscriptions", filter=here),
            bought=Coalesce(Sum("subscriptions__quantity", filter=here), 0),
            assigned=Coalesce(Sum("subscriptions__assigned", filter=here), 0),
        )
        # What is neither sold nor held any longer is nobody's concern.
        .filter(Q(partner=partner) | Q(is_offered=True) | Q(customers__gt=0))
        .order_by(F("partner").asc(nulls_last=True), Lower("name"), "pk")
        .prefetch_related("plans")
    )


class ProductAddView(CatalogMixin):
    template_name = "licensing/product_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=ProductForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            return self.page(form=ProductForm(request.POST, more=True))
        form = ProductForm(request.POST)
        if not form.is_valid():
            return self.page(form=form)
        try:
            product = add_own_product(form.facts(), sku=form.cleaned_data["sku"], actor=self.actor)
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        messages.success(
            request,
            _("%(product)s is in your catalog. You can add subscriptions to it for customers.")
            % {"product": product.name},
        )
        return redirect("catalog:product-detail", product.pk)


class OneMixin(PartnerRowMixin[Product], CatalogMixin):
    """A page about one of the partner's own products."""

    named = "product"

    def rows(self) -> QuerySet[Product]:
        return Product.objects.filter(partner=self.partner).select_related("partner")

    @property
    def product(self) -> Product:
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"product": self.product}


class ProductDetailView(OneMixin):
    template_name = "licensing/product_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if chosen := request.GET.get("customer"):
            return self.lead_to_adding(read_number(chosen))
        return self.page(form=ProductForm(product=self.product))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            return self.page(form=ProductForm(request.POST, product=self.product, more=True))
        form = ProductForm(request.POST, product=self.product)
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes = change_own_product(
                self.product, form.facts(), actor=self.actor, seen=form.cleaned_data["seen"]
            )
        except Refused as refusal:
            if refusal.code == "product-changed":
                return self.ask_again(refusal)
            form.refuse(refusal)
            return self.page(form=form)
        if changes:
            messages.success(request, _("Changes saved."))
        else:
            messages.info(request, str(NOTHING_TO_CHANGE))
        return redirect("catalog:product-detail", self.product.pk)

    def ask_again(self, refusal: Refused) -> HttpResponse:
        """Show the form again with what a colleague has changed: the next Save means it."""
        self.product.refresh_from_db()
        form = ProductForm.after_a_change(self.request.POST, self.product)
        told = [str(refusal)]
        last = self.events().filter(action=Action.PRODUCT_CHANGED).newest_first().first()
        if last is not None:
            changes = {"name": last.named.actor, "changes": "; ".join(describe(last))}
            told.append(_("Changed by %(name)s: %(changes)s.") % changes)
        told.append(_("Your entries are kept: check them and save again."))
        form.add_error(None, " ".join(told))
        return self.page(form=form)

    def lead_to_adding(self, customer: int | None) -> HttpResponse:
        """Lead to Add subscription of the customer that was chosen, with the product chosen."""
        if customer is None or not self.buyers().filter(pk=customer).exists():
            messages.error(self.request, _("Choose a customer from the list."))
            return redirect("catalog:product-detail", self.product.pk)
        page = reverse("licensing:subscription-add", args=[customer])
        return redirect(f"{page}?product={self.product.pk}")

    def buyers(self) -> CustomerQuerySet:
        """Return the customers who can buy the product, and have not."""
        if not self.product.is_offered:
            return Customer.objects.none()
        held = Subscription.objects.current().filter(product=self.product)
        customers = Customer.objects.visible_to(self.actor)
        return customers.exclude(pk__in=held.values("customer")).order_by(Lower("name"), "pk")

    def events(self) -> AuditEventQuerySet:
        return AuditEvent.objects.of_team(self.partner.pk).filter(
            target_type="product", target_id=self.product.pk
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sold = (
            Subscription.objects.current()
            .filter(product=self.product)
            .select_related("customer")
            .order_by("customer__name", "pk")
        )
        return super().get_context_data(**kwargs) | {
            "buyers": self.buyers().only("name"),
            "sold": sold[:CUSTOMERS],
            "more_sold": max(sold.count() - CUSTOMERS, 0),
            "is_free": kwargs["form"].use.is_free,
            "events": plain_lines(self.events().newest_first()[:EVENTS]),
        }


class ProductSellView(OneMixin):
    """The button that stops selling a product or sells it again; one more click takes it back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        on = request.POST.get("on") == "1"
        try:
            was_otherwise = sell_own_product(self.product, on=on, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("catalog:product-list")
        if not was_otherwise:
            messages.info(request, str(NO_CHANGE_NEEDED))
            return redirect("catalog:product-detail", self.product.pk)
        text = (
            _("%(product)s can be sold again.")
            if on
            else _("%(product)s is no longer sold. Existing subscriptions stay.")
        )
        messages.success(request, text % {"product": self.product.name})
        return redirect("catalog:product-detail", self.product.pk)


class ProductRemoveView(OneMixin):
    template_name = "licensing/product_remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "is_free": use_of(self.product).is_free,
            "points": [
                _("No customer has ever had it, and none of its services opens an application."),
                _("It is deleted with its services. This can't be undone."),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_own_product(self.product, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("%(product)s was deleted.") % {"product": self.product.name}
            )
        return redirect("catalog:product-list")
