"""What is asked once more before it is done to one person: reset, block, allow, delete."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actor import actor_of
from customers.errors import AlreadyDone, Refused
from customers.models import Batch
from customers.roles import Capability
from customers.services.batches import new_key
from licensing.models import LicenseAssignment

from ..services.users import allow_users, block_users, delete_users, reset_passwords
from ..services.users.locking import deleted_message
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
            batch = self.act(request.POST.get("key", ""))
        except AlreadyDone as done:
            batch = done.batch  # type: ignore[assignment]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_person()
        return self.result(batch)

    def ask(self) -> HttpResponse:
        return self.page(
            action=self.action, tone=self.tone, points=self.points(), hidden={"key": new_key()}
        )

    def too_late(self) -> str:
        """Why there is nothing to do any more, or ""."""
        return deleted_message(self.person) if self.person.deleted_at else ""

    def points(self) -> list[str]:
        raise NotImplementedError

    def act(self, key: str) -> Batch:
        raise NotImplementedError

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:batch-detail", batch.pk)


class UserResetView(DeedView):
    capability = Capability.RESET_PASSWORDS
    action = gettext_lazy("Reset password")
    not_self = gettext_lazy("This is your own account: use Change password, under your name.")
    tone = "primary"

    def points(self) -> list[str]:
        days, hours = settings.TEMPORARY_PASSWORD_DAYS, settings.CREDENTIAL_SHEET_HOURS
        return [
            _("The password of today stops working, and every open session ends at once."),
            ngettext(
                "A temporary password is made. It must be changed at the first sign-in, and"
                " expires after %(days)s day.",
                "A temporary password is made. It must be changed at the first sign-in, and"
                " expires after %(days)s days.",
                days,
            )
            % {"days": days},
            _("You hand it over: it is shown next, for %(hours)s hours at most.")
            % {"hours": hours},
            _("There is no undo: the old password is gone."),
        ]

    def act(self, key: str) -> Batch:
        actor = actor_of(self.request)
        return reset_passwords([self.person], customer=self.customer, actor=actor, key=key).batch

    def result(self, batch: Batch) -> HttpResponse:
        return redirect("accounts:sheet-detail", self.customer.pk, batch.request["sheet"])


class UserBlockView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Block sign-in")
    not_self = gettext_lazy("You can't block yourself.")

    def too_late(self) -> str:
        return super().too_late() or (_("Blocked already.") if self.person.blocked_at else "")

    def points(self) -> list[str]:
        return [
            _("Every open session ends at once, and nobody can sign in with this account."),
            _("Licenses and data stay, and the seats stay taken."),
            _("Allow sign-in takes it back: the password is the same then."),
        ]

    def act(self, key: str) -> Batch:
        actor = actor_of(self.request)
        return block_users([self.person], customer=self.customer, actor=actor, key=key)


class UserAllowView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Allow sign-in")
    tone = "primary"

    def too_late(self) -> str:
        allowed = self.person.blocked_at is None
        return super().too_late() or (_("Sign-in is allowed already.") if allowed else "")

    def points(self) -> list[str]:
        return [
            _("The person can sign in again, with the same password as before."),
            _("Sessions from before the block stay ended."),
        ]

    def act(self, key: str) -> Batch:
        actor = actor_of(self.request)
        return allow_users([self.person], customer=self.customer, actor=actor, key=key)


class UserDeleteView(DeedView):
    capability = Capability.MANAGE_USERS
    action = gettext_lazy("Delete user account")
    not_self = gettext_lazy("You can't delete yourself.")

    def points(self) -> list[str]:
        days = settings.DELETED_USER_RETENTION_DAYS
        final = timezone.localtime(timezone.now() + timedelta(days=days))
        return [
            _("Every open session ends at once, and nobody can sign in with this account."),
            self._seats(),
            ngettext(
                "For %(days)s day the account can be restored, under Deleted users, with"
                " permissions, contact data and password as they are now.",
                "For %(days)s days the account can be restored, under Deleted users, with"
                " permissions, contact data and password as they are now.",
                days,
            )
            % {"days": days},
            _("On %(date)s it becomes final.") % {"date": date_format(final, "DATETIME_FORMAT")},
        ]

    def _seats(self) -> str:
        live = LicenseAssignment.objects.live().filter(user=self.person)
        held = list(
            live.order_by("subscription__product__name").values_list(
                "subscription__product__name", flat=True
            )
        )
        if not held:
            return _("No license is assigned: no seat changes.")
        text = ngettext(
            "%(count)s seat is free at once: %(products)s.",
            "%(count)s seats are free at once: %(products)s.",
            len(held),
        )
        return text % {"count": len(held), "products": ", ".join(held)}

    def act(self, key: str) -> Batch:
        actor = actor_of(self.request)
        return delete_users([self.person], customer=self.customer, actor=actor, key=key)
