from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin, ServiceAdmin, ServiceForm, actor, chosen
from customers.admin.exporting import ExportAdmin
from customers.errors import Refused
from customers.formats import figure

from ..models import Product, SeatReservation, Subscription
from ..prices import check_price, price_text
from ..resources import SubscriptionResource
from ..services.subscriptions import (
    MAX_SEATS,
    add_subscription,
    cancel_subscription,
    change_price,
    change_seats,
    resume_subscription,
    suspend_subscription,
)

Service = Callable[..., object]


class SubscriptionForm(ServiceForm):
    quantity = forms.IntegerField(
        label=_("Seats bought"),
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SEATS)],
    )
    together = (("price", "currency"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if product := self.fields.get("product"):
            choices: Any = product
            choices.queryset = Product.objects.select_related("partner").order_by("name", "pk")
            choices.label_from_instance = _with_partner

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "price" in values and "currency" in values:
            try:
                # Before the constraint, which would say it at no field.
                check_price(values["price"], values["currency"])
            except Refused as refusal:
                self.add_error(refusal.field, str(refusal))
            # What was refused is no longer among the values.
            if values.get("price", "") is None:
                values["currency"] = ""
        return values


def _with_partner(product: Product) -> str:
    """Return the product as it is called among those of all partners."""
    return f"{product} ({product.partner})" if product.partner else str(product)


_PRICE = ("price", "currency")
# What only services move.
_KEPT = ("assigned", "reserved", "status")


@admin.register(Subscription)
class SubscriptionAdmin(ExportAdmin, ServiceAdmin):
    form = SubscriptionForm
    resource_classes = (SubscriptionResource,)
    list_display = (
        "product",
        "customer",
        "status",
        "quantity",
        "assigned",
        "reserved",
        "renews_on",
    )
    counts = ("quantity", "assigned", "reserved")
    list_filter = ("status", "product")
    list_select_related = ("product", "customer__partner")
    search_fields = ("customer__name", "product__name", "product__sku")
    raw_id_fields = ("customer",)
    actions = ("suspend", "resume", "cancel")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("customer", "product", "quantity", "renews_on", *_PRICE)
        return ("customer", "product", "quantity", *_PRICE, *_KEPT, "starts_on", "renews_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("customer", "product", *_KEPT, "starts_on", "renews_on")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return no: it is canceled, never deleted, since the licenses of the past refer to it."""
        return False

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Subscription:
        values = form.cleaned_data
        price = {name: values[name] for name in _PRICE}
        if change:
            seen, changed = form.initial, form.changed_values()
            if "quantity" in changed:
                seats = seen["quantity"]
                change_seats(obj, values["quantity"], seen=seats, actor=actor(request))
            if not set(_PRICE).isdisjoint(changed):
                text = price_text(seen["price"], seen["currency"])
                change_price(obj, **price, seen=text, actor=actor(request))
            return obj  # type: ignore[no-any-return]
        return add_subscription(
            values["customer"],
            values["product"],
            quantity=values["quantity"],
            renews_on=values["renews_on"],
            **price,
            actor=actor(request),
        )

    @admin.action(description=_("Suspend"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._each(request, queryset, suspend_subscription, gettext("Suspended"))

    @admin.action(description=_("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._each(request, queryset, resume_subscription, gettext("Resumed"))

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        if "confirmed" in request.POST:
            self._each(request, queryset, cancel_subscription, pgettext("subscription", "Canceled"))
            return None
        rows = chosen(queryset.select_related("product", "customer"))
        held = sum(row.assigned for row in rows)
        points = [
            ngettext(
                "%(count)s license is removed at once.",
                "%(count)s licenses are removed at once.",
                held,
            )
            % {"count": figure(held)},
            gettext("A canceled subscription can't be resumed: this is final."),
        ]
        title = gettext("Cancel subscriptions")
        return self.confirm(request, rows, action="cancel", title=title, points=points)

    def _each(
        self, request: HttpRequest, queryset: models.QuerySet[Any], service: Service, message: str
    ) -> None:
        rows = chosen(queryset)
        for row in rows:
            service(row, actor=actor(request))
            self.log_change(request, row, message)
        self.message_user(
            request,
            ngettext(
                "%(done)s: %(count)s subscription.", "%(done)s: %(count)s subscriptions.", len(rows)
            )
            % {"done": message, "count": len(rows)},
        )


@admin.register(SeatReservation)
class SeatReservationAdmin(ReadOnlyAdmin):
    """Seats that are kept for users who get the license on a day to come."""

    list_display = ("user", "subscription", "customer", "reserved_at")
    list_select_related = ("user", "subscription__product", "customer")
    search_fields = ("user__user_name", "user__display_name", "customer__name")
    ordering = ("-id",)
