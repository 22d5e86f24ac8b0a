"""The page that asks once more before an action is done to one user."""

from typing import Any, ClassVar, Self

from django.http import HttpResponse

from customers.errors import AlreadyDone
from customers.models import Batch
from customers.services.batches import new_key

from ..actions.base import BatchAction, Order
from ..actions.later import WhenForm, when_form
from ..actions.second_step import SECOND_STEP
from ..signin.limits import take
from ..signin.reauthentication import ProofMixin
from .batches.coming_back import come_back
from .confirming import AskedMixin, SecondStepResetMixin, to_scheduled
from .user import UserPageMixin


class UserActionView(AskedMixin, UserPageMixin, ProofMixin):
    """An action on one user, done as a batch; sent twice, it shows the first one's result."""

    template_name = "accounts/user_confirm.html"
    action: ClassVar[BatchAction]

    @classmethod
    def of(cls, action: BatchAction) -> type[Self]:
        """Return the page of this action."""
        return type(cls.__name__, (cls,), {"action": action, "capability": action.capability})

    def hidden(self) -> dict[str, Any]:
        return {"key": new_key()}

    def when(self) -> WhenForm | None:
        sent = self.request.POST or self.kept or None
        return when_form(sent, self.customer) if self.action.waits else None

    def act(self, reason: str) -> HttpResponse:
        when = self.when()
        if when is not None and not when.is_valid():
            return self.ask()
        if when is not None and when.is_later:
            key, actor = self.request.POST.get("key", ""), self.request.user
            order = Order([self.user.pk], {"reason": reason}, self.customer, actor, key)
            scheduled = when.leave(self.action.kind, order)
            return to_scheduled(self.request, scheduled, self.back())
        try:
            batch = self.do(self.request.POST.get("key", ""), reason)
        except AlreadyDone as done:
            batch = done.batch  # type: ignore[assignment]
        return come_back(self.request, batch, self.back())

    def do(self, key: str, reason: str) -> Batch:
        if self.action.limit:
            take(self.request, self.action.limit)
        request, actor = {"reason": reason}, self.request.user
        return self.action.run(Order([self.user.pk], request, self.customer, actor, key))


class UserSecondStepView(SecondStepResetMixin, UserPageMixin, ProofMixin):
    capability = SECOND_STEP.capability
    template_name = "accounts/user_confirm.html"
