"""What the document says of bodies and answers. Names are Partner Center's, where it has the same.

Sent names may be in any case, as Partner Center's clients differ in it. Answers are written by hand
in the modules of the resources, for speed; that they are as told here, the tests see to.
"""

from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Told(Schema):
    """A part of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Sent(BaseModel):
    """A part of a request: names in any case; what is not known is left alone."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def in_any_case(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        known = {
            (field.alias or name).lower(): field.alias or name
            for name, field in cls.model_fields.items()
        }
        return {known.get(str(name).lower(), name): value for name, value in told.items()}


class Kind(Told):
    object_type: str
    etag: str | None = None


class Header(Told):
    key: str
    value: str


class Link(Told):
    uri: str
    method: str
    headers: list[Header]


class SelfLinks(Told):
    # A key called `self` needs an alias.
    self_: Link = Field(alias="self")


class PageLinks(SelfLinks):
    next: Link | None = None
    previous: Link | None = None


class Problem(Told):
    """A refusal. `code` is a number that scripts know, `refusal` one of our codes."""

    code: int
    description: str
    data: list[str]
    source: str
    refusal: str | None = None
    field: str | None = None


class TooOften(Told):
    status_code: int
    message: str


class CompanyProfile(Told):
    tenant_id: UUID
    domain: str
    company_name: str
    email: str | None = None
    attributes: Kind


class PageQuery(Told):
    """A page; the header MS-ContinuationToken goes on from the one before."""

    size: int | None = Field(None, ge=0, description="Up to 500; none or 0: 100.")
    seek_operation: str = Field("First", description="First, Next, Previous or Last.")


class FilterQuery(PageQuery):
    filter: str = Field("", description='JSON: {"Field": …, "Value": …, "Operator": …}')


class UsersQuery(FilterQuery):
    search: str = ""
    sort_field: str = Field("", description="DisplayName, UserPrincipalName or CreatedDate.")
    sort_direction: str = Field("ascending", description="ascending or descending.")


class RecordsQuery(FilterQuery):
    start_date: str = Field("", description="A day such as 2027-01-31; 30 days ago by default.")
    end_date: str = Field("", description="The last day; today by default.")


class GroupQuery(Told):
    license_group_ids: str = Field("", description="Group1, the only one that there is.")


class DeleteQuery(Told):
    permanent: bool = False


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


class UserCredentials(Told):
    user_name: str
    password: str | None = None


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


class SentPassword(Sent):
    password: str | None = None
    force_change_password: bool | None = None


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
    account_enabled: bool | None = None


class SentReset(Sent):
    password_profile: SentPassword | None = None


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
    as_many_as_fit: bool = False
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
    unit_type: str
    creation_date: str
    effective_start_date: str
    commitment_end_date: str
    status: Literal["active", "suspended", "deleted"]
    auto_renew_enabled: bool
    links: SelfLinks
    attributes: Kind


class Subscriptions(Told):
    total_count: int
    items: list[Subscription]
    links: PageLinks | None = None
    attributes: Kind


class ChangedSubscription(Sent):
    """The whole resource with another quantity or status: one of both at a time."""

    quantity: int | None = None
    status: str | None = None


class NewSubscription(Sent):
    sku_id: UUID
    quantity: int
    commitment_end_date: str | None = None


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


class AuditRecord(Told):
    id: UUID
    partner_id: str
    customer_id: UUID | None = None
    customer_name: str | None = None
    user_principal_name: str | None = None
    resource_type: str
    resource_new_value: str | None = None
    operation_type: str
    operation_date: str
    operation_status: Literal["succeeded"]
    customized_data: list[Header]
    attributes: Kind


class AuditRecords(Told):
    total_count: int
    items: list[AuditRecord]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class Change(Told):
    """An event of the log, by ids alone: what it was about may be asked for."""

    id: int
    type: str
    at: str
    customer_id: UUID | None = None
    resource_type: str
    resource_id: UUID | None = None
    resource_uri: str | None = None
    batch_id: UUID | None = None


class Changes(Told):
    total_count: int
    items: list[Change]
    next_since: int
    has_more: bool
    attributes: Kind


