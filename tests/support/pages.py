"""Every page of the portal on the demo's data: what the tests look at and screenshots show.

A test holds this list against the resolver, so that a new page cannot be left out.
"""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.actions.change import BulkChange
from accounts.actions.listed import ACTIONS
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.staff import block_staff, limit_staff
from accounts.services.users import (
    NewUser,
    add_users,
    allow_users,
    block_users,
    delete_users,
    reset_passwords,
    restore_users,
)
from customers.models import Batch, BatchKind, Customer
from customers.services.batches import leave_batch, refuse_batch
from licensing.models import Subscription
from tests.accounts.signin.second_steps import give_app, sign_in_elsewhere
from tests.api.pages.sources import CALLED_BY_SCRIPTS, pages_of_sources
from tests.api.pages.tokens import pages_of_tokens
from tests.api.pages.webhooks import BUTTONS, pages_of_webhooks
from tests.applications.pages import CALLED, pages_of_applications
from tests.automation.pages.walked import NOT_WALKED, pages_of_automation
from tests.licensing.catalog.pages import pages_of_catalog
from tests.support.page_of import PageOf, url
from tests.support.role_table import BRAND
from tests.uploads.pages import uploads_in_every_state

ALICE = "alice@fabrikam.example"
BOB = "bob@fabrikam.example"
SALLY = "sally@fabrikam.example"
GAIL = "gail@contoso.example"
UMA = "uma@contoso.example"
SUPPORT = "support@portal.example"

NAMES = ("reset", "block", "allow", "delete")
ABOVE_ALL = ("accounts:month-report", "customers:activity-all", "accounts:customer-attention")
OF_ONE = ("customers:customer-detail", "customer-switch", "customers:customer-account")

# Addresses without a page of their own: they act and lead on, or give a file.
NO_PAGE = {
    *("accounts:month-report-export", "customers:customer-favorite"),
    *("accounts:batch-cancel", "accounts:filter-delete", "accounts:help-contact"),
    "accounts:me-data",
    "accounts:user-data",
    *("accounts:sheet-copied", "accounts:sheet-done"),
    "accounts:sheet-download",
    "accounts:session-end",
    "applications:application-switch",
    "catalog:product-sell",
    "applications:provisioning-compare",
    "applications:provisioning-retry",
    "applications:provisioning-switch",
    "applications:session-end",
    "accounts:session-end-others",
    # While a form is kept (tests/accounts/views/signin/test_kept_form.py).
    "accounts:kept-form",
    "accounts:sheet-mail",
    "accounts:team-password",
    "uploads:upload-answer",
    "uploads:upload-assigning",
    "uploads:upload-cancel",
    "uploads:upload-confirm",
    "uploads:upload-errors",
    "uploads:upload-options",
    "uploads:upload-reading",
    "uploads:upload-repair",
    "uploads:upload-row",
    "uploads:upload-start",
    "uploads:upload-template",
    *("accounts:user-columns", "accounts:user-export"),
    "accounts:user-name",
    "accounts:user-select",
    "customers:activity-all-export",
    "customers:activity-export",
    "customers:domain-add",
    "customers:domain-primary",
    *("health-live", "health-ready", "health-status", *BRAND),
    "mfa_authenticate",
    "mfa_login_webauthn",
    # Of a passkey: only a browser makes one (tests/flows/test_passkeys.py).
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_download_recovery_codes",
    "metrics",
    "oidc:logout-confirm",
    *BUTTONS,
    *NOT_WALKED,
    *CALLED,
    *CALLED_BY_SCRIPTS,
    # With the text of a new token, which only the session that made it has.
    "api:source-token",
    *("at-work", "home", "keys", "theme"),
}


# Of a user who has an authenticator app.
WITH_A_STEP = (
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
)

MANY = {"q": "a", "filter": ["licensed", "must-change", "nonsense"], "role": "User"}


def names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The names of all addresses but the admin's, and the calls of /v1 (tests/api/test_access)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        elif pattern.namespace not in {"admin", "v1"}:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inner)


def pages() -> list[PageOf]:
    """All pages; writes what the demo has not got: a reset, and a deletion whose name is taken."""
    contoso = Customer.objects.get(name="Contoso")
    return [
        *_of_everybody(),
        *_of_customers(contoso),
        *_of_users(contoso),
        *_of_team(),
        *pages_of_applications(contoso, UMA),
        *pages_of_webhooks(contoso),
        *pages_of_catalog(contoso),
        *pages_of_tokens(contoso, GAIL),
        *pages_of_sources(contoso, User.objects.get(username=ALICE)),
        *pages_of_automation(contoso, ALICE, UMA, GAIL),
        *_of_admin(),
    ]


