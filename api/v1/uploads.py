"""Uploads: a file of users comes in, problems and seats come out, and Confirm adds the users."""

import hashlib
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_countries import countries
from ninja import Query, Router

from customers.errors import AlreadyDone
from customers.invisible import visible
from customers.models import Batch, Customer
from customers.roles import Capability
from customers.services.batches import new_key
from uploads.models import Upload, UploadState
from uploads.services import (
    Existing,
    Licensing,
    Options,
    Short,
    answer,
    cancel_upload,
    confirm_upload,
    fingerprint,
    is_grave_to_confirm,
    map_columns,
    receive_upload,
    report,
    too_large,
)

from ..services.calls import name_of, once
from . import schemas
from .answers import Told, kind, moment, self_link
from .base import REFUSED, REFUSED_WRITE, actor_of, caller_of, customer_of, prove
from .batches import tell_batch
from .door import ok
from .errors import ApiError, invalid, not_found
from .guids import guid, pk_of
from .paging import Order, collection, read_page

router = Router(tags=["Uploads"], by_alias=True)
NEWEST = Order("pk", descending=True)
EXISTING = {
    "leave": Existing(),
    "details": Existing(details=True),
    "addLicenses": Existing(licenses=Licensing.ADD),
    "replaceLicenses": Existing(licenses=Licensing.REPLACE),
}
IN_MEMORY = 2**20
# Of each kind; the figures tell how many there are.
ROWS_TOLD = 1_000
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            # Whatever text it is: what a row can't be is told of the upload.
            "text/csv": {},
        },
    }
}


@router.post(
    "/customers/{customer}/uploads",
    response={202: schemas.Upload, **REFUSED_WRITE, 413: schemas.Problem},
    summary="Upload a file of users",
    openapi_extra=BODY,
)
def post_upload(
    request: HttpRequest, customer: UUID, query: Query[schemas.UploadQuery]
) -> HttpResponse:
    """The body is the file: .csv, .xlsx, .xls or .ods. A worker reads it: ask how far it is."""
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    if query.existing not in EXISTING:
        text = _("existing is one of: %(names)s.") % {"names": ", ".join(EXISTING)}
        raise invalid(text)
    location = (query.usage_location or found.country.code).upper()
    if location not in countries.countries:
        raise invalid(_("usageLocation is the code of a country, such as NO."))
    options = Options(usage_location=location, existing=EXISTING[query.existing])
    with SpooledTemporaryFile(IN_MEMORY) as kept:
        digest = _take(request, cast(IO[bytes], kept))
        file = File(cast(IO[bytes], kept), name=visible(query.file_name)[0][-255:])

        name, token, key = name_of(request), caller_of(request).token, new_key()
        if name:
            # Which one sent twice shares.
            key = hashlib.sha256(f"{token.pk} {name}".encode()).hexdigest()

        def receive() -> HttpResponse:
            actor = actor_of(request)
            upload = receive_upload(file, options, customer=found, actor=actor, key=key)
            return ok(tell_upload(upload, found), status=HTTPStatus.ACCEPTED)

        if not name:
            return receive()
        # Another file under the same name is none that was sent twice.
        return once(request, token, name, receive, body=digest)


def _take(request: HttpRequest, kept: IO[bytes]) -> bytes:
    """Write the body to a file; return its hash. ApiError for one that is too large, or empty."""
    most, size, digest = settings.UPLOAD_MB * 2**20, 0, hashlib.sha256()
    while chunk := request.read(2**16):
        size += len(chunk)
        if size > most:
            raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 413, too_large())
        kept.write(chunk)
        digest.update(chunk)
    if not size:
        raise invalid(_("The body is empty: send the file as it is."))
    kept.seek(0)
    return digest.digest()


@router.get(
    "/customers/{customer}/uploads",
    response={200: schemas.Uploads, **REFUSED},
    summary="List uploads",
)
def list_uploads(
    request: HttpRequest, customer: UUID, query: Query[schemas.PageQuery]
) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    rows = Upload.objects.filter(customer=found).for_list()
    page = read_page(request, rows, NEWEST)
    uri = f"/customers/{found.uuid}/uploads"
    return ok(collection(request, page, rows.count(), lambda one: tell_upload(one, found), uri=uri))


@router.get(
    "/customers/{customer}/uploads/{upload}",
    response={200: schemas.UploadReport, **REFUSED},
    summary="Get an upload, with its problems, seats and figures",
)
def get_upload(request: HttpRequest, customer: UUID, upload: UUID) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    return ok(_reported(_upload_of(found, upload), found))


