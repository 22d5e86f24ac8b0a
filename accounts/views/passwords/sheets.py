"""Passwords to hand over: shown, printed, downloaded, and destroyed when that is done."""

from http import HTTPStatus
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.actions import Action
from customers.branding.brands import brand_of_partner
from customers.branding.pages import sign_in_page
from customers.errors import Refused
from customers.formats import figure, first_and_more
from customers.query_params import read_number
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.views.downloads import csv_download, file_name
from customers.views.lists import address

from ...models import CredentialSheet, SheetKind
from ...services.credentials import Slip, destroy_sheet, last_slip, note_copied, stream_sheet
from ...services.handing_over import counts_of, not_handed_over
from ...signin.languages import language_in
from ...signin.reauthentication import ProofMixin
from ..batches.coming_back import NEXT, came_from
from ..tabs import Tab
from .base import (
    UNDER_WAY,
    Part,
    SheetMixin,
    SheetRow,
    just_made,
    password_or_why_not,
    read_part,
)
from .mail import SheetMailView

__all__ = [
    "SheetCopiedView",
    "SheetDetailView",
    "SheetDoneView",
    "SheetDownloadView",
    "SheetListView",
    "SheetMailView",
    "SheetPrintView",
]

SHOWN = 100
PRINTED = 500
# So many users are named whose passwords nobody has.
NAMED = 20


class SheetListView(CustomerScopeMixin, TemplateView):
    capability = Capability.RESET_PASSWORDS
    template_name = "accounts/sheet_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        sheets = CredentialSheet.objects.open().readable_by(actor).filter(customer=self.customer)
        found = list(sheets.for_list())
        counts = counts_of(found)
        rows = [SheetRow(sheet, counts[sheet.pk]) for sheet in found]
        may_add = actor.can(Capability.MANAGE_USERS)
        return super().get_context_data(**kwargs) | {"rows": rows, "may_add": may_add}


class SheetDetailView(SheetMixin, ProofMixin):
    template_name = "accounts/sheet_detail.html"

    def needs_proof(self) -> bool:
        return not just_made(self.sheet, self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            shown = read_part(request, self.sheet, SHOWN, actor=self.request.user)
            latest = last_slip(self.sheet)
        except Refused as refusal:
            return self.gone(refusal)
        return self.page(**shown, add_url=self.add_url(latest), back=came_from(request))

    def add_url(self, latest: Slip) -> str:
        """Return where to add the next user of the same set, for its maker alone."""
        actor = self.request.user
        own = self.sheet.kind == SheetKind.ADDED and self.sheet.by_id == actor.pk
        if not own or not actor.can(Capability.MANAGE_USERS):
            return ""
        page = reverse("accounts:user-add", args=[self.customer.pk])
        return f"{page}?sheet={self.sheet.pk}&like={latest.user_id}"


class SheetCopiedView(SheetMixin):
    """Told by the page once the browser has copied passwords; it has no page of its own."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first, end = (read_number(request.POST.get(name, "")) for name in ("first", "end"))
        try:
            note_copied(self.sheet, first or 0, end or 0, actor=self.request.user)
        except Refused as refusal:
            return HttpResponse(str(refusal), status=HTTPStatus.CONFLICT, content_type="text/plain")
        return HttpResponse(status=HTTPStatus.NO_CONTENT)


class SheetPrintView(SheetMixin, ProofMixin):
    """Slips to cut out, or one plain list."""

    template_name = "accounts/sheet_print.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        part = Part.asked_for(request, self.sheet, PRINTED)
        partner = self.customer.partner
        try:
            slips = self.read(Action.SHEET_PRINTED, part)
        except Refused as refusal:
            return self.gone(refusal)
        return self.page(
            slips=[slip for slip in slips if not slip.spent],
            left_out=[slip for slip in slips if slip.spent],
            pager=part.pager(request),
            sign_in_url=sign_in_page(partner, request.build_absolute_uri(reverse("account_login"))),
            slip_brand=brand_of_partner(partner),
            tabs=self.tabs(),
            as_list=self.as_list,
            reads=language_in(str(self.customer.country)),
        )

    @property
    def as_list(self) -> bool:
        return self.request.GET.get("as") == "list"

    def tabs(self) -> list[Tab]:
        """Return the two ways to print, which keep the part of a long sheet."""
        return [
            Tab(_("Slips"), address(self.request, **{"as": None}), current=not self.as_list),
            Tab(_("Plain list"), address(self.request, **{"as": "list"}), current=self.as_list),
        ]


class SheetDownloadView(SheetMixin, ProofMixin):
    def back_after_proof(self) -> str:
        return reverse("accounts:sheet-list", args=[self.customer.pk])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            slips = stream_sheet(
                self.sheet, actor=self.request.user, action=Action.SHEET_DOWNLOADED
            )
        except Refused as refusal:
            return self.gone(refusal)
        heading = (_("Display name"), _("User name"), _("Temporary password"))
        users = ((slip.display_name, slip.user_name, password_or_why_not(slip)) for slip in slips)
        name = file_name("passwords", self.customer)
        return csv_download(chain([heading], users), name)  # type: ignore[return-value]


class SheetDoneView(SheetMixin):
    """The end of a sheet's passwords.

    Asked once more in the list, and on the page of the sheet, which says beside the button what it
    does, while a user may still be waiting for them.
    """

    template_name = "accounts/sheet_done.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.sheet.destroyed_at:
            return self.leave()
        return self.page(points=self.points(), hidden=self.hidden())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        points = self.points()
        asks = (points or self.is_from_list()) and "confirmed" not in request.POST
        if asks and not self.sheet.destroyed_at:
            return self.page(points=points, hidden=self.hidden())
        if destroy_sheet(self.sheet, actor=self.request.user):
            messages.success(request, _("The temporary passwords were deleted from the portal."))
        return self.leave()

    def points(self) -> list[str]:
        """Return what speaks against it."""
        found = []
        waiting = self.sheet.deliveries.filter(state__in=UNDER_WAY).count()
        if waiting:
            text = ngettext(
                "%(count)s email is not sent yet and will be canceled.",
                "%(count)s emails are not sent yet and will be canceled.",
                waiting,
            )
            found.append(text % {"count": figure(waiting)})
        if self.sheet.is_open and (left := not_handed_over(self.sheet)):
            text = ngettext(
                "The password of %(count)s user was not printed, emailed, copied or downloaded"
                " yet: %(names)s.",
                "The passwords of %(count)s users were not printed, emailed, copied or downloaded"
                " yet: %(names)s.",
                len(left),
            )
            names = ", ".join(f"{slip.display_name} ({slip.user_name})" for slip in left[:NAMED])
            names = first_and_more(names, max(len(left) - NAMED, 0))
            found.append(text % {"count": figure(len(left)), "names": names})
        return found

    def hidden(self) -> dict[str, str]:
        sent = self.request.POST
        return {"confirmed": "yes", "back": sent.get("back", ""), NEXT: came_from(self.request)}

    def is_from_list(self) -> bool:
        return self.request.POST.get("back") == "list"

    def leave(self) -> HttpResponse:
        """Lead back to where the passwords were asked for, or to a list."""
        name = "accounts:sheet-list" if self.is_from_list() else "accounts:user-list"
        return redirect(came_from(self.request, reverse(name, args=[self.customer.pk])))
