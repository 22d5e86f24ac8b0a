"""The admin's start page: Find a person over all partners, and the lists in groups."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries.finding import find_users, is_long_enough
from customers.folding import folded_words
from customers.models import Customer, CustomerQuerySet

from .searching import Hit, user_hit

# So many users are shown, and as many staff and customers.
SHOWN = 20
# Words that name customers besides a user, as in "uma contoso", fit so many of them at most.
NAMED = 50

GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Partners and customers"),
        ("customers.Partner", "customers.Customer", "customers.Domain"),
    ),
    (
        gettext_lazy("Users and sign-in"),
        ("accounts.User", "auth.Group", "mfa.Authenticator"),
    ),
    (
        gettext_lazy("Password sheets and emails"),
        (
            *("accounts.CredentialSheet", "accounts.CredentialSheetPart"),
            *("accounts.SheetReading", "accounts.Delivery"),
        ),
    ),
    (
        gettext_lazy("Products and licenses"),
        (
            *("licensing.Product", "licensing.ServicePlan", "licensing.Subscription"),
            *("licensing.LicenseAssignment", "licensing.SeatReservation"),
            *("automation.LicenseRule", "automation.KeptLicense", "automation.LicenseRequest"),
        ),
    ),
    (
        gettext_lazy("Actions and activity log"),
        (
            *("customers.Batch", "customers.BatchItem", "customers.AuditEvent"),
            *("customers.AuditNames", "customers.AuditSeal", "admin.LogEntry"),
        ),
    ),
    (
        gettext_lazy("Uploads and saved lists"),
        (
            *("uploads.Upload", "uploads.UploadRow", "uploads.ColumnMapping"),
            *("accounts.SavedFilter", "accounts.Selection"),
        ),
    ),
    (
        gettext_lazy("Schedules and access reviews"),
        (
            *("automation.Schedule", "automation.SchedulePlan"),
            *("automation.Review", "automation.ReviewItem"),
        ),
    ),
    (
        gettext_lazy("Notices and reports"),
        (
            *("automation.Notice", "automation.Letter"),
            *("automation.ScheduledReport", "automation.ReportMail"),
        ),
    ),
    (
        gettext_lazy("Applications"),
        (
            *("applications.Application", "applications.AppSession"),
            *("applications.Provisioning", "applications.Provision"),
        ),
    ),
    (
        gettext_lazy("API, sources and webhooks"),
        (
            *("api.Token", "api.Source", "api.ScimLink", "api.SourceRefusal"),
            *("api.Webhook", "api.WebhookDelivery"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """The users, the staff and the customers that a text finds, the best first."""

    people: Sequence[Hit] = ()
    has_more: bool = False
    customers: Sequence[Hit] = ()
    is_short: bool = False


def grouped(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the admin's lists under headings; `apps` are as AdminSite.get_app_list has them.

    A list that no group names is under that of its app.
    """
    apps = list(apps)
    lists = {each["model"]._meta.label: each for app in apps for each in app["models"]}
    found = [
        _group(f"group-{number}", name, [lists.pop(label) for label in labels if label in lists])
        for number, (name, labels) in enumerate(GROUPS, 1)
    ]
    for app in apps:
        rest = [each for each in app["models"] if each["model"]._meta.label in lists]
        found.append(_group(app["app_label"], app["name"], rest))
    return [group for group in found if group["models"]]


def _group(label: str, name: str | Promise, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "app_label": label, "app_url": "", "models": models}


def find_people(text: str) -> Found:
    """Return users and staff of all partners, and customers, whom the text finds.

    A user is found by name, user name, alternate email or phone, also beside words of the
    customer's name.
    """
    customers = Customer.objects.order_by("name", "pk").select_related("partner")
    named = list(customers.matching(text)[:SHOWN])
    users = find_users(text, Customer.objects.all(), SHOWN)
    if not users.users and (parts := _apart(text)):
        users = find_users(parts[0], parts[1], SHOWN)
    partners = dict(
        Customer.objects.filter(pk__in={user.customer_id for user in users.users}).values_list(
            "pk", "partner__name"
        )
    )
    people = [
        replace(
            user_hit(
                user,
                _page("accounts_user", user.pk),
                with_contact=user.pk in users.by_contact,
            ),
            customer=f"{user.customer} · {partners.get(user.customer_id or 0, '')}",
        )
        for user in users.users
    ]
    return Found(
        [*people, *_staff(text)],
        users.has_more,
        [
            Hit(row.name, _page("customers_customer", row.pk), "building", "", str(row.partner))
            for row in named
        ],
        is_short=not is_long_enough(text),
    )


def _apart(text: str) -> tuple[str, CustomerQuerySet] | None:
    """Return the words of a user and the customers that the others name; None where none do."""
    words = folded_words(text)
    for word in words if len(words) > 1 else ():
        ids = list(Customer.objects.matching(word).values_list("pk", flat=True)[: NAMED + 1])
        if ids and len(ids) <= NAMED:
            rest = " ".join(other for other in words if other != word)
            return rest, Customer.objects.filter(pk__in=ids)
    return None


def _staff(text: str) -> Iterator[Hit]:
    """Yield staff of partners and of support, who are few, and integrations."""
    if not is_long_enough(text):
        return
    staff = User.objects.filter(customer=None, deleted_at=None).matching(folded_words(text))
    for user in staff.select_related("partner").order_by("sort_name", "pk")[:SHOWN]:
        marks = [_("Sign-in blocked")] if user.blocked_at else []
        of = str(user.partner or _("Support staff"))
        url = _page("accounts_user", user.pk)
        yield Hit(user.display_name, url, "person", user.user_name, of, marks)


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])