@router.post(
    "/customers/{customer}/uploads/{upload}/answers",
    response={202: schemas.Upload, **REFUSED_WRITE},
    summary="Say how a file is to be read",
)
def post_answers(
    request: HttpRequest, customer: UUID, upload: UUID, body: schemas.UploadAnswers
) -> HttpResponse:
    """`encoding`, `separator` or `headings`, as `question` asks; or what each column means."""
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    one, actor = _upload_of(found, upload), actor_of(request)
    answers = body.model_dump(exclude_none=True)
    columns = answers.pop("columns", None)
    if columns is not None:
        map_columns(one, columns, actor=actor)
    elif answers:
        answer(one, answers, actor=actor)
    else:
        raise invalid(_("Send encoding, separator, headings or columns."))
    one.refresh_from_db()
    return ok(tell_upload(one, found), status=HTTPStatus.ACCEPTED)


@router.post(
    "/customers/{customer}/uploads/{upload}/confirm",
    response={202: schemas.Batch, **REFUSED_WRITE},
    summary="Add and change the users of a checked upload",
)
def post_confirm(
    request: HttpRequest, customer: UUID, upload: UUID, body: schemas.UploadConfirm
) -> HttpResponse:
    """`seen` is the upload's `fingerprint`: what has changed since is refused. `short` says what
    to do when seats run short.
    """
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    one = _upload_of(found, upload)
    if one.state == UploadState.CHECKED and is_grave_to_confirm(one):
        prove(request)
    actor, short = actor_of(request), Short(body.short)
    try:
        batch = confirm_upload(one, short=short, seen=body.seen, actor=actor, reason=body.reason)
    except AlreadyDone as done:
        batch = cast(Batch, done.batch)
    return ok(tell_batch(batch, actor), status=HTTPStatus.ACCEPTED)


@router.post(
    "/customers/{customer}/uploads/{upload}/cancel",
    response={200: schemas.Upload, **REFUSED_WRITE},
    summary="Cancel an upload",
)
def post_cancel(request: HttpRequest, customer: UUID, upload: UUID) -> HttpResponse:
    found = customer_of(request, customer, Capability.MANAGE_USERS)
    one = _upload_of(found, upload)
    cancel_upload(one, actor=actor_of(request))
    one.refresh_from_db()
    return ok(tell_upload(one, found))


def _upload_of(customer: Customer, told: UUID) -> Upload:
    rows = Upload.objects.filter(customer=customer).for_list()
    found = rows.filter(pk=pk_of("upload", told) or 0).first()
    if found is None:
        raise not_found()
    found.customer = customer
    return found


def tell_upload(upload: Upload, customer: Customer) -> Told:
    told: Told = {
        "id": guid("upload", upload.pk),
        "fileName": upload.file_name,
        "state": upload.state,
        "refusal": upload.refusal,
        "createdDate": moment(upload.created_at),
        "links": self_link(f"/customers/{customer.uuid}/uploads/{guid('upload', upload.pk)}"),
        "attributes": kind("Upload"),
    }
    if upload.state == UploadState.ASKING:
        reading = upload.reading
        told["question"] = reading.question
        told["choices"] = [str(choice["value"]) for choice in reading.choices]
        told["headings"] = list(reading.headings)
    if upload.batch_id:
        told["batchId"] = guid("batch", upload.batch_id)
    if upload.finished_at:
        told["finishedDate"] = moment(upload.finished_at)
    return told


def _reported(upload: Upload, customer: Customer) -> Told:
    found: dict[str, Any] = report(upload)
    problems, warnings = found["problems"], found["warnings"]
    return tell_upload(upload, customer) | {
        "fingerprint": fingerprint(upload),
        "reading": found["reading"] or "",
        "rows": found["rows"],
        "seats": found["seats"],
        "problems": [_row(row["row"], row["problems"]) for row in problems[:ROWS_TOLD]],
        "warnings": [_row(row["row"], row["warnings"]) for row in warnings[:ROWS_TOLD]],
        "attributes": kind("UploadReport"),
    }


def _row(number: int, told: list[dict[str, str]]) -> Told:
    names = ("column", "text", "suggestion", "value")
    return {
        "row": number,
        "problems": [{name: str(each.get(name) or "") for name in names} for each in told],
    }
