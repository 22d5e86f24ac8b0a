"""Groups, to be read alone: one for each product, of the users who have a license of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from scim2_models import Meta, NotFoundException, ResponseParameters, SearchRequest
from scim2_models.exceptions import TooManyException
from scim2_server.storage import SearchPage

from customers.said import gettext as _
from licensing.models import LicenseAssignment, Subscription

from ..models import Source
from ..queries import users_of
from .resources import Group, GroupMember

# More members are told in no answer: they can be had from /Users.
MOST_MEMBERS = 20_000


def group_of(source: Source, uuid: UUID, asked: ResponseParameters[Any] | None) -> Any:
    found = _subscriptions(source).filter(uuid=uuid).first()
    if found is None:
        raise NotFoundException(detail=_("There is no such group."))
    [group] = _groups(source, [found], with_members=asks_for_members(asked))
    return group


def groups_of(source: Source, request: SearchRequest[Any]) -> SearchPage:
    """Return a page of the groups; they are few, so that any filter is tried on each."""
    with_members = asks_for_members(request) or "members" in str(request.filter or "").lower()
    groups = _groups(source, _subscriptions(source), with_members=with_members)
    if request.filter is not None:
        groups = [group for group in groups if request.filter.match(group)]
    if request.sort_by is not None:
        down = request.sort_order == SearchRequest.SortOrder.descending
        groups.sort(key=lambda group: str(request.sort_value(group) or ""), reverse=down)
    start = max((request.start_index or 1) - 1, 0)
    end = None if request.count is None else start + request.count
    return SearchPage(len(groups), groups[start:end])


def asks_for_members(asked: Any) -> bool:
    names = [str(path).lower() for path in (getattr(asked, "attributes", None) or ())]
    return any(name.rpartition(":")[2].startswith("members") for name in names)


def _subscriptions(source: Source) -> QuerySet[Subscription]:
    return source.customer.subscriptions.current().for_list()


def _groups(
    source: Source, subscriptions: Iterable[Subscription], *, with_members: bool
) -> list[Any]:
    rows = list(subscriptions)
    members = _members(source, rows) if with_members else {}
    return [
        Group(
            id=str(row.uuid),
            display_name=row.product.name,
            members=members.get(row.pk) if with_members else None,
            meta=Meta(resource_type="Group"),
        )
        for row in rows
    ]


def _members(source: Source, rows: Iterable[Subscription]) -> dict[int, list[GroupMember]]:
    """Return by subscription whom of its holders the source sees."""
    live = LicenseAssignment.objects.live().filter(
        subscription__in=[row.pk for row in rows], user__in=users_of(source).order_by().values("pk")
    )
    columns = ("subscription_id", "user__uuid", "user__display_name")
    held = live.order_by("pk").values_list(*columns)[: MOST_MEMBERS + 1]
    found: dict[int, list[GroupMember]] = {}
    for number, (pool, uuid, name) in enumerate(held):
        if number >= MOST_MEMBERS:
            raise TooManyException
        reference: Any = f"Users/{uuid}"
        member = GroupMember(value=str(uuid), display=name, ref=reference)
        found.setdefault(pool, []).append(member)
    return found
