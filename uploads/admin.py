"""Import for support staff: a customer's file, through the upload that the portal has."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.base import File
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.reauthentication import ProofAdmin
from accounts.signin.limits import take
from customers.admin.base import ACTION_LIMIT, ReadOnlyAdmin, ServiceForm, actor, chosen
from customers.errors import Refused
from customers.formats import figure
from customers.services.batches import new_key

from .columns.parts import label_of
from .handlers import left_out
from .models import ColumnMapping, RowOutcome, Upload, UploadRow, UploadState
from .services import (
    Options,
    Short,
    UploadCounts,
    cancel_upload,
    confirm_upload,
    fingerprint,
    is_grave_to_confirm,
    receive_upload,
)

# Wrong rows that the page of an upload tells of.
TOLD = 50


class UploadAddForm(ServiceForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A .csv, .xlsx, .xls or .ods file with the columns of Upload users."),
    )

    class Meta:
        model = Upload
        fields = ("customer",)

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        return self.instance

    def save_m2m(self) -> None:
        """Do nothing: the service has written all of it."""


@admin.register(Upload)
class UploadAdmin(ProofAdmin):
    list_display = ("file_name", "customer", "by", "state", "rows_by_outcome", "created_at")
    list_display_links = ("file_name",)
    list_filter = ("state", "created_at")
    list_select_related = ("customer", "by")
    search_fields = ("customer__name", "by__user_name")
    ordering = ("-id",)
    raw_id_fields = ("customer",)
    actions = ("confirm_uploads", "cancel_uploads")
    readonly_fields = ("rows_by_outcome", "wrong_rows")

    def is_grave(self, request: HttpRequest, obj: Any) -> bool:
        return False

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        """Return whether it changes which users are administrators."""
        waiting = queryset.filter(state=UploadState.CHECKED)[:ACTION_LIMIT]
        return action == "confirm_uploads" and any(map(is_grave_to_confirm, waiting))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        made = super().get_form(request, obj, change=change, form=UploadAddForm, **kwargs)
        if why := left_out(request):
            field = copy(made.base_fields["file"])
            field.error_messages = {**field.error_messages, "required": why}
            made.base_fields["file"] = field
        return made

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("customer", "file")
        return (
            *("customer", "by", "file_name", "state", "refusal", "rows_by_outcome", "wrong_rows"),
            *("created_at", "confirmed_at", "finished_at"),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.add_user")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Any:
        take(request, "upload")
        file: File[bytes] = form.cleaned_data["file"]
        customer = form.cleaned_data["customer"]
        options = Options(usage_location=customer.country.code)
        return receive_upload(file, options, customer=customer, actor=actor(request), key=new_key())

    @admin.display(description=_("rows"))
    def rows_by_outcome(self, upload: Upload) -> str:
        tally = UploadCounts.from_json(upload.counts)
        return ", ".join(
            f"{RowOutcome(name).label}: {figure(count)}"
            for name, count in tally.rows.items()
            if count
        )

    @admin.display(description=_("rows with errors"))
    def wrong_rows(self, upload: Upload) -> str:
        rows = upload.rows.filter(outcome=RowOutcome.WRONG).order_by("number")[:TOLD]
        told = ((row.number, " ".join(each["text"] for each in row.problems)) for row in rows)
        return format_html_join("\n", "<p>{}: {}</p>", told)

    @admin.action(description=_("Confirm: process rows without errors"), permissions=["add"])
    def confirm_uploads(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        uploads = [row for row in chosen(queryset) if row.state == UploadState.CHECKED]
        if not uploads:
            raise Refused(
                gettext("None of these is waiting to be confirmed."), code="none-to-confirm"
            )
        if "confirmed" not in request.POST:
            points = [f"{upload}: {self.rows_by_outcome(upload)}" for upload in uploads]
            title = gettext("Confirm")
            return self.confirm(
                request, uploads, action="confirm_uploads", title=title, points=points
            )
        for upload in uploads:
            confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=actor(request))
        text = ngettext(
            "%(count)s upload was confirmed.", "%(count)s uploads were confirmed.", len(uploads)
        )
        self.message_user(request, text % {"count": len(uploads)})
        return None

    @admin.action(description=_("Cancel"), permissions=["add"])
    def cancel_uploads(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        uploads = chosen(queryset)
        for upload in uploads:
            cancel_upload(upload, actor=actor(request))
        text = ngettext(
            "%(count)s upload was canceled.", "%(count)s uploads were canceled.", len(uploads)
        )
        self.message_user(request, text % {"count": len(uploads)})


@admin.register(UploadRow)
class UploadRowAdmin(ReadOnlyAdmin):
    list_display = ("upload", "number", "outcome", "decision", "user")
    list_filter = ("outcome", "decision")
    list_select_related = ("upload", "user")
    search_fields = ("=upload__id", "user__user_name")
    ordering = ("-id",)

    @admin.display(description=_("cells"))
    def cells_in_words(self, row: UploadRow) -> str:
        return "\n".join(filter(None, row.cells)) or self.get_empty_value_display()


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ReadOnlyAdmin):
    list_display = ("heading_written", "meaning", "customer")
    list_select_related = ("customer",)
    search_fields = ("header", "customer__name")

    @admin.display(description=_("Heading"), ordering="heading")
    def heading_written(self, mapping: ColumnMapping) -> str:
        return mapping.written

    @admin.display(description=_("Means"), ordering="column")
    def meaning(self, mapping: ColumnMapping) -> str:
        return label_of(mapping.column) or str(_("Ignored"))
