"""Customers and their domains, as they are sent and told."""

from typing import Literal
from uuid import UUID

from .base import Kind, PageLinks, SelfLinks, Sent, Told


class CompanyProfile(Told):
    tenant_id: UUID
    domain: str
    company_name: str
    email: str | None = None
    attributes: Kind


class Customer(Told):
    id: UUID
    company_profile: CompanyProfile
    relationship_to_partner: Literal["reseller"]
    allow_delegated_access: bool
    custom_domains: list[str] | None = None
    country: str
    users: int
    links: SelfLinks
    attributes: Kind


class Customers(Told):
    total_count: int
    items: list[Customer]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class SentCompany(Sent):
    domain: str
    company_name: str | None = None


class SentAddress(Sent):
    country: str | None = None


class SentBilling(Sent):
    company_name: str | None = None
    email: str | None = None
    default_address: SentAddress | None = None


class NewCustomer(Sent):
    company_profile: SentCompany
    billing_profile: SentBilling | None = None


class ChangedCustomer(Sent):
    name: str | None = None
    country: str | None = None
    contact_email: str | None = None


class Domain(Told):
    name: str
    is_primary: bool
    attributes: Kind


class Domains(Told):
    total_count: int
    items: list[Domain]
    links: PageLinks | None = None
    attributes: Kind


class NewDomain(Sent):
    name: str
