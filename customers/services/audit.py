"""The one way into the activity log: called by every service inside its transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import override

from ..actions import Action
from ..models import AuditEvent, AuditNames, Batch, Customer, Partner
from ..said import BESIDE, cut, plain, words_of
from . import bulk
from .batches import REASON_LENGTH
from .messages import Statement, insertion

if TYPE_CHECKING:
    from accounts.models import User

NAME_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to write: `changes` names nobody, `personal` has the personal fields."""

    action: Action
    target: models.Model
    changes: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alike:
    """One action on many targets: their ids, each with its name as the log keeps it.

    `reason` stands there in place of the batch's.
    """

    action: Action
    targets: Sequence[tuple[int, str]]
    changes: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


Row = tuple[AuditEvent, AuditNames]


def record(
    entries: Iterable[Entry],
    *,
    actor: "User | None",
    customer: Customer | None = None,
    partner: Partner | None = None,
    batch: Batch | None = None,
    reason: str = "",
) -> None:
    """Write the events. `actor` None is the portal itself (the nightly purge, a command).

    Events of a batch have its reason.
    """
    reason = _reason(reason, batch)
    make = partial(
        row,
        at=timezone.now(),
        actor=actor,
        customer=customer,
        partner=partner,
        batch=batch,
        reason=reason,
    )
    entries, rest = list(entries), []
    share = shares(batch, [entry.target for entry in entries])
    # Those of one action on one kind of thing are one statement for all of them.
    alike: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        alike.setdefault((entry.action, entry.target._meta.label), []).append(entry)
    for group in alike.values():
        if not bulk.by_set(len(group)):
            rest += group
            continue
        changes = [_with_words(entry.changes, reason) for entry in group]
        _write_alike(*make(group[0]), group, changes, list(islice(share, len(group))))
    rows = [make(entry) for entry in rest]
    for event, _names in rows:
        event.stands_for = next(share)
    write(rows)


def shares(batch: Batch | None, targets: Sequence[models.Model]) -> Iterator[int | None]:
    """Return what each event stands for in the log: of a batch, the first one for all its users."""
    if batch is None:
        return repeat(1)
    users = {target.pk for target in targets if target._meta.model_name == "user"}
    return chain([len(users) or 1], repeat(None))


def _write_alike(
    event: AuditEvent,
    names: AuditNames,
    entries: Sequence[Entry],
    changes: Sequence[dict[str, Any]],
    stands_for: Sequence[int | None],
) -> None:
    keys = bulk.insert_keyed(
        AuditEvent,
        _columns(event, "id", "target_id", "changes", "stands_for"),
        {
            "target_id": [entry.target.pk for entry in entries],
            "changes": changes,
            "stands_for": stands_for,
        },
    )
    bulk.insert_alike(
        AuditNames,
        _columns(names, "event_id", "target", "changes"),
        {
            "event_id": keys,
            "target": [_name(entry.target) for entry in entries],
            "changes": [entry.personal for entry in entries],
        },
    )


def record_alike(
    groups: Sequence[Alike],
    *,
    target: type[models.Model],
    actor: "User | None",
    customer: Customer,
    batch: Batch,
    stands_for: int | None = 0,
) -> None:
    """Write events about rows that need not be loaded: two statements, however many groups.

    The first event stands for all of these users, or, where a batch writes its log in chunks,
    for so many, or for nobody (None).
    """
    same, who = _same(target, actor, customer, batch), _user(actor) if actor else ""
    first = stands_for
    if stands_for == 0:
        first = len({pk for group in groups for pk, _name in group.targets}) or 1
    if not bulk.by_set(sum(len(group.targets) for group in groups)):
        few = list(_each_alike(groups, same, who, batch))
        for number, (event, _names) in enumerate(few):
            event.stands_for = None if number else first
        write(few)
        return
    rows: list[bulk.Group] = []
    names: list[str] = []
    for group in groups:
        ids = [pk for pk, _name in group.targets]
        share = [None if names or number else first for number in range(len(ids))]
        each: dict[str, Sequence[Any]] = {"target_id": ids, "stands_for": share}
        rows.append((_facts(group, batch), each))
        names += [name for _pk, name in group.targets]
    keys = bulk.insert_groups(AuditEvent, same, rows, keyed=True)
    bulk.insert_alike(AuditNames, {"actor": who}, {"event_id": keys, "target": names})


