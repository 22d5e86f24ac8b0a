"""An action at Contoso by Alice, as any door asks for it, and what its object says afterwards."""

from typing import Any

from accounts.actions.base import BatchAction, BulkAction
from accounts.actions.registry import action_of
from accounts.models import User
from accounts.queries.bulk_preview import foresee, todo_of
from accounts.services.running import perform
from customers.models import Batch
from tests.support.cast import Cast


def do(
    cast: Cast, action: BatchAction, *users: User, actor: User | None = None, **request: Any
) -> Batch:
    return perform(
        action.kind,
        [user.pk for user in users],
        customer=cast.contoso,
        actor=actor or cast.alice,
        request=request,
    )


def told(batch: Batch) -> dict[int, list[str]]:
    """What the page of the batch tells of each user."""
    action = action_of(batch.kind)
    found = {}
    for item in batch.items.select_related("user"):
        of_one = action.of_item(item)
        names = batch.customer.subscriptions.values_list("pk", "product__name")
        groups = of_one.groups(item, {str(pk): name for pk, name in names})
        words = [f"{label}: {', '.join(map(str, listed))}" for label, listed in groups if listed]
        found[item.user_id] = words or [of_one.done_to_one()]
    return found


def points(cast: Cast, action: BulkAction, *users: User, actor: User | None = None) -> list[str]:
    """What the page that asks once more says would happen to these."""
    judged = action.judge(
        [user.pk for user in users], customer=cast.contoso, actor=actor or cast.alice
    )
    count = foresee(judged, chosen=len(users)).todo.count
    return action.points(count, todo_of(judged), chosen=len(users))


def left(cast: Cast, action: BulkAction, *users: User, actor: User | None = None) -> list[str]:
    """Why the page would leave some of these out."""
    judged = action.judge(
        [user.pk for user in users], customer=cast.contoso, actor=actor or cast.alice
    )
    return [str(why) for why in foresee(judged, chosen=len(users)).left]


def is_grave(cast: Cast, action: BulkAction, *users: User, **request: Any) -> bool:
    judged = action.judge([user.pk for user in users], customer=cast.contoso, actor=cast.alice)
    return action.is_grave(todo_of(judged), request)
