"""All wrong rows of one cause, repaired by one click."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.errors import Refused
from customers.formats import figure

from ..models import UploadState
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
            # The page says so itself, also where it is found again later.
            wait_while(self.upload, UploadState.WAITING)
        else:
            messages.success(request, repaired_sentence(count))
        return self.back("#rows")


def repaired_sentence(count: int) -> str:
    if not count:
        return _("No row needed this change.")
    text = ngettext(
        "%(count)s row was changed and checked again.",
        "%(count)s rows were changed and checked again.",
        count,
    )
    return text % {"count": figure(count)}
