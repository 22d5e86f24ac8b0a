"""What is done to chosen people: each asks once more, and each is a service of the portal."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from customers.addresses import read_number
from customers.admin.base import actor, by_customer, chosen
from customers.errors import AlreadyDone, Refused
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, Role

from ..limits import take
from ..models import User
from ..services.returns import Choices, fingerprint
from ..services.second_steps import allow_codes, reset_second_factor
from ..services.staff import Issued, allow_staff, block_staff, reset_staff_password
from ..services.users import (
    Return,
    allow_users,
    block_users,
    plan_restore,
    reset_passwords,
    restore_users,
)
from ..views.consequences import of_allow, of_codes_allowed, of_second_step_reset
from .proof import ProofAdmin, is_back

# Asked for a proof first, whoever the people are; everything is where somebody is of the staff.
GRAVE = {"delete_selected", "reset_second_step", "allow_codes"}
# And these where somebody of such a role is among them.
GRAVE_OF: dict[str, tuple[Role, ...]] = {
    "reset_password": CUSTOMER_ROLES,
    "restore": (Role.GLOBAL_ADMIN,),
}


class PeopleActions(ProofAdmin):
    actions = (
        "reset_password",
        "reset_second_step",
        "allow_codes",
        "block",
        "allow",
        "restore",
    )

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        if action in GRAVE or queryset.filter(customer=None).exists():
            return True
        return queryset.filter(groups__name__in=GRAVE_OF.get(action, ())).exists()

    def show_issued(self, request: HttpRequest, issued: Issued) -> HttpResponse:
        raise NotImplementedError

    @admin.action(description=_("Reset password"), permissions=["change"])
    def reset_password(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse:
        people = _living(queryset)
        staff = [user for user in people if user.customer_id is None]
        if len(staff) > 1 or (staff and len(people) > 1):
            raise Refused(
                gettext("Reset the password of one person of the staff at a time."),
                code="one-at-a-time",
            )
        if "confirmed" not in request.POST:
            return self.confirm(
                request,
                people,
                action="reset_password",
                title=gettext("Reset password"),
                points=[
                    gettext("Each gets a new temporary password, which you hand over."),
                    gettext("Every session of these people ends. This can't be undone."),
                ],
                epoch=staff[0].session_epoch if staff else None,
            )
        take(request, "reset")
        if staff:
            issued = reset_staff_password(
                staff[0], epoch=read_number(request.POST.get("epoch", "")), actor=actor(request)
            )
            self.log_change(request, staff[0], gettext("Reset password"))
            return self.show_issued(request, issued)
        return self._reset_users(request, people)

    def _reset_users(self, request: HttpRequest, people: list[User]) -> HttpResponse:
        """To the sheet, or to the list of sheets where the people are of several customers."""
        sheets = []
        for customer, users in by_customer(people).items():
            key = f"{request.POST.get('key', '')[:40]}-{customer.pk}"
            try:
                reset = reset_passwords(users, customer=customer, actor=actor(request), key=key)
            except AlreadyDone as done:
                sheets.append(done.batch.request["sheet"])  # type: ignore[attr-defined]
                continue
            sheets.append(reset.sheet.pk)
            for user in users:
                self.log_change(request, user, gettext("Reset password"))
        if len(sheets) == 1:
            return HttpResponseRedirect(reverse("admin:accounts_credentialsheet_show", args=sheets))
        self.message_user(request, gettext("There is a sheet for each customer: open yours."))
        return HttpResponseRedirect(reverse("admin:accounts_credentialsheet_changelist"))

    @admin.action(description=_("Reset two-step sign-in"), permissions=["change"])
    def reset_second_step(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        people = _living(queryset)
        title = gettext("Reset two-step sign-in")
        if "confirmed" not in request.POST:
            points = of_second_step_reset()
            return self.confirm(
                request, people, action="reset_second_step", title=title, points=points
            )
        done = reset_second_factor(people, actor=actor(request))
        self._tell(request, people, gettext("Two-step sign-in reset"), done)
        return None

    @admin.action(description=_("Allow codes again"), permissions=["change"])
    def allow_codes(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        people = _living(queryset)
        title = gettext("Allow codes again")
        if "confirmed" not in request.POST:
            points = of_codes_allowed()
            return self.confirm(request, people, action="allow_codes", title=title, points=points)
        done = allow_codes(people, actor=actor(request))
        self._tell(request, people, gettext("Codes allowed again"), done)
        return None

    @admin.action(description=_("Block sign-in"), permissions=["change"])
    def block(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        people = _living(queryset)
        if "confirmed" not in request.POST:
            return self.confirm(
                request,
                people,
                action="block",
                title=gettext("Block sign-in"),
                points=[gettext("Every session of these people ends at once. Licenses stay.")],
            )
        done = block_staff(_staff(people), actor=actor(request))
        for customer, users in by_customer(_users(people)).items():
            done += block_users(users, customer=customer, actor=actor(request)).done
        self._tell(request, people, gettext("Sign-in blocked"), done)
        return None

    @admin.action(description=_("Allow sign-in"), permissions=["change"])
    def allow(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        people = _living(queryset)
        if is_back(request):
            title, points = gettext("Allow sign-in"), of_allow(len(people))
            return self.confirm(request, people, action="allow", title=title, points=points)
        done = allow_staff(_staff(people), actor=actor(request))
        for customer, users in by_customer(_users(people)).items():
            done += allow_users(users, customer=customer, actor=actor(request)).done
        self._tell(request, people, gettext("Sign-in allowed"), done)
        return None

    @admin.action(description=_("Restore"), permissions=["change"])
    def restore(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponse | None:
        people = chosen(queryset.restorable().filter(customer__isnull=False))  # type: ignore[attr-defined]
        if not people:
            raise Refused(gettext("None of these people can be restored."), code="none-restorable")
        names = {user.pk: request.POST.get(f"name_{user.pk}", "").strip() for user in people}
        plans = {
            customer: plan_restore(users, customer=customer, choices=_given(names))
            for customer, users in by_customer(people).items()
        }
        if "confirmed" in request.POST and self._is_agreed(request, plans):
            done = 0
            for customer, plan in plans.items():
                users = [item.user for item in plan]
                restored = restore_users(
                    users, customer=customer, actor=actor(request), choices=_given(names)
                )
                done += restored.batch.done
            self._tell(request, people, gettext("Restored"), done)
            return None
        return self._confirm_restore(request, people, plans)

    @staticmethod
    def _is_agreed(request: HttpRequest, plans: dict[Customer, list[Return]]) -> bool:
        """The plan is the one that the page has shown, and every name in it is free."""
        return all(
            request.POST.get(f"plan_{customer.pk}") == fingerprint(plan)
            and not any(item.name_problem for item in plan)
            for customer, plan in plans.items()
        )

    def _confirm_restore(
        self, request: HttpRequest, people: list[User], plans: dict[Customer, list[Return]]
    ) -> HttpResponse:
        return self.confirm(
            request,
            people,
            action="restore",
            title=gettext("Restore"),
            points=[gettext("They come back with permissions, services and password as before.")],
            returns=[item for plan in plans.values() for item in plan],
            plans={f"plan_{customer.pk}": fingerprint(plan) for customer, plan in plans.items()},
        )

    def _tell(self, request: HttpRequest, people: list[User], what: str, count: int) -> None:
        for user in people:
            self.log_change(request, user, what)
        text = ngettext("%(what)s: %(count)s person.", "%(what)s: %(count)s people.", count)
        self.message_user(request, text % {"what": what, "count": count})


def _living(queryset: models.QuerySet[Any]) -> list[User]:
    people = [user for user in chosen(queryset) if user.deleted_at is None]
    if not people:
        raise Refused(
            gettext("All of these people are deleted: restore them first."), code="all-deleted"
        )
    return people


def _users(people: list[User]) -> list[User]:
    return [user for user in people if user.customer_id]


def _staff(people: list[User]) -> list[User]:
    return [user for user in people if not user.customer_id]


def _given(names: dict[int, str]) -> Choices:
    return Choices(names={pk: name for pk, name in names.items() if name})
