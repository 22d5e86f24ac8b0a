"""Whose accounts should be in an application: written down by following the activity log.

Rows say what is wanted, and `converging` makes it true. That a row is woken too often costs a
comparison of two hashes, so that any change of a user wakes it.
"""

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Q

from customers.actions import Action
from customers.models import AuditEvent
from customers.services import bulk
from customers.services.following import follow
from customers.services.transactions import transactional

from ...gate import who_may_enter
from ...lookup import hold_application
from ...models import Application, Provision, Provisioning
from ...models.provisioning import look_again
from ..queue import send_accounts

FOLLOWER = "provisioning"
OF_USERS = (
    Action.USER_ADDED,
    Action.USER_CHANGED,
    Action.USER_BLOCKED,
    Action.USER_ALLOWED,
    Action.USER_DELETED,
    Action.USER_RESTORED,
    Action.USER_REMOVED,
    Action.LICENSE_ASSIGNED,
    Action.LICENSE_REVOKED,
    Action.LICENSE_SERVICES,
)
OF_CUSTOMERS = (
    Action.SUBSCRIPTION_SUSPENDED,
    Action.SUBSCRIPTION_RESUMED,
    Action.SUBSCRIPTION_CANCELED,
)
OF_APPLICATIONS = (Action.APPLICATION_CHANGED, Action.APPLICATION_SWITCHED)
FOLLOWED = frozenset({*OF_USERS, *OF_CUSTOMERS, *OF_APPLICATIONS})


def follow_for_provisioning() -> int:
    """Write down what is wanted since the last time; return how many events were read."""
    return follow(FOLLOWER, FOLLOWED, reckon_what_changed)


def reckon_what_changed(events: Sequence[AuditEvent]) -> None:
    partners = {event.partner_id for event in events}
    there = Provisioning.objects.working().filter(application__partner__in=partners)
    for provisioning in there.select_related("application").order_by("application"):
        application, own = provisioning.application, provisioning.application.partner_id
        of_partner = [event for event in events if event.partner_id == own]
        if any(
            event.action in OF_APPLICATIONS and event.target_id == application.pk
            for event in of_partner
        ):
            reckon(application)
            continue
        users = {event.target_id or 0 for event in of_partner if event.action in OF_USERS}
        customers = {event.customer_id or 0 for event in of_partner if event.action in OF_CUSTOMERS}
        if users or customers:
            reckon(application, Q(pk__among=users), Q(user_id__among=users), customers)


@transactional
def reckon(
    application: Application,
    users: Q | None = None,
    rows: Q | None = None,
    customers: Collection[int] = (),
) -> int:
    """Write down who should have an account, of all or of these; return how many rows that woke.

    `users` and `rows` are the same condition, on a user and on a row.
    """
    # The application first, which may be removed at this moment. Then one at a time: two would
    # make the same row.
    there_still = hold_application(application.pk)
    own = Provisioning.objects.select_for_update(no_key=True).filter(application=application)
    if not there_still or not list(own):
        return 0
    may = who_may_enter(application)
    known = Provision.objects.filter(application=application)
    if users is not None and rows is not None:
        may = may.filter(users | Q(customer__in=customers))
        known = known.filter(rows | Q(customer__in=customers))
    entering = {
        pk: (uuid, customer) for pk, uuid, customer in may.values_list("pk", "uuid", "customer")
    }
    locked = known.select_for_update(no_key=True).order_by("pk")
    there = {
        user: (pk, wanted) for pk, user, wanted in locked.values_list("pk", "user_id", "wanted")
    }
    new = [pk for pk in sorted(entering) if pk not in there]
    bulk.insert_alike(
        Provision,
        {"application_id": application.pk},
        {
            "user_id": new,
            "user_uuid": [entering[pk][0] for pk in new],
            "customer_id": [entering[pk][1] for pk in new],
        },
    )
    stay = [pk for user, (pk, _wanted) in there.items() if user in entering]
    go = [pk for user, (pk, wanted) in there.items() if wanted and user not in entering]
    for ids, wanted in (stay, True), (go, False):
        Provision.objects.filter(pk__among=ids).update(wanted=wanted, **look_again())
    if new or stay or go:
        transaction.on_commit(partial(send_accounts, application.pk))
    return len(new) + len(stay) + len(go)
