"""The page that asks before users are removed: when each step is done, and what that comes to."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import User, UserQuerySet
from accounts.queries.bulk_preview import foresee, todo_of
from accounts.signin.limits import take
from accounts.signin.reauthentication import ProofMixin
from accounts.views.batches.coming_back import with_way_back
from accounts.views.bulk import left_out
from accounts.views.bulk_selection import NAMED, ChosenMixin, Differences
from customers.errors import AlreadyDone, Refused
from customers.formats import figure
from customers.models import BatchKind
from customers.services.batches import new_key

from ..actions.leave import LEAVE
from ..due import end_of_month, end_of_today, zone_of
from ..forms.leaving import LastDayForm, LeaveForm, mark_of
from ..leave_steps import Wanted, proposal
from ..queries.leaving import (
    StepForecast,
    foresee_steps,
    freed_seats,
    licensed_by_rule,
    without_license,
)
from ..services.leaving import find_plan, plan_leave, run_plan


class LeaveView(ChosenMixin, TemplateView, ProofMixin):
    """Remove user, for one or many: asks by GET with a proposal; plans, and begins, by POST."""

    template_name = "automation/leave.html"
    action = LEAVE
    capability = LEAVE.capability

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.ask(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, differences = self.form(), self.differences()
        valid = form.is_valid()
        if "preview" in request.POST or differences or not self.chosen or not valid:
            return self.ask(form, differences)
        if request.POST.get("shown", "") != form.mark():
            return self.ask(form, unseen=True)
        wanted = form.wanted()
        if any(one.step.kind == BatchKind.RESET and one.due is None for one in wanted):
            take(request, "reset")
        try:
            planned = plan_leave(
                self.chosen,
                wanted,
                customer=self.customer,
                actor=self.request.user,
                key=request.POST.get("key", ""),
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.ask(form)
        run_plan(planned.plan.pk)
        reasons = list(dict.fromkeys(why for _row, _outcome, why in planned.left))
        for why in reasons[:NAMED]:
            messages.warning(request, why)
        return self.result(planned.plan)

    def stop_if_done(self) -> None:
        key = self.request.POST.get("key", "")
        twin = find_plan(key, customer=self.customer, actor=self.request.user)
        if twin is not None:
            raise AlreadyDone(twin)

    def result(self, batch: Any) -> HttpResponse:
        """Lead back with a notice of the plan that was made, now or by the first of two clicks."""
        back, args = self.back(), [self.customer.pk, batch.pk]
        plan = reverse("automation:leave-detail", args=args)
        links = [(with_way_back(reverse("automation:leave-undo", args=args), back), _("Undo"))]
        if back:
            links.append((with_way_back(plan, back), _("Show steps")))
        ways = format_html_join("", ' <a href="{}">{}</a>', links)
        text = _("The removal was planned: each step runs on its date.")
        messages.success(self.request, format_html("{}{}", text, ways))
        return redirect(back or plan)

    def needs_proof(self) -> bool:
        """Whether one of the steps, for those to whom it would be done, is grave."""
        if self.request.method == "POST" and "preview" in self.request.POST:
            return False
        form, users = self.form(), todo_of(self.judged())
        valid = form.is_valid() if form.is_bound else False
        if form.is_bound and not valid:
            return False
        steps = [one.step for one in (form.wanted() if valid else self.proposed)]
        if len(self.chosen) == 1:
            one = users.with_roles().first()
            return one is not None and any(step.action.is_grave_for_one(one) for step in steps)
        return any(step.action.is_grave(users, step.request) for step in steps)

    @cached_property
    def zone(self) -> str:
        return zone_of(self.customer)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def day_form(self) -> LastDayForm:
        given = self.request.GET if "last_day" in self.request.GET else None
        return LastDayForm(given, initial={"last_day": end_of_today(self.zone, self.now).on})

    @property
    def proposed(self) -> list[Wanted]:
        """Return the proposal for the last day in the address, or for today."""
        form = self.day_form
        day = form.initial["last_day"]
        if form.is_bound and form.is_valid():
            day = form.cleaned_data["last_day"]
        steps = proposal(day, self.zone, self.now)
        return [one for one in steps if self.request.user.can(one.step.action.capability)]

    def form(self) -> LeaveForm:
        return LeaveForm(
            self.sent,
            actor=self.request.user,
            zone=self.zone,
            now=self.now,
            proposed={one.step.kind: one for one in self.proposed},
        )

    @property
    def sent(self) -> QueryDict | None:
        """Return what this request sent, or what was kept while a proof was asked for."""
        if self.request.method == "POST":
            return self.request.POST
        return getattr(self, "kept", None) or None

    def judged(self) -> UserQuerySet:
        return LEAVE.judge(self.chosen, customer=self.customer, actor=self.request.user)

    def ask(
        self, form: LeaveForm, differences: Differences | None = None, *, unseen: bool = False
    ) -> HttpResponse:
        self.show_chosen()
        judged = self.judged()
        forecast = foresee(judged, chosen=len(self.chosen))
        users = todo_of(judged)
        wanted = self.proposed
        if form.is_bound:
            wanted = form.wanted() if form.is_valid() else []
        single = self._single()
        steps = self._steps(wanted, list(users.values_list("pk", flat=True)))
        context = self.get_context_data(
            form=form,
            day_form=self.day_form,
            days=self._days(),
            keep=self.keep,
            action=LEAVE.label_for_one if single else LEAVE.label,
            single=single,
            differences=differences,
            unseen=unseen,
            chosen=len(self.chosen),
            todo=forecast.todo,
            more=forecast.todo.count - len(forecast.todo.names),
            left=left_out(forecast, not_self=LEAVE.not_self, already=LEAVE.already_text),
            steps=[self._told(each, users) for each in steps],
            seats=freed_seats(steps, users),
            shown=form.mark() if form.is_bound and form.is_valid() else mark_of(wanted),
            zone=self.zone,
            key=new_key(),
            frozen=self.frozen,
            back=self.list_url if self.selection else self.back() or self.list_url,
        )
        return self.render_to_response(context)

    def _steps(self, wanted: list[Wanted], users: list[int]) -> list[StepForecast]:
        if not users:
            return []
        return foresee_steps(
            wanted,
            users,
            customer=self.customer,
            actor=self.request.user,
            zone=self.zone,
            now=self.now,
        )

    def _told(self, each: StepForecast, users: UserQuerySet) -> dict[str, Any]:
        """Return a step as the page tells it."""
        action = each.step.action
        left = left_out(each.forecast, not_self=action.not_self, already=action.already_text)
        if each.step.kind == BatchKind.LICENSES:
            left += self._of_licenses(users)
        days = timedelta(days=settings.DELETED_USER_RETENTION_DAYS)
        return {
            "label": each.step.label,
            "at": each.at,
            "count": each.forecast.todo.count,
            "left": left,
            # Until when they can be restored.
            "final": (each.at or self.now) + days if each.step.kind == BatchKind.DELETE else None,
        }

    def _of_licenses(self, users: UserQuerySet) -> list[str]:
        """Return what else is to be known of users whose licenses are taken, in sentences."""
        none, by_rule = without_license(users), licensed_by_rule(users)
        of_none = ngettext(
            "%(count)s user has no license now.", "%(count)s users have no license now.", none
        )
        of_rules = ngettext(
            "%(count)s user has licenses by rule, and becomes an exception of these rules.",
            "%(count)s users have licenses by rule, and become exceptions of these rules.",
            by_rule,
        )
        told = ((of_none, none), (of_rules, by_rule))
        return [text % {"count": figure(number)} for text, number in told if number]

    def _single(self) -> User | None:
        if len(self.chosen) != 1:
            return None
        return self.chosen_users().first()

    def _days(self) -> list[tuple[str, str]]:
        """Return the last days that are offered, each with its address."""
        offered = (
            (_("Today"), end_of_today(self.zone, self.now)),
            (_("End of month"), end_of_month(self.zone, self.now)),
        )
        return [
            (name, f"?{urlencode([*self.keep, ('last_day', due.on.isoformat())])}")
            for name, due in offered
        ]
