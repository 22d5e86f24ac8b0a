"""What a token may do, in the words of the pages: a name and what it means."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.roles import Capability


@dataclass(frozen=True, slots=True)
class Words:
    label: str | Promise
    meaning: str | Promise


WORDS: dict[Capability, Words] = {
    Capability.SEE: Words(
        _("See customers and users"),
        _("Read customers, users and their licenses. Part of every other permission."),
    ),
    Capability.MANAGE_CUSTOMERS: Words(
        _("Manage customers"), _("Add and change customers and their domains.")
    ),
    Capability.MANAGE_USERS: Words(
        _("Manage users"), _("Add, change, upload, block, allow, delete and restore users.")
    ),
    Capability.DELETE_PERMANENTLY: Words(
        _("Delete permanently"), _("Remove deleted users for good, before their 30 days are over.")
    ),
    Capability.MANAGE_LICENSES: Words(
        _("Manage licenses"), _("Assign licenses to users and take them away.")
    ),
    Capability.RESET_PASSWORDS: Words(
        _("Reset passwords"), _("Give users a temporary password, and read it.")
    ),
    Capability.SEE_SUBSCRIPTIONS: Words(
        _("See subscriptions"), _("Read what customers have bought, and the seats left.")
    ),
    Capability.MANAGE_SUBSCRIPTIONS: Words(
        _("Manage subscriptions"), _("Buy, change seats, suspend, resume and cancel.")
    ),
    Capability.SEE_ACTIVITY: Words(_("See activity"), _("Read the activity log of each customer.")),
    Capability.EXPORT_ACTIVITY: Words(
        _("Export activity"), _("Read the activity log of all customers at once.")
    ),
    Capability.MANAGE_APPLICATIONS: Words(
        _("Manage applications"), _("Register applications and change who can sign in to them.")
    ),
    Capability.MANAGE_CATALOG: Words(
        _("Manage the catalog"), _("Add and change your own products and their services.")
    ),
}


def label_of(name: str) -> str:
    """Return what a right is called; one that the portal knew once, by its own name."""
    try:
        return str(WORDS[Capability(name)].label)
    except (ValueError, KeyError):
        return name
