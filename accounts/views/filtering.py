"""Filter users by…: the choices, the words for those taken, and filters saved by name."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, View
from django_countries import countries

from customers.errors import Refused
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, Capability
from customers.tenancy import CustomerScopeMixin

from ..forms.filters import SaveFilterForm
from ..models import SavedFilter
from ..queries.bulk_preview import proposals
from ..queries.filters import (
    BEFORE,
    DAYS,
    FINAL,
    MUST_CHANGE,
    NEVER,
    OF_ONE_SUBSCRIPTION,
    PASSWORD_EXPIRED,
    PASSWORD_EXPIRING,
    PLAIN,
    SEATS,
    SIGN_IN,
    UserFilter,
)
from ..queries.selections import filter_of, filtered_users
from ..services.filters import delete_filter, save_filter

SEAT_LABELS = {
    "unlicensed": gettext_lazy("Without any license"),
    "licensed": gettext_lazy("With a license"),
    "with": gettext_lazy("With a chosen subscription"),
    "without": gettext_lazy("Without a chosen subscription"),
}
SIGN_IN_LABELS = {
    "blocked": gettext_lazy("Sign-in blocked"),
    "must-change": MUST_CHANGE,
    "expired": PASSWORD_EXPIRED,
    "expiring": PASSWORD_EXPIRING,
}
# What of a list's address is neither its filter nor its place.
KEPT = ("sort", "s")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str | Promise
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition of the list in words, and the list without it."""

    label: str
    url: str
    remove_label: str


def chips(found: UserFilter, kept: Mapping[str, str]) -> list[Chip]:
    """Return a chip for each condition of the filter; `kept` stays in the addresses."""
    # Which list it is, its path says.
    whole = {name: value for name, value in found.query().items() if name != "tab"}
    made = []
    for label, names in _conditions(found):
        rest = _part(whole, names, taken=False)
        remove_label = _("Remove the filter “%(label)s”") % {"label": label}
        made.append(Chip(label, list_query({**rest, **kept}), remove_label))
    return made


def _part(query: Mapping[str, str], names: Container[str], *, taken: bool) -> dict[str, str]:
    """Return the parameters of these names, also in `filter=`, or all others."""
    rest = {
        name: value
        for name, value in query.items()
        if name != "filter" and (name in names) == taken
    }
    flags = query.get("filter", "").split(",")
    flags = [name for name in flags if name and (name in names) == taken]
    return {**rest, "filter": ",".join(flags)} if flags else rest


def why_nobody(found: UserFilter, customer: Customer) -> str:
    """Return which condition of a filter finds no user even alone, where several hold at once."""
    whole = found.query()
    each = {
        label: filtered_users(customer, filter_of(customer, _part(whole, names, taken=True)))
        for label, names in _conditions(found)
    }
    if len(each) == 1:
        return _("Remove the filter or search for less.") if found.q else ""
    hits = Customer.objects.filter(pk=customer.pk).values_list(*map(Exists, each.values())).get()
    names = [label for label, hit in zip(each, hits, strict=True) if not hit]
    misses = [_("“%(name)s”") % {"name": name} for name in names]
    if not misses:
        return _("Each filter matches users, but no user matches all of them. Remove one.")
    text = ngettext(
        "%(filters)s matches no users, even alone. Remove it.",
        "%(filters)s match no users, even alone. Remove them.",
        len(misses),
    )
    return text % {"filters": ", ".join(misses)}


def _conditions(found: UserFilter) -> Iterator[tuple[str, set[str]]]:
    """Yield the words for each condition, with its names in `filter=` and its parameters."""
    if found.seats in OF_ONE_SUBSCRIPTION:
        words = _("With %(product)s") if found.seats == "with" else _("Without %(product)s")
        yield words % {"product": found.product}, {found.seats, "subscription"}
    elif found.seats:
        yield str(SEAT_LABELS[found.seats]), {found.seats}
    if found.permission:
        yield permission_label(found.permission), {"role"}
    yield from _of_use(found)
    if found.domain:
        yield _("Domain: %(name)s") % {"name": found.domain}, {"domain"}
    yield from _of_fields(found)
    if found.unknown:
        names = {value if name == "filter" else name for name, value in found.unknown}
        yield _("Unknown or removed"), names


def _of_use(found: UserFilter) -> Iterator[tuple[str, set[str]]]:
    """Yield the same for sign-in and days."""
    for name in found.sign_in:
        yield str(SIGN_IN_LABELS[name]), {name}
    if found.never_signed_in:
        yield _("Never signed in"), {NEVER}
    if found.signed_in_before:
        day = date_format(found.signed_in_before, "DATE_FORMAT")
        yield _("Last sign-in before %(date)s") % {"date": day}, {BEFORE, "date"}
    if found.final:
        yield _("Permanently deleted within 7 days"), {FINAL}
    if found.days:
        yield days_label(found.days), {"added", "days"}


def _of_fields(found: UserFilter) -> Iterator[tuple[str, set[str]]]:
    """Yield the same for the fields that many have alike, as rules have them, too."""
    if found.department:
        yield _("Department: %(name)s") % {"name": found.department}, {"department"}
    if found.job_title:
        yield _("Job title: %(name)s") % {"name": found.job_title}, {"title"}
    if found.usage_location:
        name = countries.name(found.usage_location)
        yield _("Usage location: %(name)s") % {"name": name}, {"location"}


