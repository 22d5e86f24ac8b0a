"""Comparing what is in an application with what should be: before the first run, and each night.

It looks and counts. What it finds to be otherwise than the rows say it has looked at again, where
the application is being provisioned already; an account of nobody known is listed, and left alone.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from customers.said import columns_of
from customers.said import gettext as _
from customers.services.transactions import transactional

from ...gate import who_may_enter
from ...models import Provision, Provisioning, ProvisionState
from ...models.provisioning import look_again
from ...scim import Account, Setback, Target
from ..queue import COMPARE_FOR, send_accounts, send_comparison
from .converging import connect

# Names of strangers that are kept, to be shown.
LISTED = 50
NIGHTLY = timedelta(hours=20)


def compare(application_id: int) -> bool:
    """Compare the application with what should be; return whether it could be asked."""
    found = Provisioning.objects.filter(application=application_id, application__is_on=True)
    provisioning = found.select_related("application").first()
    if provisioning is None:
        return False
    try:
        with connect(provisioning) as target:
            there = _all_of(target)
    except Setback as setback:
        _write(provisioning, columns_of("problem", setback.reason))
        return False
    _write(provisioning, differences(provisioning, there))
    if provisioning.is_on:
        mend(provisioning, there)
    return True


def _all_of(target: Target) -> dict[str, Account]:
    ends, there = time.monotonic() + COMPARE_FOR, dict[str, Account]()
    for one in target.all():
        if time.monotonic() > ends:
            raise Setback(_("The application takes too long to list its accounts."))
        there[one.id] = one
    return there


@transactional
def _write(provisioning: Provisioning, comparison: Mapping[str, Any]) -> None:
    rows = Provisioning.objects.filter(pk=provisioning.pk)
    rows.update(comparison=comparison, compared_at=timezone.now(), compare_asked_at=None)


def differences(provisioning: Provisioning, there: Mapping[str, Account]) -> dict[str, Any]:
    """Return how many accounts a full run makes, takes over and takes, and who is left alone."""
    may = who_may_enter(provisioning.application)
    names = {name.casefold() for name in may.values_list("user_name", flat=True)}
    own = Provision.objects.filter(application=provisioning.application_id).exclude(external_id="")
    known = dict(own.values_list("external_id", "wanted"))
    by_name = {one.user_name.casefold(): one for one in there.values()}
    strangers = sorted(
        one.user_name
        for one in there.values()
        if one.is_active and one.id not in known and one.user_name.casefold() not in names
    )
    return {
        "there": len(there),
        "make": len(names - by_name.keys()),
        "take_over": sum(name in by_name and by_name[name].id not in known for name in names),
        "take": sum(
            not wanted and there[pk].is_active for pk, wanted in known.items() if pk in there
        ),
        "strangers": len(strangers),
        "names": strangers[:LISTED],
    }


@transactional
def mend(provisioning: Provisioning, there: Mapping[str, Account]) -> None:
    """Have looked at again what is otherwise than it was left: gone, deactivated, or active."""
    settled = Provision.objects.filter(
        application=provisioning.application_id, state=ProvisionState.DONE
    )
    wrong = []
    for pk, external_id, wanted in settled.values_list("pk", "external_id", "wanted"):
        account = there.get(external_id)
        is_right = (
            account is not None and account.is_active
            if wanted
            else not (account and account.is_active)
        )
        if not is_right:
            wrong.append(pk)
    # What was sent last does not hold any more.
    settled.filter(pk__among=wrong).update(sent="", **look_again())
    if wrong:
        send_accounts(provisioning.application_id)


def compare_all() -> int:
    """Send for a comparison of each application that had none for a day; return of how many."""
    long_ago = timezone.now() - NIGHTLY
    due = Q(compared_at=None) | Q(compared_at__lt=long_ago)
    there = Provisioning.objects.working().filter(due).order_by("pk")
    ids = list(there.values_list("application", flat=True))
    for application in ids:
        send_comparison(application)
    return len(ids)
