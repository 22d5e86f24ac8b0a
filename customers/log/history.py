"""Sentences for what an event of the activity log says."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django_countries import countries

from customers.formats import IF_REMOVE, WITHOUT_ANSWER, figure

from ..actions import Action
from ..models import AuditEvent, BatchKind, Via
from ..roles import Role
from ..said import BESIDE, retold, retold_row
from .plans import NO_NAMES, SERVICES, PlanNames, with_plans

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOTHING = "–"
CUSTOMERS_CONTACT = gettext_lazy("The customer's contact")
EACH_USER = gettext_lazy("Each user's alternate email")
# The values of a change; what is not named here is called as its field is.
LABELS: dict[str, "StrOrPromise"] = {
    "address": gettext_lazy("Address"),
    "alternate_email": gettext_lazy("Alternate email"),
    "answer": gettext_lazy("Answer"),
    "application": gettext_lazy("Application"),
    "batches": gettext_lazy("Batches"),
    "brand_color": gettext_lazy("Accent color"),
    "brand_name": gettext_lazy("Displayed name"),
    "capabilities": gettext_lazy("Permissions"),
    "city": gettext_lazy("City"),
    "contact_email": gettext_lazy("Contact email"),
    "country": gettext_lazy("Country"),
    "deleted_at": gettext_lazy("Deleted on"),
    "customers": gettext_lazy("Customers"),
    "customers_closed": gettext_lazy("Customers closed"),
    "customers_opened": gettext_lazy("Customers opened"),
    "default_license": gettext_lazy("License for new users"),
    "day": gettext_lazy("Day of the month"),
    "department": gettext_lazy("Department"),
    "display_name": gettext_lazy("Display name"),
    "domain": gettext_lazy("Domain"),
    "due_at": gettext_lazy("Due"),
    "ends_at": gettext_lazy("Expires"),
    "events": gettext_lazy("Events"),
    "excepted": gettext_lazy("Exception"),
    "extra_claims": gettext_lazy("Claims"),
    "fax": gettext_lazy("Fax"),
    "file": gettext_lazy("File"),
    "first_name": gettext_lazy("First name"),
    "help_email": gettext_lazy("Help email"),
    "help_note": gettext_lazy("Help note"),
    "help_phone": gettext_lazy("Help phone"),
    "host_names": gettext_lazy("Host names"),
    "icon": gettext_lazy("Icon"),
    "is_on": gettext_lazy("State"),
    "is_public": gettext_lazy("Public client"),
    "job_title": gettext_lazy("Job title"),
    "kept": gettext_lazy("Keep"),
    "kind": gettext_lazy("Kind"),
    "last_day": gettext_lazy("Last day"),
    "language": gettext_lazy("Language"),
    "last_name": gettext_lazy("Last name"),
    "leaving": gettext_lazy("When a user leaves"),
    "left_out_of": gettext_lazy("Removed from schedule"),
    "limited_to_customers": gettext_lazy("Limited to some customers"),
    "list": gettext_lazy("List"),
    "logo_digest": gettext_lazy("Logo"),
    "logout_uri": gettext_lazy("Logout address"),
    "mails": gettext_lazy("Emails"),
    "may_do_grave": gettext_lazy("May do what needs a second step"),
    "mobile_phone": gettext_lazy("Mobile phone"),
    "name": gettext_lazy("Name"),
    "needs_pkce": gettext_lazy("PKCE demanded"),
    "networks": gettext_lazy("Networks"),
    "not_restored": gettext_lazy("Licenses not assigned again"),
    "office": gettext_lazy("Office"),
    "office_phone": gettext_lazy("Office phone"),
    "old_secret": gettext_lazy("Old secret"),
    "opened_by": gettext_lazy("Opened by"),
    "otherwise": WITHOUT_ANSWER,
    "path": gettext_lazy("Rest of the address"),
    "people": gettext_lazy("Users"),
    "place": gettext_lazy("Place"),
    "plans": gettext_lazy("Services"),
    "post_logout_redirect_uris": gettext_lazy("Addresses after signing out"),
    "postal_code": gettext_lazy("Postal code"),
    "provisioning": gettext_lazy("Provisioning"),
    "recovery_codes_left": gettext_lazy("Recovery codes left"),
    "redirect_uris": gettext_lazy("Redirect addresses"),
    "released": gettext_lazy("Licenses released"),
    "renews_on": gettext_lazy("Renews on"),
    "removal": IF_REMOVE,
    "removed": gettext_lazy("Remove"),
    "restored": gettext_lazy("Licenses assigned again"),
    "review": gettext_lazy("Access review"),
    "reviewer": gettext_lazy("Reviewer"),
    "reviewers": gettext_lazy("Reviewers"),
    "rhythm": gettext_lazy("How often"),
    "roles": gettext_lazy("Permissions"),
    "rows": gettext_lazy("Rows"),
    "rule": gettext_lazy("License rule"),
    "scheduled": gettext_lazy("Action"),
    "scim_address": gettext_lazy("SCIM address"),
    "seats": gettext_lazy("Seats"),
    "seats_wanted": gettext_lazy("Seats asked for"),
    "secret": gettext_lazy("Secret"),
    SERVICES: gettext_lazy("Services off"),
    "sessions": gettext_lazy("Sessions"),
    "sku": gettext_lazy("SKU"),
    "start_url": gettext_lazy("Address to start at"),
    "starts_on": gettext_lazy("Start date"),
    "state": gettext_lazy("State"),
    "status": gettext_lazy("Status"),
    "street": gettext_lazy("Street"),
    "subject": gettext_lazy("What is reviewed"),
    "takes_over": gettext_lazy("Take over existing users"),
    "time_zone": gettext_lazy("Time zone"),
    "to": gettext_lazy("Sent to"),
    "token": gettext_lazy("Token"),
    "token_kind": gettext_lazy("Kind"),
    "unanswered": gettext_lazy("No answer"),
    "usage_location": gettext_lazy("Usage location"),
    "users": gettext_lazy("Users"),
    "uuid": gettext_lazy("ID"),
    "where": gettext_lazy("Device"),
    "why": gettext_lazy("Reason"),
    "zone": gettext_lazy("Time zone"),
    "user_name": gettext_lazy("User name"),
    "week_day": gettext_lazy("Day of the week"),
    "was_temporary": gettext_lazy("In place of a temporary password"),
}
WORDS: dict[str, dict[str, "StrOrPromise"]] = {
    "customers": {"all": gettext_lazy("All")},
    "opened_by": {"everyone": gettext_lazy("Everyone")},
    "kind": {
        "totp": gettext_lazy("Authenticator app"),
        "webauthn": gettext_lazy("Passkey"),
        "recovery_codes": gettext_lazy("Recovery codes"),
        "code": gettext_lazy("Code"),
    },
    "status": {
        "active": pgettext_lazy("subscription", "Active"),
        "suspended": gettext_lazy("Suspended"),
        "canceled": pgettext_lazy("subscription", "Canceled"),
    },
    "to": {
        "self": gettext_lazy("The user who asked"),
        "contact": CUSTOMERS_CONTACT,
        "person": EACH_USER,
        "staff": gettext_lazy("Staff"),
    },
    "roles": {role.value: role.label for role in Role},
    "rhythm": {
        "monthly": gettext_lazy("Every month"),
        "weekly": gettext_lazy("Every week"),
    },
    "token": {"renewed": gettext_lazy("renewed")},
    "week_day": {str(number + 1): name for number, name in WEEKDAYS.items()},
    "where": {"known device": gettext_lazy("One where this user has signed in before")},
}
# Lists that are exported, and are not called as their model is.
LISTED: dict[str, "StrOrPromise"] = {
    "accounts.user": gettext_lazy("Users"),
    "customers.auditevent": gettext_lazy("Activity log"),
    "licensing.subscription": gettext_lazy("Month report"),
}
# What is on or off, of which both are said.
SWITCHES = {"is_on", "provisioning"}
# Rows whose name in the log is that of their kind, in English, with a number behind it.
CALLED_BY_KIND = {"credentialsheet", "schedule", "scheduleplan"}
# Lists whose two members are no before and after.
LISTS = {"released", "restored", "not_restored", "customers_opened", "customers_closed"}


def action_label(event: AuditEvent) -> str:
    """Return the action's name; get_action_display would translate those of all actions."""
    try:
        return str(Action(event.action).label)
    except ValueError:
        # An action that the portal knew once.
        return event.action


