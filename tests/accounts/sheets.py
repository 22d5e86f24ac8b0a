"""Credential sheets of Contoso, as the pages' tests make and read them."""

from accounts.models import CredentialSheet, User
from accounts.services.credentials import Slip, slips_of
from accounts.services.users import NewUser, add_users
from customers.models import AuditEvent
from tests.support.cast import Cast


def add(cast: Cast, *names: str, actor: User | None = None, **fields: str) -> CredentialSheet:
    """A sheet of gail's with these users of Contoso."""
    domain = cast.contoso.domains.get()
    new = [NewUser(name.lower(), domain, name, fields) for name in names]
    return add_users(new, customer=cast.contoso, actor=actor or cast.gail).sheet


def address(sheet: CredentialSheet, page: str = "") -> str:
    return f"/customers/{sheet.customer_id}/passwords/{sheet.pk}/{page}"


def slips(sheet: CredentialSheet) -> list[Slip]:
    return list(slips_of(sheet))


def stored(sheet: CredentialSheet) -> list[str]:
    """What the database holds of a sheet."""
    return list(sheet.parts.order_by("number").values_list("ciphertext", flat=True))


def readings(sheet: CredentialSheet) -> list[str]:
    events = AuditEvent.objects.filter(target_type="credentialsheet", target_id=sheet.pk)
    return list(events.order_by("pk").values_list("action", flat=True))
