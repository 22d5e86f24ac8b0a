"""Provisioning as beat and a worker run it, and what came of it."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from applications.models import Application, Provision, Provisioning
from applications.services.provisioning.converging import deliver_accounts
from applications.services.provisioning.wanting import follow_for_provisioning, reckon
from customers.actions import Action
from customers.models import AuditEvent
from tests.applications.scim_server import ScimServer
from tests.factories import ApplicationFactory, ProvisioningFactory
from tests.support.cast import Cast

UMA, GAIL = "uma@contoso.example", "gail@contoso.example"


def provisioned(cast: Cast, address: str, **facts: Any) -> Application:
    application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    ProvisioningFactory.create(application=application, address=address, **facts)
    return application


def run(application: Application) -> int:
    """What beat and a worker do within seconds."""
    if not Provision.objects.filter(application=application).exists():
        reckon(application)
    follow_for_provisioning()
    return deliver_accounts(application.pk)


def row_of(application: Application, user: User) -> Provision:
    return Provision.objects.get(application=application, user_id=user.pk)


def wake(application: Application) -> None:
    """The pause is over."""
    Provision.objects.filter(application=application).update(due_at=timezone.now())
    Provisioning.objects.filter(application=application).update(rests_until=None)


def events(action: Action) -> list[int | None]:
    found = AuditEvent.objects.filter(action=action).order_by("target_id")
    return list(found.values_list("target_id", flat=True))


def active(scim: ScimServer) -> dict[str, bool]:
    return {name: one["active"] for name, one in scim.accounts().items()}
