"""Where an action leads: back to where it was asked for, with a notice of it and Undo."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from customers.formats import NO_CHANGE_NEEDED, users_already_so, users_not_changed, users_updated
from customers.models import Batch, BatchState, Outcome
from customers.query_params import local_address
from customers.requests import signed_in
from customers.said import retold

from ...actions.registry import action_of
from .base import result_url, undo_url

NEXT = "next"
# Django redirects to no address of 2,048, and one way back may be within another: one that
# is longer is lost, and not the action.
LONGEST = 1_000
# So many reasons are told at once; the details have all.
REASONS = 3


def came_from(request: HttpRequest, default: str = "") -> str:
    """Return the page of this site to come back to, which the address or the form names."""
    given = request.GET.get(NEXT, "") or request.POST.get(NEXT, "")
    return local_address(request, given, default)


def with_way_back(address: str, back: str) -> str:
    """Return the address of a page that leads `back` afterwards."""
    sign = "&" if "?" in address else "?"
    whole = f"{address}{sign}{urlencode({NEXT: back})}" if back else address
    return whole if len(whole) <= LONGEST else address


def come_back(request: HttpRequest, batch: Batch, back: str) -> HttpResponse:
    """Lead `back` with a notice; where that is unknown, and where something is left, to the result.

    Left are passwords to hand over, work that waits for a task, and what was done in part: there
    the result has what to do about it, and leads back itself.
    """
    partly = batch.items.filter(outcome=Outcome.PARTLY).exists()
    if not back or partly or "sheet" in batch.request or batch.state != BatchState.DONE:
        return redirect(with_way_back(result_url(batch), back))
    links = []
    if undo := undo_url(batch, signed_in(request).user):
        links.append((with_way_back(undo, back), _("Undo")))
    if batch.total > 1:
        details = reverse("accounts:batch-detail", args=[batch.pk])
        links.append((with_way_back(details, back), _("Show details")))
    tell = messages.success if batch.done else messages.info
    tell = messages.warning if batch.failed else tell
    heading, further = action_of(batch.kind).heading(batch), _told(batch)
    ways = format_html_join("", ' <a href="{}">{}</a>', links)
    told = format_html('<h2 class="notice-title">{}</h2>{}{}', heading, further, ways)
    tell(request, told)
    return redirect(back)


def _told(batch: Batch) -> str:
    """Return to whom it was done, in a sentence or two: the name of one user, or how many.

    Of one user also the licenses, of all why it was not done.
    """
    undone = batch.items.filter(outcome__in=(Outcome.FAILED, Outcome.SKIPPED, Outcome.ALREADY))
    told = undone.order_by().values_list("reason", "reason_said").distinct()[:REASONS]
    # The same in two languages is the same to who reads it.
    reasons = sorted({retold(*why) for why in told})
    item = batch.items.select_related("user").first()
    if batch.total == 1 and item:
        action, products = action_of(batch.kind).of_item(item), dict[str, str]()
        if action.names_products:
            own = batch.customer.subscriptions.order_by("product__name")
            products = {str(pk): name for pk, name in own.values_list("pk", "product__name")}
        groups = [group for group in action.groups(item, products) if group[1] and not reasons]
        named = f"{item.user.display_name} ({item.user.user_name})."
        further = [f"{label}: {', '.join(words)}." for label, words in groups]
        return " ".join([named, *further, *reasons])
    # Of many it is said with how many they are.
    reasons = [why for why in reasons if why != str(NO_CHANGE_NEEDED)]
    done = [users_updated(batch.done)] if batch.done else []
    already = [users_already_so(batch.already)] if batch.already else []
    left = [users_not_changed(batch.failed)] if batch.failed else []
    return " ".join([*done, *already, *left, *reasons])