def conditions_in_words(found: UserFilter) -> list[str]:
    """Return a sentence or a name for each condition of the filter."""
    return [label for label, _names in _conditions(found)]


def permission_label(permission: str) -> str:
    roles = {role.value: str(role.label) for role in CUSTOMER_ROLES}
    return roles.get(permission, _("User (no administrator)"))


def days_label(days: int) -> str:
    return _("Added in the last %(days)s days") % {"days": days}


class UserFilterView(CustomerScopeMixin, FormView[SaveFilterForm]):
    """The choices on a page of their own, or as the part of a list that opens above it.

    Its address has the list's parameters. What it saves is the filter that the list shows.
    """

    capability = Capability.SEE
    form_class = SaveFilterForm

    def scope(self, **kwargs: Any) -> None:
        self.found = filter_of(self.customer, self.request.GET)

    def get_template_names(self) -> list[str]:
        in_list = getattr(self.request, "htmx", False) and self.request.method == "GET"
        return ["accounts/filter_panel.html" if in_list else "accounts/user_filter.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.request.user}

    def form_valid(self, form: SaveFilterForm) -> HttpResponse:
        customer, actor = self.customer, self.request.user
        given = dict(form.cleaned_data)
        try:
            saved = save_filter(
                given.pop("name"), self.found, customer=customer, actor=actor, **given
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The filter “%(name)s” is saved.") % {"name": saved.name})
        return redirect(list_url(customer.pk, {**self.found.query(), **self.kept()}))

    def kept(self) -> dict[str, str]:
        given = self.request.GET.dict()
        return {name: str(given[name]) for name in KEPT if given.get(name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found, actor = self.found, self.request.user
        subscriptions = self.customer.subscriptions.current().for_list()
        return super().get_context_data(**kwargs) | {
            "found": found,
            "kept": self.kept(),
            "seats": [Choice(name, SEAT_LABELS[name], name == found.seats) for name in SEATS],
            "subscriptions": [
                Choice(str(row.pk), row.product.name, row.pk == found.subscription)
                for row in subscriptions
            ],
            "permissions": [
                Choice(value, permission_label(value), value == found.permission)
                for value in (PLAIN, *(role.value for role in CUSTOMER_ROLES))
            ],
            "sign_in": [
                Choice(name, SIGN_IN_LABELS[name], name in found.sign_in) for name in SIGN_IN
            ],
            "last_sign_in": [
                Choice(NEVER, gettext_lazy("Never"), found.never_signed_in),
                Choice(BEFORE, gettext_lazy("Before a date"), bool(found.signed_in_before)),
            ],
            "domains": self.domains(),
            "departments": proposals(self.customer, "department"),
            "titles": proposals(self.customer, "job_title"),
            "locations": self.locations(),
            "days": [Choice(str(days), days_label(days), days == found.days) for days in DAYS],
            "saved": self.saved(),
            "is_staff": actor.partner_id is not None,
            "may_save": bool(found.q or found.narrows),
            "clear_url": list_url(self.customer.pk, self.kept()),
            "save_url": f"{self.request.path}?{urlencode({**found.query(), **self.kept()})}",
        }

    def locations(self) -> list[Choice]:
        """Return the countries of the customer's users, and the one that is asked for."""
        taken = self.found.usage_location
        codes = {*proposals(self.customer, "usage_location"), *filter(None, [taken])}
        named = sorted((countries.name(code), code) for code in codes)
        return [Choice(code, name, code == taken) for name, code in named]

    def domains(self) -> list[Choice]:
        """Return the customer's domains, and the one that is asked for."""
        taken = self.found.domain
        own = set(self.customer.domains.values_list("name", flat=True))
        return [Choice(name, name, name == taken) for name in sorted({*own, taken} - {""})]

    def saved(self) -> list[dict[str, Any]]:
        actor = self.request.user
        rows = SavedFilter.objects.open_to(actor, self.customer).select_related("owner")
        return [
            {
                "row": row,
                "url": list_url(self.customer.pk, {**row.query, **self.kept()}),
                "is_own": row.owner_id == actor.pk,
                "is_current": row.query == self.found.query(),
            }
            for row in sorted(rows, key=lambda row: (row.name.casefold(), row.pk))
        ]


class FilterDeleteView(CustomerScopeMixin, View):
    capability = Capability.SEE
    http_method_names = ("post",)

    def scope(self, **kwargs: Any) -> None:
        actor = self.request.user
        own = SavedFilter.objects.open_to(actor, self.customer).filter(owner=actor)
        self.saved = get_object_or_404(own, pk=kwargs["saved"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = self.saved.name
        delete_filter(self.saved, actor=self.request.user)
        messages.success(request, _("The filter “%(name)s” is deleted.") % {"name": name})
        return redirect("accounts:user-list", self.customer.pk)


def list_url(customer: int, query: Mapping[str, str]) -> str:
    return reverse("accounts:user-list", args=[customer]) + (list_query(query) if query else "")


def list_query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query, safe=',')}"
