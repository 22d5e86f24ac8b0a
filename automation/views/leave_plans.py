"""The page of a plan to remove users, and its undo as a whole."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.actions.registry import action_of
from accounts.services.undo import plan_undo
from accounts.signin.reauthentication import ProofMixin
from accounts.views.batches.coming_back import came_from
from customers.errors import Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.models import BatchKind
from customers.query_params import read_id
from customers.roles import Capability
from customers.services.batches import new_key
from customers.tenancy import CustomerScopeMixin
from customers.views.lists import page_links

from ..due import zone_of
from ..models import PlanKind, SchedulePlan, ScheduleState
from ..queries.leave_plans import PlanRow, StepRow, plans_for_list, rows_of, users_of
from ..services.leaving_undo import ask_to_undo, end_of, undo_plan, why_no_undo
from ..services.schedules import cancel_schedule

SHOWN = 50
# What undo does of users who are deleted as yet, and restored by then.
LATER = {
    BatchKind.BLOCK: gettext_lazy("Sign-in is allowed again, once the account is restored."),
    BatchKind.LICENSES: gettext_lazy("Licenses are assigned again, as far as seats are free."),
}


class PlanMixin(CustomerScopeMixin):
    """A page of one plan to remove users of the customer."""

    capability = Capability.MANAGE_USERS
    plan: SchedulePlan

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        plans = SchedulePlan.objects.filter(customer=self.customer, kind=PlanKind.LEAVE)
        found = plans.select_related("by", "undo_by").filter(pk=kwargs["plan"]).first()
        if found is None:
            raise Http404
        self.plan = found

    def to_plan(self) -> HttpResponse:
        return redirect("automation:leave-detail", self.customer.pk, self.plan.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        users = users_of(self.plan)
        count = users.count()
        return super().get_context_data(**kwargs) | {
            "plan": self.plan,
            "users": users[:SHOWN],
            "count": count,
            "more": max(0, count - SHOWN),
            "zone": zone_of(self.customer),
        }


class LeaveListView(CustomerScopeMixin, TemplateView):
    """The plans to remove users of a customer, the last one first."""

    capability = Capability.MANAGE_USERS
    template_name = "automation/leave_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plans = plans_for_list(self.customer)
        page = Paginator(plans, settings.PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "rows": [PlanRow(plan) for plan in page.object_list],
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "zone": zone_of(self.customer),
        }


class LeaveDetailView(PlanMixin, TemplateView):
    """The steps of a plan, with what came of them; by POST one that waits is canceled."""

    template_name = "automation/leave_detail.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = read_id(request.POST.get("cancel", ""))
        step = self.plan.schedules.filter(pk=pk).first() if pk else None
        if step is None:
            messages.error(request, _("Choose a step of this plan."))
            return self.to_plan()
        try:
            cancel_schedule(step, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("Canceled: %(step)s.")
            messages.success(request, text % {"step": StepRow(step).label})
        return self.to_plan()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = rows_of(self.plan)
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "no_undo": why_no_undo(self.plan),
            # The page asks again while something is under way.
            "works": any(row.works for row in rows) or is_being_undone(self.plan),
        }


def is_being_undone(plan: SchedulePlan) -> bool:
    return plan.undo_at is not None and plan.undone_at is None


class LeaveUndoView(PlanMixin, TemplateView, ProofMixin):
    """What the undo of a whole plan would do; done by POST."""

    template_name = "automation/leave_undo.html"

    def needs_proof(self) -> bool:
        done = self.plan.schedules.filter(state=ScheduleState.BEGUN, batch__isnull=False)
        batches = [step.batch for step in done.select_related("batch") if step.batch]
        return any(action_of(batch.kind).is_grave_to_undo(batch) for batch in batches)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ask_to_undo(
                self.plan,
                actor=self.request.user,
                key=request.POST.get("key", ""),
                reason=told_reason(request.POST),
            )
        except Refused as refusal:
            self.plan.refresh_from_db()
            return self.render_to_response(self.get_context_data(refusal=str(refusal)))
        undo_plan(self.plan.pk)
        messages.success(request, _("The steps are being undone, the last one first."))
        return redirect(self.back())

    def back(self) -> str:
        plan = reverse("automation:leave-detail", args=[self.customer.pk, self.plan.pk])
        return came_from(self.request, plan)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = rows_of(self.plan)
        return super().get_context_data(**kwargs) | {
            "no_undo": why_no_undo(self.plan),
            "back": self.back(),
            "rows": [(row, self._points(row, rows)) for row in reversed(rows)],
            "key": new_key(),
            "reason_form": ReasonForm(self.request.POST or self.kept or None),
        }

    def _points(self, row: StepRow, rows: list[StepRow]) -> list[str]:
        """Return what the undo would do about a step, in sentences."""
        step = row.schedule
        if row.waits:
            return [_("Canceled: it will not run.")]
        if row.works:
            return [_("Undone as soon as it is finished.")]
        if step.state != ScheduleState.BEGUN or step.batch is None:
            return [_("Nothing was done, so there is nothing to undo.")]
        deleted = any(each.schedule.kind == BatchKind.DELETE and each.is_done for each in rows)
        if deleted and (later := LATER.get(BatchKind(step.kind))):
            return [str(later)]
        try:
            since = end_of([each.schedule for each in rows])
            plan = plan_undo(step.batch, actor=self.request.user, since=since)
        except Refused as why:
            return [str(why)]
        left = list(dict.fromkeys(why for _row, _outcome, why in plan.left))
        return [*(plan.points if plan.users else []), *left[:SHOWN]]
