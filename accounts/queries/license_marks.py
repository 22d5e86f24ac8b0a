"""Which licenses rules give, and which were given directly: the app that keeps rules says it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Marks:
    """The names of the rules that give a license, by user and subscription.

    Without any rule of the customer (`has_rules`), licenses are not marked.
    """

    rules: Mapping[tuple[int, int], str] = field(default_factory=dict)
    has_rules: bool = False

    def of(self, user: int, subscription: int) -> str:
        """Return the words below a license, or "" where there is nothing to tell."""
        if rules := self.rules.get((user, subscription)):
            return _("By rule %(rules)s") % {"rules": rules}
        return _("Direct") if self.has_rules else ""

    def in_list(self) -> Mapping[tuple[int, int], str]:
        """Return the words behind the names of products in a row."""
        words = _("by rule %(rules)s")
        return {key: words % {"rules": rules} for key, rules in self.rules.items()}


# Of these users of a customer, by id.
Marker = Callable[[Customer, Collection[int]], Marks]

_markers: list[Marker] = []


def also_marked(marker: Marker) -> None:
    """Ask this which licenses rules give."""
    if marker not in _markers:
        _markers.append(marker)


def marks_of(customer: Customer, users: Collection[int]) -> Marks:
    """Return what is known of the licenses of these users."""
    found = [marker(customer, users) for marker in _markers] if users else []
    return Marks(
        {key: names for marks in found for key, names in marks.rules.items()},
        any(marks.has_rules for marks in found),
    )