def _of_everybody() -> list[PageOf]:
    give_app(User.objects.get(username=GAIL))
    sign_in_elsewhere(User.objects.get(username=ALICE))
    return [
        PageOf("account_login", reverse("account_login"), ""),
        PageOf("account_inactive", reverse("account_inactive"), ""),
        PageOf("accounts:forgot", reverse("accounts:forgot"), ""),
        PageOf("account_logout", reverse("account_logout")),
        PageOf("account_change_password", reverse("account_change_password")),
        PageOf("account_reauthenticate", reverse("account_reauthenticate")),
        PageOf("mfa_index", reverse("mfa_index")),
        PageOf("mfa_index", reverse("mfa_index"), GAIL, "on"),
        PageOf("accounts:session-list", reverse("accounts:session-list")),
        PageOf("mfa_activate_totp", reverse("mfa_activate_totp")),
        PageOf("mfa_add_webauthn", reverse("mfa_add_webauthn")),
        *[PageOf(name, reverse(name), GAIL) for name in WITH_A_STEP],
        PageOf("accounts:me", reverse("accounts:me"), UMA),
        PageOf("accounts:me", reverse("accounts:me"), ALICE, "staff"),
        PageOf("accounts:password-choose", reverse("accounts:password-choose"), _new_user()),
        PageOf("not found", "/no/such/page/"),
        PageOf("forbidden", reverse("customers:customer-add"), SALLY),
    ]


def _new_user() -> str:
    waiting = User.objects.active().filter(must_change_password=True, blocked_at=None)
    return waiting.order_by("pk")[0].user_name


def _of_customers(contoso: Customer) -> list[PageOf]:
    active = contoso.subscriptions.filter(status="active").order_by("pk")
    suspended = Subscription.objects.filter(
        customer__partner=contoso.partner, status="suspended"
    ).order_by("pk")[0]
    domain = contoso.domains.order_by("is_primary", "pk")[0]
    batch = contoso.batches.order_by("-done", "pk")[0]
    one, this = [contoso.pk], {"customer": contoso.pk, "subscription": active[0].pk}
    rest = {"customer": suspended.customer_id, "subscription": suspended.pk}
    return [
        PageOf("customers:customer-list", reverse("customers:customer-list")),
        PageOf("customers:customer-list", url("customers:customer-list", q="zzzz"), ALICE, "none"),
        PageOf("search", url("search", q=contoso.name)),
        PageOf("search", url("search", q="zzzz"), ALICE, "none"),
        PageOf("help", url("help", page="search", next="/search/")),
        *[PageOf(name, reverse(name)) for name in ABOVE_ALL],
        PageOf("customers:customer-add", reverse("customers:customer-add")),
        *[PageOf(name, reverse(name, args=one)) for name in OF_ONE],
        PageOf(
            "customers:domain-remove",
            reverse("customers:domain-remove", args=[contoso.pk, domain.pk]),
        ),
        PageOf("customers:activity-list", reverse("customers:activity-list", args=one)),
        PageOf(
            "customers:activity-batch",
            reverse("customers:activity-batch", args=[contoso.pk, batch.pk]),
        ),
        PageOf("licensing:subscription-list", reverse("licensing:subscription-list", args=one)),
        PageOf("licensing:subscription-add", reverse("licensing:subscription-add", args=one)),
        PageOf("licensing:subscription-detail", url("licensing:subscription-detail", this)),
        PageOf("licensing:subscription-price", url("licensing:subscription-price", this)),
        PageOf("licensing:subscription-suspend", url("licensing:subscription-suspend", this)),
        PageOf("licensing:subscription-cancel", url("licensing:subscription-cancel", this)),
        PageOf("licensing:subscription-resume", url("licensing:subscription-resume", rest)),
    ]


