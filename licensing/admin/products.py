from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from customers.admin.base import ReadOnlyAdmin, ServiceAdmin, ServiceForm, actor
from customers.admin.opened import OpenedForm
from customers.errors import Refused

from ..models import Product, ServicePlan
from ..services.products import Facts, add_product, change_product, check_sku


class ProductForm(ServiceForm):
    blocked_countries = forms.CharField(
        label=_("Blocked countries"),
        required=False,
        help_text=_("Codes of two letters, such as CU, separated by commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened_countries = list(self.instance.blocked_countries)
        self.initial["blocked_countries"] = ", ".join(self.opened_countries)
        for name in ("requires", "conflicts"):
            field: Any = self.fields.get(name)
            # Nothing needs itself, or fights it. A page that is only shown has no fields.
            if field is not None:
                field.queryset = field.queryset.exclude(pk=self.instance.pk)

    def clean_blocked_countries(self) -> list[str]:
        typed = self.cleaned_data["blocked_countries"].upper().split(",")
        codes = sorted({code.strip() for code in typed if code.strip()})
        if unknown := [code for code in codes if code not in dict(countries)]:
            text = gettext("No country has this code: %(codes)s.")
            raise ValidationError(text % {"codes": ", ".join(unknown)})
        return codes

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).upper()
        try:
            # Before the constraints, which would say it at no field.
            check_sku(Product(partner=self.cleaned_data.get("partner"), sku=sku))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None
        return sku


class PlanForm(OpenedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)
        for field in self.fields.values():
            # A cell of the table has no label of its own.
            field.widget.attrs["aria-label"] = str(field.label)


class PlanInline(admin.TabularInline[ServicePlan, Any]):
    """Plans of a product, to add and rename. One that users have switched off can't just go."""

    model = ServicePlan
    form = PlanForm
    fields = ("code", "name")
    can_delete = False
    extra = 1


@admin.register(Product)
class ProductAdmin(ServiceAdmin):
    form = ProductForm
    inlines = (PlanInline,)
    list_display = ("name", "sku", "whose", "is_offered", "blocked")
    list_filter = ("is_offered", ("partner", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("partner",)
    search_fields = ("name", "sku", "plans__name", "partner__name")
    fields = ("partner", "sku", "name", "is_offered", "requires", "conflicts", "blocked_countries")
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    @admin.display(description=_("partner"), ordering="partner__name")
    def whose(self, product: Product) -> str:
        return str(product.partner or gettext("All partners"))

    @admin.display(description=_("blocked countries"))
    def blocked(self, product: Product) -> str:
        return ", ".join(product.blocked_countries)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("partner", "sku") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Write nothing yet: `save_related` writes the product with its plans."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: Any
    ) -> None:
        values = form.cleaned_data
        changed = [row for formset in formsets for row in formset.forms if row.has_changed()]
        plans = {code: row for row in changed if (code := row.cleaned_data.get("code"))}
        facts = Facts(
            name=values["name"],
            is_offered=values["is_offered"],
            blocked_countries=values["blocked_countries"],
            requires=values["requires"],
            conflicts=values["conflicts"],
            plans={code: row.cleaned_data["name"] for code, row in plans.items()},
        )
        if change:
            seen = Facts(
                name=form.initial["name"],
                is_offered=form.initial["is_offered"],
                blocked_countries=form.opened_countries,
                requires=form.initial["requires"],
                conflicts=form.initial["conflicts"],
                plans={code: row.initial.get("name", "") for code, row in plans.items()},
            )
            change_product(form.instance, facts, actor=actor(request), seen=seen)
        else:
            product = add_product(
                values["sku"], facts, actor=actor(request), partner=values["partner"]
            )
            form.instance.pk = product.pk
        form.instance.refresh_from_db()
        super().save_related(request, form, formsets, change)


@admin.register(ServicePlan)
class ServicePlanAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "product", "whose")
    list_filter = (("product__partner", admin.RelatedOnlyFieldListFilter), "product")
    list_select_related = ("product__partner",)
    search_fields = ("name", "code", "product__name")

    @admin.display(description=_("partner"), ordering="product__partner__name")
    def whose(self, plan: ServicePlan) -> str:
        return str(plan.product.partner or gettext("All partners"))
