"""Every service stands in the activity log, or here with the reason why not."""

import ast
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from customers.actions import Action
from customers.models import AuditEvent, Batch, BatchKind
from customers.services import audit, batches, bulk
from customers.services.messages import send
from tests.accounts.verbs import crowd
from tests.factories import UserFactory
from tests.support.audited import ALONE, VERBS, Stage
from tests.support.cast import Cast
from tests.support.house import APPS, modules, tree
from tests.support.log import log

OWN = "one's own: nobody else sees or misses it"
PART = "a part of a verb, whose event it is"
RECORD = "the record itself"
CHECK = "looks and locks, and changes nothing"
BEFORE = "nothing is anybody's account before Confirm; what the upload writes is logged"
SOONER = "what is done anyhow is done sooner"

AGAIN = "what was sent, or a test, is sent once more: nothing is changed"

NO_EVENT = {
    "automation/services/applying.py": {"apply": PART, "check_unused": CHECK},
    "automation/services/rules.py": {
        "lock_rules": CHECK,
        "take_rule": CHECK,
        "except_users": PART,
        "record": RECORD,
        "record_exceptions": RECORD,
    },
    "accounts/services/users/starts.py": {"plan_starts": PART, "tell_moved": PART},
    "automation/services/despite_rules.py": {"except_from_all": PART},
    "automation/services/joining.py": {"move_joining": PART, "plan_joining": PART},
    "automation/services/reports/keeping.py": {
        "send_now": "leaves mails, each of which is logged when it is sent",
    },
    "automation/services/rule_switching.py": {"turn": PART},
    "automation/services/due_running.py": {
        "begin": "leaves a batch, whose run is logged",
    },
    "automation/services/leaving.py": {"find_plan": CHECK},
    "automation/services/reviews/starting.py": {"find_review": CHECK},
    "automation/services/reviews/taking.py": {"check_may_manage": CHECK},
    "api/services/integrations.py": {"take_integration": CHECK},
    "api/services/tokens.py": {"check_hand": CHECK},
    "api/services/webhooks.py": {
        "take_webhook": CHECK,
        "send_test": AGAIN,
        "resend": AGAIN,
        "resend_failed": AGAIN,
    },
    "api/services/sources.py": {"take_source": CHECK, "check_may": CHECK},
    "applications/services/applications.py": {"take_application": CHECK},
    "applications/services/provisioning/setting_up.py": {
        "try_again": SOONER,
        "ask_comparison": SOONER,
    },
    "accounts/services/credentials.py": {
        "write_sheet": PART,
        "open_sheet": PART,
        "empty_sheet": PART,
        "check_reader": CHECK,
    },
    "accounts/services/filters.py": {"save_filter": OWN, "delete_filter": OWN},
    "accounts/services/licenses/single.py": {"look": CHECK, "give": PART},
    "accounts/services/licenses/writing.py": {"write_steps": PART},
    "accounts/services/running.py": {
        "perform": "hands to the verbs",
        "cancel": "nothing of it was done; the batch says who canceled it",
    },
    "accounts/services/second_steps/record.py": {"log": RECORD},
    "accounts/services/second_steps/removing.py": {"lock_reachable": CHECK},
    "accounts/services/selections.py": {
        "choose": OWN,
        "choose_all": OWN,
        "choose_nobody": OWN,
    },
    "accounts/services/staff/locking.py": {
        "take_staff": CHECK,
        "take_one": CHECK,
        "check_may": CHECK,
    },
    "accounts/services/staff/writing.py": {"log": RECORD},
    "accounts/services/undo/undoing.py": {
        "plan_undo": CHECK,
        "can_undo": CHECK,
        "undo_batch": "leaves a batch, whose run is logged (accounts/services/undo)",
    },
    "uploads/services/forgetting.py": {"remember_columns": PART},
    "uploads/services/changes.py": {"write_changes": PART},
    "uploads/services/confirming.py": {
        "confirm_upload": BEFORE,
        "stop_upload": BEFORE,
    },
    "uploads/services/editing.py": {
        "edit_row": BEFORE,
        "decide_row": BEFORE,
        "judge_again": PART,
    },
    "uploads/services/repairing.py": {"repair_rows": BEFORE, "stop_repair": BEFORE},
    "uploads/services/receiving.py": {
        "receive_upload": BEFORE,
        "lock_open": CHECK,
        "answer": BEFORE,
        "read_again": BEFORE,
        "choose_options": BEFORE,
        "cancel_upload": BEFORE,
    },
    "accounts/services/users/inserting.py": {"write_users": PART, "write_unseen_users": PART},
    "accounts/services/users/locking.py": {
        "take_users": CHECK,
        "take_briefs": CHECK,
        "take_crowd": CHECK,
        "check_not_self": CHECK,
        "check_reach": CHECK,
        "check_roles": CHECK,
        "beyond_reach": CHECK,
        "oneself": CHECK,
    },
    "accounts/services/users/owning.py": {"check_owned": CHECK, "kept_elsewhere": CHECK},
    "accounts/services/users/purging.py": {"remove_rows": PART},
    "accounts/services/users/restoring.py": {"bring_back": PART},
    "customers/services/audit.py": {
        "record": RECORD,
        "record_alike": RECORD,
        "record_one": RECORD,
        "row": RECORD,
    },
    "customers/services/batches.py": {
        "open_batch": RECORD,
        "batch_of_one": RECORD,
        "leave_batch": RECORD,
        "cancel_batch": RECORD,
        "canceled_by": "a sentence",
        "find_batch": RECORD,
    },
    "uploads/services/permissions.py": {"check_licenses": CHECK},
    "customers/services/places.py": {"set_favorite": OWN, "note_visit": OWN},
    "customers/services/permission.py": {"check_actor": CHECK, "check_support": CHECK},
}


