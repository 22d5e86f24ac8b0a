"""What an event says in words."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions import Action
from customers.log.history import (
    action_label,
    batch_label,
    describe,
    field_label,
    kind_label,
    target_name,
)
from customers.models import AuditEvent, AuditNames
from customers.views.activity import Name


def event(changes: dict[str, Any], personal: dict[str, Any] | None = None) -> AuditEvent:
    found = AuditEvent(action=Action.USER_CHANGED, changes=changes)
    found.names = AuditNames(target="Office", changes=personal or {})
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"product": "Office"}, []),
        ({"product": "Teams"}, ["Teams"]),
        ({"seats": [0, 1250]}, ["Seats: 1,250"]),
        ({"seats": [10, 25]}, ["Seats: 10 → 25"]),
        ({"status": ["active", "suspended"]}, ["Status: Active → Suspended"]),
        ({"country": ["NO", "SE"]}, ["Country: Norway → Sweden"]),
        ({"country": "NO"}, ["Country: Norway"]),
        ({"released": ["Teams", "Mail"]}, ["Licenses released: Teams, Mail"]),
        ({"released": 8}, ["Licenses released: 8"]),
        ({"roles": [[], ["User administrator"]]}, ["Permissions: User administrator"]),
        ({"roles": [["A", "B"], []]}, ["Permissions: A, B → –"]),
        ({"services_off": ["TEAMS", "MAIL"]}, ["Services off: TEAMS, MAIL"]),
        ({"services_off": [["TEAMS"], []]}, ["Services off: TEAMS → –"]),
        ({"was_temporary": False}, []),
        ({"starts_on": "2026-12-14"}, ["Start date: 14 Dec 2026"]),
        ({"last_day": ["2026-12-14", "soon"]}, ["Last day: 14 Dec 2026 → soon"]),
        ({"to": "contact", "mails": 1}, ["Sent to: The customer's contact", "Emails: 1"]),
        ({"deleted_at": "2026-03-01T10:00:00+00:00"}, ["Deleted on: 1 Mar 2026, 10:00"]),
        ({"plans": [{}, {"CHAT": "Chat"}]}, ["Services: Chat (CHAT)"]),
        ({"plans": [{"A": "One", "B": "Two"}, {}]}, ["Services: One (A), Two (B) → –"]),
        ({"something_new": ["a", "b"]}, ["Something new: a → b"]),
    ],
)
def test_before_and_after_in_words(changes: dict[str, Any], expected: list[str]) -> None:
    with timezone.override("UTC"):
        assert describe(event(changes)) == expected


def test_a_moment_is_told_in_the_viewers_zone() -> None:
    late = {"deleted_at": "2026-03-01T23:30:00+00:00"}
    with timezone.override("Europe/Oslo"):
        moment = date_format(datetime(2026, 3, 2, 0, 30), "DATETIME_FORMAT")  # noqa: DTZ001
        assert describe(event(late)) == [f"Deleted on: {moment}"]


def test_personal_changes_are_said_too() -> None:
    found = event({}, {"display_name": ["Ada", "Ada Lind"], "fax": ["12", ""]})
    assert describe(found) == [
        "Display name: Ada → Ada Lind",
        "Fax: 12 → –",
    ]


@pytest.mark.parametrize(
    ("text", "name", "user_name"),
    [
        ("Ada (ada@contoso.example)", "Ada", "ada@contoso.example"),
        ("Ada (Sales) (ada@contoso.example)", "Ada (Sales)", "ada@contoso.example"),
        ("Office (2026)", "Office (2026)", ""),
        ("", "", ""),
    ],
)
def test_a_name_in_the_log_is_read_back(text: str, name: str, user_name: str) -> None:
    assert Name.read(text) == Name(name, user_name)


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"seats": [None, 5]}, ["Seats: 5"]),
        ({"seats": [5, None]}, ["Seats: 5 → –"]),
        ({"limited_to_customers": [False, True]}, ["Limited to some customers: yes"]),
        ({"limited_to_customers": True}, ["Limited to some customers: yes"]),
        ({"restored": ["Teams"], "not_restored": []}, ["Licenses assigned again: Teams"]),
        ({"usage_location": ["", "XX"]}, ["Usage location: XX"]),
        ({"status": "painted"}, ["Status: painted"]),
        ({"kind": "webauthn"}, ["Kind: Passkey"]),
        ({"deleted_at": "soon"}, ["Deleted on: soon"]),
        ({"deleted_at": "2026-03-01T10:00:00"}, ["Deleted on: 2026-03-01T10:00:00"]),
        ({"city": "", "fax": None, "people": [], "sessions": {}}, []),
    ],
)
def test_what_is_odd_or_empty_is_said_as_it_is(
    changes: dict[str, Any], expected: list[str]
) -> None:
    assert describe(event(changes)) == expected


def test_an_action_is_called_by_its_name_also_one_of_the_past() -> None:
    assert action_label(AuditEvent(action=Action.USER_BLOCKED)) == "Sign-in blocked"
    assert action_label(AuditEvent(action="user.painted")) == "user.painted"


@pytest.mark.parametrize(
    "users, text",
    [
        (1, "Block sign-in: 1 user"),
        (2, "Block sign-in: 2 users"),
        (1_400, "Block sign-in: 1,400 users"),
    ],
)
def test_a_batch_is_its_action_and_how_many_users(users: int, text: str) -> None:
    assert batch_label("block", users) == text


def test_an_undo_says_what_it_takes_back() -> None:
    assert batch_label("licenses", 2, "licenses") == "Undo: Manage licenses: 2 users"
    assert kind_label("allow", "block") == "Undo: Block sign-in"


def test_an_action_that_another_version_knows_is_called_as_it_is_stored() -> None:
    assert (kind_label("teleport", None), kind_label("undo", "teleport")) == (
        "teleport",
        "Undo: teleport",
    )
    assert describe(event({"scheduled": "teleport"})) == ["Action: teleport"]


@pytest.mark.parametrize(
    "model, name",
    [
        ("accounts.user", "Users"),
        ("customers.auditevent", "Activity log"),
        ("licensing.subscription", "Month report"),
        ("customers.batch", "Batches"),
        ("paint.brush", "paint.brush"),
        ("nothing", "nothing"),
    ],
)
def test_an_export_names_its_list_as_pages_do(model: str, name: str) -> None:
    event = AuditEvent(changes={"list": model, "rows": 1_200, "file": "csv"})
    assert describe(event) == [f"List: {name}", "Rows: 1,200", "File: csv"]


def test_a_field_without_a_label_is_called_as_it_is() -> None:
    assert field_label("job_title") == "Job title"
    assert field_label("brand_new_field") == "Brand new field"


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("schedule", "Block sign-in (14)", "Anmeldung blockieren (14)"),
        ("credentialsheet", "Users added (1)", "Benutzer hinzugefügt (1)"),
        # A product of that name is called so in any language.
        ("product", "Block sign-in (14)", "Block sign-in (14)"),
        ("schedule", "Gone", "Gone"),
        ("scheduledreport", "Month report", "Monatsbericht"),
        ("scheduledreport", "", ""),
    ],
)
def test_what_is_called_by_its_kind_is_so_in_the_viewers_words(
    kind: str, name: str, said: str
) -> None:
    found = event({})
    found.target_type, found.names.target = kind, name
    with override("de"):
        assert target_name(found) == said


def test_roles_and_facts_of_rules_are_in_the_viewers_words() -> None:
    facts = {"roles": ["Global administrator"], "rule": "Sales", "excepted": True}
    with override("de"):
        assert describe(event(facts)) == [
            "Berechtigungen: Globaler Administrator",
            "Lizenzregel: Sales",
            "Ausnahme: ja",
        ]
