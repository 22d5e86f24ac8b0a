"""The role table: who may do what. Roles are Django groups by these names."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from functools import cache

from django.db import models
from django.utils.functional import Promise
from django.utils.text import get_text_list

from .said import gettext, joined_lazy
from .said import gettext_lazy as _


class Role(models.TextChoices):
    ACCOUNT_ADMIN = "Account admin", _("Account admin")
    ADMIN_AGENT = "Admin agent", _("Admin agent")
    SALES_AGENT = "Sales agent", _("Sales agent")
    HELPDESK_AGENT = "Helpdesk agent", _("Helpdesk agent")
    GLOBAL_ADMIN = "Global administrator", _("Global administrator")
    BILLING_ADMIN = "Billing administrator", _("Billing administrator")
    LICENSE_ADMIN = "License administrator", _("License administrator")
    PASSWORD_ADMIN = "Password administrator", _("Password administrator")
    SERVICE_ADMIN = "Service administrator", _("Service administrator")
    USER_ADMIN = "User administrator", _("User administrator")


STAFF_ROLES = (
    Role.ACCOUNT_ADMIN,
    Role.ADMIN_AGENT,
    Role.SALES_AGENT,
    Role.HELPDESK_AGENT,
)
LIMITED_ROLES = (
    Role.BILLING_ADMIN,
    Role.LICENSE_ADMIN,
    Role.PASSWORD_ADMIN,
    Role.SERVICE_ADMIN,
    Role.USER_ADMIN,
)
CUSTOMER_ROLES = (Role.GLOBAL_ADMIN, *LIMITED_ROLES)


@cache
def roles_named(names: str | None) -> tuple[Role, ...]:
    """Return the roles among group names joined by |, as a query has them in one column."""
    known = (names or "").split("|")
    return tuple(role for role in Role if role.value in known)


def group_name(name: str) -> str:
    """Return what a group is called in the viewer's language, where it is a role."""
    return str(Role(name).label) if name in Role.values else name


def is_grave_change(before: Iterable[str], after: Iterable[str]) -> bool:
    """Return whether a change makes a customer's user Global administrator, or takes a role away.

    A user who has lost it can be deleted, or have the password reset, as any other.
    """
    held, chosen = set(before), set(after)
    return bool(held - chosen) or Role.GLOBAL_ADMIN in chosen - held


class Capability(StrEnum):
    SEE = "see"
    MANAGE_CUSTOMERS = "manage customers"
    MANAGE_USERS = "manage users"
    DELETE_PERMANENTLY = "delete permanently"
    MANAGE_LICENSES = "manage licenses"
    RESET_PASSWORDS = "reset passwords"
    SEE_SUBSCRIPTIONS = "see subscriptions"
    MANAGE_SUBSCRIPTIONS = "manage subscriptions"
    SEE_ACTIVITY = "see activity"
    # Of all customers at once, as a file.
    EXPORT_ACTIVITY = "export activity"
    MANAGE_TEAM = "manage team"
    MANAGE_APPLICATIONS = "manage applications"
    MANAGE_CATALOG = "manage catalog"


ROLE_LACKS_IT = _("Your role can't do this.")

# What is the whole partner's: staff who are limited to some customers have no part in it.
OF_PARTNER = (
    Capability.MANAGE_TEAM,
    Capability.MANAGE_APPLICATIONS,
    Capability.MANAGE_CATALOG,
)


class Reach(IntEnum):
    """The reach of a capability. LIMITED: not on administrators; of the activity, own actions."""

    NONE = 0
    LIMITED = 1
    FULL = 2


_ALL = dict.fromkeys(Capability, Reach.FULL)
_SEES = {Capability.SEE: Reach.FULL, Capability.SEE_SUBSCRIPTIONS: Reach.FULL}
_OWN_ACTIONS = {Capability.SEE_ACTIVITY: Reach.LIMITED}

GRANTS: dict[Role, dict[Capability, Reach]] = {
    Role.ACCOUNT_ADMIN: _ALL,
    Role.ADMIN_AGENT: {c: r for c, r in _ALL.items() if c not in OF_PARTNER},
    Role.SALES_AGENT: {
        **_SEES,
        **_OWN_ACTIONS,
        Capability.MANAGE_LICENSES: Reach.FULL,
        Capability.MANAGE_SUBSCRIPTIONS: Reach.FULL,
    },
    Role.HELPDESK_AGENT: {
        **_SEES,
        **_OWN_ACTIONS,
        Capability.MANAGE_LICENSES: Reach.FULL,
        Capability.RESET_PASSWORDS: Reach.LIMITED,
    },
    Role.GLOBAL_ADMIN: {
        **_SEES,
        Capability.MANAGE_USERS: Reach.FULL,
        Capability.DELETE_PERMANENTLY: Reach.FULL,
        Capability.MANAGE_LICENSES: Reach.FULL,
        Capability.RESET_PASSWORDS: Reach.FULL,
        Capability.SEE_ACTIVITY: Reach.FULL,
    },
    Role.USER_ADMIN: {
        **_SEES,
        Capability.MANAGE_USERS: Reach.LIMITED,
        Capability.MANAGE_LICENSES: Reach.FULL,
        Capability.RESET_PASSWORDS: Reach.LIMITED,
    },
    Role.LICENSE_ADMIN: {**_SEES, Capability.MANAGE_LICENSES: Reach.FULL},
    Role.PASSWORD_ADMIN: {
        Capability.SEE: Reach.FULL,
        Capability.RESET_PASSWORDS: Reach.LIMITED,
    },
    Role.BILLING_ADMIN: _SEES,
    Role.SERVICE_ADMIN: {Capability.SEE: Reach.FULL},
}