class Batch(Told):
    id: UUID
    action: str
    state: Literal["waiting", "running", "done", "failed", "canceled"]
    via: str
    reason: str
    refusal: str
    total: int
    done: int
    failed: int
    progress: float | None = None
    can_undo: bool
    undo_of: UUID | None = None
    created_date: str
    finished_date: str | None = None
    links: SelfLinks
    attributes: Kind


class Batches(Told):
    total_count: int
    items: list[Batch]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class BatchItem(Told):
    user_id: UUID
    outcome: str
    reason: str


class BatchItems(Told):
    total_count: int
    items: list[BatchItem]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class NewBatch(Sent):
    """An action on many users. `fields` and `roles` are for `change` alone."""

    action: Literal["block", "allow", "delete", "restore", "remove", "reset", "change"]
    users: list[UUID] = Field(min_length=1, max_length=50_000)
    reason: str = ""
    department: str | None = None
    usage_location: str | None = None
    roles: list[UUID] | None = None


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


class TokenSelf(Told):
    """Who calls, with which rights, and how often in this minute."""

    user_principal_name: str
    display_name: str
    token: str
    permissions: list[str]
    customers: list[UUID] | None = None
    ends: str
    reads_this_minute: int
    writes_this_minute: int
    reads_per_minute: int
    writes_per_minute: int
    attributes: Kind


class UploadQuery(Told):
    file_name: str = Field("users.csv", max_length=255, description="Tells .csv from .xlsx.")
    usage_location: str = Field("", max_length=2, description="Of rows without one.")
    existing: str = Field(
        "leave", description="leave, details, addLicenses or replaceLicenses: of users there."
    )


class Upload(Told):
    id: UUID
    file_name: str
    state: str
    refusal: str
    question: str | None = None
    choices: list[str] | None = None
    headings: list[str] | None = None
    batch_id: UUID | None = None
    created_date: str
    finished_date: str | None = None
    links: SelfLinks
    attributes: Kind


class Uploads(Told):
    total_count: int
    items: list[Upload]
    continuation_token: str | None = None
    links: PageLinks
    attributes: Kind


class CellProblem(Told):
    column: str
    text: str
    suggestion: str
    value: str


class RowProblems(Told):
    row: int
    problems: list[CellProblem]


class WantedSeats(Told):
    product: str
    wanted: int
    free: int
    missing: int


class UploadReport(Upload):
    """The first thousand rows with problems, and with warnings; `rows` counts them all."""

    fingerprint: str
    reading: str
    rows: dict[str, int]
    seats: list[WantedSeats]
    problems: list[RowProblems]
    warnings: list[RowProblems]


class UploadAnswers(Sent):
    encoding: str | None = None
    separator: str | None = None
    headings: str | None = None
    columns: list[str] | None = None


class UploadConfirm(Sent):
    seen: str
    short: Literal["", "first", "without"] = ""
    reason: str = ""


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


class Application(Told):
    id: UUID
    name: str
    start_url: str
    is_on: bool
    everyone: bool
    all_customers: bool
    customers: list[UUID]
    service_plans: list[UUID]
    client_id: str
    changed_date: str
    links: SelfLinks
    attributes: Kind


class Applications(Told):
    total_count: int
    items: list[Application]
    links: PageLinks | None = None
    attributes: Kind


class ChangedApplication(Sent):
    is_on: bool


class ClientSecret(Told):
    client_id: str
    # In this answer, and never again.
    password: str | None = None


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
    attributes: Kind


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
    is_offered: bool | None = None


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


class SentReason(Sent):
    reason: str = ""


class NewApplication(Sent):
    """An application as its page has it; without redirect addresses no user signs in to it."""

    name: str
    start_url: str
    icon: str = "grid"
    everyone: bool = False
    service_plans: list[UUID] = []
    all_customers: bool = True
    customers: list[UUID] = []
    redirect_uris: list[str] = []
    post_logout_redirect_uris: list[str] = []
    logout_uri: str = ""
    is_public: bool = False
    needs_pkce: bool = True
    extra_claims: list[str] = []


class AddedApplication(Application):
    # The client secret, in this answer and never again; without one it is public.
    password: str | None = None
