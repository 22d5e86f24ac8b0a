"""Help with the pages of customers, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    ("customers:customer-list", "customer-switch"): (
        _("Your customers, with their users, seats and what needs attention."),
        _(
            "Select a customer to work with its users and licenses. The number of users leads"
            " straight to them."
        ),
        _("To find a user of any customer, use the search at the top."),
    ),
    ("customers:customer-add",): (
        _("Adds a customer with a primary domain. User names end with this domain."),
        _(
            "Enter the name, the domain and the country, which becomes the usage location of"
            " new users."
        ),
        _("Next, add a subscription, then add or upload users."),
    ),
    ("customers:customer-detail",): (
        _("The customer at a glance: users, seats and recent activity."),
        _("The menu leads to everything else. The star puts the customer first in your lists."),
        _("For a new customer, follow the first steps: subscription, users, passwords."),
    ),
    ("customers:customer-account",): (
        _("Name, country, contact and domains of the customer."),
        _("Add a domain before you add users whose names end with it."),
        _("Existing user names stay as they are when another domain becomes primary."),
    ),
    (
        "customers:activity-list",
        "customers:activity-batch",
        "customers:activity-all",
    ): (
        _("Shows who did what, to whom and when. Entries can't be changed or deleted."),
        _(
            "Filter by person, action, user or date. Select an action of several users to see"
            " each of them."
        ),
        _("Export saves what the filter shows as a file."),
    ),
}
