"""All wrong rows of one cause, repaired by one click."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.errors import Refused
from customers.formats import figure

from ..models import UploadState
from ..reading import Reading
from ..services import Repair, RepairAction, repair_rows
from .adding import wait_while
from .upload_scope import UploadMixin

INCOMPLETE = gettext_lazy("This page came back incomplete. Load it again.")


class UploadRepairView(UploadMixin):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        action = data.get("action", "")
        if action not in set(RepairAction):
            return self.refused(Refused(INCOMPLETE, code="malformed"))
        repair = Repair(
            RepairAction(action),
            cause=data.get("cause", ""),
            value=data.get("value"),
            text=data.get("text", ""),
        )
        try:
            count = repair_rows(
                self.upload, repair, seen=data.get("seen", ""), actor=self.request.user
            )
        except Refused as refusal:
            return self.refused(refusal)
        if count is None:
            wait_while(self.upload, UploadState.WAITING)
        return self.back("#rows")


def repaired_sentence(reading: Reading) -> str:
    """Return what the last repair has done, or "" where the rows are others since."""
    count = reading.repaired
    if count is None:
        return ""
    if not count:
        return _("No row needed this change.")
    if reading.repaired_by == RepairAction.DROP:
        text = ngettext("%(count)s row was excluded.", "%(count)s rows were excluded.", count)
        return text % {"count": figure(count)}
    text = ngettext(
        "%(count)s row was changed and checked again.",
        "%(count)s rows were changed and checked again.",
        count,
    )
    return text % {"count": figure(count)}
