"""The steps by which users are removed, in the order in which they are done on one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise

from accounts.actions.base import BulkAction, Request
from accounts.actions.block import BLOCK
from accounts.actions.delete import DELETE
from accounts.actions.licenses import LICENSES, TAKE_ALL
from accounts.actions.reset import RESET, UNSEEN
from customers.errors import Refused
from customers.models import BatchKind
from customers.said import gettext
from customers.said import gettext_lazy as _

from .due import Due, moment

# The end of a last day, and how long after it what else goes is kept.
END_OF_WORK = time(18)
LICENSES_AFTER = timedelta(days=7)
DELETE_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the steps: the action, what it is asked, and how it is called on the pages."""

    action: BulkAction
    label: str | Promise
    text: str | Promise
    after: timedelta
    request: Request

    @property
    def kind(self) -> BatchKind:
        return self.action.kind


STEPS: Sequence[Step] = (
    Step(
        BLOCK,
        _("Block sign-in and sign out everywhere"),
        _("Every open session ends, here and in applications. Licenses and data stay."),
        timedelta(),
        {},
    ),
    Step(
        RESET,
        _("Reset the password"),
        _("The old password stops working. The new one is not shown to anyone."),
        timedelta(),
        UNSEEN,
    ),
    Step(
        LICENSES,
        _("Remove all licenses"),
        _("Their seats are free for others. Whatever is assigned by then is removed."),
        LICENSES_AFTER,
        TAKE_ALL,
    ),
    Step(
        DELETE,
        _("Delete the user account"),
        _("The account can be restored for a limited time."),
        DELETE_AFTER,
        {},
    ),
)
STEP_OF: Mapping[str, Step] = {step.kind: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step that was chosen, for a day and a time; without them it is done at once."""

    step: Step
    due: Due | None = None

    def at(self, zone: str, now: datetime) -> datetime:
        """Return the moment by the clock of the zone."""
        return now if self.due is None else moment(self.due, zone)

    def as_json(self) -> list[Any]:
        return [self.step.kind, self.due and [self.due.on.isoformat(), self.due.at.isoformat()]]


def in_order(wanted: Sequence[Wanted], zone: str, now: datetime) -> list[Wanted]:
    """Return the steps in the order in which they come."""
    places = {step.kind: place for place, step in enumerate(STEPS)}
    return sorted(wanted, key=lambda one: (one.at(zone, now), places[one.step.kind]))


def check_order(ordered: Sequence[Wanted]) -> None:
    """Raise Refused where nothing is to be done, or something after the deletion."""
    kinds = [one.step.kind for one in ordered]
    if not kinds:
        raise Refused(gettext("Choose at least one step."), code="leave-without-step")
    if BatchKind.DELETE in kinds[:-1]:
        text = gettext("The other steps come before. Choose a later date, or delete no account.")
        raise Refused(text, code="leave-after-delete", field=f"{BatchKind.DELETE}_on")


def proposal(last_day: date, zone: str, now: datetime) -> list[Wanted]:
    """Return all steps as proposed for someone's last day; what would be over is done at once."""
    found = []
    for step in STEPS:
        due = Due(last_day + step.after, END_OF_WORK)
        found.append(Wanted(step, due if moment(due, zone) > now else None))
    return found