def reason_text(event: AuditEvent) -> str:
    """Return the reason as it was typed; one that the portal gave is so in the viewer's words."""
    return retold(event.reason, event.changes.get(f"reason{BESIDE}"))


def target_name(event: AuditEvent) -> str:
    """Return what an event was done to; what is called by its kind is so in the viewer's words."""
    target = event.named.target
    kind, found, number = target.rpartition(" (")
    if found and event.target_type in CALLED_BY_KIND:
        return f"{_(kind)} ({number}"
    # A report has no number in its name.
    return _(target) if target and event.target_type == "scheduledreport" else target


def kind_label(kind: str, undoes: str | None) -> str:
    """Return what a batch does, in words; `undoes` is the kind of the batch that it takes back."""
    name = undoes or kind
    # One that another version of the portal knows is called as it is stored.
    label = str(BatchKind(name).label) if name in BatchKind else name
    return _("Undo: %(action)s") % {"action": label} if undoes else label


def batch_label(kind: str, users: int, undoes: str | None = None) -> str:
    """Return a batch as its line in the log says it, such as "Block sign-in: 140 users"."""
    count = ngettext("%(count)s user", "%(count)s users", users) % {"count": figure(users)}
    return _("%(label)s: %(value)s") % {"label": kind_label(kind, undoes), "value": count}


