"""Fabrikam's team by Alice, and what a test looks at afterwards."""

from accounts.models import User
from accounts.services.staff import Issued, StaffDetails, add_staff
from customers.models import AuditEvent, Partner
from customers.roles import Role
from tests.support.cast import Cast


def add(cast: Cast, name: str = "dora", *roles: Role, actor: User | None = None) -> Issued:
    details = StaffDetails(
        f"{name}@fabrikam.example",
        {"display_name": name.title()},
        roles=roles or [Role.ADMIN_AGENT],
    )
    return add_staff(details, partner=cast.fabrikam, actor=actor or cast.alice)


def events(partner: Partner) -> list[tuple[str, int | None]]:
    """What stands in the team's log, in the order of time."""
    found = AuditEvent.objects.of_team(partner.pk).order_by("pk")
    return list(found.values_list("action", "actor_id"))
