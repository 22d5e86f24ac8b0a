from collections.abc import Mapping

from accounts.actions.base import BatchAction, Group, Order
from accounts.actions.licenses import license_groups
from customers.actions import Action as Event
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability
from customers.said import gettext as _

from ..services import undo_rules
from ..services.applying import run
from ..services.rule_switching import not_applied


class ApplyRules(BatchAction):
    """What the license rules gave and took: when one was switched or changed, or by themselves."""

    name = "rules"
    kind = BatchKind.RULES
    capability = Capability.MANAGE_LICENSES
    events = (
        Event.RULE_SWITCHED,
        Event.LICENSE_ASSIGNED,
        Event.LICENSE_REVOKED,
        Event.LICENSE_SERVICES,
    )
    icon = "diagram-2"
    inverse = undo_rules.UNDO_RULES
    names_products = True

    def run(self, order: Order) -> Batch:
        if order.batch is None:
            raise ValueError("what rules come to is begun by the rules' own services")
        return run(order.batch, order.users)

    def not_done(self, batch: Batch, why: str) -> None:
        not_applied(batch)

    def why_no_undo(self, batch: Batch) -> str:
        return undo_rules.why_not(batch)

    def heading(self, batch: Batch) -> str:
        name = {"rule": batch.request.get("name", "")}
        headings = {
            "on": _("Rule “%(rule)s” switched on"),
            "off": _("Rule “%(rule)s” switched off"),
            "change": _("Rule “%(rule)s” changed"),
            "remove": _("Rule “%(rule)s” removed"),
            "except": _("Exceptions to the rule “%(rule)s” changed"),
            "undo": _("Rule “%(rule)s” switched back"),
            "drift": _("License rules: differences mended"),
        }
        text = headings.get(str(batch.request.get("do")), _("License rules applied"))
        return text % name

    def done(self, count: int) -> str:
        return _("License rules applied")

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        return license_groups(item, products)


RULES = ApplyRules()
