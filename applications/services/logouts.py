"""Ending sessions in applications, and the rows by which each application is told (back-channel).

Whoever ends access, by a block, a delete or a reset, ends the sessions with it, in the same
transaction. Where a license goes, a subscription, or a change of the application itself, the
activity log is followed: no service that writes there knows of applications. The network is left to
`logout_delivery`.
"""

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers.actions import Action
from customers.models import AuditEvent
from customers.services import bulk
from customers.services.following import follow
from customers.services.transactions import transactional

from ..gate import who_may_enter
from ..models import Application, AppSession, AppSessionQuerySet, Logout
from .queue import send_logouts

FOLLOWER = "logouts"
# What can take the right to enter from somebody whose access to the portal goes on.
OF_USERS = (Action.LICENSE_REVOKED, Action.LICENSE_SERVICES)
OF_CUSTOMERS = (Action.SUBSCRIPTION_SUSPENDED, Action.SUBSCRIPTION_CANCELED)
OF_APPLICATIONS = (Action.APPLICATION_CHANGED, Action.APPLICATION_SWITCHED)
FOLLOWED = frozenset({*OF_USERS, *OF_CUSTOMERS, *OF_APPLICATIONS})


@transactional
def end_and_tell(sessions: AppSessionQuerySet) -> list[AppSession]:
    """End those of the sessions that have not ended yet, and have their applications told; return
    them.

    An application without a logout address hears of it when it next asks for anything.
    """
    locked = sessions.filter(ended_at=None).select_for_update(of=("self",), no_key=True)
    # Tens of thousands, it may be, of whom no more is needed.
    needed = ("application", "sid", "user__uuid", "user__customer")
    ended = list(locked.select_related("user").only(*needed).order_by("pk"))
    now = timezone.now()
    AppSession.objects.filter(pk__among=[session.pk for session in ended]).update(ended_at=now)
    # Asked which are not, so that one that a customer does not see any more is still told.
    there = Application.objects.filter(pk__in={session.application_id for session in ended})
    deaf = set(there.filter(Q(logout_uri="") | Q(client=None)).values_list("pk", flat=True))
    told = [session for session in ended if session.application_id not in deaf]
    bulk.insert(
        Logout,
        [
            Logout(
                application_id=session.application_id,
                customer_id=session.user.customer_id or 0,
                user_uuid=session.user.uuid,
                user_id=session.user_id,
                sid=session.sid,
                due_at=now,
            )
            for session in told
        ],
    )
    for application in sorted({session.application_id for session in told}):
        transaction.on_commit(partial(send_logouts, application))
    return ended


def sign_out_of_applications(users: Sequence[int]) -> None:
    """End all sessions of these users in applications; called with the end of their access."""
    sessions = AppSession.objects.filter(user__among=users, ended_at=None)
    # Most users have none, and their block should cost no more than this question.
    if sessions.exists():
        end_and_tell(sessions)


def follow_for_logouts() -> int:
    """End the sessions of those who may not enter any more; return how many events were read."""
    return follow(FOLLOWER, FOLLOWED, end_what_may_not_stand)


def end_what_may_not_stand(events: Sequence[AuditEvent]) -> None:
    def about(actions: Collection[Action]) -> Sequence[AuditEvent]:
        return [event for event in events if event.action in actions]

    touched = AppSession.objects.filter(
        Q(user__among=[event.target_id for event in about(OF_USERS)])
        | Q(user__customer__in={event.customer_id for event in about(OF_CUSTOMERS)})
        | Q(application__in={event.target_id for event in about(OF_APPLICATIONS)}),
        ended_at=None,
    )
    found = touched.order_by("application").values_list("application", flat=True).distinct()
    for application in Application.objects.filter(pk__in=list(found)):
        may = who_may_enter(application).filter(pk=OuterRef("user"))
        end_and_tell(touched.filter(~Exists(may), application=application))


@transactional
def part_from(application: Application) -> None:
    """End all sessions of an application that is about to be removed, and keep where to tell it."""
    end_and_tell(AppSession.objects.filter(application=application))
    rows = Logout.objects.filter(application=application, settled_at=None)
    rows.update(address=application.logout_uri, audience=application.client_id or "")
