"""Where scim2-server reads and writes: the customer's users, by our services."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q
from scim2_models import (
    InvalidFilterException,
    InvalidPathException,
    NotFoundException,
    NotImplementedException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_server.storage import ScimStorage, SearchPage

from accounts.models import User, UserQuerySet
from customers.formats import NO_SUCH_USER
from customers.said import gettext as _

from ..models import Source
from ..models.sources import EXTERNAL_ID_LENGTH
from ..queries import number_of, users_of
from ..services.sourced_users import (
    Told,
    VersionChanged,
    add_from_source,
    change_from_source,
    claim_fields,
    delete_from_source,
    fresh,
    link_of,
)
from .filters import Conditions
from .groups import group_of, groups_of
from .mapping import COLUMNS, fields_of, resource_of, too_long
from .resources import MOST

# What can be sorted by: the columns of an index.
SORTED_BY = {
    "id": "pk",
    "username": "username",
    "displayname": "sort_name",
    "meta.created": "added_at",
}
# Behind all that there can be.
LAST = 2**31
# Orders in which nobody is missed who was there when a source began to read, each of an index: of
# the users that it keeps, and of all of the customer's.
OF_ITS_OWN, OF_ALL = ("pk",), ("added_at", "pk")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Put:
    """What a PUT tells, and the values of what it does not tell and is not the source's."""

    sent: set[str]
    stays: dict[str, str]


class SourceStorage(ScimStorage):
    """One request of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        # Of the user that was read last, which fields are the source's.
        self.owned: set[str] = set()
        self.put: Put | None = None

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        if resource_type.name == "Group":
            group: Resource[Any]
            group = group_of(self.source, _uuid(resource_id), response_parameters)
            return group
        user = self._known(lambda: fresh(self.source, _uuid(resource_id)))
        self.owned = set(getattr(link_of(user), "fields", ()))
        return _resource(user)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        names = [one.name for one in resource_types]
        if names == ["Group"]:
            return groups_of(self.source, search_request)
        if names != ["User"]:
            raise NotImplementedException(detail=_("Search in /Users or in /Groups."))
        users = users_of(self.source)
        condition = _condition(search_request)
        if condition is not None:
            users = users.filter(condition)
        start = min(max((search_request.start_index or 1) - 1, 0), LAST)
        count = search_request.count
        rows = []
        if count is None or count > 0:
            related = _sorted(users, search_request, self.source).select_related("scim_link")
            wanted = related.only(*COLUMNS, "scim_link__external_id", "scim_link__version")
            rows = list(wanted[start : start + (MOST if count is None else count)])
        if rows and count is not None and len(rows) < count:
            # It is the last page, which tells by itself how many there are.
            total = start + len(rows)
        elif condition is None:
            total = number_of(self.source)
        else:
            total = users.count()
        return SearchPage(total, [_resource(row) for row in rows])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        fields, told = fields_of(resource), _told(resource)
        sent = {name for name, value in fields.items() if value}
        return _resource(add_from_source(self.source, Told(fields, sent, **told)))

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        uuid, fields, said = _uuid(resource.id or ""), fields_of(resource), _told(resource)
        if self.put is not None:
            told = Told(fields | self.put.stays, self.put.sent, **said)
        else:
            # A PATCH can take it away.
            told = Told(fields, (), **said | {"external_id": said["external_id"] or ""})
        return _resource(
            self._known(
                lambda: change_from_source(self.source, uuid, told, expected=expected_version)
            )
        )

    def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        uuid = _uuid(resource_id)
        self._known(lambda: delete_from_source(self.source, uuid, expected=expected_version))

    def claim(self, resource: Resource[Any]) -> None:
        """Note what a PUT tells as it is already."""
        if self.put is not None and not self.put.sent <= self.owned:
            user = self._known(lambda: fresh(self.source, _uuid(resource.id or "")))
            claim_fields(self.source, user, self.put.sent)

    def _known(self, act: Callable[[], Result]) -> Result:
        try:
            return act()
        except User.DoesNotExist:
            raise NotFoundException(detail=str(NO_SUCH_USER)) from None
        except VersionChanged:
            raise PreconditionFailedException from None


def _told(resource: Any) -> dict[str, Any]:
    if len(resource.external_id or "") > EXTERNAL_ID_LENGTH:
        raise too_long("externalId", EXTERNAL_ID_LENGTH)
    return {"external_id": resource.external_id, "active": resource.active}


def _resource(user: User) -> Resource[Any]:
    found: Resource[Any] = resource_of(user, link_of(user))
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundException(detail=_("There is no such resource.")) from None


def _condition(request: SearchRequest[Any]) -> Q | None:
    if request.filter is None:
        return None
    node = request.filter.ast
    if node is None:
        raise InvalidFilterException
    return Conditions().visit(node)


def _sorted(users: UserQuerySet, request: SearchRequest[Any], source: Source) -> UserQuerySet:
    if request.sort_by is None:
        return users.order_by(*(OF_ALL if source.takes_over else OF_ITS_OWN))
    column = SORTED_BY.get(str(request.sort_by).rpartition(":")[2].lower())
    if column is None:
        raise InvalidPathException(
            detail=_("Users can be sorted by: %(names)s.")
            % {"names": "id, userName, displayName, meta.created"}
        )
    sign = "-" if request.sort_order == SearchRequest.SortOrder.descending else ""
    return users.order_by(f"{sign}{column}", f"{sign}pk")
