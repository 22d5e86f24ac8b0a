"""What the rules came to, as the log and a batch say it, and as it is remembered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.services.licenses import Step
from customers.actions import Action
from customers.models import Outcome
from customers.said import columns_of, gettext_lazy
from customers.services import audit, bulk
from customers.services.batches import Alike
from licensing.models import Subscription

from ...models import KeptLicense
from .planning import Board, Kept, Settlement

BY_RULE, BY_RULES = gettext_lazy("License rule: %(name)s"), gettext_lazy("License rules")

Pools = Mapping[int, Subscription]


def reason_of(rule: str) -> str:
    """Return the reason that the log has for what a rule did."""
    return str(BY_RULE) % {"name": rule} if rule else str(BY_RULES)


def events_of(
    one: Settlement, pools: Pools, users: Mapping[int, str], rules: Mapping[int, str]
) -> Iterable[audit.Alike]:
    """Return what the log says of it; `rules` are names by id, and of 0 what stands for no rule."""
    step = one.step
    targets = [(pk, users[pk]) for pk in step.users]

    def alike(action: Action, pk: int, rule: int | None, **facts: Any) -> audit.Alike:
        changes = {"product": pools[pk].product.name, **facts}
        return audit.Alike(action, targets, changes, reason_of(rules.get(rule or 0, "")))

    def off(codes: Sequence[str]) -> dict[str, list[str]]:
        return {"services_off": list(codes)} if codes else {}

    for pk in step.taken:
        rule = one.verdict.kept[pk].rule
        yield alike(Action.LICENSE_ASSIGNED, pk, rule, **off(step.after[pk].off))
    for pk in step.released:
        rule = one.case.kept[pk].rule
        yield alike(Action.LICENSE_REVOKED, pk, rule, **off(step.before[pk].off))
    for pk in step.switched:
        codes = [list(step.before[pk].off), list(step.after[pk].off)]
        rule = one.verdict.kept[pk].rule
        yield alike(Action.LICENSE_SERVICES, pk, rule, services_off=codes)


def remember(found: Iterable[Settlement], board: Board, customer_id: int) -> None:
    """Bring the rows of KeptLicense to what the verdicts say."""
    gone: dict[int, list[int]] = {}
    new: dict[tuple[int, Kept], list[int]] = {}
    # And whether it is in another state, since now.
    other: dict[tuple[int, Kept, bool], list[int]] = {}
    for one in found:
        before, after = one.case.kept, one.verdict.kept
        for pk in before.keys() - after.keys():
            gone.setdefault(pk, []).extend(one.users)
        for pk in after.keys() - before.keys():
            new.setdefault((pk, after[pk]), []).extend(one.users)
        for pk in after.keys() & before.keys():
            if before[pk] != after[pk]:
                turned = before[pk].state != after[pk].state
                other.setdefault((pk, after[pk], turned), []).extend(one.users)
    _write(gone, other, new, board, customer_id)


def _write(
    gone: Mapping[int, list[int]],
    other: Mapping[tuple[int, Kept, bool], list[int]],
    new: Mapping[tuple[int, Kept], list[int]],
    board: Board,
    customer_id: int,
) -> None:
    for pk, users in sorted(gone.items()):
        rows = KeptLicense.objects.filter(subscription=pk, user__among=users)
        rows._raw_delete(rows.db)  # noqa: SLF001 - nothing refers to it
    for (pk, kept, turned), users in other.items():
        facts: dict[str, Any] = {
            "state": kept.state,
            "rule": kept.rule,
            **columns_of("why", kept.why),
        }
        if turned:
            facts["since"] = board.now
        KeptLicense.objects.filter(subscription=pk, user__among=users).update(**facts)
    groups = [
        (
            {
                "subscription_id": pk,
                "state": kept.state,
                "rule_id": kept.rule,
                **columns_of("why", kept.why),
            },
            {"user_id": users},
        )
        for (pk, kept), users in sorted(new.items(), key=lambda item: item[0][0])
    ]
    if groups:
        bulk.insert_groups(KeptLicense, {"customer_id": customer_id, "since": board.now}, groups)


def items_of(found: Iterable[Settlement], pools: Pools) -> list[Alike]:
    """Return the items of a batch, with both sides of what was touched, and why some still wait."""
    return [item for one in found if (item := _item(one, pools)) is not None]


def _item(one: Settlement, pools: Pools) -> Alike | None:
    step, told = one.step, one.told(pools)
    if not step.touched:
        return Alike(one.users, outcome=Outcome.FAILED, reason=told) if told else None
    outcome = Outcome.PARTLY if told else Outcome.DONE
    return Alike(one.users, _side(step, step.before), _side(step, step.after), outcome, told)


def _side(step: Step, side: Mapping[int, Any]) -> dict[str, Any]:
    off = {pk: list(side[pk].off) if pk in side else None for pk in step.touched}
    return {"licenses": {str(pk): codes for pk, codes in off.items()}}
