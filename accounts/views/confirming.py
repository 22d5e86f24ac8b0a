"""One thing that is done to one user, asked once more before."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.requests import PortalView

from ..actions.base import Action
from ..actions.later import Scheduled, WhenForm
from ..actions.second_step import SECOND_STEP, no_second_step
from ..models import User
from ..services.second_steps import reset_second_factor


def to_scheduled(request: HttpRequest, scheduled: Scheduled, back: str) -> HttpResponse:
    """Lead `back` with a notice of what waits for its time; to itself where that is unknown."""
    if not back:
        messages.success(request, scheduled.text)
        return redirect(scheduled.url)
    link = format_html(' <a href="{}">{}</a>', scheduled.url, _("Show or cancel it"))
    messages.success(request, format_html("{}{}", scheduled.text, link))
    return redirect(back)


class AskedMixin(PortalView):
    """A view that confirms by GET and acts by POST; name it before what finds `self.user`."""

    action: ClassVar[Action]
    # Of the other mixin.
    user: User
    page: Callable[..., HttpResponse]
    to_user: Callable[[], HttpResponse]
    # Of ProofMixin, where that is a base.
    kept: QueryDict = QueryDict()

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)  # type: ignore[misc]
        if self.action.not_self and self.user.pk == self.request.user.pk:
            raise PermissionDenied(str(self.action.not_self))

    def needs_proof(self) -> bool:
        return self.action.is_grave_for_one(self.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if why := self.action.too_late(self.user):
            messages.warning(request, why)
            return self.to_user()
        return self.ask()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.act(told_reason(request.POST))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.ask() if refusal.field == "reason" else self.to_user()

    def ask(self) -> HttpResponse:
        return self.page(
            action=self.action.label_for_one,
            tone=self.action.tone,
            points=self.points(),
            hidden=self.hidden(),
            when_form=self.when(),
            reason_form=ReasonForm(self.request.POST or self.kept or None),
        )

    def points(self) -> list[str]:
        """Return what happens, in sentences."""
        return self.action.points_for_one(self.user)

    def hidden(self) -> dict[str, Any]:
        """Return what the form sends along."""
        return {}

    def when(self) -> WhenForm | None:
        """Return the form that asks when; None where it is done at once or not at all."""
        return None

    def act(self, reason: str) -> HttpResponse:
        """Do it, and answer with where to see that."""
        raise NotImplementedError

    def tell(self, done: int, text: str, already: str) -> HttpResponse:
        if done:
            messages.success(self.request, text)
        else:
            messages.info(self.request, already)
        return self.to_user()


class SecondStepResetMixin(AskedMixin):
    """The reset for a user who has lost the second step."""

    action = SECOND_STEP

    def when(self) -> WhenForm | None:
        """Return the form that asks when; None where it is done at once or not at all."""
        return None

    def act(self, reason: str) -> HttpResponse:
        done = reset_second_factor([self.user], actor=self.request.user, reason=reason)
        text = _("The two-step sign-in of %(name)s was reset.")
        already = no_second_step(self.user)
        return self.tell(done, text % {"name": self.user.display_name}, already)
