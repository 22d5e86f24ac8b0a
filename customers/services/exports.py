"""The record of lists that leave the portal as files."""

from typing import TYPE_CHECKING

from ..actions import Action
from ..models import Customer
from ..roles import Capability
from . import audit
from .permission import check_actor
from .transactions import transactional

if TYPE_CHECKING:
    from accounts.models import User


@transactional
def record_export(
    name: str, rows: int, file: str, *, actor: "User", customer: Customer | None = None
) -> None:
    """Record who took which list: its model `name`, the kind of `file`, of one customer or all."""
    check_actor(actor, Capability.SEE, customer=customer)
    changes = {"list": name, "rows": rows, "file": file}
    entry = audit.Entry(Action.LIST_EXPORTED, customer or actor, changes)
    partner = None if customer else actor.partner
    audit.record([entry], actor=actor, customer=customer, partner=partner)
