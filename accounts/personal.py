"""What the portal holds about one user, for that user: a file of JSON, written as it is read.

Every column of a user and every table that refers to users is either given or named here with
the reason why not; a test holds this against the models.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, QuerySet

from customers.models import AuditEvent, Batch, BatchItem
from customers.places.rows import Favorite, Visit
from customers.said import retold_row
from licensing.models import LicenseAssignment, SeatReservation

from .models import CredentialSheet, Delivery, SavedFilter, User

PAGE = 1_000
# The words of a reason in the log, where the portal gave it.
REASON_WORDS = F("changes__reason_said")
SECRET, DERIVED = "a secret, or tells of one", "made from other columns"
OTHERS = "about other users"

COLUMNS_NOT_GIVEN = {
    "password": SECRET,
    "session_epoch": SECRET,
    "search_text": DERIVED,
    "sort_name": DERIVED,
    "username": DERIVED,
    "changed_by_batch_id": DERIVED,
}
RELATIONS_NOT_GIVEN = {
    "accounts.User_groups.user": "given as roles",
    "accounts.User_user_permissions.user": "not used: support staff have groups",
    "accounts.User.blocked_by": OTHERS,
    "accounts.User.deleted_by": OTHERS,
    "accounts.Delivery.by": OTHERS,
    "accounts.SheetReading.by": OTHERS,
    "accounts.Selection.owner": "which boxes are checked; gone after a day",
    "customers.Visit.user": OTHERS,
    "admin.LogEntry.user": OTHERS,
    "allauth_idp_oidc.Client.owner": "not used: an application is its partner's",
    "account.EmailAddress.user": "not used: nobody signs in by mail address",
}


Relations = dict[str, tuple[str, QuerySet[Any, Any]]]
# What apps above add of theirs.
_others: list[Callable[[User], Relations]] = []


def also_given(of_app: Callable[[User], Relations]) -> None:
    """Give, besides, what this returns: an app above says so when it is ready."""
    _others.append(of_app)


def relations(user: User) -> Relations:
    """Return, by section of the file, the relation and its rows as dictionaries with an id."""
    found = {**_about(user), **_signing_in(user), **_made_by(user)}
    for of_app in _others:
        found |= of_app(user)
    return found


def _about(user: User) -> Relations:
    return {
        "limited_to": (
            "accounts.User_allowed_customers.user",
            user.allowed_customers.values("id", "name"),
        ),
        "seats_reserved": (
            "licensing.SeatReservation.user",
            SeatReservation.objects.filter(user=user).values(
                "id", "reserved_at", product=F("subscription__product__name")
            ),
        ),
        "licenses": (
            "licensing.LicenseAssignment.user",
            LicenseAssignment.objects.filter(user=user).values(
                "id", "services_off", "assigned_at", "released_at",
                product=F("subscription__product__name"),
            ),
        ),
        "done_to_the_person": (
            "customers.BatchItem.user",
            BatchItem.objects.filter(user=user).values(
                "id", "before", "after", "outcome", "reason", "reason_said", "batch",
                kind=F("batch__kind"), at=F("batch__created_at"),
            ),
        ),
        "mails": (
            "accounts.Delivery.user",
            Delivery.objects.filter(user=user).values("id", "state", "created_at", "sent_at"),
        ),
    }  # fmt: skip


def _signing_in(user: User) -> Relations:
    """Return second steps and sessions, without secrets of the one and keys of the other."""
    steps = Authenticator.objects.filter(user=user)
    sessions = UserSession.objects.filter(user=user)
    return {
        "second_steps": (
            "mfa.Authenticator.user",
            steps.values("id", "type", "created_at", "last_used_at", name=F("data__name")),
        ),
        "sessions": (
            "usersessions.UserSession.user",
            sessions.values("id", "user_agent", "ip", "created_at", "last_seen_at"),
        ),
    }


def _made_by(user: User) -> Relations:
    batches = Batch.objects.filter(by=user)
    sheets = CredentialSheet.objects.filter(by=user)
    filters = SavedFilter.objects.filter(owner=user)
    return {
        "batches": (
            "customers.Batch.by",
            batches.values("id", "kind", "state", "reason", "reason_said", "created_at"),
        ),
        "password_sheets": (
            "accounts.CredentialSheet.by",
            sheets.values("id", "kind", "users", "created_at"),
        ),
        "saved_filters": (
            "accounts.SavedFilter.owner",
            filters.values("id", "name", "query", "is_shared"),
        ),
        "favorites": (
            "customers.Favorite.owner",
            Favorite.objects.filter(owner=user).values("id", name=F("customer__name")),
        ),
        "opened_last": (
            "customers.Visit.owner",
            Visit.objects.filter(owner=user).values("id", "at", "user", name=F("customer__name")),
        ),
    }


def personal_data(user: User) -> Iterator[str]:
    """Yield the text of the file, read in pages: administrators have long histories."""
    columns = {field.attname for field in User._meta.concrete_fields} - COLUMNS_NOT_GIVEN.keys()
    given = User.objects.filter(pk=user.pk).values(*sorted(columns)).first() or {}
    yield f'{{"user": {_json(given | {"roles": [role.value for role in user.roles]})}'
    for section, (_relation, rows) in relations(user).items():
        yield from _section(section, rows)
    # With the names and values of the time, as long as the log has them.
    about = AuditEvent.objects.about(user).values(
        "id", "at", "action", "batch_id", "reason", "changes",
        name=F("names__target"), personal=F("names__changes"), reason_said=REASON_WORDS,
    )  # fmt: skip
    yield from _section("log_about_the_person", about)
    # Without the names of those to whom it was done: they are other users.
    done = AuditEvent.objects.filter(actor_id=user.pk).values(
        "id", "at", "action", "batch_id", "reason", "target_type", "target_id",
        reason_said=REASON_WORDS,
    )  # fmt: skip
    yield from _section("log_by_the_person", done)
    yield "}\n"


def _section(name: str, rows: QuerySet[Any, Any]) -> Iterator[str]:
    yield f',\n"{name}": ['
    last, before = 0, "\n"
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:PAGE]):
        for row in page:
            yield f"{before}{_json(_retold(row))}"
            before = ",\n"
        last = page[-1]["id"]
    yield "]"


def _retold(value: Any) -> Any:
    """Return a row with its reasons, however deep, in the language of who reads them."""
    if isinstance(value, dict):
        return {name: _retold(part) for name, part in retold_row(value).items()}
    return [_retold(part) for part in value] if isinstance(value, list) else value


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