def record_one(
    groups: Sequence[Alike],
    *,
    target: type[models.Model],
    actor: "User | None",
    batch: Batch,
) -> list[Statement]:
    """Return the statements for the events of a batch of one user, to send with its changes."""
    same, who = _same(target, actor, batch.customer, batch), _user(actor) if actor else ""
    statements: list[Statement] = []
    for event, names in _each_alike(groups, same, who, batch):
        event.stands_for = None if statements else 1
        statements += [insertion(event), insertion(names, after=AuditEvent)]
    return statements


def _same(
    target: type[models.Model], actor: "User | None", customer: Customer, batch: Batch
) -> dict[str, Any]:
    return {
        "at": timezone.now(),
        "partner_id": customer.partner_id,
        "customer_id": customer.pk,
        "batch_id": batch.pk,
        "actor_id": actor.pk if actor else None,
        "target_type": target._meta.model_name or "",
    }


def _each_alike(
    groups: Iterable[Alike], same: dict[str, Any], who: str, batch: Batch
) -> Iterable[Row]:
    for group in groups:
        facts = _facts(group, batch)
        for pk, name in group.targets:
            event = AuditEvent(**same, **facts, target_id=pk)
            yield event, AuditNames(actor=who, target=name)


def _facts(group: Alike, batch: Batch) -> dict[str, Any]:
    reason = _reason(group.reason, batch)
    changes = _with_words(group.changes, reason)
    return {"action": group.action, "changes": changes, "reason": plain(reason)}


def _reason(own: str, batch: Batch | None) -> str:
    return cut(own or (batch.reason if batch else ""), REASON_LENGTH)


def _with_words(changes: dict[str, Any], reason: str) -> dict[str, Any]:
    """Return the changes with the words of a reason that the portal gave, where the seal covers
    them.
    """
    words = words_of(reason)
    return changes if words is None else {**changes, f"reason{BESIDE}": words}


def _columns(example: models.Model, *without: str) -> dict[str, Any]:
    columns = [field.attname for field in example._meta.concrete_fields]
    return {name: getattr(example, name) for name in columns if name not in without}


def row(
    entry: Entry,
    *,
    at: datetime,
    actor: "User | None",
    customer: Customer | None = None,
    partner: Partner | None = None,
    batch: Batch | None = None,
    reason: str = "",
) -> Row:
    partner_id = partner.pk if partner else customer.partner_id if customer else None
    reason = _reason(reason, batch)
    event = AuditEvent(
        at=at,
        partner_id=partner_id,
        customer_id=customer.pk if customer else None,
        batch_id=batch.pk if batch else None,
        actor_id=actor.pk if actor else None,
        action=entry.action,
        target_type=entry.target._meta.model_name or "",
        target_id=entry.target.pk,
        reason=plain(reason),
        changes=_with_words(entry.changes, reason),
    )
    names = AuditNames(
        actor=_user(actor) if actor else "",
        target=_name(entry.target),
        changes=entry.personal,
    )
    return event, names


def write(rows: Sequence[Row]) -> None:
    """Write events with their names, in the order of the list."""
    bulk.insert(AuditEvent, [event for event, _names in rows])
    for event, names in rows:
        names.event_id = event.pk
    bulk.insert(AuditNames, [names for _event, names in rows])


def named(display_name: str, user_name: str) -> str:
    """Return a user's name as the log keeps it."""
    return f"{display_name} ({user_name})"[:NAME_LENGTH]


def _user(user: "User") -> str:
    return named(user.display_name, user.user_name)


def _name(target: models.Model) -> str:
    if hasattr(target, "user_name"):
        return _user(target)  # type: ignore[arg-type]
    # The log speaks one language, whoever acts.
    with override(settings.LANGUAGE_CODE):
        return str(target)[:NAME_LENGTH]
