"""Upload users: the file comes in."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from accounts.columns import COLUMNS
from accounts.signin.limits import take
from accounts.views.export import CSV, XLSX, XLSX_TYPE
from customers.errors import Refused
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.views.downloads import attached, name_in_file

from ..forms import UploadForm
from ..handlers import left_out
from ..models import Upload, UploadState
from ..services import receive_upload, row_limit
from ..template import template_csv, template_file

# A page waits so many seconds for a worker, and shows progress after that.
PATIENCE = 2.0
LOOK_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the template: what is written above it, what it means, what else is known."""

    heading: str
    about: str
    aliases: str


class UploadAddView(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS
    template_name = "uploads/upload_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(UploadForm(customer=self.customer, actor=self.request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take(request, "upload")
        actor = self.request.user
        form = UploadForm(
            request.POST,
            request.FILES,
            customer=self.customer,
            actor=actor,
            left_out=left_out(request),
        )
        if not form.is_valid():
            return self.page(form)
        try:
            upload = receive_upload(
                form.upload(),
                form.options(),
                customer=self.customer,
                actor=actor,
                key=form.cleaned_data["key"] or form.initial["key"],
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
            return self.page(form)
        wait_while(upload, UploadState.WAITING)
        return redirect("uploads:upload-detail", self.customer.pk, upload.pk)

    def page(self, form: UploadForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "headings": known_headings(),
            "rows": row_limit(),
            "megabytes": settings.UPLOAD_MB,
        }


def known_headings() -> list[Heading]:
    return [
        Heading(column.heading, str(column.about), column.also_known_as)
        for column in COLUMNS.values()
    ]


def wait_while(upload: Upload, state: UploadState) -> None:
    """Wait until a worker is done with it, but not for long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        upload.refresh_from_db(fields=["state"])
        if upload.state != state:
            return
        time.sleep(LOOK_EVERY)


class UploadTemplateView(CustomerScopeMixin, View):
    capability = Capability.MANAGE_USERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("format", CSV)
        if kind not in (CSV, XLSX):
            raise Http404
        kind_of_file = _("users-template")
        name = f"{kind_of_file}-{name_in_file(self.customer)}"
        if kind == XLSX:
            book = template_file(self.customer)
            name = f"{name}.xlsx"
            return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX_TYPE)
        response = HttpResponse(template_csv(), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = attached(f"{name}.csv")
        return response
