"""Help with the pages of applications, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    (
        "applications:application-list",
        "applications:application-add",
        "applications:application-detail",
        "applications:application-settings",
        "applications:application-secret",
        "applications:application-provisioning",
    ): (
        _("Applications that users sign in to with their account here."),
        _("Add one, enter its addresses, and choose which customers and licenses open it."),
        _("Enter the client ID and the secret in the application. The secret is shown once."),
    ),
    ("applications:my-apps",): (
        _("The applications that your licenses open."),
        _("Select one to use it without entering a password again."),
        _("If one is missing, ask your administrator for a license."),
    ),
}
