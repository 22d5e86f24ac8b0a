"""What is told as it happens: a new device, a token near its end, a schedule that is over."""

from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.signin.browsers import named_by
from api.models import Token, TokenKind
from customers.actions import Action
from customers.models import AuditEvent

from ..models import NoticeKind, Schedule, ScheduleState
from .telling import can_be_told, tell


def tell_of_device(request: HttpRequest, user: User) -> None:
    """Tell the user of a sign-in on a device that has not been used for the account before.

    The first sign-in of all is nothing to be told of: every device is new then.
    """
    signed_in = AuditEvent.objects.about(user).filter(action=Action.SIGNED_IN)
    if len(signed_in.order_by("-pk").values_list("pk", flat=True)[:2]) < 2:
        return
    tell(
        NoticeKind.DEVICE,
        [user],
        subject_key=uuid4().hex,
        facts={
            "browser": named_by(request.headers.get("User-Agent", "")),
            "at": timezone.now().isoformat(),
        },
        url=reverse("accounts:session-list"),
    )


def tell_of_token(token: Token, reader: User) -> None:
    facts = {"name": token.name, "prefix": token.prefix, "ends": token.ends_at.isoformat()}
    url = reverse("api:token-list")
    if token.kind == TokenKind.SOURCE:
        source = token.user.source
        facts |= {"owner_kind": "source", "owner": source.name}
        url = reverse("api:source-detail", args=[source.customer_id, source.pk])
    elif token.user.is_machine:
        facts |= {"owner_kind": "integration", "owner": token.user.display_name}
        url = reverse("api:integration-detail", args=[token.user_id])
    tell(NoticeKind.TOKEN, [reader], subject_key=str(token.pk), facts=facts, url=url)


def tell_of_schedule(schedule: Schedule) -> None:
    """Tell who scheduled it that it was done, or could not be; of a canceled one nothing.

    Where they are gone, those are told who look after the partner's team.
    """
    if schedule.state == ScheduleState.CANCELED:
        return
    by = schedule.by
    readers = [by] if by is not None and can_be_told(by) else []
    if not readers:
        readers = list(User.objects.team_admins().filter(partner=schedule.customer.partner_id))
    failed = schedule.state == ScheduleState.FAILED
    batch = schedule.batch
    if batch is not None:
        url = reverse("accounts:batch-detail", args=[batch.pk])
    else:
        url = reverse("automation:schedule-detail", args=[schedule.pk])
    tell(
        NoticeKind.SCHEDULE_FAILED if failed else NoticeKind.SCHEDULE_DONE,
        readers,
        subject_key=str(schedule.pk),
        customer=schedule.customer,
        facts={
            "action": schedule.kind,
            "users": schedule.items.count(),
            "left": 0 if failed or batch is None else batch.failed,
        },
        url=url,
    )
