"""The protocol, by scim2-server, with what Entra and Okta expect besides."""

import json
from http import HTTPStatus
from typing import Any

from scim2_models import (
    Context,
    ForbiddenException,
    ListResponse,
    PatchOp,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from scim2_server.conditions import Conditions
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService
from scim2_server.storage import SearchPage

from customers.said import gettext as _

from .mapping import fields_of
from .resources import PROVIDER
from .storage import Put, SourceStorage

WRITES = {Operation.create, Operation.replace, Operation.patch, Operation.delete}


def with_paths(body: bytes) -> bytes:
    """Return a PATCH in which names with a filter in them are paths, as Entra may mean them.

    Of a value without a path the library takes names for paths, but for such.
    """
    if b"[" not in body or b"perations" not in body:
        return body
    try:
        found = SERVICE.decode_body(body, None)
    except SCIMException:
        return body
    if not isinstance(found, dict):
        return body
    name = next((key for key in found if key.lower() == "operations"), "")
    if not isinstance(found.get(name), list):
        return body
    found[name] = [part for operation in found[name] for part in _parts(operation)]
    return json.dumps(found).encode()


def _parts(operation: Any) -> list[Any]:
    if not isinstance(operation, dict) or operation.get("path"):
        return [operation]
    value = operation.get("value")
    if not isinstance(value, dict) or not any("[" in key for key in value):
        return [operation]
    plain = {key: one for key, one in value.items() if "[" not in key}
    parts = [operation | {"path": key, "value": one} for key, one in value.items() if "[" in key]
    return ([operation | {"value": plain}] if plain else []) + parts


class SourceService(ScimService):
    def authorize(self, request: ScimRequest, target: Target, resource_type: ResourceType) -> None:
        if resource_type.name == "Group" and target.operation in WRITES:
            raise ForbiddenException(
                detail=_("Groups show who has a license. Assign licenses in the portal.")
            )

    def publish(self, base_url: str, resource: Resource[Any]) -> Resource[Any]:
        """Tell a resource where it is; it is the request's own, and needs no copy."""
        found: Any = resource
        kind = self.get_resource_type_of(resource)
        found.meta.location = self.resource_location(base_url, kind, found.id)
        for member in getattr(found, "members", None) or ():
            member.ref = self.reference_location(base_url, str(member.ref))
        return resource

    def search_response(
        self,
        base_url: str,
        resource_types: list[ResourceType],
        page: SearchPage,
        search_request: SearchRequest[Any],
    ) -> ScimResponse:
        """Answer with a list, each row written once; the library's own drops what is told on demand
        alone.
        """
        rows = [
            self.publish(base_url, resource).model_dump(
                scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=search_request
            )
            for resource in page.resources
        ]
        body = {
            "schemas": [str(ListResponse.__schema__)],
            "totalResults": page.total,
            "itemsPerPage": len(rows),
            "startIndex": search_request.start_index,
            "Resources": rows,
        }
        return ScimResponse(HTTPStatus.OK, body)

    def read_patch(
        self, resource_type: ResourceType, body: bytes, content_type: str | None
    ) -> "PatchOp[Any]":
        return super().read_patch(resource_type, with_paths(body), content_type)

    def patch_response(
        self,
        base_url: str,
        resource: Resource[Any],
        response_parameters: ResponseParameters[Any],
    ) -> ScimResponse:
        """Answer with the resource, which Okta wants to see, instead of 204."""
        return self.resource_response(
            self.publish(base_url, resource),
            Context.RESOURCE_REPLACEMENT_RESPONSE,
            response_parameters,
        )


class SourceHandler(ScimHandler):
    storage: SourceStorage

    def replace_resource(
        self,
        resource_type: ResourceType,
        current: Resource[Any],
        replacement: Resource[Any],
        conditions: Conditions,
    ) -> Resource[Any]:
        """Replace what the source keeps; what it does not tell, and has never told, stays."""
        told, now = fields_of(replacement), fields_of(current)
        sent = {name for name, value in told.items() if value}
        stays = {name: now[name] for name in now.keys() - sent - self.storage.owned}
        self.storage.put = Put(sent, stays)
        found = super().replace_resource(resource_type, current, replacement, conditions)
        self.storage.claim(found)
        return found


SERVICE = SourceService(PROVIDER)
