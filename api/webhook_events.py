"""The events that a webhook can choose: the actions of the log, in groups by what they are about.

A group is chosen whole, with what it will have in later versions, or by single events.
"""

from collections.abc import Collection, Iterable
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.actions import Action

# Behind the name of a group that is chosen whole.
ALL_OF = ".*"
TEST = "webhook.test"


class EventGroup(models.TextChoices):
    CUSTOMERS = "customers", _("Customers and domains")
    USERS = "users", _("Users")
    PASSWORDS = "passwords", _("Passwords")
    LICENSES = "licenses", _("Licenses")
    SUBSCRIPTIONS = "subscriptions", _("Subscriptions")
    SIGN_IN = "sign-in", _("Sign-in")
    APPLICATIONS = "applications", _("Applications and provisioning")
    CATALOG = "catalog", _("Catalog")
    FILES = "files", _("Uploads and exports")
    TEAM = "team", _("Team and partner")
    AUTOMATION = "automation", _("Integrations, tokens and webhooks")
    SCHEDULES = "schedules", _("Schedules, license rules, requests and reviews")


# Those whose names begin otherwise than those of their group.
_BY_NAME = {
    Action.SIGNED_IN: EventGroup.SIGN_IN,
    Action.USER_EXPORTED: EventGroup.FILES,
    Action.PROVISIONED: EventGroup.APPLICATIONS,
    Action.DEPROVISIONED: EventGroup.APPLICATIONS,
    Action.PROVISIONING_FAILED: EventGroup.APPLICATIONS,
}
_BY_BEGINNING = {
    "application": EventGroup.APPLICATIONS,
    "codes": EventGroup.SIGN_IN,
    "columns": EventGroup.FILES,
    "customer": EventGroup.CUSTOMERS,
    "domain": EventGroup.CUSTOMERS,
    "integration": EventGroup.AUTOMATION,
    "license": EventGroup.LICENSES,
    "list": EventGroup.FILES,
    "logout": EventGroup.APPLICATIONS,
    "partner": EventGroup.TEAM,
    "password": EventGroup.PASSWORDS,
    "product": EventGroup.CATALOG,
    "report": EventGroup.SCHEDULES,
    "request": EventGroup.SCHEDULES,
    "review": EventGroup.SCHEDULES,
    "rule": EventGroup.SCHEDULES,
    "schedule": EventGroup.SCHEDULES,
    "session": EventGroup.SIGN_IN,
    "sheet": EventGroup.PASSWORDS,
    "source": EventGroup.AUTOMATION,
    "staff": EventGroup.TEAM,
    "step": EventGroup.SIGN_IN,
    "subscription": EventGroup.SUBSCRIPTIONS,
    "token": EventGroup.AUTOMATION,
    "user": EventGroup.USERS,
    "webhook": EventGroup.AUTOMATION,
}

# As Partner Center calls them, whose clients know these names alone.
_AS_THERE = {
    TEST: "test-created",
    Action.SUBSCRIPTION_SEATS: "subscription-updated",
    Action.SUBSCRIPTION_PRICE: "subscription-updated",
    Action.SUBSCRIPTION_SUSPENDED: "subscription-updated",
    Action.SUBSCRIPTION_RESUMED: "subscription-updated",
    Action.SUBSCRIPTION_CANCELED: "subscription-updated",
}


# Of these the API has an audit record (api.v1.audit).
RECORDED = {
    Action.USER_ADDED,
    Action.USER_CHANGED,
    Action.USER_BLOCKED,
    Action.USER_ALLOWED,
    Action.USER_DELETED,
    Action.USER_RESTORED,
    Action.USER_REMOVED,
    Action.PASSWORD_RESET,
    Action.LICENSE_ASSIGNED,
    Action.LICENSE_REVOKED,
    Action.LICENSE_SERVICES,
    Action.SUBSCRIPTION_ADDED,
    Action.SUBSCRIPTION_SEATS,
    Action.SUBSCRIPTION_PRICE,
    Action.SUBSCRIPTION_SUSPENDED,
    Action.SUBSCRIPTION_RESUMED,
    Action.SUBSCRIPTION_CANCELED,
    Action.CUSTOMER_ADDED,
}


def group_of(action: str) -> EventGroup | None:
    """Return the group of an action; None of one that the portal knew once."""
    try:
        known = Action(action)
    except ValueError:
        return None
    return _BY_NAME.get(known) or _BY_BEGINNING.get(known.partition(".")[0])


@cache
def actions_of(group: EventGroup) -> tuple[Action, ...]:
    return tuple(action for action in Action if group_of(action) == group)


def whole(group: EventGroup) -> str:
    """Return what is kept where all events of a group are chosen."""
    return f"{group.value}{ALL_OF}"


def is_known(event: str) -> bool:
    return event in Action or event in map(whole, EventGroup)


def tidied(events: Collection[str]) -> list[str]:
    """Return the events in the order of the log's actions, without those that a group has whole."""
    kept: list[str] = []
    for group in EventGroup:
        if whole(group) in events:
            kept.append(whole(group))
        else:
            kept += [action.value for action in actions_of(group) if action in events]
    return kept


def includes(events: Collection[str], action: str) -> bool:
    """Return whether an event of this action was chosen."""
    group = group_of(action)
    return action in events or (group is not None and whole(group) in events)


def in_words(events: Iterable[str]) -> list[str]:
    """Return what was chosen as the pages call it."""
    labels = {whole(group): str(_("All of: %(group)s") % {"group": group.label})
              for group in EventGroup}  # fmt: skip
    labels |= {action.value: str(action.label) for action in Action}
    return [labels.get(event, event) for event in events]


def event_name(kind: str) -> str:
    """Return an event's name as Partner Center would have it."""
    return _AS_THERE.get(kind) or kind.replace(".", "-").replace("_", "-")
