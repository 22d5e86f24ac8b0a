"""Help with the pages of tokens, webhooks and sources, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    (
        "api:token-list",
        "api:token-add",
        "api:token-detail",
        "api:integration-token",
        "api:integration-token-add",
        "api:integration-secret-add",
        "api-document",
    ): (
        _(
            "The API does for scripts what the pages do. A token lets a script work with the"
            " permissions you choose."
        ),
        _("Give it no more permissions and customers than it needs, and choose when it expires."),
        _("The text of a token is shown once. Revoke a token that is no longer used."),
    ),
    ("api:integration-list", "api:integration-add", "api:integration-detail"): (
        _("Integrations are accounts for scripts and services, not for people."),
        _("Add one, choose its roles and customers, then add a token or a client secret."),
        _("An integration stays when the person who made it leaves."),
    ),
    (
        "api:webhook-list",
        "api:webhook-add",
        "api:webhook-change",
        "api:webhook-detail",
        "api:webhook-secret",
    ): (
        _("Webhooks tell another system what happens here, as soon as it happens."),
        _("Enter the address of that system and choose the events."),
        _(
            "Its secret proves that a call comes from here. Deliveries that failed can be"
            " sent again."
        ),
    ),
    ("api:source-list", "api:source-add", "api:source-detail", "api:source-token-add"): (
        _("A source is another system that adds, changes and removes users of this customer."),
        _("Add a source, then enter its address and token in that system."),
        _("Users that a source keeps are changed there."),
    ),
}
