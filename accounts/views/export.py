"""The user list as a file, which can be edited and uploaded again."""

from itertools import chain, islice
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views import View

from customers.models import Customer
from customers.replica import reading_database
from customers.roles import Capability
from customers.services.exports import record_export
from customers.spreadsheet_files import text_cell, xlsx_file
from customers.tenancy import CustomerScopeMixin
from customers.views.downloads import csv_download, file_name
from customers.views.lists import PLACE

from ..models import User, UserQuerySet
from ..queries.selections import matching_users
from ..queries.user_pages import ListQuery, in_order_of, read_sort
from ..resources import CustomerUserResource

CHUNK = 2_000
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UserExportView(CustomerScopeMixin, View):
    """The file of all users whom the list shows with the same address."""

    capability = Capability.SEE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("format", CSV)
        if kind not in (CSV, XLSX):
            raise Http404
        users = users_of_address(request, self.customer).using(reading_database())
        record_export(
            User._meta.label_lower,
            users.count(),
            kind,
            actor=self.request.user,
            customer=self.customer,
        )
        resource = CustomerUserResource(self.customer)
        found = users.for_file().iterator(chunk_size=CHUNK)
        # A chunk at a time: the list may be longer than the memory.
        chunks = iter(lambda: list(islice(found, CHUNK)), [])
        cells = chain.from_iterable(map(resource.rows, chunks))
        rows = chain([resource.get_export_headers()], cells)
        name = file_name("users", self.customer, ending=kind)
        if kind == XLSX:
            return FileResponse(
                xlsx_file(rows), as_attachment=True, filename=name, content_type=XLSX_TYPE
            )
        return csv_download(rows, name, text_cell)


def users_of_address(request: HttpRequest, customer: Customer) -> UserQuerySet:
    """Return the users whom the list of this address pages through, in its order."""
    deleted = request.GET.get("tab") == "deleted"
    sort = read_sort(request.GET.get("sort", ""), deleted=deleted)
    query = ListQuery(sort=sort, deleted=deleted)
    return in_order_of(matching_users(customer, request.GET), query)


def export_urls(request: HttpRequest, customer: Customer) -> dict[str, str]:
    """Return the address of each kind of file of the list that is shown, for export_menu.html."""
    query = request.GET.copy()
    for name in PLACE:
        query.pop(name, None)
    url = reverse("accounts:user-export", args=[customer.pk])
    found = {}
    for kind in (CSV, XLSX):
        query["format"] = kind
        found[kind] = f"{url}?{query.urlencode()}"
    return found
