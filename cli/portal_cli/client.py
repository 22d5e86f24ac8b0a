"""Calls of the portal's API: pages, waits, and names in place of ids."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2

from .problems import NotSignedIn, Problem, Unreachable
from .settings import Settings

Told = dict[str, Any]

SECONDS = 60.0
PAGE = 500
# A call too many waits for its minute to end, and no longer than this in all.
MOST_TRIES = 5
# Seconds between two looks at what is under way.
BETWEEN = 0.5
UNDER_WAY = ("waiting", "running")


class Portal:
    """The portal as one token sees it."""

    def __init__(self, settings: Settings, transport: httpx2.BaseTransport | None = None) -> None:
        self._client = httpx2.Client(
            base_url=f"{settings.url}/v1/",
            headers={"Authorization": f"Bearer {settings.token}"},
            timeout=SECONDS,
            transport=transport,
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        **query: Any,
    ) -> Any:
        """Return what the portal answers. A write that is cut off is sent again, and done once."""
        headers = {"MS-RequestId": str(uuid.uuid4())}
        if content is None:
            return self._ask(method, path, query, headers, json=body)
        headers["Content-Type"] = "application/octet-stream"
        return self._ask(method, path, query, headers, content=content)

    def each(self, path: str, **query: Any) -> Iterator[Told]:
        """Yield all rows of a collection, page by page."""
        headers: dict[str, str] = {}
        query = {"size": PAGE, **query}
        while True:
            told = self._ask("GET", path, query, headers)
            yield from told["items"]
            if "next" not in told.get("links", {}):
                return
            headers = {"MS-ContinuationToken": told["continuationToken"]}
            query = {**query, "seekOperation": "Next"}

    def _ask(
        self, method: str, path: str, query: Told, headers: dict[str, str], **sent: Any
    ) -> Any:
        """Return what is answered in the end, after as many tries as it takes."""
        params = {name: value for name, value in query.items() if value not in {None, ""}}
        for last in (False,) * (MOST_TRIES - 1) + (True,):
            try:
                answer = self._client.request(
                    method, path.lstrip("/"), params=params, headers=headers, **sent
                )
            except httpx2.TransportError as error:
                if last:
                    raise Unreachable(f"The portal can't be reached: {error}.") from None
                time.sleep(1)
                continue
            if answer.status_code in {429, 503} and not last:
                time.sleep(min(60, int(answer.headers.get("Retry-After", "2") or 2)))
                continue
            return _read(answer)
        raise Unreachable("The portal did not answer.")

    def customer(self, named: str) -> str:
        """Return the id of a customer who is named by it, or by a domain."""
        if _is_id(named):
            return named
        wanted = where("Domain", "starts_with", named.lower())
        for row in self.each("customers", filter=wanted):
            whole = self.call("GET", f"customers/{row['id']}")
            if named.lower() in whole.get("customDomains", ()):
                return str(row["id"])
        raise Problem(f"No customer that you see has the domain {named}.")

    def user(self, customer: str, named: str, *, deleted: bool = False) -> str:
        """Return the id of a user who is named by it, or by the user name."""
        if _is_id(named):
            return named
        own = where("UserPrincipalName", "equals", named.lower())
        wanted = where("UserState", "equals", "Inactive") if deleted else own
        for row in self.each(f"customers/{customer}/users", filter=wanted):
            if str(row["userPrincipalName"]).lower() == named.lower():
                return str(row["id"])
        kind = "deleted user" if deleted else "user"
        raise Problem(f"There is no {kind} {named}.")

    def sku(self, customer: str, named: str) -> str:
        """Return the id of a product that the customer has, named by its SKU or name."""
        if _is_id(named):
            return named
        for row in self.call("GET", f"customers/{customer}/subscribedskus")["items"]:
            product = row["productSku"]
            if named.lower() in {product["skuPartNumber"].lower(), product["name"].lower()}:
                return str(product["id"])
        raise Problem(f"The customer has no subscription to {named}.")

    def followed(self, batch: Told) -> Iterator[Told]:
        """Yield a batch again and again until it is over."""
        yield batch
        while batch["state"] in UNDER_WAY:
            time.sleep(BETWEEN)
            batch = self.call("GET", f"batches/{quote(batch['id'])}")
            yield batch


def where(field: str, operator: str, value: str) -> str:
    """Return a condition as the parameter `filter` has it."""
    return json.dumps({"Field": field, "Value": value, "Operator": operator})


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _read(answer: httpx2.Response) -> Any:
    if answer.status_code == httpx2.codes.UNAUTHORIZED:
        raise NotSignedIn("The token is unknown, revoked or has expired. Sign in with another one.")
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        told = answer.json()
        text = told.get("description") or told.get("message")
    except ValueError:
        text = None
    raise Problem(text or f"The portal answered {answer.status_code}.")
