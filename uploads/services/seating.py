"""Which users get the seats when there are too few: the first ones, or none of that product."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from accounts.services.users import NewUser
from accounts.services.users.new_users import SeatsUntil

from .entries import Change, Licenses
from .options import Short
from .world import World


@dataclass(slots=True)
class Seating:
    """Seats handed out in the order of the rows. `lacking`: licenses left out, by subscription."""

    world: World
    short: Short
    # Subscriptions that have too few for all rows.
    scarce: Collection[int] = ()
    lacking: Counter[int] = field(default_factory=Counter)
    free: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.free = self.world.free()

    def fitting(self, new: NewUser) -> NewUser:
        """Return the new user with the licenses that there is a seat for, by what was chosen."""
        if self.short == Short.STOP or not new.licenses or new.seats == SeatsUntil.THEN:
            return new
        kept = self._fitting([item.subscription_id for item in new.licenses])
        licenses = tuple(item for item in new.licenses if item.subscription_id in kept)
        return replace(new, licenses=licenses)

    def fitting_change(self, change: Change) -> Change:
        """Return the change with the licenses that there is a seat for; what is held stays."""
        if change.licenses is None or self.short == Short.STOP:
            return change
        taken = [pk for pk in change.licenses if pk not in change.held]
        kept = {*self._fitting(taken, have=change.held.keys() & change.licenses.keys())}
        after: Licenses = {
            pk: off for pk, off in change.licenses.items() if pk in kept or pk in change.held
        }
        return replace(change, licenses=after)

    def _fitting(self, wanted: Collection[int], have: Collection[int] = ()) -> Collection[int]:
        """Return those wanted that there is a seat for, beside those that the user has anyway."""
        if self.short == Short.WITHOUT:
            kept = {pk for pk in wanted if pk not in self.scarce}
        else:
            kept = {pk for pk in wanted if self.free.get(pk, 0) > 0}
        # No add-on comes without what it requires, nor what requires that.
        offers, products = self.world.subscriptions, self.world.catalog.products
        while True:
            held = {offers[pk].subscription.product_id for pk in (*kept, *have)}
            lost = {
                pk for pk in kept if products[offers[pk].subscription.product_id].requires - held
            }
            if not lost:
                break
            kept -= lost
        for pk in wanted:
            if pk in kept:
                self.free[pk] -= 1
            else:
                self.lacking[pk] += 1
        return kept