def discovered() -> dict[str, set[str]]:
    """The public functions of services that are told who acts, by module."""
    found: dict[str, set[str]] = {}
    for module in modules(*APPS):
        if "services" not in module.parts:
            continue
        for node in tree(module).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = [*node.args.kwonlyargs, *node.args.args]
                if "actor" in {argument.arg for argument in arguments}:
                    found.setdefault(str(module), set()).add(node.name)
    return found


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast)


def test_each_verb_is_tried_or_has_a_reason() -> None:
    found = discovered()
    wanted = {name for names in found.values() for name in names}
    excused = {name for names in NO_EVENT.values() for name in names}
    assert wanted - excused == VERBS.keys()
    stale = {module: names.keys() - found.get(module, set()) for module, names in NO_EVENT.items()}
    assert {module: names for module, names in stale.items() if names} == {}


@pytest.mark.parametrize("name", VERBS)
def test_each_verb_writes_its_events(stage: Stage, name: str) -> None:
    do, actions, has_both = VERBS[name]
    do(stage)
    events = list(AuditEvent.objects.select_related("names").order_by("-pk")[: len(actions)])
    assert {event.action for event in events} == set(actions)
    assert {event.actor_id for event in events} <= {stage.alice.pk, stage.support.pk}
    assert {bool(event.names.actor and event.names.target) for event in events} == {True}
    values = [*events[0].changes.values(), *events[0].names.changes.values()]
    pairs = [value for value in values if isinstance(value, list) and len(value) == 2]
    assert not has_both or any(before != after for before, after in pairs)


@pytest.mark.parametrize("name", ALONE)
def test_what_nobody_else_does_is_logged_too(stage: Stage, name: str) -> None:
    do, actions = ALONE[name]
    do(stage)
    events = list(AuditEvent.objects.order_by("-pk")[: len(actions)])
    assert [event.action for event in events] == actions


def test_every_action_is_written_by_some_verb() -> None:
    written = {action for _do, actions, _both in VERBS.values() for action in actions}
    written |= {action for _do, actions in ALONE.values() for action in actions}
    elsewhere = {"license.revoked", "license.services", "sheet.printed", "sheet.downloaded"}
    # By the portal alone, with an application at the other end.
    elsewhere |= {"logout.failed", "user.provisioned", "user.deprovisioned"}
    elsewhere |= {"user.provisioning_failed"}
    assert written | elsewhere == set(Action.values)


