"""A user as the API tells one, the form of the pages filled with what was sent, and their filters.

The same checks and sentences as on the pages: invisible characters, lengths, domains, countries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.forms.details import PermissionsMixin
from accounts.models import UserQuerySet
from accounts.queries.filters import BEFORE, NEVER, read_filter
from customers.models import Customer
from customers.roles import Role

from . import schemas
from .answers import Told, kind, moment, self_link
from .errors import invalid
from .paging import Filter, unknown_filter

# By the field of the form, what the API calls it.
NAMES = {
    "user_name": "userPrincipalName",
    "domain": "userPrincipalName",
    "display_name": "displayName",
    "first_name": "firstName",
    "last_name": "lastName",
    "usage_location": "usageLocation",
    "office_phone": "phoneNumber",
    "mobile_phone": "mobilePhone",
    "fax": "fax",
    "job_title": "jobTitle",
    "department": "department",
    "office": "office",
    "alternate_email": "alternateEmail",
    "street": "address.street",
    "city": "address.city",
    "state": "address.state",
    "postal_code": "address.postalCode",
    "country": "address.country",
}
_SENT = {
    "display_name": "display_name",
    "first_name": "first_name",
    "last_name": "last_name",
    "usage_location": "usage_location",
    "office_phone": "phone_number",
    "mobile_phone": "mobile_phone",
    "fax": "fax",
    "job_title": "job_title",
    "department": "department",
    "office": "office",
    "alternate_email": "alternate_email",
}
_ADDRESS = ("street", "city", "state", "postal_code", "country")


def form_data(
    sent: schemas.UserFields, customer: Customer, initial: Mapping[str, Any]
) -> QueryDict:
    """Return what a page's form would send: `initial`, with what the call has changed of it."""
    values = {name: "" if value is None else str(value) for name, value in initial.items()}
    for name, told in _SENT.items():
        value = getattr(sent, told)
        if value is not None:
            values[name] = value
    if sent.address is not None:
        for name in _ADDRESS:
            if (value := getattr(sent.address, name)) is not None:
                values[name] = value
    if sent.user_principal_name is not None:
        local_part, _at, domain = sent.user_principal_name.rpartition("@")
        found = customer.domains.filter(name=domain.lower()).first()
        values |= {"user_name": local_part, "domain": str(found.pk) if found else "0"}
    for name in ("usage_location", "country"):
        values[name] = values.get(name, "").upper()
    data = QueryDict(mutable=True)
    data.update({name: value for name, value in values.items() if name != "limited_roles"})
    return data


def with_roles(data: QueryDict, roles: tuple[Role, ...]) -> QueryDict:
    """Say which permissions the form gives."""
    if Role.GLOBAL_ADMIN in roles:
        data["permission"] = PermissionsMixin.GLOBAL
    elif roles:
        data["permission"] = PermissionsMixin.LIMITED
        data.setlist("limited_roles", [role.value for role in roles])
    else:
        data["permission"] = PermissionsMixin.USER
    return data


def tell_user(user: Any, customer: Customer, *, password: Told | None = None) -> Told:
    """Return a user as CustomerUser has one, with what is ours beside it."""
    etag = moment(user.updated_at) or ""
    told: Told = {
        "id": str(user.uuid),
        "userPrincipalName": user.user_name,
        "displayName": user.display_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "usageLocation": user.usage_location.code or "",
        "phoneNumber": user.office_phone,
        "mobilePhone": user.mobile_phone,
        "fax": user.fax,
        "jobTitle": user.job_title,
        "department": user.department,
        "office": user.office,
        "alternateEmail": user.alternate_email,
        "address": {
            "street": user.street,
            "city": user.city,
            "state": user.state,
            "postalCode": user.postal_code,
            "country": user.country.code or "",
        },
        "userDomainType": "none",
        "state": "inactive" if user.deleted_at else "active",
        "accountEnabled": user.is_active,
        "mustChangePassword": user.must_change_password,
        "createdDate": moment(user.added_at),
        "lastChanged": moment(user.updated_at),
        "links": self_link(f"/customers/{customer.uuid}/users/{user.uuid}"),
        "attributes": kind("CustomerUser", etag=etag),
    }
    if user.deleted_at:
        told["softDeletionTime"] = moment(user.deleted_at)
        told["purgeTime"] = moment(user.purge_after)
    if password is not None:
        told["passwordProfile"] = password
    return told


# By field and operator, the parameter that the address of the pages' list has for it.
LIKE_PAGES = {
    ("department", "equals"): "department",
    ("jobtitle", "equals"): "title",
    ("domain", "equals"): "domain",
    ("usagelocation", "equals"): "location",
}
LAST_SIGN_IN = "lastsignin"
TEMPORARY_PASSWORD = ("temporarypassword", "equals")
PASSWORD_STATES = ("expired", "expiring")
OPERATORS = {"equals": "iexact", "starts_with": "istartswith", "substring": "icontains"}
# As it is stored, so that the index finds it.
OF_USER_NAME = {"equals": "exact", "starts_with": "startswith", "substring": "contains"}


def narrowed(users: UserQuerySet, filters: Iterable[Filter], *, deleted: bool) -> UserQuerySet:
    """Return the users for whom every condition holds. ApiError for one that there is not."""
    like_pages = QueryDict(mutable=True)
    for one in filters:
        if (asked_for := as_on_pages(one)) is not None:
            parameter, value = asked_for
            if parameter != "filter" and parameter in like_pages:
                text = _("The filter has %(field)s twice.")
                raise invalid(text % {"field": one.field[:40]})
            like_pages.appendlist(parameter, value)
            if parameter == "date":
                like_pages.appendlist("filter", BEFORE)
        else:
            users = by_name_or_state(users, one)
    if not like_pages:
        return users
    asked = read_filter(like_pages)
    if asked.unknown:
        name, value = asked.unknown[-1]
        text = _("There is no %(field)s “%(value)s”.")
        raise invalid(text % {"field": name, "value": value})
    if deleted and asked.domain:
        # They sign in with no name any longer, and had this one.
        users = users.filter(user_name__iendswith=f"@{asked.domain}")
        asked = replace(asked, domain="")
    return users.filter(asked.condition())


def as_on_pages(one: Filter) -> tuple[str, str] | None:
    """Return the parameter and the value by which the pages' list is asked for the same."""
    how = (one.field, one.operator)
    if how in LIKE_PAGES and one.value:
        value = one.value.upper() if one.field == "usagelocation" else one.value
        return LIKE_PAGES[how], value
    if how == (LAST_SIGN_IN, "equals") and one.value.lower() == "never":
        return "filter", NEVER
    if how == (LAST_SIGN_IN, "less_than") and one.value:
        return "date", one.value
    if how == TEMPORARY_PASSWORD and one.value.lower() in PASSWORD_STATES:
        return "filter", one.value.lower()
    return None


def by_name_or_state(users: UserQuerySet, one: Filter) -> UserQuerySet:
    """Return the users for whom a condition of Partner Center's holds. ApiError for any other."""
    value = one.value.lower()
    if (one.field, one.operator) == ("accountenabled", "equals"):
        return users.filter(blocked_at__isnull=value in {"true", "1"})
    if one.field == "userprincipalname" and one.operator in OF_USER_NAME:
        return users.filter(**{f"username__{OF_USER_NAME[one.operator]}": value})
    if one.field == "displayname" and one.operator in OPERATORS:
        return users.filter(**{f"display_name__{OPERATORS[one.operator]}": one.value})
    raise unknown_filter(one)
