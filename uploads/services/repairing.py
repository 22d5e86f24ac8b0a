"""All rows of one cause at once: a value replaced, suggestions taken, rows dropped."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.columns import USER_NAME
from accounts.models import User
from customers.errors import Refused
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import bulk
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import RowOutcome, Upload, UploadRow, UploadState
from ..reading import Repair, RepairAction
from .cells.repairs import DOMAINS, repair_cells, repaired_field, takes_warned
from .confirming import check_seen
from .editing import check_texts, judge_again, no_such_column, too_long
from .entries import PERMISSIONS, SUBSCRIPTIONS
from .queue import send_upload
from .readings import ask_to_stop, leave_repair
from .receiving import lock_open

# So many rows are looked through at once; more are left to a worker.
AT_ONCE = 1_000
# What is put into any number of rows.
TEXT_LENGTH = 1_000
# Of these a value is chosen, and none is no choice.
_CHOSEN = {USER_NAME, "country", "usage_location", PERMISSIONS, SUBSCRIPTIONS}


def may_replace(cause: str, columns: Sequence[str]) -> bool:
    """Whether one text can be right for many rows: no user name is, but its domain."""
    column = cause.partition(" ")[0]
    if column == USER_NAME:
        return cause in DOMAINS
    return bool(column) and column in columns


@transactional
def repair_rows(upload: Upload, repair: Repair, *, seen: str, actor: User) -> int | None:
    """Repair all rows that are meant, check them again, and return how many.

    The page has shown the rows whose fingerprint is `seen`, and says how many. Where many are to be
    looked through a worker does it: then return None, and for a second click too.
    """
    try:
        fresh = lock_open(upload, actor=actor, states=[UploadState.CHECKED])
    except Refused as refused:
        if refused.code == "rows-being-checked" and _waits(upload, repair):
            return None
        raise
    check_seen(fresh, seen)
    texts = [repair.text, repair.cause, repair.value or ""]
    check_texts(texts)
    if max(map(len, texts)) > TEXT_LENGTH:
        raise too_long(TEXT_LENGTH)
    columns = fresh.reading.columns
    if repair.action == RepairAction.REPLACE and not may_replace(repair.cause, columns):
        raise no_such_column()
    if repair.action == RepairAction.REPLACE and not repair.text and repair.column in _CHOSEN:
        raise Refused(_("Choose a value first, then replace."), code="malformed")
    candidates = list(_candidates(fresh, repair).order_by("number")[: AT_ONCE + 1])
    if len(candidates) > AT_ONCE:
        fresh.refusal, fresh.reading.repair = "", repair
        fresh.save(update_fields=["refusal", "refusal_said", "reading", *fresh.wait()])
        transaction.on_commit(lambda: send_upload(fresh.pk))
        return None
    changed = repair_cells(candidates, repair, columns, set())
    if not changed:
        raise Refused(
            _("No row has anything to repair in this way. Load the page again."), code="row-gone"
        )
    bulk.update(changed, [repaired_field(repair)])
    judge_again(fresh, changed, actor=actor, repaired_by=repair.action)
    return len(changed)


def stop_repair(upload: Upload, *, begun: str, actor: User) -> None:
    """Stop the repair that waits for a worker, or that one is at: of its rows none is changed.

    The page has shown the one that was `begun` then (`Upload.begun`). Refused where it is over
    already, also where a colleague has begun another; the upload stays open in any case.
    """
    check_actor(actor, Capability.MANAGE_USERS, customer=upload.customer)
    fresh = Upload.objects.get(pk=upload.pk)
    is_waiting = fresh.state == UploadState.WAITING and fresh.reading.repair is not None
    if not is_waiting or fresh.begun != begun:
        raise Refused(
            _("The repair was already done. The upload is still open."), code="repair-over"
        )
    ask_to_stop(fresh)
    leave_repair(fresh)


def _waits(upload: Upload, repair: Repair) -> bool:
    """Whether a worker has this very repair to do already."""
    fresh = Upload.objects.only("state", "reading").get(pk=upload.pk)
    return fresh.state == UploadState.WAITING and fresh.reading.repair == repair


def _candidates(upload: Upload, repair: Repair) -> QuerySet[UploadRow]:
    """Return the rows among which are those that are meant."""
    wrong = Q(outcome=RowOutcome.WRONG)
    return upload.rows.filter(wrong | Q(warns=True) if takes_warned(repair) else wrong)
