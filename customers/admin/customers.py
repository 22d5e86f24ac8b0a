from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ..formats import LOGO_CHANGED, LOGO_REPLACED, figure
from ..forms.partner import ColorField, LogoField, is_phone
from ..models import Customer, Domain, Partner
from ..resources import CustomerResource
from ..services.customers import add_customer, change_customer
from ..services.domains import add_domain, make_primary, remove_domain
from ..services.partners import add_partner, change_partner, set_host_names
from .base import ServiceAdmin, ServiceForm, actor, chosen
from .exporting import ExportAdmin
from .opened import OpenedInput

# What a partner shows of itself, in the order of the form.
LOOK = ("brand_name", "logo", "seen_logo", "remove_logo", "brand_color", "host_names")


class DomainInline(admin.TabularInline[Domain, Any]):
    """The domains of an owner, only to look at: each has a page of its own."""

    model = Domain
    fields = readonly_fields = ("name", "is_primary")
    can_delete = False
    show_change_link = True
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SeenField(forms.CharField):
    """What a page knew when it was opened, which is no change of anything."""

    widget = OpenedInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class OwnerForm(ServiceForm):
    """The form of a partner or customer, which asks for the first domain when one is added."""

    primary_domain = forms.CharField(
        label=_("Primary domain"), help_text=_("What follows the @ in user names.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["primary_domain"]


class OwnerAdmin(ServiceAdmin):
    form = OwnerForm
    inlines = (DomainInline,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [name for name in fields if obj is None or name != "primary_domain"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartnerForm(OwnerForm):
    """The form of a partner, with its look and host names once there is one."""

    brand_color = ColorField(label=_("Accent color"), required=False)
    logo = LogoField(label=_("Logo"), required=False)
    seen_logo = SeenField(label="", required=False)
    remove_logo = forms.BooleanField(label=_("Remove logo"), required=False)
    host_names = forms.CharField(
        label=_("Host names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One on each line. Under these the portal shows the partner's look. They must be in"
            " ALLOWED_HOSTS."
        ),
    )
    unseen = frozenset({"logo", "seen_logo", "remove_logo"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            for name in LOOK:
                self.fields.pop(name, None)
            return
        names = self.instance.host_names.values_list("name", flat=True)
        self.initial["host_names"] = "\n".join(names)
        self.initial["seen_logo"] = self.instance.logo_digest
        # A page that is only shown has no field for it.
        if phone := self.fields.get("help_phone"):
            phone.validators.append(is_phone)

    def clean(self) -> dict[str, Any] | None:
        if not self.instance.pk:
            return super().clean()
        stands, seen, wanted = self.instance.logo_digest, self.seen_digest(), self.wanted_digest()
        is_touched = self.cleaned_data.get("logo") or self.cleaned_data.get("remove_logo")
        if not is_touched or stands in (seen, wanted):
            return super().clean()
        self.tells_of_others = True
        cleaned = super().clean()
        text = LOGO_REPLACED if self.cleaned_data.get("logo") else LOGO_CHANGED
        self.add_error("logo", str(text))
        # What is now on the page has been seen: the next Save means it.
        self.data = self.data.copy()
        self.data[self["seen_logo"].html_name] = stands
        return cleaned

    def seen_digest(self) -> str:
        """Return by what the page knew the logo; it was opened before a field told it."""
        return str(self.data.get(self["seen_logo"].html_name, self.instance.logo_digest))

    def wanted_digest(self) -> str:
        """Return by what the logo is known that is to be from now on; "" where there is none."""
        logo = self.cleaned_data.get("logo")
        kept = "" if self.cleaned_data.get("remove_logo") else self.seen_digest()
        return str(logo.digest) if logo else kept


@admin.register(Partner)
class PartnerAdmin(OwnerAdmin):
    form = PartnerForm
    list_display = ("name", "country", "customers", "created_at")
    search_fields = ("name", "domains__name", "host_names__name")
    fields = ("name", "country", *LOOK, *Partner.HELP_FIELDS, "primary_domain")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Partner]:
        return Partner.objects.annotate(number=models.Count("customers"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        later = (*LOOK, *Partner.HELP_FIELDS)
        typed = () if self.has_change_permission(request, obj) else PartnerForm.unseen
        left_out = later if obj is None else typed
        return [name for name in fields if name not in left_out]

    @admin.display(description=_("Host names"))
    def host_names(self, partner: Any) -> str:
        """Return the names for a page that is only shown; others have a field for them."""
        names = partner.host_names.values_list("name", flat=True)
        return ", ".join(names) or self.get_empty_value_display()

    @admin.display(description=_("customers"), ordering="number")
    def customers(self, partner: Any) -> str:
        return figure(partner.number)

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Partner:
        values = form.cleaned_data
        if not change:
            return add_partner(actor=actor(request), **values)
        logo, names = values["logo"], values["host_names"]
        changed = form.changed_values()
        for name in ("logo", "host_names"):
            changed.pop(name, None)
        seen = {**form.opened_values(), "logo_digest": form.seen_digest()}
        if changed.pop("remove_logo", False) and logo is None:
            changed["logo_digest"] = ""
        change_partner(obj, actor=actor(request), logo=logo, seen=seen, **changed)
        if "host_names" in form.changed_data:
            before = seen["host_names"].split() if "host_names" in seen else None
            set_host_names(obj, names.splitlines(), actor=actor(request), seen=before)
        return obj  # type: ignore[no-any-return]


@admin.register(Customer)
class CustomerAdmin(ExportAdmin, OwnerAdmin):
    resource_classes = (CustomerResource,)
    list_display = ("name", "domain", "partner", "country", "active_users", "deleted_users")
    counts = ("active_users", "deleted_users")
    list_filter = ("partner",)
    list_select_related = ("partner",)
    search_fields = ("name", "domains__name")
    fields = ("partner", "name", "country", "contact_email", "primary_domain")
    raw_id_fields = ("partner",)
    readonly_fields = ("active_users", "deleted_users", "created_at")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Customer]:
        return Customer.objects.with_primary_domain()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [*fields, *self.readonly_fields] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("partner", *self.readonly_fields) if obj else self.readonly_fields

    @admin.display(description=_("primary domain"), ordering="primary_domain")
    def domain(self, customer: Any) -> str:
        return str(customer.primary_domain)

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Customer:
        values = form.cleaned_data
        if not change:
            return add_customer(actor=actor(request), **values)
        change_customer(
            obj, actor=actor(request), seen=form.opened_values(), **form.changed_values()
        )
        return obj  # type: ignore[no-any-return]


@admin.register(Domain)
class DomainAdmin(ServiceAdmin):
    """Domains, to add, make primary and remove; never to rename, since user names have them."""

    list_display = ("name", "customer", "partner", "is_primary")
    list_filter = ("is_primary",)
    list_select_related = ("customer", "partner")
    search_fields = ("name", "customer__name", "partner__name")
    fields = ("customer", "name")
    raw_id_fields = ("customer",)
    actions = ("make_primary",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("customer", "partner", "name", "is_primary") if obj else ("customer", "name")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, required=True, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.customer_id is None:
            return False
        return super().has_delete_permission(request, obj)

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Domain:
        values = form.cleaned_data
        return add_domain(values["customer"], values["name"], actor=actor(request))

    def delete_model(self, request: HttpRequest, obj: Domain) -> None:
        remove_domain(obj, actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for domain in chosen(queryset):
            remove_domain(domain, actor=actor(request))

    @admin.action(description=_("Make primary"), permissions=["add"])
    def make_primary(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        rows = [domain for domain in chosen(queryset) if domain.customer_id]
        for domain in rows:
            make_primary(domain, actor=actor(request))
            self.log_change(request, domain, gettext("Made primary"))
        self.message_user(
            request,
            ngettext("%(count)s domain made primary.", "%(count)s domains made primary.", len(rows))
            % {"count": len(rows)},
        )
