"""What the columns of a file stand for: shown, changed, remembered and forgotten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import figure
from customers.query_params import read_id
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin

from ..columns.parts import DOMAIN, LOCAL_PART, PASSWORD, label_of, places_of
from ..forms import ColumnsForm
from ..models import Upload, UploadState
from ..services import forget_columns, has_others, map_columns, names_of
from .adding import wait_while
from .upload_scope import UploadMixin

# Rows whose values are shown beside a heading.
SAMPLE = 3


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the file: `label` is "" where it is ignored."""

    heading: str
    label: str
    samples: list[str]


def samples_of(upload: Upload, width: int) -> list[list[str]]:
    """Return the first values of each column."""
    rows = upload.rows.order_by("number").values_list("cells", flat=True)[:SAMPLE]
    found = [cells[:width] + [""] * (width - len(cells)) for cells in rows]
    return [[cells[at] for cells in found if cells[at].strip()] for at in range(width)]


def columns_shown(upload: Upload) -> dict[str, Any]:
    """Return the columns as the confirmation page lists them, and what is said of them."""
    headings, names = upload.reading.headings, names_of(upload)
    samples = samples_of(upload, len(headings))
    lines = [
        ColumnLine(
            heading.strip() or _("Column %(number)s") % {"number": at + 1},
            label_of(name) if name else "",
            [] if name == PASSWORD else samples[at],
        )
        for at, (heading, name) in enumerate(zip(headings, names, strict=True))
    ]
    read = sum(1 for name in names if name and name != PASSWORD)
    text = _("Columns read: %(read)s of %(all)s")
    return {
        "columns": lines,
        "columns_title": text % {"read": figure(read), "all": figure(len(names))},
        "column_notes": list(_notes(upload, names)),
    }


def _notes(upload: Upload, names: Sequence[str]) -> Iterator[str]:
    reading = upload.reading
    headings = reading.headings
    if export := reading.export:
        yield _("This looks like an export of %(program)s.") % {"program": export}
    if decided := reading.decided:
        text = _(
            "%(taken)s is read as the user name, not %(other)s: its values are addresses of this"
            " customer's domains."
        )
        yield text % {"taken": decided[0], "other": decided[1]}
    if LOCAL_PART in names and DOMAIN in names:
        text = _("User names are joined: %(first)s, an @, %(second)s.")
        parts = {
            "first": headings[names.index(LOCAL_PART)],
            "second": headings[names.index(DOMAIN)].rstrip("."),
        }
        yield text % parts
    several = _(
        "%(column)s from %(count)s columns: %(headings)s. In each row the first value counts."
    )
    for name, places in places_of(tuple(names)).items():
        if len(places) > 1 and name != PASSWORD:
            # A full stop of their own, as in "Personnel no.", is followed by the sentence's.
            listed = ", ".join(headings[at] for at in places).rstrip(".")
            facts = {"column": label_of(name), "count": figure(len(places)), "headings": listed}
            yield several % facts
    if secret := reading.secret:
        yield passwords_note(secret)
    has_passwords = secret or reading.hides_passwords
    if has_passwords and not upload.file and reading.has_been_read and has_others(upload):
        yield _(
            "Because of its passwords the file was deleted. To read it in another way, upload it"
            " again."
        )


def passwords_note(secret: Sequence[str]) -> str:
    """Return the sentence on the columns with these headings."""
    text = ngettext(
        "The column %(names)s was not read: the portal makes a temporary password for each new"
        " user.",
        "The columns %(names)s were not read: the portal makes a temporary password for each new"
        " user.",
        len(secret),
    )
    return text % {"names": ", ".join(secret)}


def paired(form: ColumnsForm, upload: Upload) -> list[tuple[BoundField, list[str]]]:
    """Return the control of each column with its first values."""
    samples = samples_of(upload, len(form.fields))
    return list(zip(form, samples, strict=True))


class UploadColumnsView(UploadMixin, TemplateView):
    """What each column means, changed: all rows are checked again."""

    template_name = "uploads/upload_columns_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.upload.state != UploadState.CHECKED:
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self._form()
        return super().get_context_data(**kwargs) | {
            "upload": self.upload,
            "form": form,
            "columns": paired(form, self.upload),
            "back_url": self.address(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.upload.state != UploadState.CHECKED:
            return self.back()
        form = self._form(request)
        if form.is_valid():
            try:
                map_columns(self.upload, form.columns(), actor=self.request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        if form.errors:
            return self.render_to_response(self.get_context_data(form=form))
        wait_while(self.upload, UploadState.WAITING)
        return self.back()

    def _form(self, request: HttpRequest | None = None) -> ColumnsForm:
        data = request.POST if request else None
        headings = self.upload.reading.headings
        return ColumnsForm(data, headings=headings, matched=names_of(self.upload))


class RememberedColumnsView(CustomerScopeMixin, TemplateView):
    """What headings of the customer's files were said to mean; one or all can be forgotten."""

    capability = Capability.MANAGE_USERS
    template_name = "uploads/column_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mappings = self.customer.column_mappings.order_by("heading", "header")
        return super().get_context_data(**kwargs) | {"mappings": list(mappings)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        listed = map(read_id, request.POST.getlist("mapping"))
        ids = [pk for pk in listed if pk is not None]
        try:
            count = forget_columns(self.customer, ids, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext("%(count)s heading forgotten.", "%(count)s headings forgotten.", count)
            messages.success(request, text % {"count": figure(count)})
        return redirect("uploads:column-list", self.customer.pk)