def came_by(via: str | None, token: int | None, names: Mapping[int, str]) -> str:
    """Return by which token a batch came, in words; "" for what was done on a page."""
    if token is None:
        return ""
    if (name := names.get(token)) is None:
        return _("by a SCIM token") if via == Via.SCIM else _("by an API token")
    text = _("by SCIM token %(name)s") if via == Via.SCIM else _("by API token %(name)s")
    return text % {"name": name}


def describe(event: AuditEvent, plans: PlanNames = NO_NAMES) -> list[str]:
    """Return a sentence for each field that changed, from `event.names` where it still exists.

    `plans` are what the codes of its service plans are called, as `plan_names` returns them.
    """
    changes = {**event.changes, **event.named.changes}
    # What is said of the target already, its product or domain, is no change.
    return sentences_of(changes, plans, besides=event.named.target)


def sentences_of(
    changes: Mapping[str, Any], plans: PlanNames = NO_NAMES, *, besides: str = ""
) -> list[str]:
    """Return a sentence for each of these changes, but for those of the value `besides`."""
    told: Mapping[str, Any] = retold_row(changes)
    if plans:
        told = with_plans(told, lambda key, code: plans.get((key, code), code))
    days = {"day": "week_day"} if told.get("rhythm") == "weekly" else {}
    found = [
        sentence_of(days.get(name, name), value) for name, value in told.items() if value != besides
    ]
    return [sentence for sentence in found if sentence]


def details_of(event: AuditEvent, plans: PlanNames = NO_NAMES) -> list[str]:
    """Return what `describe` returns, and behind it the reason, where there is one."""
    return [*describe(event, plans), *([reason_text(event)] if event.reason else [])]


def field_label(name: str) -> str:
    """Return the label of a value of a change."""
    return str(LABELS.get(name) or capfirst(name.replace("_", " ")))


def sentence_of(name: str, value: Any) -> str:
    """Return what is said of a fact, or of a change by its two sides; "" where nothing is."""
    if name in TELLERS:
        return TELLERS[name](value)
    if value in (None, "", [], {}) or value is False:
        return ""
    label = field_label(name)
    if name == "product":
        return str(value)
    is_change = (
        isinstance(value, list)
        and len(value) == 2
        and name not in LISTS
        # The services of a license are a list of codes, those of a change two such lists.
        and (name not in {SERVICES, "roles"} or all(isinstance(part, list) for part in value))
    )
    before, after = value if is_change else (None, value)
    if before in (None, "", [], {}, 0) and not (is_change and name in SWITCHES):
        return _("%(label)s: %(value)s") % {"label": label, "value": _value(name, after)}
    return change_in_words(label, _value(name, before), _value(name, after))


def change_in_words(label: "StrOrPromise", before: str, after: str) -> str:
    """Return the two sides of a change behind what was changed."""
    text = _("%(label)s: %(before)s → %(after)s")
    return text % {"label": label, "before": before, "after": after}


def _value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        # Service plans, of which codes tell those of one name apart.
        parts = [f"{part} ({code})" for code, part in value.items()]
        return ", ".join(parts) or NOTHING
    if isinstance(value, list):
        return ", ".join(_value(name, part) for part in value) or NOTHING
    if isinstance(value, bool) and name in SWITCHES:
        return _("on") if value else _("off")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return NOTHING
    text, words = str(value), WORDS.get(name, {})
    if isinstance(value, int) and text not in words:
        return figure(value)
    return READERS[name](text) if name in READERS else str(words.get(text, text))


def also_read(name: str, read: Callable[[str], str]) -> None:
    """Let an app above say what the values of a change are called."""
    READERS[name] = read


def also_told(name: str, tell: Callable[[Any], str]) -> None:
    """Let an app above say the whole sentence of a fact, "" for none."""
    TELLERS[name] = tell


def _country(code: str) -> str:
    return countries.name(code) or code


def read_moment(text: str) -> str:
    """Return a moment of the log as the viewer's clock has it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if timezone.is_naive(moment):
        return text
    try:
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    except OverflowError:
        # Of the first or the last day of the calendar, in a zone beyond it.
        return text


def read_day(text: str) -> str:
    """Return a day of the log as days are written, and a moment as `read_moment` does."""
    try:
        return date_format(date.fromisoformat(text), "DATE_FORMAT")
    except ValueError:
        return read_moment(text)


def _list(model: str) -> str:
    """Return what a list that was exported is called where it is shown."""
    if model in LISTED:
        return str(LISTED[model])
    try:
        return capfirst(str(apps.get_model(model)._meta.verbose_name_plural))
    except (LookupError, ValueError):
        # One that the portal had once.
        return model


TELLERS: dict[str, Callable[[Any], str]] = {}
READERS: dict[str, Callable[[str], str]] = {
    "country": _country,
    "usage_location": _country,
    "deleted_at": read_moment,
    **dict.fromkeys(("last_day", "renews_on", "since", "starts_on", "until"), read_day),
    "list": _list,
}
