"""What is done to chosen users: each asks once more, and each is a service of the portal."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from customers.admin.base import actor, by_customer, chosen
from customers.errors import AlreadyDone, Refused
from customers.query_params import read_number

from ..actions.allow import ALLOW
from ..actions.allow_codes import ALLOW_CODES
from ..actions.base import Action
from ..actions.block import BLOCK
from ..actions.delete import DELETE
from ..actions.reset import RESET
from ..actions.restore import RESTORE
from ..actions.second_step import SECOND_STEP
from ..models import User
from ..passwords import canonical
from ..services.credentials import Slip
from ..services.returns import Choices, fingerprint
from ..services.second_steps import allow_codes, reset_second_factor
from ..services.staff import allow_staff, block_staff, reset_staff_password
from ..services.users import (
    allow_users,
    block_users,
    plan_restore,
    reset_passwords,
    restore_users,
)
from ..signin.kept_secrets import KeptSecrets
from ..signin.limits import take
from .reauthentication import is_back
from .sheets import passwords_page, read_in_admin
from .told_once import ToldOnceAdmin

# By the names that the admin has for them.
ACTIONS: dict[str, Action] = {
    "reset_password": RESET,
    "reset_second_step": SECOND_STEP,
    "allow_codes": ALLOW_CODES,
    "block": BLOCK,
    "allow": ALLOW,
    "restore": RESTORE,
    "delete_selected": DELETE,
}


class UserActions(ToldOnceAdmin):
    secrets = KeptSecrets("staff-passwords", b"partner portal: password of staff to hand over")
    actions = (
        "reset_password",
        "reset_second_step",
        "allow_codes",
        "block",
        "allow",
        "restore",
    )

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        """Return whether this needs a proof: any action on staff does."""
        if queryset.filter(customer=None).exists():
            return True
        return action in ACTIONS and ACTIONS[action].is_grave(queryset, {})  # type: ignore[arg-type]

    def kept_secret(self, request: HttpRequest, row: User) -> str:
        return self.secrets.find(
            request, row.pk, lambda password: row.check_password(canonical(password))
        )

    def secret_page(self, request: HttpRequest, row: User, secret: str) -> HttpResponse:
        return passwords_page(
            request,
            self.admin_site,
            [Slip(row.pk, row.display_name, row.user_name, secret)],
            title=gettext("Temporary password"),
            subtitle=row.display_name,
            opts=self.opts,
            next_url=reverse("admin:accounts_user_change", args=[row.pk]),
        )

    @admin.action(description=RESET.label, permissions=["change"])
    def reset_password(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        living = _living(queryset)
        staff = [user for user in living if user.customer_id is None]
        if len(staff) > 1 or (staff and len(living) > 1):
            raise Refused(
                gettext("Reset the passwords of staff one at a time."),
                code="one-at-a-time",
            )
        if "confirmed" not in request.POST:
            return self.confirm(
                request,
                living,
                action="reset_password",
                title=str(RESET.label),
                points=[
                    gettext("Each gets a new temporary password, which you hand over."),
                    gettext("Every session of these users ends. This can't be undone."),
                ],
                epoch=staff[0].session_epoch if staff else None,
            )
        take(request, RESET.limit)
        if staff:
            epoch = read_number(request.POST.get("epoch", ""))
            try:
                issued = reset_staff_password(staff[0], epoch=epoch, actor=actor(request))
            except Refused as refused:
                is_second = refused.code == "access-changed-meanwhile" and not staff[0].blocked_at
                if is_second and (again := self.show_again(request, staff[0])):
                    return again
                raise
            self.log_change(request, staff[0], str(RESET.label))
            return self.keep_and_show(request, issued.user, issued.password)
        return self._reset_users(request, living)

    def _reset_users(self, request: HttpRequest, chosen_users: list[User]) -> HttpResponse:
        """Reset, and lead to the sheet, or to the list of sheets of several customers."""
        sheets = []
        for customer, users in by_customer(chosen_users).items():
            key = f"{request.POST.get('key', '')[:40]}-{customer.pk}"
            try:
                reset = reset_passwords(users, customer=customer, actor=actor(request), key=key)
            except AlreadyDone as done:
                sheets.append(done.batch.request["sheet"])  # type: ignore[attr-defined]
                continue
            sheets.append(reset.sheet.pk)
            for user in users:
                self.log_change(request, user, str(RESET.label))
        if len(sheets) == 1:
            return read_in_admin(sheets[0])
        self.message_user(request, gettext("There is a sheet for each customer: open yours."))
        return HttpResponseRedirect(reverse("admin:accounts_credentialsheet_changelist"))

    @admin.action(description=SECOND_STEP.label, permissions=["change"])
    def reset_second_step(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        living = _living(queryset)
        title = str(SECOND_STEP.label)
        if "confirmed" not in request.POST:
            points = SECOND_STEP.points(len(living))
            return self.confirm(
                request, living, action="reset_second_step", title=title, points=points
            )
        done = reset_second_factor(living, actor=actor(request))
        self._tell(request, living, SECOND_STEP.done(done), done)
        return None

    @admin.action(description=ALLOW_CODES.label, permissions=["change"])
    def allow_codes(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        living = _living(queryset)
        title = str(ALLOW_CODES.label)
        if "confirmed" not in request.POST:
            points = ALLOW_CODES.points(len(living))
            return self.confirm(request, living, action="allow_codes", title=title, points=points)
        done = allow_codes(living, actor=actor(request))
        self._tell(request, living, ALLOW_CODES.done(done), done)
        return None

    @admin.action(description=BLOCK.label, permissions=["change"])
    def block(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        living = _living(queryset)
        if "confirmed" not in request.POST:
            return self.confirm(
                request,
                living,
                action="block",
                title=str(BLOCK.label),
                points=BLOCK.points(len(living)),
            )
        done = block_staff(_staff(living), actor=actor(request))
        for customer, users in by_customer(_users(living)).items():
            done += block_users(users, customer=customer, actor=actor(request)).done
        self._tell(request, living, BLOCK.done(done), done)
        return None

    @admin.action(description=ALLOW.label, permissions=["change"])
    def allow(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        living = _living(queryset)
        if is_back(request):
            title, points = str(ALLOW.label), ALLOW.points(len(living))
            return self.confirm(request, living, action="allow", title=title, points=points)
        done = allow_staff(_staff(living), actor=actor(request))
        for customer, users in by_customer(_users(living)).items():
            done += allow_users(users, customer=customer, actor=actor(request)).done
        self._tell(request, living, ALLOW.done(done), done)
        return None

    @admin.action(description=RESTORE.label, permissions=["change"])
    def restore(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        restorable = chosen(queryset.restorable().filter(customer__isnull=False))  # type: ignore[attr-defined]
        if not restorable:
            raise Refused(gettext("None of these users can be restored."), code="none-restorable")
        names = {user.pk: request.POST.get(f"name_{user.pk}", "").strip() for user in restorable}
        plans = {
            customer: plan_restore(users, customer=customer, choices=_given(names))
            for customer, users in by_customer(restorable).items()
        }
        # The plan is the one that the page has shown, and every name in it is free.
        is_agreed = all(
            request.POST.get(f"plan_{customer.pk}") == fingerprint(plan)
            and not any(item.name_problem for item in plan)
            for customer, plan in plans.items()
        )
        if "confirmed" in request.POST and is_agreed:
            done = 0
            for customer, plan in plans.items():
                users = [item.user for item in plan]
                restored = restore_users(
                    users, customer=customer, actor=actor(request), choices=_given(names)
                )
                done += restored.batch.done
            self._tell(request, restorable, RESTORE.done_to_one(), done)
            return None
        return self.confirm(
            request,
            restorable,
            action="restore",
            title=str(RESTORE.label),
            points=[gettext("They come back with permissions, services and password as before.")],
            returns=[item for plan in plans.values() for item in plan],
            plans={f"plan_{customer.pk}": fingerprint(plan) for customer, plan in plans.items()},
        )

    def _tell(self, request: HttpRequest, users: list[User], what: str, count: int) -> None:
        for user in users:
            self.log_change(request, user, what)
        text = ngettext("%(what)s: %(count)s user.", "%(what)s: %(count)s users.", count)
        self.message_user(request, text % {"what": what, "count": count})


def _living(queryset: models.QuerySet[Any]) -> list[User]:
    living = [user for user in chosen(queryset) if user.deleted_at is None]
    if not living:
        raise Refused(
            gettext("All of these users are deleted: restore them first."), code="all-deleted"
        )
    return living


def _users(users: list[User]) -> list[User]:
    return [user for user in users if user.customer_id]


def _staff(users: list[User]) -> list[User]:
    return [user for user in users if not user.customer_id]


def _given(names: dict[int, str]) -> Choices:
    return Choices(names={pk: name for pk, name in names.items() if name})
