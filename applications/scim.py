"""An application's accounts as SCIM shows them (RFC 7643, RFC 7644), asked and changed.

What a server answers is read with as little trust as can be: of a filter that it ignores everybody
comes back, and the first of them is somebody else.
"""

import email.utils
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from customers.query_params import read_number
from customers.said import gettext as _

from .egress.client import explain, explain_status, open_client
from .models import Application, Claim

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
# Accounts a page, and pages at most: a server that counts wrongly must not be asked for ever.
PAGE, PAGES = 100, 2_000
# What an account is nothing without. All else an application may have no place for.
ESSENTIAL = {"userName", "active"}
# Seconds that a server may ask to be left alone for at most.
LONGEST_REST = 3_600
# Characters of an id: as many as the portal keeps.
LONGEST_ID = 250


def stored(text: str) -> str:
    """Return the text without what no database stores: NUL, and halves of letters."""
    return text.replace("\0", "").encode(errors="ignore").decode()


class Setback(Exception):
    """What kept a change from being made; `reason` is in words.

    `everywhere`: it would keep all others from it, too. `status` is 0 where there was no answer.
    `kind` is what the server calls it (RFC 7644, 3.12), if it does.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int = 0,
        everywhere: bool = False,
        rest: float | None = None,
        kind: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason, self.status, self.everywhere, self.rest = reason, status, everywhere, rest
        self.kind = kind

    @classmethod
    def of(cls, response: Any) -> "Setback":
        """Return what an answer that is none of those wanted says."""
        status: int = response.status_code
        words = {
            401: _("The application doesn't accept the token: enter a new one."),
            403: _("The application doesn't allow it with this token."),
            404: _("The application knows no such account, or the address is wrong."),
            409: _("The application has another account of this user name."),
            429: _("The application asks to wait."),
        }
        reason = words.get(status) or explain_status(status)
        try:
            said = response.json()
            detail, kind = said.get("detail", ""), said.get("scimType", "")
        except (ValueError, AttributeError, RecursionError):
            detail = kind = ""
        if isinstance(detail, str) and detail.strip():
            line = " ".join(stored(detail).split())[:120]
            reason = _("%(reason)s It says: %(detail)s") % {"reason": reason, "detail": line}
        return cls(
            reason,
            status=status,
            # A server that stumbles over one account answers 500, too: see `converging`.
            everywhere=status in {401, 429} or status > 501 or 300 <= status < 400,
            rest=_rest(response.headers.get("Retry-After", "")),
            kind=str(kind),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """An account in the application, as far as the portal looks at it."""

    id: str
    user_name: str
    is_active: bool
    external_id: str = ""

    @classmethod
    def of(cls, found: Any) -> "Account":
        if not isinstance(found, dict) or not isinstance(found.get("id"), str) or not found["id"]:
            raise Setback(_("The application answered with an account that has no id."))
        if len(found["id"]) > LONGEST_ID or stored(found["id"]) != found["id"]:
            raise Setback(_("The application answered with an id that can't be stored."))
        # An account that says nothing of it is active; some write the word.
        is_active = str(found.get("active", True)).lower() != "false"
        user_name, external_id = found.get("userName"), found.get("externalId")
        names = (stored(str(user_name or "")), stored(str(external_id or "")))
        return cls(found["id"], names[0], is_active, names[1])


def representation(user: User, application: Application) -> dict[str, Any]:
    """Return what the application is told of the user: no more than it is told at sign-in."""
    extra = set(application.extra_claims)
    told: dict[str, Any] = {
        "schemas": [CORE],
        "externalId": str(user.uuid),
        "userName": user.user_name,
        "displayName": user.display_name,
        "name": {
            "givenName": user.first_name or user.display_name,
            "familyName": user.last_name or user.display_name,
        },
        "emails": [{"value": user.user_name, "type": "work", "primary": True}],
        "active": True,
    }
    # What is empty is told as well: it may have been otherwise.
    if Claim.JOB_TITLE in extra:
        told["title"] = user.job_title
    if Claim.PHONE in extra:
        phone = user.office_phone
        told["phoneNumbers"] = [{"value": phone, "type": "work"}] if phone else []
    if Claim.DEPARTMENT in extra:
        told["schemas"] = [CORE, ENTERPRISE]
        told[ENTERPRISE] = {"department": user.department}
    return told


@contextmanager
def open_target(address: str, token: str) -> Iterator["Target"]:
    """Open a connection to an application's accounts."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/scim+json"}
    with open_client(base_url=address.rstrip("/") + "/", headers=headers) as client:
        yield Target(client)


