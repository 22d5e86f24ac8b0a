"""The events that can be chosen: each action of the log, in one group, in words."""

from api.v1.audit import OPERATIONS
from api.webhook_events import (
    RECORDED,
    EventGroup,
    actions_of,
    event_name,
    group_of,
    in_words,
    includes,
    is_known,
    tidied,
    whole,
)
from customers.actions import Action


def test_every_action_of_the_log_is_in_a_group() -> None:
    assert [action for action in Action if group_of(action) is None] == []
    assert sorted(action for group in EventGroup for action in actions_of(group)) == sorted(Action)
    assert all(actions_of(group) for group in EventGroup)


def test_a_group_includes_its_events_and_no_other() -> None:
    assert includes(["users.*"], "user.added")
    assert includes(["user.added"], "user.added")
    assert not includes(["user.added"], "user.deleted")
    # About users all the same, and of another kind.
    assert not includes(["users.*"], "user.signed_in")
    assert includes(["sign-in.*"], "user.signed_in")
    # An action that the portal knew once.
    assert not includes(["users.*"], "user.dreamed")


def test_what_can_be_chosen_is_known() -> None:
    assert all(map(is_known, [*Action, *map(whole, EventGroup)]))
    assert not any(map(is_known, ["", "users", ".*", "*", "webhook.test", "user.dreamed"]))


def test_chosen_events_are_kept_in_one_order_and_once() -> None:
    chosen = ["license.revoked", "user.added", "users.*", "license.assigned"]
    assert tidied(chosen) == ["users.*", "license.assigned", "license.revoked"]
    assert in_words(tidied(chosen)) == ["All of: Users", "License assigned", "License revoked"]
    assert in_words(["user.dreamed"]) == ["user.dreamed"]


def test_events_are_called_as_partner_center_calls_them() -> None:
    assert event_name("subscription.suspended") == "subscription-updated"
    assert event_name("webhook.test") == "test-created"
    assert event_name("user.signed_in") == "user-signed-in"


def test_a_record_is_named_where_the_api_has_one() -> None:
    assert OPERATIONS.keys() == RECORDED
