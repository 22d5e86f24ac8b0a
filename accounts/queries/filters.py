"""Filters of user lists: one reading of an address, for lists, exports and selections."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from customers.folding import folded_words
from customers.invisible import visible
from customers.models import Customer
from customers.query_params import read_id, read_search
from customers.roles import CUSTOMER_ROLES
from licensing.models import LicenseAssignment, Subscription

from ..models import User
from ..models.expressions import final_soon, password_expired, password_expiring

# Of an unknown value, which may be as long as an address.
_SHOWN = 40
SUBSCRIPTION_GONE = gettext_lazy(
    "This subscription no longer exists: no users match. Remove the filter."
)
MUST_CHANGE = gettext_lazy("Must change password")
PASSWORD_EXPIRED = gettext_lazy("Temporary password expired")
PASSWORD_EXPIRING = gettext_lazy("Temporary password about to expire")
# The names in `filter=`: of a group, one can be asked for at a time.
SEATS = ("unlicensed", "licensed", "with", "without")
OF_ONE_SUBSCRIPTION = ("with", "without")
SIGN_IN = ("blocked", "must-change", "expired", "expiring")
NEVER, BEFORE = LAST_SIGN_IN = ("never-signed-in", "signed-in-before")
# Of the deleted, and their only one.
FINAL = "final"
NAMES = (*SEATS, *SIGN_IN, *LAST_SIGN_IN, "role", "added")
DAYS = (7, 30)
# A user who is no administrator.
PLAIN = "User"
PERMISSIONS = (PLAIN, *(role.value for role in CUSTOMER_ROLES))
# A last sign-in is never before the first year, nor after the last one, of these.
_YEARS = range(1970, 9999)
# Fields that many have alike, by the name of their parameter: as they are written, and no others.
ALIKE = {"department": "department", "title": "job_title"}


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Conditions that all hold at once; those that are empty ask for nothing.

    `product` names the subscription. `unknown` are names and values of parameters that stand for
    nothing (any longer): nobody matches them. `problems` are sentences about these, and about what
    was asked for without a value, which is left out.
    """

    q: str = ""
    deleted: bool = False
    final: bool = False
    seats: str = ""
    subscription: int | None = None
    product: str = ""
    permission: str = ""
    sign_in: tuple[str, ...] = ()
    days: int | None = None
    never_signed_in: bool = False
    signed_in_before: date | None = None
    domain: str = ""
    department: str = ""
    job_title: str = ""
    usage_location: str = ""
    unknown: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return folded_words(self.q)

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a search does."""
        of_license = self.seats or self.permission or self.sign_in or self.days
        of_use = self.never_signed_in or self.signed_in_before or self.domain
        return bool(of_license or of_use or self.final or self.fields or self.unknown)

    @property
    def fields(self) -> dict[str, str]:
        """Return the fields that it asks for, with their values."""
        names = (*ALIKE.values(), "usage_location")
        return {name: value for name in names if (value := getattr(self, name))}

    def query(self) -> dict[str, str]:
        """Return the same filter as parameters of an address, each once."""
        names = [name for name in (self.seats, *self.sign_in) if name]
        names += [NEVER] * self.never_signed_in + [BEFORE] * bool(self.signed_in_before)
        names += [FINAL] * self.final
        names += ["role"] * bool(self.permission) + ["added"] * bool(self.days)
        names += [value for name, value in self.unknown if name == "filter"]
        found = {
            "q": self.q,
            "tab": "deleted" if self.deleted else "",
            "filter": ",".join(names),
            "subscription": str(self.subscription or ""),
            "role": self.permission,
            "days": str(self.days or ""),
            "date": self.signed_in_before.isoformat() if self.signed_in_before else "",
            "domain": self.domain,
            **{name: getattr(self, field) for name, field in ALIKE.items()},
            "location": self.usage_location,
            **{name: value for name, value in self.unknown if name != "filter"},
        }
        return {name: value for name, value in found.items() if value}

    def condition(self) -> Q:
        """Return all but the search, which lists do by an index of their own."""
        if self.unknown:
            return Q(pk__in=())
        found = Q(**self.fields)
        if self.seats:
            live = LicenseAssignment.objects.live().filter(user=OuterRef("pk")).order_by()
            # The policy names the customer: where the query does too, the planner knows how many.
            live = live.filter(customer=OuterRef("customer"))
            if self.seats in OF_ONE_SUBSCRIPTION:
                live = live.filter(subscription=self.subscription)
            held = Exists(live)
            found = Q(~held) if self.seats in {"unlicensed", "without"} else Q(held)
        if self.permission:
            links = User.groups.through.objects.filter(user=OuterRef("pk"))
            named = links.filter(group__name=self.permission)
            found &= Q(~Exists(links)) if self.permission == PLAIN else Q(Exists(named))
        if self.domain:
            # A list sees users alone: their domain is what their names end with.
            found &= Q(username__endswith=f"@{self.domain}")
        return found & self.use()

    def use(self) -> Q:
        """Return the conditions about sign-in and days."""
        found, changing = Q(), Q(must_change_password=True)
        # What is temporary must be changed: the index of those who must has these among few.
        conditions = {
            "blocked": Q(blocked_at__isnull=False),
            "must-change": changing,
            "expired": changing & password_expired(),
            "expiring": changing & password_expiring(),
        }
        for name in self.sign_in:
            found &= conditions[name]
        if self.never_signed_in:
            found &= Q(last_login=None)
        if self.signed_in_before:
            # A day of the clock by which the list shows when it was.
            begin = timezone.make_aware(datetime.combine(self.signed_in_before, time.min))
            found &= Q(last_login__lt=begin)
        if self.final:
            found &= Q(final_soon())
        if self.days:
            found &= Q(added_at__gte=timezone.now() - timedelta(days=self.days))
        return found

    def whole_condition(self) -> Q:
        """Return the condition with the search, for rows that have been found otherwise."""
        restorable = Q(deleted_at__isnull=False, purge_after__gt=timezone.now())
        found = self.condition() & (restorable if self.deleted else Q(deleted_at=None))
        if self.seats == "without":
            # Nobody has one that is gone, and nobody is meant.
            own = Subscription.objects.filter(customer=OuterRef("customer"))
            own = own.filter(pk=self.subscription or 0)
            found &= Q(Exists(own))
        for word in self.words:
            found &= Q(search_text__contains=word)
        return found

    def settled(self, product: str | None) -> "UserFilter":
        """Return it with the product of its subscription: None where the customer has no such
        one.
        """
        if self.subscription is None:
            return self
        if product is not None:
            return replace(self, product=product)
        return replace(
            self,
            seats="",
            subscription=None,
            unknown=(
                *self.unknown,
                ("filter", self.seats),
                ("subscription", str(self.subscription)),
            ),
            problems=(*self.problems, str(SUBSCRIPTION_GONE)),
        )


def read_filter(query: Mapping[str, Any]) -> UserFilter:
    """Return the filter that an address or a stored filter asks for.

    Several names stand in `filter=a&filter=b` or `a,b`. The subscription is not looked up: see
    `settled`.
    """
    q = read_search(_one(query, "q"))
    names = [name for text in _all(query, "filter") for name in text.split(",") if name]
    if _one(query, "tab") == "deleted":
        return UserFilter(q=q, deleted=True, final=FINAL in names)
    unknown: list[tuple[str, str]] = []
    problems: list[str] = []
    for name in dict.fromkeys(names):
        if name not in NAMES:
            _miss("filter", name, unknown, problems)
    seats, subscription = _read_seats(query, names, unknown, problems)
    permission = _chosen(query, "role", PERMISSIONS, unknown, problems)
    if "role" in names and not _one(query, "role"):
        problems.append(_("Choose one of the permissions to filter by: this filter is ignored."))
    days = _chosen(query, "days", [str(number) for number in DAYS], unknown, problems)
    if "added" in names and not _one(query, "days"):
        problems.append(
            _("Filter by those added in the last 7 or 30 days: this filter is ignored.")
        )
    before = _read_date(query, unknown, problems) if BEFORE in names else None
    return UserFilter(
        q=q,
        domain=_read_text(query, "domain").lower(),
        department=_read_text(query, "department"),
        job_title=_read_text(query, "title"),
        usage_location=_chosen(query, "location", countries, unknown, problems),
        seats=seats,
        subscription=subscription,
        permission=permission,
        sign_in=tuple(name for name in SIGN_IN if name in names),
        never_signed_in=NEVER in names,
        signed_in_before=before,
        days=int(days) if days else None,
        unknown=tuple(unknown),
        problems=tuple(problems),
    )


def _read_text(query: Mapping[str, Any], name: str) -> str:
    """Return a value as the field would keep it; one that is too long for it is nobody's."""
    return read_search(_one(query, name))


