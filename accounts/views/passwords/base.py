"""What the pages of a credential sheet have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.actions import Action
from customers.errors import Refused
from customers.formats import first_and_more
from customers.models import BatchKind
from customers.query_params import read_number
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.views.lists import Pager, address, place_text

from ...models import CredentialSheet, DeliveryState, SheetKind, User
from ...services.credentials import Slip, read_sheet
from ...services.expiry import end_of_days
from ...services.handing_over import Handed, HandedCount, readings_of, states_of
from ..batches.base import label_of

# Mails that may still go out.
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet in a list, with for how many of its users each way of handing over was gone."""

    sheet: CredentialSheet
    handed: Sequence[HandedCount] = ()

    @property
    def title(self) -> str:
        return title(self.sheet)

    @property
    def whose(self) -> str:
        """Return the name of the first user, and how many more; of rows `for_list` alone.

        "" where the first user of the batch need not be one of the sheet, as in an upload.
        """
        first, batch = getattr(self.sheet, "first_user", None), self.sheet.batch
        if not first or batch is None or batch.kind not in (BatchKind.CREATE, BatchKind.RESET):
            return ""
        return first_and_more(first, self.sheet.users - 1)

    @property
    def action(self) -> str:
        """Return what made the passwords, in words."""
        return label_of(self.sheet.batch) if self.sheet.batch else ""

    @property
    def time_left(self) -> str:
        # Begun ones too: what was promised as 24 hours is 24 on the next page.
        left = self.sheet.expires_at - timezone.now()
        hours, minutes = ceil(left / timedelta(hours=1)), max(1, ceil(left / timedelta(minutes=1)))
        if left >= timedelta(hours=1):
            return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def title(sheet: CredentialSheet) -> str:
    if sheet.kind == SheetKind.RESET:
        return ngettext("Password reset", "Passwords reset", sheet.users)
    return ngettext("User added", "Users added", sheet.users)


class SheetMixin(CustomerScopeMixin, TemplateView):
    """A page about one sheet, which is its maker's and the partner's account admins'."""

    capability = Capability.RESET_PASSWORDS
    sheet: CredentialSheet

    def scope(self, **kwargs: Any) -> None:
        sheets = CredentialSheet.objects.readable_by(self.request.user)
        found = sheets.filter(customer=self.customer, pk=kwargs["sheet"]).select_related("by")
        sheet = found.first()
        if sheet is None:
            raise Http404
        sheet.customer = self.customer
        self.sheet = sheet

    def read(self, action: Action, part: "Part") -> list[Slip]:
        first, last = part.begin, part.last
        actor = self.request.user
        return read_sheet(self.sheet, actor=actor, action=action, first=first, last=last)

    def gone(self, refusal: Refused) -> HttpResponse:
        """Return the page in place of passwords that can't be read any more."""
        self.template_name = "accounts/sheet_gone.html"
        return self.page(reason=str(refusal))

    def page(self, **context: Any) -> HttpResponse:
        heading = title(self.sheet)
        return self.render_to_response(
            self.get_context_data(sheet=self.sheet, heading=heading, **context)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a long sheet's slips, `number` of `count`, from place `first` to `last`, counted
    from 1.
    """

    number: int
    count: int
    first: int
    last: int
    of: int

    @property
    def begin(self) -> int:
        return self.first - 1

    @classmethod
    def asked_for(cls, request: HttpRequest, sheet: CredentialSheet, size: int) -> "Part":
        text, users = request.GET.get("page", ""), sheet.users
        count = max(1, ceil(users / size))
        number = min(max(read_number(text) or 1, 1), count)
        return cls(number, count, (number - 1) * size + 1, min(number * size, users), users)

    def pager(self, request: HttpRequest) -> Pager | None:
        """Return the links between parts, or None where all are on one page."""
        if self.count == 1:
            return None
        back, on = self.number > 1, self.number < self.count
        return Pager(
            place_text(self.first, self.last, self.of),
            first_url=address(request, page=None) if back else None,
            previous_url=address(request, page=self.number - 1) if back else None,
            next_url=address(request, page=self.number + 1) if on else None,
            last_url=address(request, page=self.count) if on else None,
        )


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A user's line on the page of a sheet, with what became of the password before."""

    slip: Slip
    handed: Sequence[Handed]

    @property
    def end(self) -> int:
        return self.slip.place + 1


def read_part(
    request: HttpRequest, sheet: CredentialSheet, size: int, *, actor: User
) -> dict[str, Any]:
    """Read a part of the sheet to show it; return what accounts/sheet_slips.html asks for."""
    part = Part.asked_for(request, sheet, size)
    # Before this look, which would be the last one of all.
    before = readings_of(sheet, part.begin, part.last)
    slips = read_sheet(
        sheet, actor=actor, action=Action.SHEET_SHOWN, first=part.begin, last=part.last
    )
    return {
        "slips": slips,
        "slip_rows": list(map(SlipRow, slips, states_of(sheet, slips, before))),
        "part": part,
        "pager": part.pager(request),
        "to_copy": "\n\n".join(map(as_text, slips)),
        "valid_until": valid_until(sheet, slips),
        "row": SheetRow(sheet),
    }


def just_made(sheet: CredentialSheet, actor: User) -> bool:
    """Return whether all its passwords were made a moment ago, by the user who looks at it now.

    None is older than the sheet. What is put on an older one, such as one more user, makes
    nothing of the others new.
    """
    since = timezone.now() - timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return sheet.by_id == actor.pk and sheet.created_at > since


def as_text(slip: Slip) -> str:
    """Return a slip as text for the clipboard."""
    return _("User name: %(name)s\nTemporary password: %(password)s") % {
        "name": slip.user_name,
        "password": password_or_why_not(slip),
    }


def password_or_why_not(slip: Slip) -> str:
    """Return what stands in a row: the password, or why it can no longer be used."""
    return str(slip.spent.label) if slip.spent else slip.password


def valid_until(sheet: CredentialSheet, slips: Iterable[Slip] = ()) -> datetime:
    """Return when the first of these passwords of the sheet expires.

    The days of one that is for a user with a first day still to come count from then on.
    """
    begun = (slip.starts_at or sheet.created_at for slip in slips if not slip.spent)
    return end_of_days(min(begun, default=sheet.created_at))
