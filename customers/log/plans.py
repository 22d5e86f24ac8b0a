"""What service plans are called, of which the log has the codes."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..models import AuditEvent

# The codes of the service plans that are switched off.
SERVICES = "services_off"
# What they are called, by the code and the product's name, or its SKU.
PlanNames = Mapping[tuple[str, str], str]
PlanFinder = Callable[[Collection[str], int | None], Iterable[tuple[tuple[str, str], str]]]
NO_NAMES: PlanNames = MappingProxyType({})
_finders: list[PlanFinder] = []


def also_finds_plans(find: PlanFinder) -> None:
    """Let an app above say what service plans are called: of these products, to this partner."""
    _finders.append(find)


def plan_names(events: Sequence[AuditEvent]) -> PlanNames:
    """Return the names of the service plans that events of one partner have codes of.

    One query where there are any, none otherwise.
    """
    products = set[str]()

    def note(product: str, code: str) -> str:
        products.add(product)
        return code

    for event in events:
        with_plans(event.changes, note)
    if not products:
        return NO_NAMES
    return {key: name for find in _finders for key, name in find(products, events[0].partner_id)}


def with_plans(changes: Mapping[str, Any], called: Callable[[str, str], str]) -> dict[str, Any]:
    """Return the changes with what is `called` so in place of each code of a service plan.

    Beside those of a license stands its product; a rule's gifts have them by product; what opens
    an application is a list of both, with the SKU.
    """

    def services(codes: Any) -> Any:
        return called(str(changes.get("product")), str(codes))

    def gifts(given: Any) -> Any:
        return {name: [called(name, code) for code in off] for name, off in (given or {}).items()}

    def opener(text: str) -> str:
        sku, found, code = text.partition(": ")
        name = called(sku, code) if found else code
        # Without its product a code says nothing.
        return text if name == code else name

    def openers(text: Any) -> Any:
        return ", ".join(map(opener, str(text or "").split(", ")))

    def changed(fields: Any) -> Any:
        return with_plans(fields, called) if isinstance(fields, dict) else fields

    readers = {SERVICES: services, "gives": gifts, "opened_by": openers, "changed": changed}
    found = dict(changes)
    for name in readers.keys() & changes.keys():
        found[name] = _each(found[name], readers[name])
    return found


def _each(value: Any, read: Callable[[Any], Any]) -> Any:
    """Read a value, or each of several: those of one list, or of the two sides of a change."""
    return [_each(part, read) for part in value] if isinstance(value, list) else read(value)
