"""What a page can do, a script can do: each page beside its calls, or why there is none.

A new page is added here, with its call.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from tests.api.test_access import NEEDS

# Calls by the name of the page's address.
CALLS = {
    "accounts:batch-cancel": ["cancel_batch"],
    "accounts:batch-detail": ["get_batch", "list_items"],
    "accounts:batch-list": ["list_batches"],
    "accounts:batch-undo": ["undo"],
    "accounts:license-manage": ["update_licenses", "update_many"],
    "accounts:month-report": ["list_licensed"],
    "accounts:month-report-export": ["list_licensed"],
    "accounts:license-who": ["list_licenses"],
    "accounts:sheet-detail": ["get_sheet"],
    "accounts:sheet-done": ["delete_sheet"],
    "accounts:sheet-download": ["get_sheet"],
    "accounts:sheet-list": ["list_sheets"],
    "accounts:user-add": ["post_user"],
    "accounts:user-allow": ["allow_user", "patch_user"],
    "accounts:user-block": ["block_user", "patch_user"],
    "accounts:user-delete": ["delete_user"],
    "accounts:user-deleted": ["list_users"],
    "accounts:user-detail": ["get_user", "patch_user", "post_member", "delete_member"],
    "accounts:user-export": ["list_users"],
    "accounts:user-list": ["list_users"],
    "accounts:user-remove": ["delete_user", "post_batch"],
    "accounts:user-reset": ["reset_password"],
    "accounts:user-restore": ["restore_user", "post_batch"],
    "accounts:user-second-step": ["reset_step"],
    "accounts:users-allow": ["post_batch"],
    "accounts:users-block": ["post_batch"],
    "accounts:users-change": ["post_batch"],
    "accounts:users-delete": ["post_batch"],
    "accounts:users-reset": ["post_batch", "get_sheet"],
    "api:delivery-resend": ["post_resend"],
    "api:webhook-add": ["post_registration"],
    "api:webhook-change": ["put_registration"],
    "api:webhook-detail": ["get_registration", "list_deliveries", "get_validation"],
    "api:webhook-list": ["list_webhooks", "list_events"],
    "api:webhook-remove": ["delete_webhook"],
    "api:webhook-resend": ["post_resend"],
    "api:webhook-test": ["post_validation"],
    "applications:application-add": ["post_application"],
    "applications:application-detail": ["get_application", "put_application"],
    "applications:application-list": ["list_applications"],
    "applications:application-remove": ["delete_application"],
    "applications:application-secret": ["post_secret"],
    "applications:application-switch": ["patch_application"],
    "applications:user-sign-out": ["sign_out"],
    "catalog:product-add": ["post_product"],
    "catalog:product-detail": ["patch_product"],
    "catalog:product-list": ["list_products"],
    "catalog:product-remove": ["delete_product"],
    "catalog:product-sell": ["patch_product"],
    "customers:activity-all": ["list_records", "list_changes"],
    "customers:activity-all-export": ["list_records", "list_changes"],
    "customers:activity-batch": ["list_items"],
    "customers:activity-export": ["list_records"],
    "customers:activity-list": ["list_records", "get_record"],
    "customers:customer-account": ["get_customer", "get_company", "patch_customer", "list_domains"],
    "customers:customer-add": ["post_customer"],
    "customers:customer-detail": ["get_customer"],
    "customers:customer-list": ["list_customers"],
    "customers:domain-add": ["post_domain"],
    "customers:domain-primary": ["post_primary"],
    "customers:domain-remove": ["delete_domain"],
    "licensing:subscription-add": ["post_subscription"],
    "licensing:subscription-cancel": ["patch_subscription"],
    "licensing:subscription-detail": ["get_subscription", "patch_subscription"],
    "licensing:subscription-list": ["list_subscriptions", "list_skus"],
    "licensing:subscription-price": ["patch_subscription"],
    "licensing:subscription-resume": ["patch_subscription"],
    "licensing:subscription-suspend": ["patch_subscription"],
    "uploads:upload-add": ["post_upload"],
    "uploads:upload-answer": ["post_answers"],
    "uploads:upload-cancel": ["post_cancel"],
    "uploads:upload-columns": ["post_answers"],
    "uploads:upload-confirm": ["post_confirm"],
    "uploads:upload-detail": ["get_upload"],
    "uploads:upload-errors": ["get_upload"],
    "uploads:upload-list": ["list_uploads"],
}
OWN_SIGN_IN = "It is about how one signs in oneself, in a browser."
TEAM = "No token manages the team: it could make itself more than it is."
TOKENS = "No token makes or revokes tokens, or what bears them."
WEBHOOKS = "A secret is handed over to a person; what is switched off, somebody looks at first."
BY_ITSELF = "What is done by itself has no calls yet: a person looks at what it comes to."
NOTICES = "Notices are one's own; a script is told by webhooks."
CORRECTED = "A script sends a corrected file; the page corrects rows by hand."
# Why there is no call, by the name or the beginning of the name of the page's address.
REASONS = {
    "account_": OWN_SIGN_IN,
    "mfa_": OWN_SIGN_IN,
    "accounts:forgot": OWN_SIGN_IN,
    "accounts:kept-form": OWN_SIGN_IN,
    "accounts:me": "It is about oneself; a script asks /me.",
    "accounts:password-choose": OWN_SIGN_IN,
    "accounts:session-": OWN_SIGN_IN,
    "accounts:team-": TEAM,
    "accounts:customer-attention": "It gathers what lists and subscriptions tell.",
    "accounts:filter-delete": "A filter saved in a browser; a script keeps its own.",
    "accounts:user-columns": "What a person's own lists show.",
    "accounts:user-filter": "A filter of the page; a script names users.",
    "accounts:user-name": "It is asked while a name is typed; a script is told at once.",
    "accounts:user-select": "A selection of the page; a script names users.",
    "accounts:user-data": "Personal data is handed over by a person who was asked for it.",
    "accounts:branding": TEAM,
    "accounts:help-contact": TEAM,
    "brand-": "It is loaded by a page; the branding is set in a browser.",
    "accounts:sheet-copied": "A script has the passwords in its answer.",
    "accounts:sheet-mail": "A script mails what it was told.",
    "accounts:sheet-print": "A script prints what it was told.",
    "api:integration-": TOKENS,
    "api:token-": TOKENS,
    "api:webhook-old-secret": WEBHOOKS,
    "api:webhook-secret": WEBHOOKS,
    "api:webhook-switch": WEBHOOKS,
    "api-document": "It is the page of the calls.",
    "applications:application-provisioning": "What a first run changes is looked at before.",
    "applications:provisioning-": "What a first run changes is looked at before.",
    "applications:application-settings": "It shows what to copy; get_application has the values.",
    "applications:my-apps": OWN_SIGN_IN,
    "applications:session-end": OWN_SIGN_IN,
    "automation:exception-": BY_ITSELF,
    "automation:leave": BY_ITSELF,
    "automation:my-reviews": "A reviewer answers, who knows the people.",
    "automation:notice-": NOTICES,
    "automation:report-": "A script asks for a report when it wants one.",
    "automation:request-": "A person asks, and a person answers.",
    "automation:review-": "A person asks, and a person answers.",
    "automation:rule-": BY_ITSELF,
    "automation:schedule-": BY_ITSELF,
    "automation:seats-ask": "A person asks, and a person answers.",
    "uploads:column-list": "Columns that are remembered for files sent in the browser.",
    "uploads:select-list": "A selection of the page; a script names users.",
    "uploads:upload-assigning": CORRECTED,
    "uploads:upload-options": "A script says it with the file.",
    "uploads:upload-reading": "A script says it with the file.",
    "uploads:upload-repair": CORRECTED,
    "uploads:upload-row": CORRECTED,
    "uploads:upload-start": "A script says it in the file.",
    "uploads:upload-template": "A script knows the columns.",
    "health-": "It is for the operator.",
    "metrics": "It is for the operator.",
    "home": "It leads on.",
    "theme": "It is how the pages look.",
    "help": "It is about the pages.",
    "keys": "It is how the pages are used.",
    "at-work": "It is the top bar's; a script asks for each batch.",
    "oidc:": "It is for applications, and has a standard of its own.",
    "v1:": "It is a call.",
    "api-auditrecords": "It is a call.",
    "api-webhooks": "It is a call.",
    "api:scim": "It is a door of its own, with a standard of its own.",
    "api:source-": TOKENS,
    "api:user-release": "What a source keeps is looked after by a person.",
    "oauth-": "It is where access is asked for.",
    "customer-switch": "It leads a person to pages.",
    "customers:customer-favorite": "A star is for a person's own pages.",
    "search": "It leads a person to pages; a script lists users by customer.",
}


def pages(patterns: Any = None, within: str = "") -> Iterator[str]:
    """Yield the names of all addresses but those of the admin, which is support staff's."""
    found: Any = get_resolver().url_patterns if patterns is None else patterns
    for pattern in found:
        if hasattr(pattern, "url_patterns"):
            if pattern.app_name != "admin":
                space = f"{within}{pattern.namespace}:" if pattern.namespace else within
                yield from pages(pattern.url_patterns, space)
        elif pattern.name:
            yield within + pattern.name


def test_every_page_has_its_calls_or_a_reason() -> None:
    known = set(pages())
    reasons = tuple(REASONS)
    without = {name for name in known if name not in CALLS and not name.startswith(reasons)}
    assert not without
    assert not CALLS.keys() - known
    assert not {name for name in reasons if not any(page.startswith(name) for page in known)}


def test_no_page_has_a_reason_besides_its_calls() -> None:
    assert not [name for name in CALLS if name.startswith(tuple(REASONS))]


def test_every_call_belongs_to_a_page() -> None:
    named = {call for calls in CALLS.values() for call in calls}
    assert named <= set(NEEDS)
    # Roles are lists of the user's page and of its form; this is about the token itself.
    assert set(NEEDS) - named == {"list_roles", "list_roles_of", "list_members", "get_me"}
