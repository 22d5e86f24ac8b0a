"""Plans to remove users, as their page shows them: each step, its state, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User, UserQuerySet
from customers.formats import figure, first_and_more, users_already_so, users_updated
from customers.models import Batch, BatchKind, BatchState, Customer

from ..leave_steps import STEP_OF
from ..models import PlanKind, Schedule, ScheduledUser, SchedulePlan, ScheduleState
from .schedules import is_running

WAITS, WORKS = gettext_lazy("Scheduled"), gettext_lazy("In progress")
DONE, NOT_DONE = gettext_lazy("Done"), gettext_lazy("Not done")
CANCELED, UNDONE = gettext_lazy("Canceled"), gettext_lazy("Undone")


@dataclass(frozen=True)
class StepRow:
    """A step of a plan, as it is now."""

    schedule: Schedule

    @property
    def label(self) -> str | Promise:
        return STEP_OF[self.schedule.kind].label

    @property
    def waits(self) -> bool:
        return self.schedule.state == ScheduleState.WAITING

    @property
    def works(self) -> bool:
        """Whether its batch, or the undo of it, is under way."""
        return is_running(self.schedule.batch) or is_running(self.schedule.undo)

    @property
    def is_done(self) -> bool:
        batch = self.schedule.batch
        if batch is None or batch.state != BatchState.DONE:
            return False
        return bool(batch.done or batch.already)

    @cached_property
    def state(self) -> tuple[str, str | Promise]:
        """Return the tone of its state, and the word."""
        step = self.schedule
        if step.undo is not None and step.undo.state == BatchState.DONE:
            return "neutral", UNDONE
        if self.works:
            return "info", WORKS
        if step.state == ScheduleState.WAITING:
            return "info", WAITS
        if step.state == ScheduleState.CANCELED:
            return "neutral", CANCELED
        return ("success", DONE) if self.is_done else ("danger", NOT_DONE)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return what came of it, in sentences, each with the address of its batch, or ""."""
        step, found = self.schedule, []
        if step.refusal:
            found.append((step.refusal, ""))
        found += _results(step.batch, self._done)
        found += _results(step.undo, _undone)
        if step.undo_refusal:
            found.append((_("Not undone: %(why)s") % {"why": step.undo_refusal}, ""))
        return found

    def _done(self, number: int) -> list[str]:
        found = [users_updated(number)]
        if self.schedule.kind == BatchKind.BLOCK:
            text = ngettext(
                "%(count)s user signed out everywhere.",
                "%(count)s users signed out everywhere.",
                number,
            )
            found.append(text % {"count": figure(number)})
        return found


def _undone(number: int) -> list[str]:
    text = ngettext("Undone for %(count)s user.", "Undone for %(count)s users.", number)
    return [text % {"count": figure(number)}]


def _results(batch: Batch | None, done: Callable[[int], list[str]]) -> list[tuple[str, str]]:
    if batch is None or batch.state != BatchState.DONE:
        return []
    url = reverse("accounts:batch-detail", args=[batch.pk])
    found = [(text, url) for text in (done(batch.done) if batch.done else [])]
    if batch.already:
        found.append((users_already_so(batch.already), url))
    if batch.failed:
        text = ngettext(
            "%(count)s user was not changed; see why.",
            "%(count)s users were not changed; see why.",
            batch.failed,
        )
        found.append((text % {"count": figure(batch.failed)}, url))
    return found


def rows_of(plan: SchedulePlan) -> list[StepRow]:
    """Return the steps of a plan in the order of their days; one query."""
    steps = plan.schedules.select_related("batch", "undo").order_by("due_at", "pk")
    return [StepRow(step) for step in steps]


def users_of(plan: SchedulePlan) -> UserQuerySet:
    """Return the users whom a plan removes, those that are still known."""
    items = ScheduledUser.objects.filter(schedule__plan=plan)
    users = User.objects.filter(pk__in=items.values("user"))
    return users.order_by("sort_name", "pk")


@dataclass(frozen=True)
class PlanRow:
    """A plan in a list; of the queryset of plans_for_list."""

    plan: SchedulePlan

    @property
    def names(self) -> str:
        """Return the first of its users, and how many more."""
        return _named(self.plan)

    @property
    def state(self) -> tuple[str, str | Promise]:
        plan = self.plan
        if plan.undo_at is not None:
            return ("neutral", UNDONE) if plan.undone_at else ("info", WORKS)
        states = {step.state for step in plan.schedules.all()}
        if ScheduleState.WAITING in states:
            return "info", WAITS
        if states == {ScheduleState.CANCELED}:
            return "neutral", CANCELED
        return ("danger", NOT_DONE) if ScheduleState.FAILED in states else ("success", DONE)

    @property
    def next_step(self) -> StepRow | None:
        """Return the step that comes next."""
        waiting = [step for step in self.plan.schedules.all() if StepRow(step).waits]
        return StepRow(min(waiting, key=lambda step: (step.due_at, step.pk))) if waiting else None


def _named(plan: SchedulePlan) -> str:
    first, count = plan.first_name, plan.user_count  # type: ignore[attr-defined]
    if not count:
        return _("Users who have been deleted permanently")
    return first_and_more(first, count - 1)


def plans_for_list(customer: Customer) -> QuerySet[SchedulePlan]:
    """Return the plans to remove users of a customer, with what PlanRow needs, the last first."""
    items = ScheduledUser.objects.filter(schedule__plan=OuterRef("pk"))
    first = items.order_by("user__sort_name", "user").values("user__display_name")[:1]
    number = items.order_by().values("schedule__plan").annotate(n=Count("user", distinct=True))
    plans = SchedulePlan.objects.filter(customer=customer, kind=PlanKind.LEAVE)
    counted = plans.annotate(
        first_name=Subquery(first), user_count=Coalesce(Subquery(number.values("n")), 0)
    )
    return counted.select_related("by").prefetch_related("schedules").order_by("-pk")


def last_plan_of(user: User) -> SchedulePlan | None:
    """Return the last plan to remove a user, if there is one that was not undone."""
    items = ScheduledUser.objects.filter(user=user)
    own = SchedulePlan.objects.filter(kind=PlanKind.LEAVE, pk__in=items.values("schedule__plan"))
    return own.filter(undone_at=None).select_related("by", "undo_by").order_by("-pk").first()
