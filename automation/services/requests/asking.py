"""Asking: once for each thing, and not again and again."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from applications.models import Application
from customers.actions import Action
from customers.errors import Refused
from customers.formats import figure, name_of
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional
from licensing.models import Product
from licensing.services.subscriptions import MAX_SEATS

from ...models import LicenseRequest, RequestKind, RequestState
from ...queries.wishes import Wish, Wishes
from .telling import end_telling, tell_of_request

# So often a user may ask within a day, for whatever it is: canceled ones count.
MOST_A_DAY = 10
DAY = timedelta(days=1)


@transactional
def ask_for_license(
    wish: str,
    *,
    asker: User,
    application: Application | None = None,
    words: str = "",
    now: datetime | None = None,
) -> LicenseRequest:
    """Ask for what the user lacks: the `value` of a Wish, as it can be wished for now.

    Raise Refused where it can't be any more, was asked for already, or was declined just now.
    """
    now = now or timezone.now()
    asker = _lock(asker)
    wishes = Wishes(asker, now=now)
    found = _find(wish, wishes, application)
    product = found.product
    if product.pk in wishes.open:
        raise _asked_already(product)
    if (until := wishes.declined.get(product.pk)) is not None:
        text = _("You asked for %(product)s recently. You can ask again on %(day)s.")
        day = date_format(timezone.localtime(until), "DATE_FORMAT")
        raise Refused(text % {"product": product.name, "day": day}, code="request-too-soon")
    request = LicenseRequest(
        customer=asker.customer,
        kind=RequestKind.LICENSE,
        user=asker,
        product=product,
        service=found.plan.code if found.plan else "",
        application=application.name if application else "",
        words=words,
        made_at=now,
    )
    return _write(request, asker, now)


def _lock(asker: User) -> User:
    """Lock who asks, so that what is asked at the same time is counted. Refused for staff."""
    users = User.objects.active().filter(pk=asker.pk, blocked_at=None, customer__isnull=False)
    locked = users.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("customer__partner").first()
    if found is None:
        raise Refused(
            _("Only users of a customer can ask for licenses."), code="requests-of-users-only"
        )
    return found


def _find(value: str, wishes: Wishes, application: Application | None) -> Wish:
    of_customer = Application.objects.visible_to(wishes.user)
    if application is None:
        possible = wishes.of_products()
    elif of_customer.filter(pk=application.pk).exists():
        possible = wishes.of_applications([application]).get(application.pk, [])
    else:
        possible = []
    found = next((wish for wish in possible if wish.value == value), None)
    if found is None:
        raise Refused(
            _("There is nothing to ask for here: you may have it by now. Load the page again."),
            code="nothing-to-ask-for",
        )
    return found


@transactional
def ask_for_seats(
    product: Product,
    seats: int,
    *,
    customer: Customer,
    asker: User,
    words: str = "",
    now: datetime | None = None,
) -> LicenseRequest:
    """Ask the partner for so many seats more. Refused where that was asked for already."""
    now = now or timezone.now()
    check_actor(asker, Capability.MANAGE_LICENSES, customer=customer)
    asker = _lock(asker)
    if not 1 <= seats <= MAX_SEATS:
        text = _("Enter a number of seats from 1 to %(most)s.")
        raise Refused(
            text % {"most": figure(MAX_SEATS)}, code="seats-asked-for-wrong", field="seats"
        )
    request = LicenseRequest(
        customer=customer,
        kind=RequestKind.SEATS,
        user=asker,
        product=product,
        seats=seats,
        words=words,
        made_at=now,
    )
    return _write(request, asker, now)


def _write(request: LicenseRequest, asker: User, now: datetime) -> LicenseRequest:
    """Write it down, log it, and tell those who can answer."""
    today = LicenseRequest.objects.filter(user=asker, made_at__gt=now - DAY)
    if today.count() >= MOST_A_DAY:
        text = _("You have asked for a lot today. You can ask for more tomorrow.")
        raise Refused(text, code="requests-too-many")
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        raise _asked_already(request.product) from None
    log_request(Action.REQUEST_MADE, request, by=asker)
    tell_of_request(request, now=now)
    return request


def _asked_already(product: Product) -> Refused:
    text = _("%(product)s was already asked for and waits for an answer.")
    return Refused(text % {"product": product.name}, code="request-open")


@transactional
def cancel_request(
    request: LicenseRequest, *, asker: User, now: datetime | None = None
) -> LicenseRequest:
    """Take back one's own request. Refused when it was answered just now."""
    fresh = take_open(request)
    if fresh.user_id != asker.pk or not fresh.user.is_active:
        raise Refused(_("Only the user who asked can cancel it."), code="request-of-others")
    fresh.state, fresh.answered_by = RequestState.CANCELED, fresh.user
    fresh.answered_at = now or timezone.now()
    fresh.save(update_fields=["state", "answered_by", "answered_at"])
    log_request(Action.REQUEST_CANCELED, fresh, by=fresh.user)
    end_telling(fresh, now=now)
    return fresh


def request_gone() -> Refused:
    return Refused(_("This request no longer exists."), code="request-gone")


def take_open(request: LicenseRequest) -> LicenseRequest:
    """Lock and return an open request. Refused, with what was answered, when it is over."""
    rows = LicenseRequest.objects.select_for_update(no_key=True, of=("self",))
    fresh = rows.for_list().filter(pk=request.pk).first()
    if fresh is None:
        raise request_gone()
    if not fresh.is_open:
        raise Refused(outcome_of(fresh), code="request-answered")
    return fresh


def outcome_of(request: LicenseRequest) -> str:
    """Return what became of a request that is over, by whom and when, in a sentence."""
    moment = timezone.localtime(request.answered_at) if request.answered_at else None
    facts = {
        "name": name_of(request.answered_by),
        "when": date_format(moment, "DATETIME_FORMAT") if moment else "",
    }
    if request.state == RequestState.APPROVED:
        return _("Approved by %(name)s on %(when)s.") % facts
    if request.state == RequestState.DECLINED:
        return _("Declined by %(name)s on %(when)s.") % facts
    return _("Canceled by %(name)s on %(when)s.") % facts


def log_request(action: Action, request: LicenseRequest, *, by: User) -> None:
    """Write an event about who asked, which names what was asked for, and none of the words."""
    changes = {
        "product": request.product.name,
        "service": request.service,
        "application": request.application,
        "seats_wanted": request.seats,
    }
    given = {name: value for name, value in changes.items() if value}
    entry = audit.Entry(action, request.user, given)
    audit.record([entry], actor=by, customer=request.customer)