class Target:
    """The accounts of one application. What can't be done is raised as Setback."""

    def __init__(self, client: Any) -> None:
        # Late: the library's models take seconds to load, and workers alone need them.
        import scim2_models
        from scim2_client.engines.httpx2 import SyncSCIMClient

        # Made with types that mypy can't follow.
        models: Any = scim2_models
        # When what is asked of one account is to be over, by `time.monotonic`.
        self.ends = math.inf
        # Attributes that this application was found to have no place for.
        self.without: set[str] = set()
        self.user = models.User
        self.scim: Any = SyncSCIMClient(
            client,
            provider=models.ScimProvider(
                models=[self.user], resource_types=[models.ResourceType.from_resource(self.user)]
            ),
            # What comes back is read by `Account`: half of all servers break a rule of the models.
            check_response_payload=False,
            check_response_content_type=False,
        )

    def find(self, user_name: str) -> Account | None:
        """Return the account of this user name, whoever made it."""
        literal = user_name.replace("\\", "\\\\").replace('"', '\\"')
        asked = {"filter": f'userName eq "{literal}"', "count": PAGE}
        found = self._list(asked)
        same = [one for one in found if one.user_name.casefold() == user_name.casefold()]
        if len(same) > 1:
            raise Setback(_("The application has several accounts of this user name."))
        return same[0] if same else None

    def all(self) -> Iterator[Account]:
        """Yield all accounts, each once."""
        seen: set[str] = set()
        for _page in range(PAGES):
            asked = {"startIndex": len(seen) + 1, "count": PAGE}
            page = {one.id: one for one in self._list(asked)}
            new = [one for pk, one in page.items() if pk not in seen]
            if not new:
                return
            seen.update(page)
            yield from new

    def _list(self, asked: Mapping[str, Any]) -> list[Account]:
        try:
            with self._asking():
                answer = self.scim.query(
                    self.user, query_parameters=dict(asked), expected_status_codes=[200]
                )
        except Setback as setback:
            # There is a list at every right address, for every right token.
            setback.everywhere |= setback.status in {403, 404} or setback.status >= 500
            raise
        found = answer.get("Resources") or [] if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise Setback(_("The application answered with something that is no list of accounts."))
        return [Account.of(one) for one in found]

    def create(self, told: Mapping[str, Any]) -> Account:
        new = {name: value for name, value in told.items() if value not in ("", [])}
        with self._asking():
            # Unchecked: the library takes no user name of `contoso.local` for an email address.
            answer = self.scim.create(
                new, url="/Users", check_request_payload=False, expected_status_codes=[201, 200]
            )
        return Account.of(answer)

    def change(self, pk: str, told: Mapping[str, Any]) -> None:
        """Make the account what it is told to be."""
        values = {name: told[name] for name in told if name not in {"schemas", ENTERPRISE}}
        if ENTERPRISE in told:
            values[f"{ENTERPRISE}:department"] = told[ENTERPRISE]["department"]
        values = {path: value for path, value in values.items() if path not in self.without}
        try:
            self._patch(pk, values)
        except Setback as setback:
            if setback.kind != "invalidPath":
                raise
            # One of them is in the way of all others, and a server need not say which.
            self._change_each(pk, values)

    def _change_each(self, pk: str, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            try:
                self._patch(pk, {path: value})
            except Setback as setback:
                if setback.kind != "invalidPath" or path in ESSENTIAL:
                    raise
                self.without.add(path)

    def deactivate(self, pk: str) -> None:
        self._patch(pk, {"active": False})

    def delete(self, pk: str) -> None:
        with self._asking():
            self.scim.delete(self.user, pk, expected_status_codes=[204, 200, 202])

    def _patch(self, pk: str, values: Mapping[str, Any]) -> None:
        operations = [
            {"op": "replace", "path": path, "value": value} for path, value in values.items()
        ]
        patch = {"schemas": [PATCH], "Operations": operations}
        with self._asking():
            self.scim.modify(self.user, pk, patch, expected_status_codes=[200, 202, 204])

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask once more, if there is still time; what the library raises is raised as Setback."""
        if time.monotonic() > self.ends:
            raise Setback(_("The application takes too long over one account."))
        with _setbacks():
            yield


@contextmanager
def _setbacks() -> Iterator[None]:
    """Have whatever the library raises raised as a Setback."""
    from scim2_client import RequestNetworkException, SCIMClientException
    from scim2_models import SCIMException

    try:
        yield
    except RequestNetworkException as error:
        why = explain(error.__cause__ if isinstance(error.__cause__, Exception) else error)
        raise Setback(why, everywhere=True) from error
    except (SCIMClientException, SCIMException) as error:
        response = getattr(error, "source", None)
        if getattr(response, "status_code", None) is None:
            raise Setback(_("The account can't be told to the application as it is.")) from error
        raise Setback.of(response) from error


def _rest(text: str) -> float | None:
    """Return the seconds of a Retry-After, a number or a date; None where it is neither."""
    if (seconds := read_number(text.strip())) is not None:
        return min(float(seconds), LONGEST_REST)
    try:
        until = email.utils.parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        # An offset may lead out of the calendar.
        return None
    left = (until - datetime.now(UTC)).total_seconds()
    return min(max(left, 0.0), LONGEST_REST)
