"""Calls of a source, as the portal gets them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from api.models import Source
from customers.models import Customer
from tests.api.tokens import source_of, source_token

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PORTAL = "urn:ietf:params:scim:schemas:extension:partnerportal:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def names(self) -> list[str]:
        """The user names of a list."""
        return [one["userName"] for one in self.body["Resources"]]


@dataclass(frozen=True)
class Caller:
    """A source that calls, by its token."""

    source: Source
    token: str
    customer: Customer
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.generic(
            method,
            f"/scim/{self.customer.uuid}/v2{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.token}"} | named,
            query_params=dict(query or {}),
        )
        found = json.loads(response.content) if response.content else None
        return Answer(response.status_code, found, response.headers)

    def create(self, user_name: str = "grace@contoso.example", **fields: Any) -> Answer:
        return self("POST", "/Users", {"schemas": [USER], "userName": user_name, **fields})

    def search(self, text: str = "", **query: str) -> Answer:
        wanted = {"filter": text} if text else {}
        return self("GET", "/Users", query=wanted | query)

    def patch(self, user: str, *operations: dict[str, Any], **headers: Any) -> Answer:
        body = {"schemas": [PATCH], "Operations": list(operations)}
        return self("PATCH", f"/Users/{user}", body, **headers)


def caller_of(
    customer: Customer, actor: User, *, name: str = "Personio", takes_over: bool = False
) -> Caller:
    source = source_of(customer, actor, name=name, takes_over=takes_over)
    return Caller(source, source_token(source, actor).text, customer)
