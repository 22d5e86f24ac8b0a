"""What restoring asks for: names, whom to skip, and who gets the last seats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property

from customers.query_params import read_id
from customers.said import gettext as _
from customers.said import ngettext
from licensing.models import Subscription

from ..models import User
from ..services.returns import Choices, HeldLicense, Return, Seen, left_out, see
from ..telling_apart import told_apart
from .restore_rows import Figures, RestoreRow, SeatBox, ShortSeats

PLAIN = {
    "class": "form-control",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}
_SALT = "accounts.forms.restore"
# Rows with something to decide go up to so many fields (DATA_UPLOAD_MAX_NUMBER_FIELDS allows
# 5,000), and so many other users have a row to be looked at.
FIELDS = 4_000
OTHERS = 50


class RestoreForm(forms.Form):
    """The decisions about `returns`, which are the plans without any decision.

    Of many users those with something to decide have rows, the others are counted. `data` is
    what was sent, by a page that had shown `seen`.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        returns: Sequence[Return],
        subscriptions: Mapping[int, Subscription],
        seen: Seen | None = None,
    ) -> None:
        if data is not None:
            data = data.copy()
            # Users whom the page had not asked about get a free name.
            for item in returns:
                if item.name_problem:
                    data.setdefault(field_name(item.user), item.proposal)
        super().__init__(data)
        self.returns = returns
        self.subscriptions = subscriptions
        self.seen = seen or Seen()
        self.skip = _ids(data, "skip") & {item.user.pk for item in returns}
        self.ticked = _ids(data, "back") & set(self.seen.boxes)
        for item in self.shown:
            if item.name_problem:
                self.fields[field_name(item.user)] = forms.CharField(
                    label=_("User name of %(name)s") % {"name": item.user.display_name},
                    initial=item.proposal,
                    max_length=200,
                    widget=forms.TextInput(attrs=PLAIN),
                    error_messages={"required": _("Enter a user name.")},
                )

    @cached_property
    def lacking(self) -> set[int]:
        """The subscriptions that do not have a seat for every user."""
        return {row.subscription_id for item in self.returns for row in item.short}

    @cached_property
    def scarce(self) -> set[int]:
        """Those among them that have a seat for some."""
        return {pk for pk in self.lacking if self.subscriptions[pk].available}

    @cached_property
    def _boxes(self) -> dict[int, list[HeldLicense]]:
        found = {}
        for item in self.returns if self.scarce else ():
            rows = [row for row in (*item.back, *item.short) if row.subscription_id in self.scarce]
            found[item.user.pk] = sorted(rows, key=lambda row: (row.product, row.pk))
        return found

    def boxes(self, item: Return) -> list[HeldLicense]:
        """The licenses that can be given or not; none where seats suffice, or there are none."""
        return self._boxes.get(item.user.pk, [])

    @cached_property
    def shown(self) -> list[Return]:
        """Return who has a row: those with a problem, then those whose seat another may get."""
        asked, left = [], FIELDS
        for item in self.returns:
            if item.has_problem:
                left -= 1 + bool(item.name_problem) + len(self.boxes(item))
                if left < 0:
                    break
                asked.append(item)
        rest = [item for item in self.returns if not item.has_problem]
        holders = [item for item in rest if self.boxes(item)]
        others = [item for item in rest if not self.boxes(item)]
        return [*asked, *[*holders, *others][:OTHERS]]

    @cached_property
    def rows(self) -> list[RestoreRow]:
        rows = []
        users = [item.user for item in self.shown]
        names = told_apart((user.display_name, user.user_name) for user in users)
        for item, told in zip(self.shown, names, strict=True):
            name, boxes = field_name(item.user), self.boxes(item)
            rows.append(
                RestoreRow(
                    item,
                    told,
                    self[name] if name in self.fields else None,
                    skipped=item.user.pk in self.skip,
                    boxes=[self._box(item, held, told) for held in boxes],
                    back=[held.product for held in item.back if held not in boxes],
                    lost=[reason for held, reason in item.lost if held not in boxes],
                )
            )
        return rows

    @property
    def more(self) -> int:
        """Return how many without a problem have no row."""
        fine = sum(not item.has_problem for item in self.returns)
        return fine - sum(not item.has_problem for item in self.shown)

    @property
    def more_asked(self) -> int:
        """Return how many with a problem have no row, and get the proposed name."""
        return len(self.returns) - len(self.shown) - self.more

    def _box(self, item: Return, held: HeldLicense, name: str) -> SeatBox:
        reasons = {row.pk: reason for row, reason in item.lost}
        names = {"product": held.product, "name": name}
        return SeatBox(
            pk=held.pk,
            subscription_id=held.subscription_id,
            product=held.product,
            label=_("%(product)s for %(name)s") % names,
            checked=self._is_given(item, held),
            why_not=reasons.get(held.pk) or left_out(held.product),
        )

    def _is_given(self, item: Return, held: HeldLicense) -> bool:
        if held.pk in self.seen.boxes:
            return held.pk in self.ticked
        return held in item.back

    @cached_property
    def seats(self) -> list[ShortSeats]:
        """Return each lacking subscription with the seats that the page gives."""
        wanted, given, elsewhere = Counter[int](), Counter[int](), Counter[int]()
        shown = {item.user.pk for item in self.shown}
        for item in self.returns:
            for row in item.short:
                wanted[row.subscription_id] += 1
            for row in self.boxes(item):
                wanted[row.subscription_id] += row not in item.short
                if item.user.pk not in self.skip and self._is_given(item, row):
                    given[row.subscription_id] += 1
                    elsewhere[row.subscription_id] += item.user.pk not in shown
        found = [self.subscriptions[pk] for pk in self.lacking]
        return [
            ShortSeats(row, wanted[row.pk], given[row.pk], elsewhere[row.pk])
            for row in sorted(found, key=lambda row: (row.product.name, row.pk))
        ]

    @cached_property
    def figures(self) -> Figures:
        found = Figures()
        for item in self.returns:
            if item.user.pk in self.skip:
                continue
            boxes = self.boxes(item)
            given = sum(self._is_given(item, held) for held in boxes)
            found.users += 1
            found.back += given + sum(held not in boxes for held in item.back)
            short = sum(held not in boxes for held in item.short)
            found.without_seat += len(boxes) - given + short
            found.lost += sum(held not in boxes for held in item.lost_rows) - short
            found.names += bool(item.name_problem)
        return found

    def clean(self) -> dict[str, Any] | None:
        for pk in self.skip:
            self.errors.pop(f"name-{pk}", None)
            self.cleaned_data.pop(f"name-{pk}", None)
        for name, value in list(self.cleaned_data.items()):
            local, at, domain = value.rpartition("@")
            if not at:
                self.add_error(
                    name, _("Enter the whole user name, with the @ and one of your domains.")
                )
            else:
                self.cleaned_data[name] = f"{local}@{domain.lower()}"
        for seats in self.seats:
            if seats.too_many:
                text = ngettext(
                    "%(product)s: %(count)s seat too many is given. Clear a box, skip a user,"
                    " or buy more.",
                    "%(product)s: %(count)s seats too many are given. Clear that many"
                    " boxes, skip users, or buy more.",
                    seats.too_many,
                )
                facts = {"product": seats.subscription.product.name, "count": seats.too_many}
                self.add_error(None, text % facts)
        if self.returns and len(self.skip) == len(self.returns):
            self.add_error(None, _("All users are skipped. Keep at least one, or choose Cancel."))
        return self.cleaned_data

    def choices(self) -> Choices:
        """Return what was decided; nothing where the page came back as it was shown."""
        names = {
            int(name.removeprefix("name-")): value for name, value in self.cleaned_data.items()
        }
        for item in self.returns:
            if item.name_problem and item.user.pk not in self.skip:
                names.setdefault(item.user.pk, item.proposal)
        offered = set(self.seen.boxes)
        before = {row.pk for item in self.returns for row in item.back} & offered
        if not self.skip and self.ticked == before:
            return Choices(names)
        return Choices(names, self.skip, self.ticked, offered - self.ticked)

    def refuse(self, returns: Iterable[Return]) -> bool:
        """Return whether a chosen name can't be had either, which is said at its field."""
        refused = [item for item in returns if item.name_problem]
        for item in refused:
            name = field_name(item.user)
            free = _("%(name)s is free.") % {"name": item.proposal}
            if name in self.fields:
                self.add_error(name, ValidationError([item.name_problem, free]))
            else:
                self.add_error(None, f"{item.user.display_name}: {item.name_problem}")
        return bool(refused)

    def pack(self) -> str:
        """Return what this page shows, sealed, for its form to carry."""
        boxes = [row.pk for item in self.shown for row in self.boxes(item)]
        seen = asdict(see(self.returns, self.shown, boxes))
        return signing.dumps(seen, salt=_SALT, compress=True)


def unpack(text: str) -> Seen:
    """Return what the page had shown, or nothing where the text is not what `pack` made."""
    try:
        return Seen(**signing.loads(text, salt=_SALT))
    except (signing.BadSignature, TypeError):
        return Seen()


def field_name(user: User) -> str:
    return f"name-{user.pk}"


def _ids(sent: QueryDict | None, name: str) -> set[int]:
    if sent is None:
        return set()
    return {pk for value in sent.getlist(name) if (pk := read_id(value)) is not None}
