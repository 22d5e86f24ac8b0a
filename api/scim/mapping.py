"""A user as SCIM tells it, and what a source tells of one as fields of ours."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries
from scim2_models import InvalidValueException, Meta

from accounts.models import User
from customers.invisible import visible
from customers.said import gettext as _

from ..models import ScimLink
from ..queries import version_of
from .fields import ADDRESS, KEPT, PHONES
from .resources import (
    Address,
    Email,
    EnterpriseUser,
    Name,
    PhoneNumber,
    PortalUser,
    SourcedUser,
)

# What the list of a source's users reads.
COLUMNS = ("id", "uuid", "customer_id", "blocked_at", "deleted_at", "added_at", "updated_at", *KEPT)


def resource_of(user: User, link: ScimLink | None) -> Any:
    """Return the user as a resource, without its location."""
    phones = [
        PhoneNumber.model_construct(value=value, type=kind)
        for kind, name in PHONES.items()
        if (value := getattr(user, name))
    ]
    named = {"given_name": user.first_name, "family_name": user.last_name}
    named = {part: value for part, value in named.items() if value}
    address = {theirs: str(getattr(user, name)) for name, theirs in ADDRESS.items()}
    address = {part: value for part, value in address.items() if value}
    email = user.alternate_email
    found = SourcedUser(
        id=str(user.uuid),
        external_id=(link.external_id if link else "") or None,
        user_name=user.user_name,
        name=Name(**named) if named else None,
        display_name=user.display_name,
        title=user.job_title or None,
        active=user.blocked_at is None,
        emails=[Email(value=email, type="work")] if email else None,
        phone_numbers=phones or None,
        addresses=[Address(**address, type="work")] if address else None,
        meta=Meta(
            resource_type="User",
            created=user.added_at,
            last_modified=user.updated_at,
            version=version_of(user, link),
        ),
    )
    if user.department:
        found[EnterpriseUser] = EnterpriseUser(department=user.department)
    if user.usage_location:
        found[PortalUser] = PortalUser(usage_location=str(user.usage_location))
    return found


def fields_of(resource: Any) -> dict[str, str]:
    """Return what a resource says of each field that is kept, "" where it says nothing.

    Raise InvalidValueException for what a field can't hold.
    """
    name, enterprise = resource.name or Name(), resource[EnterpriseUser]
    phones, address = resource.phone_numbers or [], _chosen(resource.addresses or [])
    portal = resource[PortalUser]
    told = {
        "user_name": resource.user_name,
        "first_name": name.given_name,
        "last_name": name.family_name,
        "display_name": resource.display_name,
        "job_title": resource.title,
        "department": enterprise.department if enterprise else "",
        "alternate_email": getattr(_chosen(resource.emails or []), "value", ""),
        "usage_location": _country(portal.usage_location if portal else ""),
    }
    for kind, field in PHONES.items():
        of_kind = [phone for phone in phones if (phone.type or "work").lower() == kind]
        told[field] = getattr(_chosen(of_kind), "value", "")
    for field, theirs in ADDRESS.items():
        told[field] = getattr(address, theirs, "")
    told["country"] = _country(told["country"])
    return {field: _checked(field, value) for field, value in told.items()}


def _chosen(entries: Iterable[Any]) -> Any:
    """Return the one that is kept of several: the first of work, or else the first."""
    found = list(entries)
    work = [entry for entry in found if (entry.type or "").lower() == "work"]
    return next(iter([*work, *found]), None)


def too_long(attribute: str, length: int) -> InvalidValueException:
    text = _("%(attribute)s can have up to %(count)s characters.")
    return InvalidValueException(detail=text % {"attribute": attribute, "count": length})


def _checked(field: str, value: str | None) -> str:
    text = visible(value or "")[0]
    length: int = getattr(User._meta.get_field(field), "max_length", None) or 0
    if len(text) > length:
        raise too_long(KEPT[field], length)
    if field == "alternate_email" and text:
        try:
            validate_email(text)
        except ValidationError:
            raise InvalidValueException(
                detail=_("%(attribute)s is not an email address.") % {"attribute": KEPT[field]}
            ) from None
    return text


@cache
def _codes() -> dict[str, str]:
    """Return the code of each country by code and English name, in small letters."""
    return {key.lower(): code for code, name in countries for key in (code, str(name))}


def _country(value: str | None) -> str:
    """Return the code of a country, which directories tell by code or by name."""
    text = (value or "").strip()
    if not text:
        return ""
    if (code := _codes().get(text.lower())) is None:
        raise InvalidValueException(
            detail=_("%(value)s is no country. Send a code of two letters, such as DE.")
            % {"value": text[:60]}
        )
    return code
