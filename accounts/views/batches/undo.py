"""Undo: first what it will do, and whom it leaves alone; then the action."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from customers.errors import AlreadyDone, Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.services.batches import new_key
from customers.tenancy import require

from ...actions.registry import action_of
from ...models import User
from ...queries.user_briefs import Brief
from ...services.undo import plan_undo, undo_batch
from ...signin.reauthentication import ProofMixin
from .base import BatchMixin, label_of
from .coming_back import came_from, come_back

# So many users are named, and the others counted.
NAMED = 50


def first_by_name(rows: Iterable[Brief]) -> list[Brief]:
    """Return the first ones, in the order that every list of users has."""
    by_id = {row.pk: row for row in rows}
    named = User.objects.filter(pk__among=list(by_id)).order_by("sort_name", "pk")
    return [by_id[pk] for pk in named.values_list("pk", flat=True)[:NAMED]]


class BatchUndoView(BatchMixin, TemplateView, ProofMixin):
    template_name = "accounts/batch_undo.html"

    def needs_proof(self) -> bool:
        return action_of(self.batch.kind).is_grave_to_undo(self.batch)

    def check(self) -> None:
        inverse = action_of(self.batch.kind).inverse
        if inverse is not None:
            require(self.request.user, inverse.capability)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor, key = self.request.user, request.POST.get("key", "")
        try:
            reason = told_reason(request.POST)
            done = undo_batch(self.batch, actor=actor, key=key, reason=reason)
        except AlreadyDone as twin:
            done = twin.batch  # type: ignore[assignment]
        except Refused as refusal:
            self.batch.refresh_from_db()
            return self.render_to_response(self.get_context_data(refusal=str(refusal)))
        return come_back(request, done, came_from(request))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "customer": self.customer,
            "batch": self.batch,
            "back_url": came_from(
                self.request, reverse("accounts:batch-detail", args=[self.batch.pk])
            ),
            "label": label_of(self.batch),
            "key": new_key(),
            "reason_form": ReasonForm(self.request.POST or self.kept or None),
        }
        try:
            plan = plan_undo(self.batch, actor=self.request.user)
        except Refused as why:
            return super().get_context_data(**kwargs) | context | {"reason": str(why)}
        why_left = {row.pk: why for row, _outcome, why in plan.left}
        return super().get_context_data(**kwargs) | {
            **context,
            "points": plan.points,
            "users": first_by_name(plan.users),
            "users_more": max(len(plan.users) - NAMED, 0),
            "left": [
                (row, why_left[row.pk])
                for row in first_by_name(row for row, _outcome, _why in plan.left)
            ],
            "left_count": len(plan.left),
            "left_more": max(len(plan.left) - NAMED, 0),
        }
