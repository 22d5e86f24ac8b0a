"""Help with the pages of users, passwords and the team, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    ("accounts:user-list", "accounts:user-filter"): (
        _("All active users of the customer, with their licenses and sign-in state."),
        _("Search or filter, select users, then choose an action."),
        _("Select a name for details. Deleted users are on their own tab and can be restored."),
    ),
    ("accounts:user-add",): (
        _("Adds one user and makes a temporary password."),
        _("Enter a name and a user name, choose permissions and licenses, then save."),
        _("For many users at once, use Upload users."),
    ),
    ("accounts:user-detail",): (
        _("Everything about one user: sign-in, licenses, details and recent activity."),
        _(
            "The everyday actions are at the top: reset the password, manage licenses, block"
            " sign-in."
        ),
        _(
            "Change details below and save. Most actions can be undone from the notice that"
            " follows."
        ),
    ),
    ("accounts:user-deleted", "accounts:user-restore"): (
        _("Deleted users can be restored here until their days run out."),
        _("Select users, then Restore. You see first which licenses come back."),
        _("Delete permanently can't be undone."),
    ),
    ("accounts:license-manage", "accounts:license-who"): (
        _("Assigns licenses to the selected users and removes them."),
        _(
            "Select a product to give it to everyone, clear it to remove it. A dash means"
            " that some users have it."
        ),
        _("Nothing changes until you save. If seats run out, the row says how many are missing."),
    ),
    ("accounts:sheet-list", "accounts:sheet-detail", "accounts:sheet-print"): (
        _("Temporary passwords that are still to be handed over."),
        _("Print, email or download them, then select Done, which deletes them from the portal."),
        _("After that, reset the password of anyone who still needs one."),
    ),
    ("accounts:batch-list", "accounts:batch-detail"): (
        _("Actions on users: those at work and those that have finished."),
        _("Select one to see the result for each user, and why a user was not changed."),
        _("Undo takes an action back, where that is still possible."),
    ),
    (
        "accounts:team-list",
        "accounts:team-add",
        "accounts:team-detail",
        "accounts:team-customers",
    ): (
        _("Your staff, with their roles and customers."),
        _("Add staff, choose their roles and, if needed, limit them to some customers."),
        _("Each role says what it can do and what it can't."),
    ),
    ("accounts:month-report",): (
        _("Seats and users of each month, by product and by customer."),
        _("Choose a month, and compare its last day and its peak with the month before."),
        _("The table can be printed and saved as a file."),
    ),
    ("accounts:customer-attention",): (
        _(
            "What needs attention soon at all customers: full products, renewals, passwords,"
            " deletions."
        ),
        _("Open an entry to see the customers or users behind it."),
        _("An entry goes away as soon as it has been dealt with."),
    ),
    (
        "accounts:me",
        "accounts:session-list",
        "account_change_password",
        "accounts:password-choose",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    ): (
        _("Your own account: language, time zone, password, second step and sessions."),
        _(
            "Set up two-step sign-in first. It protects your account even if someone learns"
            " the password."
        ),
        _("End a session that you don't recognize, then change your password."),
    ),
    ("accounts:team-activity",): (
        _("What was done to your team: sign-ins, roles and second steps."),
        _("Entries are listed newest first and can't be changed."),
        _("Activity of all customers also has what was done for customers."),
    ),
    ("accounts:branding",): (
        _("How the portal looks to your team and to your customers' users."),
        _("Enter your name, add a logo and choose a color, then save."),
        _("Text stays easy to read: the portal keeps enough contrast in any color."),
    ),
}
