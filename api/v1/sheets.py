"""Password sheets: names and temporary passwords to hand over, until Done or their hour."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts.models import CredentialSheet
from accounts.services.credentials import destroy_sheet, read_sheet
from customers.actions import Action
from customers.models import Customer
from customers.roles import Capability

from . import schemas
from .answers import Told, kind, moment, self_link, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, customer_of, prove
from .door import ok
from .errors import not_found
from .guids import guid, pk_of

router = Router(tags=["Passwords to hand over"], by_alias=True)


@router.get(
    "/customers/{customer}/passwordsheets",
    response={200: schemas.Sheets, **REFUSED},
    summary="List open password sheets",
)
def list_sheets(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = customer_of(request, customer, Capability.RESET_PASSWORDS)
    rows = CredentialSheet.objects.open().readable_by(actor_of(request)).filter(customer=found)
    told = [tell_sheet(row, found) for row in rows]
    return ok(whole(told, f"/customers/{found.uuid}/passwordsheets"))


@router.get(
    "/customers/{customer}/passwordsheets/{sheet}",
    response={200: schemas.SheetWithPasswords, **REFUSED},
    summary="Read the passwords of a sheet",
)
def get_sheet(request: HttpRequest, customer: UUID, sheet: UUID) -> HttpResponse:
    """The log tells that they were read."""
    found = customer_of(request, customer, Capability.RESET_PASSWORDS)
    one = _sheet_of(request, found, sheet)
    prove(request)
    slips = read_sheet(one, actor=actor_of(request), action=Action.SHEET_SHOWN)
    users = [
        {
            "displayName": slip.display_name,
            "userPrincipalName": slip.user_name,
            "password": slip.password,
        }
        for slip in slips
    ]
    return ok(tell_sheet(one, found) | {"users": users})


@router.delete(
    "/customers/{customer}/passwordsheets/{sheet}",
    response={204: None, **REFUSED_WRITE},
    summary="Destroy the passwords of a sheet",
)
def delete_sheet(request: HttpRequest, customer: UUID, sheet: UUID) -> HttpResponse:
    found = customer_of(request, customer, Capability.RESET_PASSWORDS)
    destroy_sheet(_sheet_of(request, found, sheet), actor=actor_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _sheet_of(request: HttpRequest, customer: Customer, told: UUID) -> CredentialSheet:
    rows = CredentialSheet.objects.open().readable_by(actor_of(request)).filter(customer=customer)
    found = rows.filter(pk=pk_of("sheet", told) or 0).first()
    if found is None:
        raise not_found()
    found.customer = customer
    return found


def tell_sheet(sheet: CredentialSheet, customer: Customer) -> Told:
    told: Told = {
        "id": guid("sheet", sheet.pk),
        "kind": sheet.kind,
        "count": sheet.users,
        "createdDate": moment(sheet.created_at),
        "expires": moment(sheet.expires_at),
        "links": self_link(f"/customers/{customer.uuid}/passwordsheets/{guid('sheet', sheet.pk)}"),
        "attributes": kind("PasswordSheet"),
    }
    if sheet.batch_id:
        told["batchId"] = guid("batch", sheet.batch_id)
    return told
