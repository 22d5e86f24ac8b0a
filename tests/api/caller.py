"""A script that calls the API by a token."""

import json
from typing import Any
from uuid import UUID

from django.test import Client

from accounts.models import User
from api.v1.guids import guid
from customers.models import Customer
from licensing.models import Product
from tests.api.tokens import token_of


class Script:
    """What a script knows: an address, a token, and JSON."""

    def __init__(self, token: str) -> None:
        self.token, self.client = token, Client()

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call an address below /v1; names of headers have hyphens for their underscores."""
        return self.at(method, f"/v1{path}", body, **headers)

    def at(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            path,
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **sent},
        )

    def get(self, path: str, **headers: str) -> Any:
        return told(self("GET", path, **headers))


def told(response: Any, status: int = 200) -> Any:
    """Return what was answered, which has this status."""
    assert response.status_code == status, response.content
    return json.loads(response.content) if response.content else None


def script_of(user: User, **chosen: Any) -> Script:
    return Script(token_of(user, **chosen).text)


def at(customer: Customer, *parts: str | UUID) -> str:
    fresh = Customer.objects.get(pk=customer.pk)
    return "/".join([f"/customers/{fresh.uuid}", *map(str, parts)])


def of(user: User) -> UUID:
    found: UUID = User.objects.get(pk=user.pk).uuid
    return found


def sku(product: Product) -> str:
    return guid("product", product.pk)