def reach(roles: Iterable[Role], capability: Capability) -> Reach:
    """Return the furthest reach that any of the roles has: several add up."""
    return max((GRANTS[role].get(capability, Reach.NONE) for role in roles), default=Reach.NONE)


def who_can(capability: Capability, *, staff: bool) -> str | Promise:
    """Return the refusal for a user whose role lacks the capability, naming those that have it."""
    if not _holders(capability, staff=staff):
        return _("Only your partner can do this.")
    return joined_lazy((ROLE_LACKS_IT, whom_to_ask(capability, staff=staff)))


def whom_to_ask(capability: Capability, *, staff: bool) -> str | Promise:
    """Return the sentence that names the roles with a capability, for a page that has refused."""
    names = _holders(capability, staff=staff)
    return joined_lazy((_("Ask one of these roles:"), " ", joined_lazy(names, " · "), "."), "")


def _holders(capability: Capability, *, staff: bool) -> list[str | Promise]:
    if capability in OF_PARTNER:
        return [_("Account admin of all customers")] if staff else []
    kind = STAFF_ROLES if staff else CUSTOMER_ROLES
    return [role.label for role in kind if GRANTS[role].get(capability) == Reach.FULL]


# What a role may do, fully and within its limits, as a list in a sentence has it.
_DOES: dict[Capability, tuple[str | Promise, str | Promise]] = {
    Capability.SEE: (_("see users"), ""),
    Capability.MANAGE_CUSTOMERS: (_("manage customers"), ""),
    Capability.MANAGE_USERS: (
        _("manage users (add, change, delete)"),
        _("manage users (add, change, delete) who are not administrators"),
    ),
    Capability.DELETE_PERMANENTLY: (_("delete users permanently"), ""),
    Capability.MANAGE_LICENSES: (_("assign licenses"), ""),
    Capability.RESET_PASSWORDS: (
        _("reset passwords"),
        _("reset passwords of users who are not administrators"),
    ),
    Capability.SEE_SUBSCRIPTIONS: (_("see subscriptions"), ""),
    Capability.MANAGE_SUBSCRIPTIONS: (_("manage subscriptions (buy, change, cancel)"), ""),
    Capability.SEE_ACTIVITY: (_("see the activity log"), _("see their own actions in the log")),
    Capability.EXPORT_ACTIVITY: (_("export the activity of all customers"), ""),
    Capability.MANAGE_TEAM: (_("manage the team"), ""),
    Capability.MANAGE_APPLICATIONS: (_("manage applications"), ""),
    Capability.MANAGE_CATALOG: (_("manage the catalog"), ""),
}
# Who may do the first may do the second, which then need not be said.
_INCLUDES = (
    (Capability.MANAGE_USERS, Capability.SEE),
    (Capability.MANAGE_SUBSCRIPTIONS, Capability.SEE_SUBSCRIPTIONS),
)
# Who may not do the second may not do the first either.
_NEEDS = (
    *_INCLUDES,
    (Capability.DELETE_PERMANENTLY, Capability.MANAGE_USERS),
    (Capability.EXPORT_ACTIVITY, Capability.SEE_ACTIVITY),
)


def role_in_words(role: Role) -> str:
    """Return a sentence of what the role may do and one of what it may not, by the table."""
    grants = GRANTS[role]
    others = STAFF_ROLES if role in STAFF_ROLES else CUSTOMER_ROLES
    known = [one for one in Capability if any(GRANTS[other].get(one) for other in others)]
    implied = {part for whole, part in _INCLUDES if whole in grants}
    may = [
        str(_DOES[one][0 if grants[one] == Reach.FULL else 1])
        for one in known
        if one in grants and one not in implied
    ]
    beyond = {whole for whole, part in _NEEDS if part not in grants}
    may_not = [str(_DOES[one][0]) for one in known if one not in grants and one not in beyond]
    text = gettext("Can %(actions)s.") % {"actions": get_text_list(may, gettext("and"))}
    if not may_not:
        return text
    no = gettext("Can't %(actions)s.") % {"actions": get_text_list(may_not, gettext("or"))}
    return f"{text} {no}"
