"""Applications as support staff see them. allauth's own pages would write past the services."""

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc import admin as allauth_admin
from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.told_once import ToldOnceAdmin
from accounts.models import User
from customers.admin.base import ReadOnlyAdmin, actor, chosen

from .forms.admin import ApplicationAddForm
from .models import Application, AppSession, Provision, Provisioning
from .services.applications import Added, add_application, has_facts, switch_application
from .views.base import CLIENT_SECRETS, kept_secret

admin.site.unregister([allauth_admin.Client, allauth_admin.Token])


@admin.register(Application)
class ApplicationAdmin(ToldOnceAdmin):
    """Its partner's account admins look after an application; support staff can register and stop
    it.
    """

    secrets = CLIENT_SECRETS
    list_display = ("name", "partner", "everyone", "all_customers", "is_on", "updated_at")
    list_filter = ("is_on",)
    list_select_related = ("partner",)
    search_fields = ("name", "partner__name")
    ordering = ("-id",)
    actions = ("switch_on", "switch_off")
    shown = (
        *("partner", "name", "icon", "start_url", "everyone", "opened_by", "all_customers"),
        *("for_customers", "client", "redirect_addresses", "logout_uri", "needs_pkce", "is_on"),
        *("created_at", "updated_at", "uuid"),
    )
    asked = (
        *("partner", "name", "icon", "start_url", "everyone", "services", "customer_domains"),
        *("redirect_uris", "post_logout_redirect_uris", "logout_uri", "is_public", "needs_pkce"),
        "extra_claims",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown if obj else self.asked

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.shown if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        if obj is None:
            kwargs["form"] = ApplicationAddForm
        return super().get_form(request, obj, change=change, **kwargs)

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Application:
        added = add_application(form.facts(), actor=actor(request), partner=obj.partner)
        request.added = added  # type: ignore[attr-defined]
        return added.application

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead on, or first show the secret, which is kept until its page is left by Done."""
        added: Added = request.added  # type: ignore[attr-defined]
        if not added.secret:
            return super().response_add(request, obj, post_url_continue)
        return self.keep_and_show(request, obj, added.secret)

    def twins(self, form: Any) -> Iterable[Application]:
        if set(form.errors) != {"name"}:
            return
        named = {"name__iexact": form["name"].value(), "partner": form.cleaned_data.get("partner")}
        for twin in Application.objects.filter(**named).select_related("client"):
            if has_facts(twin, form.facts()):
                yield twin

    def kept_secret(self, request: HttpRequest, row: Application) -> str:
        return kept_secret(request, row)

    def secret_page(self, request: HttpRequest, row: Application, secret: str) -> HttpResponse:
        response = TemplateResponse(
            request,
            "admin/client_secret.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("Client secret"),
                "subtitle": row.name,
                "opts": self.opts,
                "client_id": row.client_id,
                "secret": secret,
                "next_url": reverse("admin:applications_application_change", args=[row.pk]),
            },
        )
        add_never_cache_headers(response)
        response.told_once = True  # type: ignore[attr-defined]
        return response

    def is_grave(self, request: HttpRequest, obj: Any) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("applications.change_application")

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        """Return False: one more click takes it back."""
        return False

    @admin.display(description=_("opened by"))
    def opened_by(self, application: Application) -> str:
        plans = application.plans.select_related("product").order_by("name", "pk")
        found = ", ".join(f"{plan.name} ({plan.product.name})" for plan in plans)
        return found or self.get_empty_value_display()

    @admin.display(description=_("chosen customers"))
    def for_customers(self, application: Application) -> str:
        names = application.customers.order_by("name").values_list("name", flat=True)
        return ", ".join(names) or self.get_empty_value_display()

    @admin.display(description=_("redirect addresses"))
    def redirect_addresses(self, application: Application) -> str:
        found = application.client.get_redirect_uris() if application.client else []
        return "\n".join(found) or self.get_empty_value_display()

    @admin.action(description=_("Switch on"), permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: models.QuerySet[Application]) -> None:
        self.switch(request, queryset, on=True)

    @admin.action(description=_("Switch off"), permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: models.QuerySet[Application]) -> None:
        self.switch(request, queryset, on=False)

    def switch(
        self, request: HttpRequest, queryset: models.QuerySet[Application], *, on: bool
    ) -> None:
        rows = chosen(queryset)
        done = sum(switch_application(row, on=on, actor=actor(request)) for row in rows)
        text = gettext("Switched on: %(count)s.") if on else gettext("Switched off: %(count)s.")
        self.message_user(request, text % {"count": done})


@admin.register(AppSession)
class AppSessionAdmin(ReadOnlyAdmin):
    list_display = ("application", "user", "started_at", "last_used_at", "ended_at")
    list_select_related = ("application", "user")
    search_fields = ("application__name", "user__user_name")
    ordering = ("-id",)
    hidden = ("session_key_hash", "sid")

    @admin.display(description=_("authentication methods (amr)"))
    def amr_in_words(self, session: AppSession) -> str:
        return ", ".join(session.amr) or self.get_empty_value_display()


@admin.register(Provisioning)
class ProvisioningAdmin(ReadOnlyAdmin):
    """Where accounts are kept by SCIM, and what is in the way; its token no page shows."""

    list_display = ("application", "partner", "is_on", "problem", "rests_until", "compared_at")
    list_filter = ("is_on",)
    list_select_related = ("application__partner",)
    search_fields = ("application__name", "application__partner__name", "host")
    ordering = ("-id",)
    hidden = ("sealed_token",)

    @admin.display(description=_("partner"))
    def partner(self, provisioning: Provisioning) -> str:
        return str(provisioning.application.partner)


@admin.register(Provision)
class ProvisionAdmin(ReadOnlyAdmin):
    """The account of each user in an application: how far it is, and why no further."""

    list_display = ("application", "customer", "user", "wanted", "state", "reason", "due_at")
    counts = ("changed",)
    list_filter = ("state", "wanted")
    list_select_related = ("application", "customer")
    search_fields = ("application__name", "customer__name", "user_name", "external_id", "reason")
    ordering = ("-id",)
    hidden = ("sent",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Provision]:
        # No key leads to the user, whom the account may outlive.
        users = User.objects.filter(pk=models.OuterRef("user_id")).values("user_name")
        rows: models.QuerySet[Provision] = super().get_queryset(request)
        return rows.annotate(user_name=models.Subquery(users))

    @admin.display(description=_("user"))
    def user(self, provision: Any) -> str:
        return provision.user_name or gettext("A permanently deleted user")
