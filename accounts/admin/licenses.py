from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ServiceAdmin, ServiceForm, actor, chosen
from customers.errors import Refused
from licensing.models import LicenseAssignment

from ..services.licenses import LicenseChange, change_licenses


class LiveFilter(admin.SimpleListFilter):
    title = _("license")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Held now")), ("no", _("Given back"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in {"yes", "no"}:
            return queryset.filter(released_at__isnull=self.value() == "yes")
        return queryset


class LicenseForm(ServiceForm):
    services_off = forms.CharField(
        label=_("Services off"),
        required=False,
        help_text=_("Codes of the product's plans to switch off, separated by commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["services_off"] = ", ".join(self.instance.services_off)

    def clean_services_off(self) -> list[str]:
        codes = [code.strip() for code in self.cleaned_data["services_off"].split(",")]
        return sorted({code for code in codes if code})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        subscription = cleaned.get("subscription") or getattr(self.instance, "subscription", None)
        user = cleaned.get("user")
        if subscription is None:
            return cleaned
        if user is not None and user.customer_id != subscription.customer_id:
            raise ValidationError(
                gettext("The user and the subscription belong to different customers.")
            )
        known = set(subscription.product.plans.values_list("code", flat=True))
        if unknown := sorted(set(cleaned.get("services_off", ())) - known):
            text = gettext("No plan of this product: %(codes)s. There are: %(known)s.")
            texts = {"codes": ", ".join(unknown), "known": ", ".join(sorted(known))}
            self.add_error("services_off", text % texts)
        return cleaned


@admin.register(LicenseAssignment)
class LicenseAssignmentAdmin(ServiceAdmin):
    """One license: given, its services switched, taken away. What was taken away stays listed."""

    form = LicenseForm
    list_display = ("user", "subscription", "customer", "assigned_at", "released_at")
    list_filter = (LiveFilter,)
    list_select_related = ("user", "subscription__product", "customer")
    search_fields = (
        "user__user_name",
        "user__display_name",
        "customer__name",
        "subscription__product__name",
    )
    raw_id_fields = ("user", "subscription")
    ordering = ("-id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("user", "subscription", "services_off")
        return ("user", "subscription", "customer", "services_off", "assigned_at", "released_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("user", "subscription", "customer", "assigned_at", "released_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_live(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_live(obj) and super().has_delete_permission(request, obj)

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Any:
        user, subscription = obj.user, obj.subscription
        off = frozenset(form.cleaned_data["services_off"])
        before = frozenset(form.initial["services_off"].split(", ") if change else ())
        live = LicenseAssignment.objects.live().filter(user=user, subscription=subscription)
        if not change and live.exists():
            raise Refused(gettext("This user already has this license."), code="license-held")
        wanted = LicenseChange(have=True, switch_off=off, switch_on=before - off)
        self._change([obj], wanted, request)
        return live.get()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._change([obj], LicenseChange(have=False), request)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        rows = chosen(queryset.filter(released_at=None).select_related("user", "customer"))
        groups: dict[tuple[int, int], list[Any]] = {}
        for row in rows:
            groups.setdefault((row.customer_id, row.subscription_id), []).append(row)
        for _key, held in sorted(groups.items()):
            self._change(held, LicenseChange(have=False), request)

    def _change(self, rows: list[Any], wanted: LicenseChange, request: HttpRequest) -> None:
        change_licenses(
            [row.user for row in rows],
            {rows[0].subscription_id: wanted},
            customer=rows[0].subscription.customer,
            actor=actor(request),
        )


def _is_live(assignment: Any) -> bool:
    return assignment is None or assignment.released_at is None
