"""What the top bar counts on every page, by one cheap query: new notices, and what is at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.batches.base import seen_by
from accounts.views.batches.lists import ALL
from automation.queries.bell import Bell, is_told, to_count
from customers import progress
from customers.expressions import RowsOf
from customers.log.events import CountOf
from customers.models import BatchState, Customer
from customers.roles import Capability
from uploads.models import Upload, UploadState
from uploads.services.checking import progress_key

# Of batches or uploads, by the names of their fields.
Rows = Sequence[Mapping[str, Any]]

# More of each kind are not counted.
MOST = 99


@dataclass(frozen=True, slots=True)
class AtWork:
    """How many batches and uploads are at work; `percent` None until a worker has begun one."""

    # Seconds until a page asks again: a page that one works on is not to wait for it.
    PAUSE: ClassVar = 5

    count: int = 0
    percent: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    bell: Bell | None = None
    work: AtWork = AtWork()


def counts_of(user: User | None) -> Counts:
    """Return what the top bar tells this user, by one query."""
    if user is None or not is_told(user):
        return Counts()
    asked: list[Any] = [CountOf(to_count(user).values("pk"))]
    if user.can(Capability.SEE):
        asked += [
            RowsOf(_batches(user)[:MOST], "pk", "total"),
            RowsOf(_uploads(user)[:MOST], "pk", "customer_id"),
        ]
    told = User.objects.filter(pk=user.pk).order_by().values_list(*asked).first() or [0]
    new, *working = told
    return Counts(Bell(new), work_of(*(rows or () for rows in working)))


def _batches(user: User) -> QuerySet[Any, Any]:
    """Return the batches at work: until its task commits, one that has begun is waiting too."""
    seen = seen_by(user).filter(customer__in=Customer.objects.visible_to(user))
    return seen.filter(state=BatchState.WAITING).order_by()


def _uploads(user: User) -> QuerySet[Any, Any]:
    """Return the uploads that are being read; those being added are batches."""
    if not user.can(Capability.MANAGE_USERS):
        return Upload.objects.none()
    seen = Upload.objects.filter(customer__in=Customer.objects.visible_to(user))
    return seen.filter(state=UploadState.WAITING).order_by()


def work_of(batches: Rows = (), uploads: Rows = ()) -> AtWork:
    """Return how many these are, how far all of them are, and where they are shown."""
    count = len(batches) + len(uploads)
    if not count:
        return AtWork()
    totals = {row["pk"]: max(row["total"], 1) for row in batches}
    added = progress.told_of_each(totals)
    were_read = progress.told_of_each([progress_key(row["pk"]) for row in uploads])
    # How many rows a file has is known only once it is read.
    done = sum(told.share * totals[pk] for pk, told in added.items())
    done += sum(told.share for told in were_read.values())
    whole = sum(totals.values()) + len(uploads)
    url = f"{reverse('accounts:batch-list')}?who={ALL}"
    if count == 1 and batches:
        url = reverse("accounts:batch-detail", args=[batches[0]["pk"]])
    elif count == 1:
        args = [uploads[0]["customer_id"], uploads[0]["pk"]]
        url = reverse("uploads:upload-detail", args=args)
    return AtWork(count, int(100 * done / whole) if added or were_read else None, url)


@require_safe
@never_cache
@login_not_required
def at_work(request: HttpRequest) -> HttpResponse:
    """Answer how far it is, to a page that shows it; one whose session has ended is left alone."""
    user = request.user if isinstance(request.user, User) else None
    work = counts_of(user).work
    context = {"work": work, "is_over": user is not None and not work.count}
    return render(request, "components/at_work.html", context)
