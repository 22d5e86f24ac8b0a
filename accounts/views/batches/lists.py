"""Running and recent: batches of oneself and of others, those under way with their progress."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers import progress
from customers.errors import Refused
from customers.models import Batch, BatchState, Customer
from customers.progress import Stage, Told
from customers.roles import Capability, Reach
from customers.tenancy import RoleMixin, require
from customers.views.lists import PLACE, address
from customers.views.place import page_by_id

from ...actions.registry import action_of
from ...models import User
from ...services.running import cancel
from ..tabs import Tab
from ..user_rows import State
from .base import UNDER_WAY, BatchMixin, label_of, seen_by, undo_url

ALL = "everybody"


@dataclass(frozen=True, slots=True)
class Bar:
    """The progress for components/progress.html: users done of all, perhaps not begun yet."""

    done: int
    total: int
    working: bool
    stage: Stage = Stage.REST

    @property
    def label(self) -> str:
        if self.stage == Stage.PASSWORDS:
            return _("Making temporary passwords")
        return _("Working") if self.working else _("Waiting for a worker")


def bar_of(batch: Batch, told: Told | None) -> Bar:
    if told is None:
        return Bar(0, batch.total, working=False)
    return Bar(int(batch.total * told.share), batch.total, working=True, stage=told.stage)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row of the list; `bar` is None once the batch is over."""

    batch: Batch
    bar: Bar | None
    undo_url: str

    @property
    def label(self) -> str:
        return label_of(self.batch)

    @property
    def state(self) -> State:
        return state_of(self.batch)


def state_of(batch: Batch) -> State:
    """Return the state of a batch of `for_list` in a word."""
    if batch.is_undone:
        return State("neutral", _("Undone"))
    if batch.state == BatchState.DONE and batch.failed:
        return State("warning", _("Incomplete"))
    tones = {BatchState.DONE: "success", BatchState.FAILED: "danger"}
    return State(tones.get(BatchState(batch.state), "neutral"), batch.get_state_display())


class BatchListView(RoleMixin, TemplateView):
    template_name = "accounts/batch_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        mine = self.request.GET.get("who") != ALL
        all_url = address(self.request, who=ALL, **PLACE)
        seen = Customer.objects.visible_to(actor)
        batches = seen_by(actor).filter(customer__in=seen).for_list()
        found, pager = page_by_id(self.request, batches.filter(by=actor) if mine else batches)
        rows = batch_rows(found, actor)
        parts = [f"#state-{row.batch.pk},#undo-{row.batch.pk}" for row in rows if row.bar]
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "pager": pager if pager.previous_url or pager.next_url else None,
            "mine": mine,
            "not_all": actor.reach(Capability.SEE_ACTIVITY) < Reach.FULL,
            "tabs": [
                Tab(_("Mine"), address(self.request, who=None, **PLACE), mine),
                Tab(_("All"), all_url, not mine),
            ],
            # The parts of the page that follow by themselves, as hx-select-oob has them.
            "swaps": ",".join(["#follow", *parts]) if parts else "",
            "all_url": all_url,
        }


def batch_rows(batches: Iterable[Batch], actor: User) -> list[BatchRow]:
    """Return rows with one question to the cache for all under way, none to the database."""
    rows = list(batches)
    told = progress.told_of_each([row.pk for row in rows if row.state in UNDER_WAY])
    return [
        BatchRow(
            row,
            bar_of(row, told.get(row.pk)) if row.state in UNDER_WAY else None,
            undo_url(row, actor),
        )
        for row in rows
    ]


class BatchCancelView(BatchMixin):
    http_method_names = ["post"]

    def check(self) -> None:
        require(self.request.user, action_of(self.batch.kind).capability)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            cancel(self.batch, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("accounts:batch-detail", self.batch.pk)
