"""What staff do about provisioning: its address and token, start and stop, and Try again."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services import audit
from customers.services.transactions import transactional

from ...egress.addresses import check_address
from ...models import Application, Leaving, Provision, Provisioning, ProvisionState
from ...models.provisioning import look_again
from ..applications import take_application
from ..queue import COMPARE_FOR, send_accounts, send_comparison
from .tokens import seal_token
from .wanting import reckon


@dataclass(frozen=True, slots=True)
class Connection:
    """Where an application takes accounts. Without a token the one that is there stays."""

    address: str
    token: str = field(default="", repr=False)
    leaving: str = Leaving.DEACTIVATE


@transactional
def set_up(application: Application, to: Connection, *, actor: User) -> Provisioning:
    """Say where the application takes accounts, or say it anew; nothing is sent before `start`.

    With another address or another host the accounts there are others: all are looked for again.
    """
    application = take_application(application, actor=actor)
    check_address(to.address, field="address")
    # The application is locked: of two who save at once the second changes what the first wrote.
    there = Provisioning.objects.select_for_update(no_key=True).filter(application=application)
    fresh = there.first() or Provisioning(application=application)
    # A token that is kept goes to where it was typed for, and nowhere else.
    moved = fresh.pk and urlsplit(fresh.address)[:2] != urlsplit(to.address)[:2]
    if not to.token and (not fresh.sealed_token or moved):
        raise Refused(_("Enter the token."), code="token-missing", field="token")
    if to.leaving not in Leaving:
        raise Refused(
            _("Choose what becomes of the account."), code="choice-wrong", field="leaving"
        )
    before = {"scim_address": fresh.address, "leaving": fresh.leaving if fresh.pk else ""}
    after = {"scim_address": to.address, "leaving": str(to.leaving)}
    if before["scim_address"] not in {"", to.address}:
        Provision.objects.filter(application=application).update(
            external_id="", sent="", **look_again()
        )
    parts = urlsplit(to.address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    fresh.address, fresh.host, fresh.leaving = to.address, f"{parts.hostname}:{port}", to.leaving
    if to.token:
        fresh.sealed_token = seal_token(to.token)
    # What kept it from being reached may be over.
    fresh.rests_until, fresh.tries, fresh.problem = None, 0, ""
    fresh.save()
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes or to.token:
        facts = changes | (
            {"token": ["", "renewed"]} if to.token and before["scim_address"] else {}
        )
        entry = audit.Entry(Action.APPLICATION_CHANGED, application, facts)
        audit.record([entry], actor=actor, partner=application.partner)
    return fresh


@transactional
def switch_provisioning(application: Application, *, on: bool, actor: User) -> bool:
    """Start to keep accounts there, or stop, which leaves them as they are; return whether it was
    otherwise.
    """
    application = take_application(application, actor=actor)
    rows = Provisioning.objects.filter(application=application).exclude(is_on=on)
    nothing = {"rests_until": None, "tries": 0, "problem": "", "problem_said": None}
    if not rows.update(is_on=on, **nothing):
        return False
    entry = audit.Entry(Action.APPLICATION_CHANGED, application, {"provisioning": [not on, on]})
    audit.record([entry], actor=actor, partner=application.partner)
    if on:
        reckon(application)
    return True


@transactional
def try_again(application: Application, *, actor: User) -> int:
    """Have what failed tried again, and what rests tried now; return how many failed ones."""
    application = take_application(application, actor=actor)
    failed = Provision.objects.filter(application=application, state=ProvisionState.FAILED)
    number = failed.update(**look_again())
    Provisioning.objects.filter(application=application).update(rests_until=None, tries=0)
    transaction.on_commit(partial(send_accounts, application.pk))
    return number


@transactional
def ask_comparison(application: Application, *, actor: User) -> None:
    """Have a worker compare what is there with what should be."""
    application = take_application(application, actor=actor)
    now = timezone.now()
    rows = Provisioning.objects.filter(application=application)
    # One that is under way is enough, and a worker that died is not waited for.
    free = rows.exclude(compare_asked_at__gt=now - timedelta(seconds=COMPARE_FOR))
    if free.update(compare_asked_at=now):
        transaction.on_commit(partial(send_comparison, application.pk))
