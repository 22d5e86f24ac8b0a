"""What is at work, in the top bar: how much, and how far it is."""

from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.views.batches.lists import ALL
from customers import progress
from uploads.services.checking import progress_key

from .counts import Counts, counts_for


@dataclass(frozen=True, slots=True)
class AtWork:
    """How many batches and uploads are at work; `percent` None until a worker has begun one."""

    # Seconds until a page asks again: a page that one works on is not to wait for it.
    PAUSE: ClassVar = 5

    count: int = 0
    percent: int | None = None
    url: str = ""


def work_of(counts: Counts) -> AtWork:
    """Return how much is at work, how far all of it is, and where it is shown."""
    batches, uploads = counts.batches, counts.uploads
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
    work = work_of(counts_for(user))
    context = {"work": work, "is_over": user is not None and not work.count}
    return render(request, "components/at_work.html", context)
