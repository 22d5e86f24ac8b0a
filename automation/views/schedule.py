"""One schedule, and what can be done with it while it waits."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.actions.registry import action_of
from accounts.models import User, UserQuerySet
from accounts.signin.reauthentication import ProofMixin
from customers.errors import Refused
from customers.formats import figure
from customers.log.history import kind_label
from customers.models import Customer
from customers.requests import PortalView
from customers.roles import Capability, whom_to_ask
from customers.tenancy import get_customer, require
from customers.views.lists import page_links

from ..forms.when import MoveForm, scheduled_text
from ..models import PlanKind, Schedule, SchedulePlan, ScheduleState
from ..queries.asked import asked
from ..queries.schedules import is_under_way, seen_by
from ..services.schedules import cancel_schedule, drop_user, move, run_now
from .schedules import state_of, when_of


class ScheduleMixin(PortalView):
    """A page of one schedule, whose customer is the user's own; Http404 otherwise."""

    schedule: Schedule
    customer: Customer
    # Whether to see it is enough.
    acts = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        related = Schedule.objects.select_related("by", "plan", "batch")
        found = related.defer("batch__users").filter(pk=kwargs["schedule"]).first()
        if found is None:
            raise Http404
        actor = self.request.user
        self.schedule = found
        self.customer = get_customer(actor, found.customer_id, Capability.SEE)
        self.request.customer = self.customer
        if not seen_by(actor).filter(pk=found.pk).exists():
            whom = whom_to_ask(Capability.SEE_ACTIVITY, staff=bool(actor.partner_id))
            why = _("Your role does not show what others have scheduled here.")
            raise PermissionDenied(f"{why} {whom}")
        if self.acts:
            require(actor, action_of(found.kind).capability)
        self.find(**kwargs)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def find(self, **kwargs: Any) -> None:
        """Fetch what else the address names, or raise Http404."""

    def users(self) -> UserQuerySet:
        found = User.objects.filter(pk__in=self.schedule.items.values("user"))
        return found.order_by("sort_name", "pk")

    def to_schedule(self) -> HttpResponse:
        return redirect("automation:schedule-detail", self.schedule.pk)

    def answer(self, act: Callable[[], object], done: str) -> HttpResponse:
        """Do it and lead to the schedule, with what came of it."""
        try:
            act()
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, done)
        return self.to_schedule()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {
            "customer": self.customer,
            "schedule": self.schedule,
            "label": kind_label(self.schedule.kind, None),
            "when": when_of(self.schedule),
        }


def leave_url(plan: SchedulePlan) -> str:
    """Return the page of a plan to remove users; "" of another plan, which has none."""
    if plan.kind != PlanKind.LEAVE:
        return ""
    return reverse("automation:leave-detail", args=[plan.customer_id, plan.pk])


class GraveMixin(ScheduleMixin):
    """A page by which the action is done sooner: it asks for a proof as the action itself does."""

    def needs_proof(self) -> bool:
        action, request = action_of(self.schedule.kind), self.schedule.request
        users = list(self.users().with_roles()[:2])
        if len(users) == 1 and action.is_grave_for_one(users[0]):
            return True
        is_many = len(users) > 1 and action.is_grave(self.users(), request)
        return is_many or bool(request.get("roles") is not None)


class ScheduleDetailView(ScheduleMixin, TemplateView):
    template_name = "automation/schedule_detail.html"
    acts = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        schedule, actor = self.schedule, self.request.user
        paginator = Paginator(self.users().with_roles(), settings.PAGE_SIZE)
        page = paginator.get_page(self.request.GET.get("page", ""))
        waits = schedule.state == ScheduleState.WAITING
        plan = schedule.plan
        beside = plan.schedules.exclude(pk=schedule.pk).order_by("due_at") if plan else []
        return super().get_context_data(**kwargs) | {
            "state": state_of(schedule),
            "waits": waits,
            "under_way": is_under_way(schedule),
            "asked": asked(schedule),
            "number": paginator.count,
            "people": page.object_list,
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "may": waits and actor.can(action_of(schedule.kind).capability),
            "plan_url": leave_url(plan) if plan and actor.can(Capability.MANAGE_USERS) else "",
            "beside": [(each, kind_label(each.kind, None), when_of(each)) for each in beside],
        }


class ScheduleMoveView(GraveMixin, TemplateView, ProofMixin):
    """Another date and time, by the customer's clock."""

    template_name = "automation/schedule_move.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.schedule.state != ScheduleState.WAITING:
            return self.to_schedule()
        return self.page(self.form(self.kept or None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or form.due is None:
            return self.page(form)
        due, seen, actor = form.due, form.cleaned_data["seen"], self.request.user
        try:
            moved = move(self.schedule, due, actor=actor, seen=seen)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, scheduled_text(moved))
        return self.to_schedule()

    def form(self, sent: Any) -> MoveForm:
        now = {
            "due_on": self.schedule.on,
            "due_at": self.schedule.at,
            "seen": self.schedule.due_at.isoformat(),
        }
        return MoveForm(sent, self.customer, initial=now)

    def page(self, form: MoveForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(when_form=form))


class ScheduleConfirmView(ScheduleMixin, TemplateView):
    """Something that is done to the schedule, asked once more."""

    template_name = "automation/schedule_confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.schedule.state != ScheduleState.WAITING:
            return self.to_schedule()
        return super().get(request, *args, **kwargs)


class ScheduleCancelView(ScheduleConfirmView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def act() -> object:
            return cancel_schedule(self.schedule, actor=self.request.user)

        return self.answer(act, _("The schedule was canceled. Nothing was changed."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Cancel schedule"),
            "tone": "danger",
            "points": [
                _("Nothing happens on that date."),
                _("It stays in the list of past schedules and in the activity log."),
            ],
        }


class ScheduleRunView(GraveMixin, ScheduleConfirmView, ProofMixin):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            batch = run_now(self.schedule, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_schedule()
        return redirect("accounts:batch-detail", batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.schedule.items.count()
        text = ngettext(
            "Done for %(count)s user now instead of on that date.",
            "Done for %(count)s users now instead of on that date.",
            number,
        )
        return super().get_context_data(**kwargs) | {
            "action": _("Run now"),
            "tone": "primary",
            "points": [
                text % {"count": figure(number)},
                _("It runs in your name, with the permissions of your role."),
            ],
        }


class ScheduleDropView(ScheduleMixin):
    """Remove a user from the schedule."""

    http_method_names = ["post"]
    user: User

    def find(self, **kwargs: Any) -> None:
        # Also one who was removed a moment ago: a second click is no mistake.
        self.user = get_object_or_404(self.customer.users, pk=kwargs["user"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def act() -> object:
            return drop_user(self.schedule, self.user, actor=self.request.user)

        text = _("%(name)s was removed from the schedule.")
        return self.answer(act, text % {"name": self.user.display_name})
