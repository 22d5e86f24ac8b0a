from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from customers.actions import Action
from customers.admin.base import ReadOnlyAdmin, actor
from customers.errors import Refused

from ..models import CredentialSheet, CredentialSheetPart, SheetReading
from ..models.credentials import TO_HAND_OVER
from ..services.credentials import PART, Slip, destroy_sheet, read_sheet
from ..signin.reauthentication import ask_for_proof, has_proof
from ..views.passwords.base import Part, just_made


def passwords_page(
    request: HttpRequest, site: admin.AdminSite, slips: Sequence[Slip], **context: Any
) -> HttpResponse:
    """Return the page of temporary passwords, which no browser, proxy or cache keeps."""
    response = TemplateResponse(
        request, "admin/passwords.html", {**site.each_context(request), "slips": slips, **context}
    )
    add_never_cache_headers(response)
    response.told_once = True  # type: ignore[attr-defined]
    return response


def read_in_admin(pk: int) -> HttpResponse:
    """Lead to the passwords of a sheet."""
    return HttpResponseRedirect(reverse("admin:accounts_credentialsheet_show", args=[pk]))


@admin.register(CredentialSheet)
class CredentialSheetAdmin(ReadOnlyAdmin):
    """Password sheets: all support staff see that there is one, its maker what stands on it."""

    list_display = ("kind", "users", "customer", "by", "created_at", "expires_at", "destroyed_at")
    counts = ("users",)
    list_filter = ("kind", "created_at")
    list_select_related = ("customer", "by")
    search_fields = ("customer__name", "by__user_name")
    ordering = ("-id",)
    change_form_template = "admin/accounts/credentialsheet/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/show/", view(self.show), name="accounts_credentialsheet_show"),
            path("<int:pk>/done/", view(self.done), name="accounts_credentialsheet_done"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        sheet = self.get_object(request, object_id)
        own = sheet is not None and sheet.is_open and sheet.by_id == actor(request).pk
        context = {**(extra_context or {}), "readable": own}
        return super().change_view(request, object_id, form_url, context)

    def show(self, request: HttpRequest, pk: int) -> HttpResponse:
        sheet = self._own(request, pk)
        if not has_proof(request) and not just_made(sheet, actor(request)):
            return ask_for_proof(request)
        part = Part.asked_for(request, sheet, PART)
        try:
            slips = read_sheet(
                sheet,
                actor=actor(request),
                action=Action.SHEET_SHOWN,
                first=part.first - 1,
                last=part.last,
            )
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._back(sheet)
        return passwords_page(
            request,
            self.admin_site,
            slips,
            title=str(TO_HAND_OVER),
            subtitle=str(sheet.customer),
            opts=self.opts,
            sheet=sheet,
            pager=part.pager(request),
            done_url=reverse("admin:accounts_credentialsheet_done", args=[sheet.pk]),
        )

    def done(self, request: HttpRequest, pk: int) -> HttpResponse:
        sheet = self._own(request, pk)
        if request.method == "POST":
            destroy_sheet(sheet, actor=actor(request))
            self.message_user(request, _("These passwords are destroyed."))
        return self._back(sheet)

    def _own(self, request: HttpRequest, pk: int) -> CredentialSheet:
        sheets = CredentialSheet.objects.filter(by=actor(request), pk=pk)
        sheet = sheets.select_related("customer").first()
        if sheet is None:
            raise Http404
        return sheet

    @staticmethod
    def _back(sheet: CredentialSheet) -> HttpResponse:
        return HttpResponseRedirect(
            reverse("admin:accounts_credentialsheet_change", args=[sheet.pk])
        )


@admin.register(CredentialSheetPart)
class CredentialSheetPartAdmin(ReadOnlyAdmin):
    list_display = ("sheet", "number", "users")
    counts = ("users",)
    list_select_related = ("sheet",)
    search_fields = ("=sheet__id", "sheet__customer__name")
    ordering = ("-id",)
    hidden = ("ciphertext",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[CredentialSheetPart]:
        return CredentialSheetPart.objects.defer("ciphertext")


@admin.register(SheetReading)
class SheetReadingAdmin(ReadOnlyAdmin):
    list_display = ("sheet", "by_way", "first", "end", "by", "at")
    list_filter = ("by_way", "at")
    list_select_related = ("sheet", "by")
    search_fields = ("=sheet__id", "sheet__customer__name", "by__user_name")
    ordering = ("-id",)
