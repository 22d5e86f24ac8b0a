"""What is asked once more before it is done to one person: reset, block, allow, delete."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actor import actor_of
from customers.errors import AlreadyDone, Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.models import Batch
from customers.roles import Capability
from customers.services.batches import new_key

from ..forecast import seats_of
from ..limits import take
from ..mfa import has_second_step
from ..proof import ProofMixin
from ..services.second_steps import reset_second_factor
from ..services.users import allow_users, block_users, delete_users, reset_passwords
from ..services.users.locking import deleted_message
from . import consequences
from .user import PersonMixin


class DeedView(PersonMixin):
    """Confirms by GET, acts by POST; the same form sent twice shows the first one's result."""

    template_name = "accounts/user_confirm.html"
    action: ClassVar[str | Promise]
    not_self: ClassVar[str | Promise] = ""
    tone = "danger"

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        if self.not_self and self.person.pk == self.request.user.pk:
            raise PermissionDenied(str(self.not_self))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if why := self.too_late():
            messages.warning(request, why)
            return self.to_person()
        return self.ask()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            batch = self.act(request.POST.get("key", ""), told_reason(request.POST))
        except AlreadyDone as done:
            batch = done.batch  # type: ignore[assignment]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.ask() if refusal.field == "reason" else self.to_person()
        return self.result(batch)

    def ask(self) -> HttpResponse:
        return self.page(
            action=self.action,
            tone=self.tone,
            points=self.points(),
            hidden={"key": new_key()},
            reason_form=ReasonForm(self.request.POST or None),
        )

    def too_late(self) -> str:
        """Why there is nothing to do any more, or ""."""
        return deleted_message(self.person) if self.person.deleted_at else ""

    def points(self) -> list[str]:
        raise NotImplementedError

    def act(self, key: str, reason: str) -> Batch:
        raise NotImplementedError

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:batch-detail", batch.pk)


class UserResetView(DeedView):
    capability = Capability.RESET_PASSWORDS
    action = gettext_lazy("Reset password")
    not_self = gettext_lazy("This is your own account: use Change password, under your name.")
    tone = "primary"

    def points(self) -> list[str]:
        return consequences.of_reset(1)

    def act(self, key: str, reason: str) -> Batch:
        take(self.request, "reset")
        actor = actor_of(self.request)
        return reset_passwords(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        ).batch

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:sheet-detail", self.customer.pk, batch.request["sheet"])


class UserSecondStepView(DeedView, ProofMixin):
    """Reset two-step sign-in, for somebody who has lost the second step."""

    capability = Capability.RESET_PASSWORDS
    action = gettext_lazy("Reset two-step sign-in")
    not_self = gettext_lazy("This is your own account: use Two-step sign-in, under your name.")

    def too_late(self) -> str:
        none = _("%(name)s has no second step.") % {"name": self.person.display_name}
        return super().too_late() or ("" if has_second_step(self.person) else none)

    def points(self) -> list[str]:
        return consequences.of_second_step_reset()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            reason = told_reason(request.POST)
            count = reset_second_factor([self.person], actor=actor_of(request), reason=reason)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_person()
        done = _("The two-step sign-in of %(name)s was reset.")
        text = done if count else _("%(name)s has no second step.")
        messages.success(request, text % {"name": self.person.display_name})
        return self.to_person()


class UserBlockView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Block sign-in")
    not_self = gettext_lazy("You can't block yourself.")

    def too_late(self) -> str:
        return super().too_late() or (_("Blocked already.") if self.person.blocked_at else "")

    def points(self) -> list[str]:
        return consequences.of_block(1)

    def act(self, key: str, reason: str) -> Batch:
        actor = actor_of(self.request)
        return block_users(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        )


class UserAllowView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Allow sign-in")
    tone = "primary"

    def too_late(self) -> str:
        allowed = self.person.blocked_at is None
        return super().too_late() or (_("Sign-in is allowed already.") if allowed else "")

    def points(self) -> list[str]:
        return consequences.of_allow(1)

    def act(self, key: str, reason: str) -> Batch:
        actor = actor_of(self.request)
        return allow_users(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        )


class UserDeleteView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Delete user account")
    not_self = gettext_lazy("You can't delete yourself.")

    def points(self) -> list[str]:
        return consequences.of_delete(1, seats_of(self.customer.users.filter(pk=self.person.pk)))

    def act(self, key: str, reason: str) -> Batch:
        actor = actor_of(self.request)
        return delete_users(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        )
