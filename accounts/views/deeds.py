"""What is asked once more before it is done to one person: reset, block, allow, delete."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import AlreadyDone
from customers.models import Batch
from customers.roles import Capability
from customers.services.batches import new_key

from ..forecast import seats_of
from ..limits import take
from ..proof import ProofMixin
from ..services.users import allow_users, block_users, delete_users, reset_passwords
from . import consequences
from .asked import AskedMixin, SecondStepResetMixin
from .user import PersonMixin


class DeedView(AskedMixin, PersonMixin):
    """Done as a batch; the same form sent twice shows the first one's result."""

    template_name = "accounts/user_confirm.html"

    def hidden(self) -> dict[str, Any]:
        return {"key": new_key()}

    def act(self, reason: str) -> HttpResponse:
        try:
            batch = self.do(self.request.POST.get("key", ""), reason)
        except AlreadyDone as done:
            batch = done.batch  # type: ignore[assignment]
        return self.result(batch)

    def do(self, key: str, reason: str) -> Batch:
        raise NotImplementedError

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:batch-detail", batch.pk)


class GraveDeedView(DeedView, ProofMixin):
    """What is asked a proof for where it is done to an administrator."""

    def needs_proof(self) -> bool:
        return self.person.is_administrator


class UserResetView(GraveDeedView):
    capability = Capability.RESET_PASSWORDS
    action = gettext_lazy("Reset password")
    not_self = gettext_lazy("This is your own account: use Change password, under your name.")
    tone = "primary"

    def points(self) -> list[str]:
        return consequences.of_reset(1)

    def do(self, key: str, reason: str) -> Batch:
        take(self.request, "reset")
        actor = self.request.user
        return reset_passwords(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        ).batch

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:sheet-detail", self.customer.pk, batch.request["sheet"])


class UserSecondStepView(SecondStepResetMixin, PersonMixin, ProofMixin):
    capability = Capability.RESET_PASSWORDS
    template_name = "accounts/user_confirm.html"


class UserBlockView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Block sign-in")
    not_self = gettext_lazy("You can't block yourself.")

    def too_late(self) -> str:
        return super().too_late() or (_("Blocked already.") if self.person.blocked_at else "")

    def points(self) -> list[str]:
        return consequences.of_block(1)

    def do(self, key: str, reason: str) -> Batch:
        actor = self.request.user
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

    def do(self, key: str, reason: str) -> Batch:
        actor = self.request.user
        return allow_users(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        )


class UserDeleteView(GraveDeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Delete user account")
    not_self = gettext_lazy("You can't delete yourself.")

    def points(self) -> list[str]:
        return consequences.of_delete(1, seats_of(self.customer.users.filter(pk=self.person.pk)))

    def do(self, key: str, reason: str) -> Batch:
        actor = self.request.user
        return delete_users(
            [self.person], customer=self.customer, actor=actor, key=key, reason=reason
        )
