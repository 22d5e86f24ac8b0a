"""Administrator roles, by the ids that they have in Entra and that scripts write down."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from accounts.models import User
from accounts.services.users import change_user
from customers.models import Customer
from customers.roles import CUSTOMER_ROLES, Capability, Role, is_grave_change

from . import schemas
from .answers import Told, kind, whole
from .base import REFUSED, REFUSED_WRITE, actor_of, customer_of, prove, user_of
from .door import ok
from .errors import not_found
from .paging import Order, collection, read_page

router = Router(tags=["Roles"], by_alias=True)
BY_NAME = Order("sort_name")
IDS = {
    Role.GLOBAL_ADMIN: "62e90394-69f5-4237-9190-012177145e10",
    Role.USER_ADMIN: "fe930be7-5e62-47db-91af-98c3a49a38b1",
    Role.LICENSE_ADMIN: "4d6ac14f-3453-41d0-bef9-a3e0c569773a",
    Role.PASSWORD_ADMIN: "966707d0-3269-4727-9be2-8c3a10f19b9d",
    Role.BILLING_ADMIN: "b0f54661-2d74-4c50-afa3-1ec803f12efe",
    Role.SERVICE_ADMIN: "f023fd81-a637-4b56-95fd-791ac0226033",
}
_BY_ID = {UUID(told): role for role, told in IDS.items()}


def role_of(told: UUID) -> Role:
    """Return the role with this id. ApiError where there is none."""
    if told not in _BY_ID:
        raise not_found()
    return _BY_ID[told]


@router.get(
    "/customers/{customer}/directoryroles",
    response={200: schemas.Roles, **REFUSED},
    summary="List administrator roles",
)
def list_roles(request: HttpRequest, customer: UUID) -> HttpResponse:
    found = customer_of(request, customer)
    told = [tell_role(role) for role in CUSTOMER_ROLES]
    return ok(whole(told, f"/customers/{found.uuid}/directoryroles"))


@router.get(
    "/customers/{customer}/users/{user}/directoryroles",
    response={200: schemas.Roles, **REFUSED},
    summary="List a user's roles",
)
def list_roles_of(request: HttpRequest, customer: UUID, user: UUID) -> HttpResponse:
    found = customer_of(request, customer)
    one = user_of(request, found, user)
    uri = f"/customers/{found.uuid}/users/{one.uuid}/directoryroles"
    return ok(whole([tell_role(role) for role in CUSTOMER_ROLES if role in one.roles], uri))


@router.get(
    "/customers/{customer}/directoryroles/{role}/usermembers",
    response={200: schemas.UserMembers, **REFUSED},
    summary="List who has a role",
)
def list_members(
    request: HttpRequest,
    customer: UUID,
    role: UUID,
    query: Query[schemas.PageQuery],
) -> HttpResponse:
    found = customer_of(request, customer)
    wanted = role_of(role)
    users = User.objects.active().filter(customer=found, groups__name=wanted)
    page = read_page(request, users, BY_NAME)
    uri = f"/customers/{found.uuid}/directoryroles/{role}/usermembers"
    return ok(
        collection(request, page, users.count(), lambda one: tell_member(one, wanted), uri=uri)
    )


@router.post(
    "/customers/{customer}/directoryroles/{role}/usermembers",
    response={201: schemas.UserMember, **REFUSED_WRITE},
    summary="Give a user a role",
)
def post_member(
    request: HttpRequest, customer: UUID, role: UUID, body: schemas.SentMember
) -> HttpResponse:
    """A Global administrator has no other roles: they are all in it."""
    wanted = role_of(role)
    found = customer_of(request, customer)
    one = user_of(request, found, body.id, Capability.MANAGE_USERS)
    if wanted not in one.roles:
        has_all = Role.GLOBAL_ADMIN in {wanted, *one.roles}
        roles = (Role.GLOBAL_ADMIN,) if has_all else (*one.roles, wanted)
        _give(request, found, one, roles)
    return ok(tell_member(one, wanted), status=HTTPStatus.CREATED)


@router.delete(
    "/customers/{customer}/directoryroles/{role}/usermembers/{user}",
    response={204: None, **REFUSED_WRITE},
    summary="Take a role from a user",
)
def delete_member(request: HttpRequest, customer: UUID, role: UUID, user: UUID) -> HttpResponse:
    wanted = role_of(role)
    found = customer_of(request, customer)
    one = user_of(request, found, user, Capability.MANAGE_USERS)
    if wanted not in one.roles:
        raise not_found()
    _give(request, found, one, tuple(held for held in one.roles if held != wanted))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _give(request: HttpRequest, customer: Customer, user: User, roles: tuple[Role, ...]) -> None:
    ordered = tuple(role for role in Role if role in roles)
    if is_grave_change(user.roles, ordered):
        prove(request)
    change_user(user, customer=customer, actor=actor_of(request), fields={}, roles=ordered)


def tell_role(role: Role) -> Told:
    return {"id": IDS[role], "name": str(role.label), "attributes": kind("DirectoryRole")}


def tell_member(user: User, role: Role) -> Told:
    return {
        "id": str(user.uuid),
        "displayName": user.display_name,
        "userPrincipalName": user.user_name,
        "roleId": IDS[role],
        "attributes": kind("UserMember"),
    }