def _of_users(contoso: Customer) -> list[PageOf]:
    alice = User.objects.get(username=ALICE)
    living = contoso.users.filter(deleted_at=None, blocked_at=None, last_login=None)
    user, other, doubled, back, *turned = living.exclude(assignments=None).order_by("pk")[:7]
    blocked = contoso.users.filter(deleted_at=None, blocked_at__isnull=False).order_by("pk")[0]
    sheet = reset_passwords([other], customer=contoso, actor=alice).sheet
    results = _results([doubled, back], turned, contoso, alice)
    _take_name(doubled, contoso, alice)
    gone = contoso.users.filter(purge_after__gt=timezone.now()).order_by("-deleted_at")
    ids = [user.pk for user in gone[:3]]
    one = {"customer": contoso.pk}
    this, its = {**one, "user": user.pk}, {**one, "sheet": sheet.pk}
    chosen = [user.pk, other.pk, blocked.pk]
    gails = {**one, "user": User.objects.get(username=GAIL).pk}
    held = contoso.subscriptions.filter(assignments__user=user)[0].pk
    return [
        PageOf("accounts:user-list", url("accounts:user-list", one)),
        PageOf("accounts:user-list", url("accounts:user-list", one, q="zzzz"), ALICE, "none"),
        PageOf("accounts:user-list", url("accounts:user-list", one), SALLY, "sales"),
        PageOf("accounts:user-list", url("accounts:user-list", one, **MANY), ALICE, "filtered"),
        PageOf("accounts:user-filter", url("accounts:user-filter", one, **MANY)),
        PageOf("accounts:user-add", url("accounts:user-add", one)),
        PageOf("accounts:user-deleted", url("accounts:user-deleted", one)),
        PageOf("accounts:user-restore", url("accounts:user-restore", one, user=ids)),
        PageOf("accounts:user-remove", url("accounts:user-remove", one, user=ids[:1])),
        PageOf("accounts:user-remove", url("accounts:user-remove", one, user=ids), ALICE, "many"),
        PageOf("accounts:license-manage", url("accounts:license-manage", one, user=user.pk)),
        PageOf(
            "accounts:license-who",
            url("accounts:license-who", one, user=chosen, subscription=held),
        ),
        PageOf(
            "accounts:license-manage",
            url("accounts:license-manage", one, user=chosen),
            variant="many",
        ),
        PageOf("accounts:user-detail", url("accounts:user-detail", this)),
        PageOf("accounts:user-detail", url("accounts:user-detail", this), SALLY, "read"),
        PageOf(
            "accounts:user-detail",
            url("accounts:user-detail", {**one, "user": doubled.pk}),
            variant="deleted",
        ),
        PageOf("accounts:user-reset", url("accounts:user-reset", this)),
        PageOf("accounts:user-second-step", url("accounts:user-second-step", gails)),
        PageOf("accounts:user-block", url("accounts:user-block", this)),
        PageOf("accounts:user-allow", url("accounts:user-allow", {**one, "user": blocked.pk})),
        PageOf("accounts:user-delete", url("accounts:user-delete", this)),
        *_of_many(contoso, [user, other, blocked]),
        *_of_uploads(contoso, alice),
        PageOf("accounts:sheet-list", url("accounts:sheet-list", one)),
        PageOf("accounts:sheet-detail", url("accounts:sheet-detail", its)),
        PageOf("accounts:sheet-print", url("accounts:sheet-print", its)),
        *results,
    ]


def _of_many(contoso: Customer, users: list[User]) -> list[PageOf]:
    """The same for several, an administrator among them, and for all of the customer's users."""
    leader = contoso.users.filter(deleted_at=None, groups__name="Global administrator")[0]
    some = [user.pk for user in (*users, leader)]
    many = list(contoso.users.order_by("pk").values_list("pk", flat=True)[:900])
    actions = {f"accounts:users-{name}": {"customer": contoso.pk} for name in NAMES}
    changes = {"customer": contoso.pk}
    return [
        *(PageOf(name, url(name, args, user=some)) for name, args in actions.items()),
        *(PageOf(name, url(name, args, user=many), ALICE, "all") for name, args in actions.items()),
        *(
            PageOf(
                "accounts:users-change",
                url("accounts:users-change", {**changes, "what": action.name}, user=some),
                variant=action.name,
            )
            for action in ACTIONS
            if isinstance(action, BulkChange)
        ),
        PageOf("accounts:users-block", url("accounts:users-block", changes), ALICE, "nobody"),
        PageOf(
            "accounts:users-block",
            url("accounts:users-block", changes, user=users[-1].pk),
            variant="none",
        ),
    ]


