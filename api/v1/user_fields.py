"""A user as the API tells one, and the form of the pages filled with what was sent.

The same checks and sentences as on the pages: invisible characters, lengths, domains, countries.
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from accounts.forms.details import PermissionsMixin
from customers.models import Customer
from customers.roles import Role

from . import schemas
from .answers import Told, kind, moment, self_link

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
