"""The protocol, by scim2-server, with what Entra and Okta expect besides."""

from typing import Any

from django.utils.translation import gettext as _
from scim2_models import Context, ForbiddenException, Resource, ResourceType, ResponseParameters
from scim2_server.conditions import Conditions
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from scim2_server.service import ScimService

from .mapping import fields_of
from .resources import PROVIDER
from .storage import Put, SourceStorage

WRITES = {Operation.create, Operation.replace, Operation.patch, Operation.delete}


class SourceService(ScimService):
    def authorize(self, request: ScimRequest, target: Target, resource_type: ResourceType) -> None:
        if resource_type.name == "Group" and target.operation in WRITES:
            raise ForbiddenException(
                detail=_("Groups show who has a license. Assign licenses in the portal.")
            )

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
