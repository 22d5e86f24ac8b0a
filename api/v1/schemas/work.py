"""The log, batches and uploads, as they are sent and told."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from .base import Header, Kind, PageLinks, SelfLinks, Sent, Told


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
    already: int
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
    """An action on many users. Department, usage location and roles are for `change` alone."""

    action: Literal["block", "allow", "delete", "restore", "remove", "reset", "change"]
    users: list[UUID] = Field(min_length=1, max_length=50_000)
    reason: str = ""
    department: str | None = None
    usage_location: str | None = None
    roles: list[UUID] | None = None


class UploadQuery(Told):
    file_name: str = Field(
        "users.csv", max_length=255, description="Shown in the portal's list of uploads."
    )
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