def test_the_log_names_users_as_they_were(cast: Cast) -> None:
    entry = audit.Entry(Action.USER_CHANGED, cast.uma)
    audit.record([entry], actor=None, customer=cast.contoso)
    assert (log()[0].target, log()[0].actor) == ("Uma (uma@contoso.example)", "")
    long = UserFactory.create(customer=cast.contoso, display_name="x" * 256, local_part="y" * 64)
    audit.record([audit.Entry(Action.USER_CHANGED, long)], actor=long, customer=cast.contoso)
    assert len(log()[1].target) == 300


def test_alike_events_of_many_are_written_on_any_database(cast: Cast) -> None:
    users = crowd(cast.contoso, bulk.SET_FROM)
    entries = [audit.Entry(Action.USER_BLOCKED, user) for user in users]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, reason="4711")
    events = AuditEvent.objects.select_related("names").order_by("pk")
    assert [(event.target_id, event.names.target, event.reason) for event in events] == [
        (user.pk, f"{user.display_name} ({user.user_name})", "4711") for user in users
    ]


@pytest.mark.parametrize("number", [3, bulk.SET_FROM])
def test_each_line_of_a_long_log_has_its_own_facts(cast: Cast, number: int) -> None:
    users = UserFactory.create_batch(number, customer=cast.contoso)
    entries = [
        audit.Entry(Action.USER_CHANGED, user, {"place": place}, {"name": ["é", f'"{place}']})
        for place, user in enumerate(users)
    ]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, reason="why")
    assert [(line.target, line.changes, line.personal) for line in log()] == [
        (f"{user} ({user.user_name})", {"place": place}, {"name": ["é", f'"{place}']})
        for place, user in enumerate(users)
    ]
    targets = AuditEvent.objects.filter(reason="why").order_by("pk").values_list("target_id")
    assert [pk for (pk,) in targets] == [user.pk for user in users]


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return batches.open_batch(
        BatchKind.BLOCK, actor=cast.alice, customer=cast.contoso, reason="Ticket 4711"
    )


def shares() -> list[int | None]:
    return list(AuditEvent.objects.order_by("pk").values_list("stands_for", flat=True))


def test_an_event_of_no_batch_stands_for_itself(cast: Cast) -> None:
    entries = [audit.Entry(Action.USER_BLOCKED, user) for user in (cast.uma, cast.gail)]
    audit.record(entries, actor=cast.alice, customer=cast.contoso)
    assert shares() == [1, 1]


def test_the_first_event_of_a_batch_stands_for_its_users(cast: Cast, batch: Batch) -> None:
    entries = [
        audit.Entry(Action.USER_BLOCKED, cast.uma),
        audit.Entry(Action.USER_CHANGED, cast.uma),
        audit.Entry(Action.USER_BLOCKED, cast.gail),
        audit.Entry(Action.DOMAIN_ADDED, cast.contoso.domains.get()),
    ]
    audit.record(entries, actor=cast.alice, customer=cast.contoso, batch=batch)
    assert shares() == [2, None, None, None]


def test_a_batch_about_no_user_stands_for_one(cast: Cast, batch: Batch) -> None:
    entry = audit.Entry(Action.CUSTOMER_CHANGED, cast.contoso)
    audit.record([entry], actor=cast.alice, customer=cast.contoso, batch=batch)
    assert shares() == [1]


def test_events_of_a_batch_have_its_reason_unless_they_have_their_own(
    cast: Cast, batch: Batch
) -> None:
    entry = audit.Entry(Action.USER_BLOCKED, cast.uma)
    whose: dict[str, Any] = {"actor": cast.alice, "customer": cast.contoso, "batch": batch}
    audit.record([entry], **whose)
    audit.record([entry], **whose, reason="x" * 300)
    reasons = list(AuditEvent.objects.order_by("pk").values_list("reason", "batch_id"))
    assert reasons == [("Ticket 4711", batch.pk), ("x" * 255, batch.pk)]


