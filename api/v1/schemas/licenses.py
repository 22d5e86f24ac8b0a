"""Licenses, subscriptions and products, as they are sent and told."""

from typing import Literal
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt

from .base import Kind, PageLinks, PageQuery, SelfLinks, Sent, Told


class ServicePlan(Told):
    id: UUID
    display_name: str
    service_name: str
    capability_status: str
    target_type: Literal["User"]


class Sku(Told):
    id: UUID
    name: str
    sku_part_number: str
    target_type: Literal["User"]
    license_group_id: Literal["group1"]


class License(Told):
    product_sku: Sku
    service_plans: list[ServicePlan]
    assigned_date: str
    attributes: Kind


class Licenses(Told):
    total_count: int
    items: list[License]
    links: PageLinks | None = None
    attributes: Kind


class LicenseToAssign(Sent):
    sku_id: UUID
    excluded_plans: list[UUID] | None = None


class LicenseUpdate(Sent):
    licenses_to_assign: list[LicenseToAssign] | None = None
    licenses_to_remove: list[UUID] | None = None


class LicensesOfMany(LicenseUpdate):
    """For many users at once; with `asManyAsFit` those go without for whom no seat is left."""

    users: list[UUID] = Field(max_length=50_000)
    as_many_as_fit: StrictBool = False
    reason: str = ""


class AssignedLicense(Told):
    sku_id: UUID
    excluded_plans: list[UUID] | None = None


class LicenseUpdated(Told):
    licenses_to_assign: list[AssignedLicense] | None = None
    licenses_to_remove: list[UUID] | None = None
    license_warnings: list[str]
    attributes: Kind


class SubscribedSku(Told):
    available_units: int
    active_units: int
    consumed_units: int
    suspended_units: int
    total_units: int
    warning_units: int
    capability_status: str
    product_sku: Sku
    service_plans: list[ServicePlan]
    attributes: Kind


class SubscribedSkus(Told):
    total_count: int
    items: list[SubscribedSku]
    links: PageLinks | None = None
    attributes: Kind


class Subscription(Told):
    id: UUID
    offer_id: UUID
    offer_name: str
    friendly_name: str
    quantity: int
    assigned: int
    reserved: int
    unit_type: str
    creation_date: str
    effective_start_date: str
    commitment_end_date: str
    status: Literal["active", "suspended", "deleted"]
    auto_renew_enabled: bool
    price: str | None = None
    currency: str | None = None
    links: SelfLinks
    attributes: Kind


class Subscriptions(Told):
    total_count: int
    items: list[Subscription]
    links: PageLinks | None = None
    attributes: Kind


class ChangedSubscription(Sent):
    """The whole resource with another quantity or status: one of both at a time.

    `price` is that of a seat in a month, such as "9.50", with its `currency`; null takes it away,
    and without it nothing is changed.
    """

    quantity: StrictInt | None = None
    status: str | None = None
    price: str | None = None
    currency: str | None = None


class NewSubscription(Sent):
    sku_id: UUID
    quantity: StrictInt
    commitment_end_date: str | None = None
    price: str | None = None
    currency: str | None = None


class Product(Told):
    id: UUID
    name: str
    sku_part_number: str
    is_offered: bool
    is_own: bool
    service_plans: list[ServicePlan]
    attributes: Kind


class Products(Told):
    total_count: int
    items: list[Product]
    links: PageLinks | None = None
    attributes: Kind


class LicenseReportRow(Told):
    customer_id: UUID
    customer_name: str
    domain: str
    sku_id: UUID
    product_name: str
    bought: int
    assigned: int
    blocked: int
    available: int
    month: str | None = None
    as_of: str | None = None
    peak: int | None = None
    price: str | None = None
    currency: str | None = None
    attributes: Kind


class ReportQuery(PageQuery):
    """A page of a report."""

    month: str = Field(
        "", description="A month such as 2026-11, as of its last night; none: as it is now."
    )


class LicenseReport(Told):
    total_count: int
    items: list[LicenseReportRow]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class NewProduct(Sent):
    name: str
    sku_part_number: str = ""
    service_plans: dict[str, str]


class ChangedProduct(Sent):
    name: str | None = None
    service_plans: dict[str, str] | None = None
    is_offered: StrictBool | None = None
