"""Manage licenses: what is chosen on the page, drawn again, and counted before it happens.

A key names a subscription ("3") or one of its service plans ("3:MAIL"). For several users a
key is on for all of them, for some, or for none; "some" that is left alone changes none.
A swap is two keys: users who have the first one get the second one instead.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.functional import cached_property

from customers.errors import Refused
from customers.formats import figure, names_and_more
from customers.models import Customer
from customers.said import gettext as _
from customers.said import ngettext
from licensing.errors import NotActive, RulesBroken, SeatsShort, seats_missing
from licensing.rules import Catalog

from ..models import User
from ..queries.license_groups import Group
from ..services.licenses import LicenseChange, Step, check_rules, check_seats, plan
from .license_rows import Box, Choice, LicenseRow, State

_SALT = "accounts.forms.licenses"
# So many of those whom a problem concerns are named, and the others counted.
NAMED = 3

Swap = tuple[str, str]


class LicenseForm:
    """The rows for these users; `data` is what was sent, `kept` what an address brings back."""

    def __init__(
        self,
        groups: Sequence[Group],
        customer: Customer,
        *,
        data: QueryDict | None = None,
        kept: QueryDict | None = None,
    ) -> None:
        self.groups = groups
        self.users = sum(len(group.users) for group in groups)
        self.customer = customer
        self.errors: list[str] = []
        self.choice: Choice = {}
        self.swap: Swap = ("", "")
        if data is not None:
            self.choice = _sent(data)
            self.swap = data.get("swap_from", ""), data.get("swap_to", "")
        elif kept is not None:
            on, off = kept.getlist("on"), kept.getlist("off")
            self.choice = dict.fromkeys(off, False) | dict.fromkeys(on, True)
            source, _colon, target = kept.get("swap", "").partition(":")
            self.swap = source, target

    @cached_property
    def rows(self) -> list[LicenseRow]:
        current = self.customer.subscriptions.current().for_list()
        rows = []
        for subscription in current.prefetch_related("product__plans"):
            key, held, off = str(subscription.pk), 0, Counter[str]()
            for group in self.groups:
                if subscription.pk in group.held:
                    held += len(group.users)
                    for code in group.held[subscription.pk].off:
                        off[code] += len(group.users)
            product, state = subscription.product, State.of(held, self.users)
            plans = [
                Box.wanted(
                    f"{key}:{plan.code}",
                    plan.name,
                    State.of(held - off[plan.code], held) if held else State.ALL,
                    self.choice,
                )
                for plan in product.plans.all()
            ]
            box = Box.wanted(key, product.name, state, self.choice)
            row = LicenseRow(subscription, self.users, held, box, plans)
            row.is_source, row.is_target = (key == end for end in self.swap)
            rows.append(row)
        holding = [row for row in rows if row.held]
        # The only product that users have is proposed to be swapped: no choice by itself.
        if len(holding) == 1 and self.swap in {("", ""), (holding[0].box.key, "")}:
            self.swap = ("", "")
            holding[0].is_source, holding[0].is_proposed = False, True
        return rows

    @property
    def seen(self) -> str:
        """Return what the page shows, sealed, to tell what comes back from what stood there.

        Boxes that can't be changed are not sent, and must not look cleared.
        """
        rows = [row for row in self.rows if not row.is_off]
        boxes = [box for row in rows for box in (row.box, *row.plans)]
        states = {box.key: str(box.was) for box in boxes}
        return signing.dumps(states, salt=_SALT, compress=True)

    @property
    def sets(self) -> str:
        """Return which subscriptions are held together by how many users, for the browser."""
        counts: Counter[tuple[int, ...]] = Counter()
        for group in self.groups:
            counts[tuple(sorted(group.held))] += len(group.users)
        return json.dumps([[[str(pk) for pk in held], count] for held, count in counts.items()])

    def changes(self) -> dict[int, LicenseChange]:
        found = {row.subscription.pk: row.change() for row in self.rows}
        changes = {pk: change for pk, change in found.items() if change is not None}
        source = next((row for row in self.rows if row.is_source), None)
        target = next((row for row in self.rows if row.is_target), None)
        if source and target:
            swapped = target.given(instead_of=source.subscription.pk)
            changes[target.subscription.pk] = swapped
        return changes

    @cached_property
    def steps(self) -> list[Step]:
        """Return what changes for which users; nothing while the choice contradicts itself."""
        if self._contradiction():
            return []
        subscriptions = {row.subscription.pk: row.subscription for row in self.rows}
        return plan(self.groups, self.changes(), subscriptions)

    @cached_property
    def changed_rows(self) -> list[LicenseRow]:
        """Return the rows that would change, with the figures of what would happen."""
        plus, minus = Counter[int](), Counter[int]()
        for step in self.steps:
            for pk in step.taken:
                plus[pk] += len(step.users)
            for pk in step.released:
                minus[pk] += len(step.users)
        for row in self.rows:
            row.plus, row.minus = plus[row.subscription.pk], minus[row.subscription.pk]
        return [row for row in self.rows if row.is_touched]

    @property
    def is_short(self) -> bool:
        return any(row.missing for row in self.changed_rows)

    def check(self, *, as_many_as_fit: bool = False) -> bool:
        """Return whether there is something to save, still on the page, that nothing forbids."""
        there = {row.box.key for row in self.rows}
        keys = {key.partition(":")[0] for key in self.choice} | {key for key in self.swap if key}
        if not keys <= there:
            self.errors.append(
                _("A subscription that you changed is no longer available. Check the rows again.")
            )
        elif why := self._contradiction():
            self.errors.append(why)
        elif not any(step.touched for step in self.steps):
            self.errors.append(_("Nothing to save yet: check or clear a box first."))
        else:
            return self.judge(as_many_as_fit=as_many_as_fit)
        return False

    def judge(self, *, as_many_as_fit: bool = False) -> bool:
        """Return whether rules and seats allow it for all; where not, the rows say why."""
        subscriptions = {row.subscription.pk: row.subscription for row in self.rows}
        checks: list[Callable[[], None]] = [
            lambda: check_rules(self.steps, Catalog()),
            lambda: check_seats(self.steps, subscriptions),
        ]
        fine = True
        for check in checks:
            try:
                check()
            except SeatsShort as short:
                if as_many_as_fit:
                    continue
                self.refuse(short)
                fine = False
            except Refused as refusal:
                self.refuse(refusal)
                fine = False
        return fine

    def _contradiction(self) -> str:
        rows = self.rows
        source, target = self.swap
        if bool(source) != bool(target):
            return _("To swap, choose both: what users have, and what they get instead.")
        if source and source == target:
            return _("To swap, choose two different products.")
        names = [row.box.name for row in rows if row.is_source or row.is_target]
        if any(row.box.changed for row in rows if row.is_source or row.is_target):
            return _("%(products)s: either swap them, or check and clear their own boxes.") % {
                "products": ", ".join(names)
            }
        return ""

    def refuse(self, error: Exception) -> None:
        """Say a refusal at the rows it is about, or else on top."""
        before = sum(len(row.problems) for row in self.rows)
        for row in self.rows:
            row.problems += self._problems(row, error)
        if sum(len(row.problems) for row in self.rows) == before:
            self.errors.append(str(error))

    def _problems(self, row: LicenseRow, error: Exception) -> list[str]:
        subscription = row.subscription
        if isinstance(error, SeatsShort):
            count = error.missing.get(subscription.pk, 0)
            return [seats_missing(count)] if count else []
        if isinstance(error, NotActive):
            return [str(error)] if error.subscription.pk == subscription.pk else []
        if isinstance(error, RulesBroken):
            found = error.users.get(subscription.product_id, {})
            return [f"{why} {self._whom(ids)}".rstrip() for why, ids in found.items()]
        return []

    def _whom(self, ids: Sequence[int]) -> str:
        """Return how many users it concerns and the first names; "" where there is one."""
        if self.users == 1:
            return ""
        users = User.objects.filter(pk__among=ids).order_by("sort_name", "pk")
        names = ", ".join(users.values_list("display_name", flat=True)[:NAMED])
        more = len(ids) - NAMED
        if more > 0:
            names = names_and_more(names, more)
        text = ngettext("%(count)s user: %(names)s.", "%(count)s users: %(names)s.", len(ids))
        return text % {"count": figure(len(ids)), "names": names}

    def query(self) -> list[tuple[str, str]]:
        """Return the choice as an address has it, to come back with everything kept."""
        names = [("on" if wanted else "off", key) for key, wanted in sorted(self.choice.items())]
        swap = [row.is_source or row.is_target for row in self.rows]
        return [*names, ("swap", ":".join(self.swap))] if any(swap) else names


def _sent(data: Mapping[str, Any]) -> Choice:
    """Compare the boxes with what the page had shown: what was left alone is no choice."""
    lists: Any = data
    on, off = set(lists.getlist("on")), set(lists.getlist("off"))
    try:
        seen: dict[str, str] = signing.loads(lists.get("seen", ""), salt=_SALT)
    except signing.BadSignature:
        return {}
    choice = {}
    for key, was in seen.items():
        wanted = State.ALL if key in on else State.NONE
        if was == State.SOME and key not in on | off:
            continue
        if wanted != was:
            choice[key] = wanted == State.ALL
    return choice
