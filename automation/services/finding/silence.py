"""Sources of users that no longer come, and applications that take no accounts."""

from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from api.models import Source, TokenKind
from applications.models import Provisioning
from customers.roles import Capability

from ...models import NoticeKind
from ...queries.readers import readers_at, readers_of
from .tales import Tale, settle

# Directories come every few hours, HR systems each working day.
SILENT_FOR = timedelta(days=3)
# So often was an application tried in vain: twice may be a restart.
TRIES = 3


def find_silence(now: datetime | None = None) -> int:
    """Tell of sources that were not heard of for days, and applications that fail again and
    again.
    """
    at = now or timezone.now()
    return settle(NoticeKind.SILENT, [*_sources(at), *_applications()], now=at)


def _sources(at: datetime) -> list[Tale]:
    of_source = Q(user__tokens__kind=TokenKind.SOURCE)
    heard = Source.objects.annotate(heard=Max("user__tokens__last_used_at", filter=of_source))
    silent = list(heard.filter(heard__lte=at - SILENT_FOR).select_related("customer"))
    readers = readers_at({source.customer_id for source in silent}, NoticeKind.SILENT)
    return [
        Tale(
            f"source {source.pk}",
            readers[source.customer_id],
            source.customer,
            {"name": source.name, "since": source.heard.isoformat()},
            reverse("api:source-detail", args=[source.customer_id, source.pk]),
        )
        for source in silent
    ]


def _applications() -> list[Tale]:
    failing = Provisioning.objects.working().exclude(problem="").filter(tries__gte=TRIES)
    found = list(failing.select_related("application"))
    partners = {row.application.partner_id for row in found}
    readers = readers_of(partners, Capability.MANAGE_APPLICATIONS)
    return [
        Tale(
            f"application {row.application_id}",
            readers[row.application.partner_id],
            None,
            {"name": row.application.name},
            reverse("applications:application-provisioning", args=[row.application_id]),
        )
        for row in found
    ]
