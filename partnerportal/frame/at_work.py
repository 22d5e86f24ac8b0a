"""What the top bar counts on every page, by one cheap query: new notices, and what is at work."""

from dataclasses import dataclass
from typing import Any

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
from customers.log.events import CountOf
from customers.models import BatchState, Customer
from customers.roles import Capability
from uploads.models import Upload, UploadState
from uploads.services.checking import progress_key

# More are not counted.
MOST = 99
# Seconds until a page asks again: a page that one works on is not to wait for it.
PAUSE = 5


@dataclass(frozen=True, slots=True)
class AtWork:
    """How many batches and uploads are at work; `percent` None until a worker has begun one."""

    count: int = 0
    percent: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    bell: Bell | None = None
    work: AtWork = AtWork()


def counts_of(user: User | None) -> Counts:
    """Return what the top bar tells this user: by one query, and more only while work is done."""
    if user is None or not is_told(user):
        return Counts()
    rows: list[QuerySet[Any, Any]] = [to_count(user).values("pk")]
    if user.can(Capability.SEE):
        rows += [_batches(user)[: MOST + 1].values("pk"), _uploads(user)[: MOST + 1].values("pk")]
    asked = User.objects.filter(pk=user.pk).order_by().values_list(*map(CountOf, rows))
    # Of what can't be any, the count is NULL.
    new, *working = [number or 0 for number in asked.first() or [0]]
    return Counts(Bell(new), work_of(user) if sum(working) else AtWork())


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


def work_of(user: User) -> AtWork:
    """Return what is at work, with how far all of it is, and where it runs."""
    batches = list(_batches(user).values_list("pk", "total")[:MOST])
    uploads = list(_uploads(user).values_list("pk", "customer_id")[:MOST])
    count = len(batches) + len(uploads)
    if not count:
        return AtWork()
    added = progress.told_of_each([pk for pk, _total in batches])
    were_read = progress.told_of_each([progress_key(pk) for pk, _customer in uploads])
    # How many rows a file has is known only once it is read.
    done = sum(added[pk].share * max(total, 1) for pk, total in batches if pk in added)
    done += sum(told.share for told in were_read.values())
    whole = sum(max(total, 1) for _pk, total in batches) + len(uploads)
    url = f"{reverse('accounts:batch-list')}?who={ALL}"
    if count == 1:
        url = (
            reverse("accounts:batch-detail", args=[batches[0][0]])
            if batches
            else reverse("uploads:upload-detail", args=[uploads[0][1], uploads[0][0]])
        )
    return AtWork(count, int(100 * done / whole) if added or were_read else None, url)


@require_safe
@never_cache
@login_not_required
def at_work(request: HttpRequest) -> HttpResponse:
    """Answer how far it is, to a page that shows it; one whose session has ended is left alone."""
    user = request.user if isinstance(request.user, User) else None
    work = counts_of(user).work
    context = {"work": work, "pause": PAUSE, "is_over": user is not None and not work.count}
    return render(request, "components/at_work.html", context)
