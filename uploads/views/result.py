"""What came of an upload: its users, their passwords until Done, and what was not done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import CredentialSheet, User
from accounts.services.undo import why_not
from accounts.signin.reauthentication import has_proof
from accounts.views.batches.base import undo_url
from accounts.views.batches.detail import result_rows
from accounts.views.licenses import buy_more_url
from accounts.views.passwords.base import just_made, read_part
from accounts.views.passwords.sheets import SHOWN
from customers.errors import Refused
from customers.requests import PortalRequest
from customers.roles import Capability
from customers.views.lists import page_links

from ..models import RowOutcome, Upload
from ..services import UploadCounts, result_heading

_COUNTED = {
    "added": RowOutcome.ADD,
    "changed": RowOutcome.CHANGE,
    "restored": RowOutcome.RESTORE,
    "left": RowOutcome.LEAVE,
    "dropped": RowOutcome.DROP,
    "wrong": RowOutcome.WRONG,
}


def result_of(request: PortalRequest, upload: Upload) -> dict[str, Any]:
    """Return what the page of an upload that is done shows."""
    tally, actor, batch = UploadCounts.from_json(upload.counts), request.user, upload.batch
    # Licenses that were not assigned because there were too few seats, by subscription.
    asked: Mapping[str, Any] = batch.request if batch else {}
    lacking = {int(pk): count for pk, count in asked.get("without", {}).items()}
    short = upload.customer.subscriptions.current().filter(pk__in=lacking).for_list()
    rows: dict[str, Any] = {}
    if batch and not batch.request.get("sheet"):
        # Else the passwords are what one has come for.
        page, listed = result_rows(request, batch, upload.customer)
        pager = page_links(request, page) if page.has_other_pages() else None
        rows = {"rows": listed, "pager": pager, "may_reset": actor.can(Capability.RESET_PASSWORDS)}
    return {
        **rows,
        **{name: tally.rows[outcome] for name, outcome in _COUNTED.items()},
        "heading": result_heading(upload),
        "wrong_rows": upload.rows.filter(outcome=RowOutcome.WRONG).exists(),
        "undo_url": undo_url(batch, actor) if batch else "",
        "no_undo": why_not(batch) if batch else "",
        "batch": batch,
        "without": [
            (row, count, buy_more_url(row, request.path, seats=row.taken + count))
            for row in short
            for count in [lacking[row.pk]]
        ],
        "may_buy": actor.can(Capability.MANAGE_SUBSCRIPTIONS),
        **_passwords(request, upload, actor),
    }


def _passwords(request: HttpRequest, upload: Upload, actor: User) -> dict[str, Any]:
    """Return the sheet while it is open and the actor may read it; or why there is none to see."""
    batch = upload.batch
    if batch is None or not batch.request.get("sheet"):
        return {"sheet": None, "gone": ""}
    sheet = CredentialSheet.objects.filter(pk=batch.request["sheet"]).first()
    readable = CredentialSheet.objects.open().readable_by(actor)
    if sheet is None or not sheet.is_open:
        return {"sheet": None, "gone": _("The passwords were handed over, or their time is up.")}
    if not actor.can(Capability.RESET_PASSWORDS) or not readable.filter(pk=sheet.pk).exists():
        text = _("The passwords are for the user who uploaded the file, and account admins.")
        return {"sheet": None, "gone": text}
    if not has_proof(request) and not just_made(sheet, actor):
        text = _("The passwords are shown after you have confirmed that it is you.")
        show = reverse("accounts:sheet-detail", args=[upload.customer_id, sheet.pk])
        return {"sheet": None, "gone": text, "show_url": show}
    sheet.customer = upload.customer
    try:
        shown = read_part(request, sheet, SHOWN, actor=actor)
    except Refused as refusal:
        return {"sheet": None, "gone": str(refusal)}
    return {"sheet": sheet, "gone": "", **shown}
