"""Who hears of a request, and of its answer."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import UserQuerySet
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES

from ...models import (
    ANSWERED_BY,
    LicenseRequest,
    Notice,
    NoticeKind,
    RequestKind,
    RequestState,
)
from ...queries.readers import able_to
from ..telling import end_subject, end_these, tell


def tell_of_request(request: LicenseRequest, *, now: datetime | None = None) -> int:
    """Tell those who can answer it; return how many were told."""
    return tell(
        NoticeKind.REQUEST,
        answerers(request),
        subject_key=_subject(request),
        customer=request.customer,
        facts={"product": request.product.name, "seats": request.seats},
        url=reverse("automation:request-detail", args=[request.customer_id, request.pk]),
        about=request.user,
        now=now,
    )


def tell_of_answer(request: LicenseRequest, *, now: datetime | None = None) -> int:
    """Tell the user who has asked, in a way that leaves the words where they are."""
    if request.is_for_seats:
        arguments = [request.customer_id, request.pk]
        url = reverse("automation:request-detail", args=arguments)
    else:
        url = reverse("automation:request-own")
    return tell(
        NoticeKind.ANSWER,
        [request.user],
        subject_key=_subject(request),
        customer=request.customer,
        facts={
            "product": request.wanted,
            "granted": request.state == RequestState.APPROVED,
        },
        url=url,
        now=now,
    )


def end_telling(request: LicenseRequest, *, now: datetime | None = None) -> None:
    """Let it be new to nobody that the request waits: it was answered, or canceled."""
    end_subject(NoticeKind.REQUEST, _subject(request), now=now)


def end_over(now: datetime | None = None) -> int:
    """End what was told of any request that is no longer open; return of how many notices.

    The request in which a customer's user cancels or answers may not end what the partner's staff
    were told.
    """
    told = Notice.objects.filter(
        kind=NoticeKind.REQUEST, subject_key__startswith="request ", ended_at=None
    )
    standing = [(pk, int(key.split()[1])) for pk, key in told.values_list("pk", "subject_key")]
    still = LicenseRequest.objects.filter(
        pk__in={about for _pk, about in standing}, state=RequestState.OPEN
    )
    waits = set(still.values_list("pk", flat=True))
    return end_these([pk for pk, about in standing if about not in waits], now=now)


def _subject(request: LicenseRequest) -> str:
    return f"request {request.pk}"


def answerers(request: LicenseRequest) -> UserQuerySet:
    """Return who is told of it: of a license the customer's administrators, and where there is
    none but the one who asks, or it is for seats, the partner's staff.
    """
    capability = ANSWERED_BY[RequestKind(request.kind)]
    if not request.is_for_seats:
        there = able_to(capability, CUSTOMER_ROLES).filter(customer=request.customer_id)
        others = there.exclude(pk=request.user_id)
        if others.exists():
            return others
    staff = able_to(capability, STAFF_ROLES).filter(partner=request.customer.partner_id)
    seeing = Q(limited_to_customers=False) | Q(allowed_customers=request.customer_id)
    return staff.filter(seeing)
