"""What is asked once more before it is done to a user of the team."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Batch, BatchState
from customers.query_params import read_number

from ...actions.allow import ALLOW
from ...actions.block import BLOCK
from ...actions.remove_staff import REMOVE_STAFF
from ...actions.reset import RESET
from ...actions.words import locked_out
from ...models import CredentialSheet
from ...services.staff import allow_staff, block_staff, remove_staff, reset_staff_password
from ...services.users.blocking import BLOCKED_ALREADY
from ..confirming import AskedMixin, SecondStepResetMixin
from .base import MemberMixin
from .staff_passwords import keep


class TeamActionView(AskedMixin, MemberMixin):
    template_name = "accounts/team_confirm.html"


class TeamResetView(TeamActionView):
    action = RESET

    def points(self) -> list[str]:
        return [
            _("A new temporary password is made, which you hand over."),
            _("The old password and every open session end at once. This can't be undone."),
        ]

    def hidden(self) -> dict[str, Any]:
        return {"epoch": self.user.session_epoch}

    def act(self, reason: str) -> HttpResponse:
        known = read_number(self.request.POST.get("epoch", ""))
        issued = reset_staff_password(self.user, epoch=known, actor=self.actor, reason=reason)
        keep(self.request, issued)
        return redirect("accounts:team-password", self.user.pk)


class TeamSecondStepView(SecondStepResetMixin, TeamActionView):
    """The reset of a team member's second step."""


class TeamBlockView(TeamActionView):
    action = BLOCK

    def points(self) -> list[str]:
        return [
            locked_out(1),
            _("Pending actions of this user are canceled."),
            _("Allow sign-in undoes it, with the same password."),
        ]

    def act(self, reason: str) -> HttpResponse:
        done = block_staff([self.user], actor=self.actor, reason=reason)
        return self.tell(done, _("Sign-in is blocked."), str(BLOCKED_ALREADY))


class TeamAllowView(TeamActionView):
    action = ALLOW

    def points(self) -> list[str]:
        return [str(ALLOW.text_for_staff)]

    def act(self, reason: str) -> HttpResponse:
        done = allow_staff([self.user], actor=self.actor, reason=reason)
        return self.tell(done, _("Sign-in is allowed."), str(ALLOW.already_for_one))


class TeamRemoveView(TeamActionView):
    action = REMOVE_STAFF

    def points(self) -> list[str]:
        points = [
            locked_out(1),
            _(
                "This can't be undone: to bring the user back, add them again. The user"
                " name becomes free."
            ),
            _("The activity log keeps what the user did, with the name."),
        ]
        waiting = Batch.objects.filter(by=self.user, state=BatchState.WAITING).count()
        if waiting:
            text = ngettext(
                "%(count)s pending action of this user is canceled.",
                "%(count)s pending actions of this user are canceled.",
                waiting,
            )
            points.append(text % {"count": waiting})
        sheets = CredentialSheet.objects.open().filter(by=self.user).count()
        if sheets:
            text = ngettext(
                "%(count)s open password sheet stays for the account admins to hand over.",
                "%(count)s open password sheets stay for the account admins to hand over.",
                sheets,
            )
            points.append(text % {"count": sheets})
        return points

    def act(self, reason: str) -> HttpResponse:
        remove_staff([self.user], actor=self.actor, reason=reason)
        name = {"name": self.user.display_name}
        messages.success(self.request, _("%(name)s is removed from the team.") % name)
        return redirect("accounts:team-list")