def _chosen(
    query: Mapping[str, Any],
    name: str,
    known: Container[str],
    unknown: list[tuple[str, str]],
    problems: list[str],
) -> str:
    """Return the value, if it is one of those there are."""
    value = _one(query, name)
    if value and value not in known:
        _miss(name, value, unknown, problems)
        return ""
    return value


def _read_date(
    query: Mapping[str, Any], unknown: list[tuple[str, str]], problems: list[str]
) -> date | None:
    text = _one(query, "date")
    if not text:
        problems.append(_("Enter a date for the last sign-in: this filter is ignored."))
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        unknown.append(("filter", BEFORE))
        _miss("date", text, unknown, problems)
        return None
    return day


def _miss(name: str, value: str, unknown: list[tuple[str, str]], problems: list[str]) -> None:
    unknown.append((name, _short(value)))
    text = _("The filter “%(name)s” doesn't exist: no users match. Remove the filter.")
    problems.append(text % {"name": _short(value)})


def _short(value: str) -> str:
    """Return an unknown value as a page can show it, and never as if none was asked for."""
    return visible(value)[0][:_SHOWN] or "?"


def _read_seats(
    query: Mapping[str, Any],
    names: list[str],
    unknown: list[tuple[str, str]],
    problems: list[str],
) -> tuple[str, int | None]:
    asked = [name for name in dict.fromkeys(names) if name in SEATS]
    if len(asked) > 1:
        problems.append(_("Only the first filter by license is used."))
    seats = asked[0] if asked else ""
    if seats not in OF_ONE_SUBSCRIPTION:
        return seats, None
    asked_for = _one(query, "subscription")
    subscription = read_id(asked_for)
    if subscription is None and asked_for:
        unknown += [("filter", seats), ("subscription", _short(asked_for))]
        problems.append(str(SUBSCRIPTION_GONE))
        return "", None
    if subscription is None:
        problems.append(_("Choose a subscription to filter by: until then all users are shown."))
        return "", None
    return seats, subscription


def _all(query: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(query, "getlist", None)
    if getlist is not None:
        return list(getlist(name))
    return [str(query[name])] if name in query else []


def _one(query: Mapping[str, Any], name: str) -> str:
    return next((value for value in _all(query, name) if value), "")


def product_of(customer: Customer, subscription: int | None) -> str | None:
    """Return what the customer's subscription is called; None for what is not one."""
    if subscription is None:
        return None
    found = customer.subscriptions.filter(pk=subscription)
    return found.values_list("product__name", flat=True).first()
