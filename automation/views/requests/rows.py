"""A request as lists and pages show it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.views.user_rows import State
from customers.formats import figure

from ...models import LicenseRequest, RequestState
from ...services.requests.asking import outcome_of

TONES = {RequestState.OPEN: "warning", RequestState.APPROVED: "success"}


@dataclass(frozen=True, slots=True)
class RequestRow:
    request: LicenseRequest
    # Whether the one who looks at it may answer it.
    may_answer: bool = True

    @property
    def wanted(self) -> str:
        """What was asked for, in words."""
        asked = self.request
        if asked.is_for_seats:
            text = ngettext(
                "%(count)s more seat of %(product)s",
                "%(count)s more seats of %(product)s",
                asked.seats or 0,
            )
            return text % {"count": figure(asked.seats or 0), "product": asked.product.name}
        return asked.wanted

    @property
    def detail(self) -> str:
        """The license behind an application's name, or the service in a license."""
        asked = self.request
        if asked.service:
            text = _("The service %(service)s in the license for %(product)s")
            return text % {"service": asked.service_name, "product": asked.product.name}
        return asked.product.name if asked.application else ""

    @property
    def state(self) -> State:
        tone = TONES.get(RequestState(self.request.state), "neutral")
        return State(tone, self.request.get_state_display())

    @property
    def outcome(self) -> str:
        return "" if self.request.is_open else outcome_of(self.request)