def _results(users: list[User], turned: list[User], contoso: Customer, alice: User) -> list[PageOf]:
    """What pages say after the action: licenses changed, two deleted, one of them restored.

    And before an undo: of the `turned` one is not blocked any more.
    """
    subscription = contoso.subscriptions.filter(assignments__user=users[0])[0]
    change = {subscription.pk: LicenseChange(have=False)}
    taken = change_licenses(users, change, customer=contoso, actor=alice)
    deleted = delete_users(users, customer=contoso, actor=alice)
    back = User.objects.filter(pk=users[1].pk)
    restored = restore_users(list(back), customer=contoso, actor=alice).batch
    waiting = leave_batch(
        BatchKind.BLOCK, [user.pk for user in users], actor=alice, customer=contoso
    )
    refused = leave_batch(BatchKind.BLOCK, [users[0].pk], actor=alice, customer=contoso)
    refuse_batch(refused.pk, "Already blocked.")
    reset = reset_passwords([users[1]], customer=contoso, actor=alice).batch
    blocked = block_users(turned, customer=contoso, actor=alice)
    allow_users(turned[:1], customer=contoso, actor=alice)
    done = {
        "blocked": blocked,
        "licenses": taken,
        "deleted": deleted,
        "restored": restored,
        "reset": reset,
    }
    batches = {**done, "waiting": waiting, "refused": refused}
    return [
        PageOf("accounts:batch-list", reverse("accounts:batch-list")),
        PageOf("accounts:batch-list", url("accounts:batch-list", who="everybody"), ALICE, "all"),
        PageOf("accounts:batch-list", reverse("accounts:batch-list"), SALLY, "none"),
        *[_of_batch("accounts:batch-undo", *named) for named in done.items()],
        *[_of_batch("accounts:batch-detail", *named) for named in batches.items()],
    ]


def _of_uploads(contoso: Customer, alice: User) -> list[PageOf]:
    one = {"customer": contoso.pk}
    none = contoso.partner.customers.exclude(pk=contoso.pk).order_by("pk")[0]
    made = uploads_in_every_state(contoso, alice)
    found = [("uploads:upload-detail", state, upload) for state, upload in made.items()]
    found.append(("uploads:upload-columns", "", made["checked"]))
    lists = [
        f"uploads:{name}" for name in ("upload-add", "upload-list", "column-list", "select-list")
    ]
    empty = url("uploads:upload-list", {"customer": none.pk})
    return [
        *[PageOf(name, url(name, one)) for name in lists],
        PageOf("uploads:upload-list", empty, variant="none"),
        *[
            PageOf(name, url(name, {**one, "upload": upload.pk}), variant=state)
            for name, state, upload in found
        ],
    ]


def _of_batch(name: str, variant: str, batch: Batch) -> PageOf:
    return PageOf(name, reverse(name, args=[batch.pk]), variant=variant)


def _of_team() -> list[PageOf]:
    """Of bob, who is limited to one customer and blocked, and has a second step; sally is not."""
    alice, bob, sally = (User.objects.get(username=name) for name in (ALICE, BOB, SALLY))
    own = Customer.objects.filter(partner=bob.partner).order_by("pk")
    limit_staff(bob, limited=True, opened=own[:1], actor=alice)
    give_app(bob)
    block_staff([bob], actor=alice)
    this, me = {"user": bob.pk}, {"user": alice.pk}
    actions = ("customers", "reset", "second-step", "allow", "remove")
    return [
        PageOf("accounts:team-list", reverse("accounts:team-list")),
        PageOf("accounts:team-list", url("accounts:team-list", q="zzzz"), variant="none"),
        *(PageOf(name, reverse(name)) for name in ("accounts:team-add", "accounts:branding")),
        PageOf("accounts:team-activity", reverse("accounts:team-activity")),
        PageOf("accounts:team-detail", url("accounts:team-detail", this)),
        PageOf("accounts:team-detail", url("accounts:team-detail", me), ALICE, "own"),
        PageOf("accounts:team-block", url("accounts:team-block", {"user": sally.pk})),
        *(PageOf(f"accounts:team-{name}", url(f"accounts:team-{name}", this)) for name in actions),
    ]


def _take_name(gone: User, contoso: Customer, alice: User) -> None:
    """A new user gets the name of a deleted user, whose restore then needs another one."""
    local_part, _at, domain = gone.user_name.partition("@")
    own = contoso.domains.get(name=domain)
    add_users([NewUser(local_part, own, gone.display_name)], customer=contoso, actor=alice)


def _of_admin() -> list[PageOf]:
    """The admin's lists and forms of every model, and an export and a new row of some."""
    some = ("index", "accounts_user_export", "accounts_user_add", "uploads_upload_add")
    found = [PageOf(f"admin:{name}", reverse(f"admin:{name}"), SUPPORT) for name in some]
    shown = [model for model in apps.get_models() if admin.site.is_registered(model)]
    for model in sorted(shown, key=lambda model: model._meta.label):
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(PageOf(f"{base}_changelist", reverse(f"{base}_changelist"), SUPPORT))
        if row := model._default_manager.order_by("pk").last():
            url = reverse(f"{base}_change", args=[row.pk])
            found.append(PageOf(f"{base}_change", url, SUPPORT))
    return found
