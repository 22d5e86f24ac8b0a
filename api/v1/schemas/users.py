"""Users, their roles and their passwords, as they are sent and told."""

from typing import Literal
from uuid import UUID

from pydantic import StrictBool

from .base import Kind, PageLinks, SelfLinks, Sent, Told


class SentPassword(Sent):
    password: str | None = None
    force_change_password: StrictBool | None = None


class PasswordProfile(Told):
    # In the answer to the call that has set it, and never again.
    password: str | None = None
    force_change_password: bool


class Address(Told):
    street: str
    city: str
    state: str
    postal_code: str
    country: str


class SentUserAddress(Sent):
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class CustomerUser(Told):
    id: UUID
    user_principal_name: str
    display_name: str
    first_name: str
    last_name: str
    usage_location: str
    phone_number: str
    mobile_phone: str
    fax: str
    job_title: str
    department: str
    office: str
    alternate_email: str
    address: Address
    user_domain_type: Literal["none"]
    state: Literal["active", "inactive"]
    account_enabled: bool
    must_change_password: bool
    created_date: str
    last_changed: str | None = None
    soft_deletion_time: str | None = None
    purge_time: str | None = None
    password_profile: PasswordProfile | None = None
    links: SelfLinks
    attributes: Kind


class CustomerUsers(Told):
    total_count: int
    items: list[CustomerUser]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class UserFields(Sent):
    user_principal_name: str | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    usage_location: str | None = None
    phone_number: str | None = None
    mobile_phone: str | None = None
    fax: str | None = None
    job_title: str | None = None
    department: str | None = None
    office: str | None = None
    alternate_email: str | None = None
    address: SentUserAddress | None = None
    password_profile: SentPassword | None = None


class NewUser(UserFields):
    user_principal_name: str
    display_name: str


class ChangedUser(UserFields):
    """`state` "active" restores a deleted user; `accountEnabled` blocks and allows sign-in."""

    state: str | None = None
    account_enabled: StrictBool | None = None


class SentReset(Sent):
    password_profile: SentPassword | None = None


class Role(Told):
    id: UUID
    name: str
    attributes: Kind


class Roles(Told):
    total_count: int
    items: list[Role]
    links: PageLinks | None = None
    attributes: Kind


class UserMember(Told):
    id: UUID
    display_name: str
    user_principal_name: str
    role_id: UUID
    attributes: Kind


class UserMembers(Told):
    total_count: int
    items: list[UserMember]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class SentMember(Sent):
    id: UUID
    display_name: str | None = None
    user_principal_name: str | None = None


class Sheet(Told):
    id: UUID
    kind: str
    count: int
    batch_id: UUID | None = None
    created_date: str
    expires: str
    links: SelfLinks
    attributes: Kind


class Sheets(Told):
    total_count: int
    items: list[Sheet]
    links: PageLinks | None = None
    attributes: Kind


class UserWithPassword(Told):
    display_name: str
    user_principal_name: str
    password: str


class SheetWithPasswords(Sheet):
    users: list[UserWithPassword]
