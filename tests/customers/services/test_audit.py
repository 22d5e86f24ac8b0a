"""Every verb of every service stands in the activity log, or here with the reason why not."""

import ast

import pytest

from customers.actions import Action
from customers.models import AuditEvent
from tests.support.audited import ALONE, VERBS, Stage
from tests.support.cast import Cast
from tests.support.house import APPS, modules, tree

OWN = "one's own: nobody else sees or misses it"
PART = "a part of a verb, whose event it is"
RECORD = "the record itself"
CHECK = "looks and locks, and changes nothing"
BEFORE = "nothing is anybody's account before Confirm; what the upload writes is logged"

NO_EVENT = {
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
    "uploads/services/changes.py": {"change_people": PART},
    "uploads/services/confirming.py": {
        "confirm_upload": BEFORE,
        "stop_upload": BEFORE,
    },
    "uploads/services/editing.py": {"edit_row": BEFORE, "decide_row": BEFORE},
    "uploads/services/receiving.py": {
        "receive_upload": BEFORE,
        "lock_open": CHECK,
        "answer": BEFORE,
        "map_columns": BEFORE,
        "choose_options": BEFORE,
        "cancel_upload": BEFORE,
    },
    "accounts/services/users/inserting.py": {"write_people": PART},
    "accounts/services/users/locking.py": {
        "take_people": CHECK,
        "take_briefs": CHECK,
        "take_crowd": CHECK,
        "check_not_self": CHECK,
        "check_reach": CHECK,
        "check_roles": CHECK,
        "beyond_reach": CHECK,
        "oneself": CHECK,
    },
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
        "find_batch": RECORD,
    },
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
    assert written | elsewhere == set(Action.values)