def test_an_event_is_of_the_partner_of_its_customer_or_of_the_one_that_is_told(cast: Cast) -> None:
    entry = audit.Entry(Action.PARTNER_CHANGED, cast.litware)
    audit.record([entry], actor=None, customer=cast.contoso)
    audit.record([entry], actor=None, partner=cast.litware)
    audit.record([entry], actor=None)
    events = AuditEvent.objects.order_by("pk").values_list("partner", "customer")
    assert list(events) == [
        (cast.fabrikam.pk, cast.contoso.pk),
        (cast.litware.pk, None),
        (None, None),
    ]


def test_no_entries_are_no_events(cast: Cast, batch: Batch) -> None:
    audit.record([], actor=cast.alice, customer=cast.contoso, batch=batch)
    assert shares() == []


def groups_of(number: int) -> list[audit.Alike]:
    return [
        audit.Alike(Action.USER_BLOCKED, [(pk, f"User {pk}") for pk in range(1, number + 1)]),
        audit.Alike(Action.USER_CHANGED, [(1, "User 1"), (7, "User 7")], {"city": "Oslo"}),
    ]


@pytest.mark.parametrize("number", [2, bulk.SET_FROM])
def test_groups_are_written_in_their_order_few_or_many(
    cast: Cast, batch: Batch, number: int
) -> None:
    audit.record_alike(
        groups_of(number),
        target=type(cast.uma),
        actor=cast.alice,
        customer=cast.contoso,
        batch=batch,
    )
    assert [(line.action, line.target, line.changes) for line in log()] == [
        *[("user.blocked", f"User {pk}", {}) for pk in range(1, number + 1)],
        ("user.changed", "User 1", {"city": "Oslo"}),
        ("user.changed", "User 7", {"city": "Oslo"}),
    ]
    users = len({*range(1, number + 1), 7})
    assert shares() == [users, *[None] * (number + 1)]
    assert {line.actor for line in log()} == {"Alice (alice@fabrikam.example)"}


@pytest.mark.parametrize("stands_for, first", [(0, 3), (9, 9), (None, None)])
def test_a_log_in_chunks_says_what_its_first_event_stands_for(
    cast: Cast, batch: Batch, stands_for: int | None, first: int | None
) -> None:
    audit.record_alike(
        groups_of(2),
        target=type(cast.uma),
        actor=None,
        customer=cast.contoso,
        batch=batch,
        stands_for=stands_for,
    )
    assert shares() == [first, None, None, None]
    assert {line.actor for line in log()} == {""}


@pytest.mark.postgres
def test_many_groups_cost_two_statements(
    cast: Cast, batch: Batch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    groups = [*groups_of(bulk.SET_FROM), *groups_of(3), *groups_of(5)]
    with django_assert_num_queries(2):
        audit.record_alike(
            groups,
            target=type(cast.uma),
            actor=cast.alice,
            customer=cast.contoso,
            batch=batch,
        )


def test_what_is_sent_along_for_one_user_is_what_would_be_written(cast: Cast, batch: Batch) -> None:
    one = [
        audit.Alike(Action.LICENSE_REVOKED, [(cast.uma.pk, "Uma")], {"product": "Teams"}),
        audit.Alike(Action.LICENSE_ASSIGNED, [(cast.uma.pk, "Uma")], {"product": "Office"}),
    ]
    statements = audit.record_one(one, target=type(cast.uma), actor=cast.alice, batch=batch)
    assert shares() == []
    send(*statements)
    assert [(line.action, line.target, line.changes["product"]) for line in log()] == [
        ("license.revoked", "Uma", "Teams"),
        ("license.assigned", "Uma", "Office"),
    ]
    assert shares() == [1, None]
    event = AuditEvent.objects.all()[0]
    assert (event.partner, event.customer, event.target_type, event.reason) == (
        cast.fabrikam,
        cast.contoso,
        "user",
        "Ticket 4711",
    )


def test_a_user_is_named_with_the_user_name_and_never_too_long() -> None:
    assert audit.named("Ada Lind", "ada@contoso.example") == "Ada Lind (ada@contoso.example)"
    assert len(audit.named("x" * 400, "y")) == audit.NAME_LENGTH
